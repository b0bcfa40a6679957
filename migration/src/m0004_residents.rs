//! The pseudonymous register: residents, what they are eligible for, what they agreed to, and what runs on it (sessions,
//! token families). No column holds a name, an address, a birthdate or anything from which one can be computed;
//! `docs/data-at-rest.md` lists every one of them.

crate::change!(
    "m0004_residents",
    "
create table resident (
    organisation_id $uuid not null references organisation (id),
    id $uuid not null,
    identity_provider_id $uuid not null,
    subject_digest $bytes not null,
    pepper_number bigint not null,
    ial bigint not null,
    since_month text not null,
    primary key (organisation_id, id)
) $clustered;
create unique index resident_subject on resident (organisation_id, subject_digest);
create table eligibility (
    organisation_id $uuid not null,
    resident_id $uuid not null,
    rule_id $uuid not null,
    rule_number bigint not null,
    outcome text not null,
    reason text not null,
    address_source text not null,
    verified_month text not null,
    expires_month text not null,
    primary key (organisation_id, resident_id, rule_id),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create table consent_grant (
    organisation_id $uuid not null,
    id $uuid not null,
    resident_id $uuid not null,
    relying_party_id $uuid,
    consent_text_id $uuid not null,
    consent_text_number bigint not null,
    language text not null,
    items bigint not null,
    state text not null,
    given_on text not null,
    ended_on text,
    revision bigint not null default 1,
    primary key (organisation_id, id),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create index consent_grant_resident on consent_grant (organisation_id, resident_id, relying_party_id);
create table resident_session (
    organisation_id $uuid not null,
    id $uuid not null,
    token_hash $bytes not null,
    resident_id $uuid not null,
    auth_time bigint not null,
    ial bigint not null,
    aal bigint not null,
    amr text not null,
    expires_at bigint not null,
    primary key (organisation_id, id),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create unique index resident_session_token on resident_session (organisation_id, token_hash);
create index resident_session_resident on resident_session (organisation_id, resident_id);
create table session_client (
    organisation_id $uuid not null,
    session_id $uuid not null,
    relying_party_id $uuid not null,
    primary key (organisation_id, session_id, relying_party_id),
    foreign key (organisation_id, session_id) references resident_session (organisation_id, id) on delete cascade
) $clustered;
create table token_family (
    organisation_id $uuid not null,
    id $uuid not null,
    relying_party_id $uuid not null,
    resident_id $uuid not null,
    grant_id $uuid not null,
    session_id $uuid,
    rule_id $uuid not null,
    code_hash $bytes not null,
    code_expires_at bigint not null,
    expires_at bigint not null,
    redeemed_at bigint,
    revoked_at bigint,
    primary key (organisation_id, id),
    foreign key (organisation_id, resident_id) references resident (organisation_id, id) on delete cascade
) $clustered;
create unique index token_family_code on token_family (organisation_id, code_hash);
create index token_family_resident on token_family (organisation_id, resident_id);
create index token_family_expiry on token_family (organisation_id, expires_at);
"
);
