//! Counting: who used a service in the open period (and never how often or when), sharded tallies, and the figures that
//! passed disclosure control.

crate::change!(
    "m0005_usage",
    "
create table usage_mark (
    organisation_id $uuid not null,
    resident_id $uuid not null,
    relying_party_id $uuid not null,
    used_in text,
    used_in_year text,
    primary key (organisation_id, resident_id, relying_party_id),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create index usage_mark_period on usage_mark (organisation_id, used_in);
create table usage_counter (
    organisation_id $uuid not null,
    relying_party_id $uuid not null,
    period text not null,
    outcome text not null,
    shard bigint not null,
    tally bigint not null,
    primary key (organisation_id, relying_party_id, period, outcome, shard)
) $clustered;
create table usage_figure (
    organisation_id $uuid not null,
    relying_party_id $uuid not null,
    period text not null,
    people bigint,
    sign_ins bigint,
    band text,
    hidden text,
    primary key (organisation_id, relying_party_id, period)
) $clustered;
create table closed_period (
    organisation_id $uuid not null references organisation (id),
    period text not null,
    method bigint not null,
    closed_at bigint not null,
    primary key (organisation_id, period)
) $clustered;
"
);
