//! Configuration as identity plus immutable versions, the requests to publish them, and what belongs to a relying party's
//! identity alone: its client id, its sector, its secrets.

crate::change!(
    "m0003_configuration",
    "
create table configuration (
    organisation_id $uuid not null references organisation (id),
    id $uuid not null,
    kind text not null check (kind in ('relying_party', 'residency_rule', 'consent_text')),
    title_ja text not null,
    title_en text not null,
    latest_number bigint not null,
    latest_state text not null,
    published_number bigint,
    created_at bigint not null,
    updated_at bigint not null,
    revision bigint not null default 1,
    primary key (organisation_id, id)
);
create index configuration_list on configuration (organisation_id, kind, updated_at);
create table configuration_version (
    organisation_id $uuid not null,
    configuration_id $uuid not null,
    number bigint not null,
    kind text not null,
    state text not null,
    content text not null,
    reason text not null,
    drafted_by $uuid,
    drafted_at bigint not null,
    published_at bigint,
    archived_at bigint,
    revision bigint not null default 1,
    primary key (organisation_id, configuration_id, number),
    foreign key (organisation_id, configuration_id) references configuration (organisation_id, id)
);
create unique index configuration_version_published on configuration_version (organisation_id, configuration_id) where state = 'published';
create index configuration_version_state on configuration_version (organisation_id, kind, state);
create table version_author (
    organisation_id $uuid not null,
    configuration_id $uuid not null,
    number bigint not null,
    account_id $uuid not null,
    primary key (organisation_id, configuration_id, number, account_id),
    foreign key (organisation_id, configuration_id, number)
        references configuration_version (organisation_id, configuration_id, number) on delete cascade
) $clustered;
create table change_request (
    organisation_id $uuid not null,
    id $uuid not null,
    configuration_id $uuid not null,
    number bigint not null,
    kind text not null,
    title_ja text not null,
    title_en text not null,
    state text not null,
    reason text not null,
    effective_on text not null,
    four_eyes $bool not null,
    drafted_by $uuid not null,
    submitted_by $uuid not null,
    submitted_at bigint not null,
    decided_by $uuid,
    decided_at bigint,
    comment text,
    revision bigint not null default 1,
    primary key (organisation_id, id),
    foreign key (organisation_id, configuration_id, number) references configuration_version (organisation_id, configuration_id, number)
);
create index change_request_queue on change_request (organisation_id, state, submitted_at);
create index change_request_version on change_request (organisation_id, configuration_id, number);
create table relying_party (
    organisation_id $uuid not null,
    id $uuid not null,
    client_id text not null,
    subject_type text not null check (subject_type in ('pairwise', 'town_wide')),
    sector $uuid not null,
    suspended_at bigint,
    suspended_reason text,
    created_at bigint not null,
    revision bigint not null default 1,
    primary key (organisation_id, id),
    foreign key (organisation_id, id) references configuration (organisation_id, id)
);
create unique index relying_party_client on relying_party (organisation_id, client_id);
create table client_secret (
    organisation_id $uuid not null,
    id $uuid not null,
    relying_party_id $uuid not null,
    hash $bytes not null,
    hint text not null,
    created_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    primary key (organisation_id, id),
    foreign key (organisation_id, relying_party_id) references relying_party (organisation_id, id)
);
create index client_secret_party on client_secret (organisation_id, relying_party_id);
"
);
