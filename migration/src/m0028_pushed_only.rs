//! A town may take pushed requests only, whichever service asks (RFC 9126).

crate::change!("m0028_pushed_only", "alter table tenant add column pushed_only $bool not null default false;");
