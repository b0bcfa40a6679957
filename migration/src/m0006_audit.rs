//! The audit chain of each organisation: entries, the erasable texts beside them, and the head that every writer locks last.

crate::change!(
    "m0006_audit",
    "
create table audit_entry (
    organisation_id $uuid not null references organisation (id),
    number bigint not null,
    at bigint not null,
    actor_kind text not null,
    actor_id $uuid,
    action text not null,
    object_kind text not null,
    object_id text not null,
    text_digest $bytes not null,
    mac $bytes not null,
    primary key (organisation_id, number)
) $clustered;
create index audit_entry_actor on audit_entry (organisation_id, actor_id);
create table audit_text (
    organisation_id $uuid not null,
    number bigint not null,
    salt $bytes not null,
    body text not null,
    primary key (organisation_id, number),
    foreign key (organisation_id, number) references audit_entry (organisation_id, number)
) $clustered;
create table audit_head (
    organisation_id $uuid primary key references organisation (id),
    entries bigint not null,
    mac $bytes not null
) $clustered;
"
);
