//! The life of signing keys, and which master keys seal something.
//!
//! A signing key is announced before it signs, and its public half outlives the private one. Every town gets the job that
//! looks after its keys; that of a new town comes with the town. Installations from before master keys had names sealed under
//! the number 1.

crate::change!(
    "m0014_key_rotation",
    "
alter table tenant_key add column signs_from bigint;
alter table tenant_key add column public_jwk text;
create table master_key (
    id bigint primary key,
    first_used_at bigint not null
);
insert into master_key (id, first_used_at)
    select 1, min(created_at) from organisation where kind = 'tenant' having count(*) > 0;
insert into job (organisation_id, kind, due_at, leased_until, attempts)
    select id, 'rotate_keys', 0, 0, 0 from organisation where kind = 'tenant';
"
);
