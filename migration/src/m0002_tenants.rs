//! Municipalities, their keys and their identity providers.

crate::change!(
    "m0002_tenants",
    "
create table tenant (
    organisation_id $uuid primary key references organisation (id),
    code text not null,
    mode text not null check (mode in ('production', 'sandbox')),
    population bigint,
    population_source text,
    population_on text,
    threshold bigint,
    yearly_band $bool not null default false,
    four_eyes_off_from text,
    four_eyes_reason text,
    contact_ja text not null,
    contact_en text not null,
    contact_phone text not null,
    town_id_ja text not null,
    town_id_en text not null,
    page_title_ja text not null,
    page_title_en text not null,
    page_lead_ja text not null,
    page_lead_en text not null,
    page_consent_text_id $uuid,
    page_rule_id $uuid,
    accent_light text not null,
    accent_dark text not null,
    session_seconds bigint not null default 28800,
    revision bigint not null default 1,
    unique (organisation_id, mode)
);
create table tenant_key (
    organisation_id $uuid not null references organisation (id),
    purpose text not null,
    number bigint not null,
    sealed $bytes not null,
    created_at bigint not null,
    retired_at bigint,
    primary key (organisation_id, purpose, number)
) $clustered;
create table identity_provider (
    organisation_id $uuid not null,
    id $uuid not null,
    tenant_mode text not null,
    kind text not null check (kind in ('sandbox_card', 'openid')),
    name_ja text not null,
    name_en text not null,
    issuer text not null,
    client_id text not null,
    subject_namespace text not null,
    settings text not null,
    active $bool not null default true,
    created_at bigint not null,
    revision bigint not null default 1,
    primary key (organisation_id, id),
    foreign key (organisation_id, tenant_mode) references tenant (organisation_id, mode),
    check (kind <> 'sandbox_card' or tenant_mode = 'sandbox')
);
"
);
