//! Several connections to identity providers, in an order of the town's, each set up anew beside what is in use: what is
//! proposed stands apart until somebody puts it into use. An issuer is never changed once residents were found by it.

crate::change!(
    "m0020_connections",
    "
alter table identity_provider add column position bigint not null default 0;
alter table identity_provider add column draft text;
alter table identity_provider add column first_active_at bigint;
"
);
