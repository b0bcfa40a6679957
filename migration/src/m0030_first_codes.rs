//! When somebody with a renewed card asked for the first of the codes of which one stands. Whatever was asked for before this was noted
//! is over within days; until then every use of the former card counts.

crate::change!(
    "m0030_first_codes",
    "
alter table relink_request add column asked_at bigint not null default 0;
"
);
