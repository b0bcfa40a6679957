//! How often ties were ended for all: a sign-in that began before goes by ties that are no more, and begins again.

crate::change!("m0013_ties_ended", "alter table tenant add column ties_ended bigint not null default 0;");
