//! Organisations, the accounts of their staff, sessions of staff, and jobs.

crate::change!(
    "m0001_organisations",
    "
create table organisation (
    id $uuid primary key,
    kind text not null check (kind in ('tenant', 'vendor', 'platform')),
    slug text not null unique,
    name_ja text not null,
    name_en text not null,
    generation bigint not null default 1,
    created_at bigint not null
);
create table account (
    id $uuid primary key,
    mail text not null unique,
    password_hash text not null,
    totp_secret $bytes,
    totp_enrolled_at bigint,
    totp_last_step bigint not null default 0,
    revision bigint not null default 1,
    created_at bigint not null
);
create table account_recovery_code (
    account_id $uuid not null references account (id) on delete cascade,
    code_hash $bytes not null,
    used_at bigint,
    primary key (account_id, code_hash)
) $clustered;
create table staff_session (
    id_hash $bytes primary key,
    account_id $uuid references account (id) on delete cascade,
    data text not null,
    revision bigint not null default 1,
    created_at bigint not null,
    touched_at bigint not null,
    expires_at bigint not null
) $clustered;
create index staff_session_account on staff_session (account_id);
create index staff_session_expiry on staff_session (expires_at);
create table throttle (
    key_hash $bytes primary key,
    failures bigint not null,
    blocked_until bigint not null,
    forget_at bigint not null
) $clustered;
create table job (
    organisation_id $uuid not null references organisation (id),
    kind text not null,
    due_at bigint not null,
    leased_until bigint not null default 0,
    attempts bigint not null default 0,
    primary key (organisation_id, kind, due_at)
) $clustered;
create index job_due on job (due_at);
create table membership (
    organisation_id $uuid not null references organisation (id),
    account_id $uuid not null references account (id),
    display_name text not null,
    department text not null,
    mail text not null,
    generation bigint not null default 1,
    created_at bigint not null,
    ended_at bigint,
    revision bigint not null default 1,
    primary key (organisation_id, account_id)
) $clustered;
create index membership_account on membership (account_id);
create table membership_role (
    organisation_id $uuid not null,
    account_id $uuid not null,
    role text not null,
    primary key (organisation_id, account_id, role),
    foreign key (organisation_id, account_id) references membership (organisation_id, account_id) on delete cascade
) $clustered;
"
);
