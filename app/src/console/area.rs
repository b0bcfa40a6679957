//! The areas of the console, in the order and the groups of its side navigation.

use domain::names::TenantSlug;
use domain::paths;
use service::gate::{Act, Caller, Resource};

use super::words::Words;
use crate::components::icon::Drawing;

/// Groups of the side navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    First,
    Connect,
    Run,
    Organisation,
}

impl Group {
    pub(crate) const ALL: [Group; 4] = [Group::First, Group::Connect, Group::Run, Group::Organisation];

    pub(crate) const fn word(self, words: &Words) -> Option<&'static str> {
        match self {
            Group::First => None,
            Group::Connect => Some(words.group_connect),
            Group::Run => Some(words.group_run),
            Group::Organisation => Some(words.group_organisation),
        }
    }
}

/// An area of the console: what a line of the side navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// 概要.
    Overview,
    /// 連携サービス.
    RelyingParties,
    /// 利用資格ルール.
    ResidencyRules,
    /// 同意文.
    ConsentTexts,
    /// 決裁.
    Decisions,
    /// 窓口.
    Desk,
    /// 在勤・在学.
    Attestations,
    /// 利用統計.
    Usage,
    /// 監査記録.
    Audit,
    /// 職員と役割.
    Staff,
    /// 本人確認サービス.
    IdentityProvider,
    /// 町のページ.
    TownPage,
    /// 設定.
    Settings,
}

impl Area {
    pub(crate) const ALL: [Area; 13] = [
        Area::Overview,
        Area::RelyingParties,
        Area::ResidencyRules,
        Area::ConsentTexts,
        Area::Decisions,
        Area::Desk,
        Area::Attestations,
        Area::Usage,
        Area::Audit,
        Area::Staff,
        Area::IdentityProvider,
        Area::TownPage,
        Area::Settings,
    ];

    pub(crate) const fn group(self) -> Group {
        match self {
            Area::Overview => Group::First,
            Area::RelyingParties | Area::ResidencyRules | Area::ConsentTexts => Group::Connect,
            Area::Decisions | Area::Desk | Area::Attestations | Area::Usage | Area::Audit => Group::Run,
            Area::Staff | Area::IdentityProvider | Area::TownPage | Area::Settings => Group::Organisation,
        }
    }

    pub(crate) const fn word(self, words: &Words) -> &'static str {
        match self {
            Area::Overview => words.overview,
            Area::RelyingParties => words.relying_parties,
            Area::ResidencyRules => words.residency_rules,
            Area::ConsentTexts => words.consent_texts,
            Area::Decisions => words.decisions,
            Area::Desk => words.desk,
            Area::Attestations => words.attestations,
            Area::Usage => words.usage,
            Area::Audit => words.audit,
            Area::Staff => words.staff,
            Area::IdentityProvider => words.identity_provider,
            Area::TownPage => words.town_page,
            Area::Settings => words.settings,
        }
    }

    pub(crate) const fn drawing(self) -> Drawing {
        match self {
            Area::Overview => Drawing::Home,
            Area::RelyingParties => Drawing::Link,
            Area::ResidencyRules => Drawing::Rules,
            Area::ConsentTexts => Drawing::Consent,
            Area::Decisions => Drawing::Stamp,
            Area::Desk => Drawing::Desk,
            Area::Attestations => Drawing::Work,
            Area::Usage => Drawing::Bars,
            Area::Audit => Drawing::Shield,
            Area::Staff => Drawing::People,
            Area::IdentityProvider => Drawing::Card,
            Area::TownPage => Drawing::Hall,
            Area::Settings => Drawing::Gear,
        }
    }

    pub(crate) fn path(self, tenant: &TenantSlug) -> String {
        match self {
            Area::Overview => paths::console_overview(tenant),
            Area::RelyingParties => paths::console_relying_parties(tenant),
            Area::ResidencyRules => paths::console_residency_rules(tenant),
            Area::ConsentTexts => paths::console_consent_texts(tenant),
            Area::Decisions => paths::console_decisions(tenant),
            Area::Desk => paths::console_desk(tenant),
            Area::Attestations => paths::console_attestations(tenant),
            Area::Usage => paths::console_usage(tenant),
            Area::Audit => paths::console_audit(tenant),
            Area::Staff => paths::console_staff(tenant),
            Area::IdentityProvider => paths::console_identity_providers(tenant),
            Area::TownPage => paths::console_town_page(tenant),
            Area::Settings => paths::console_settings(tenant),
        }
    }

    /// Whether the person may read what the area shows; what may not be read is not named either.
    pub(crate) fn is_open_to(self, caller: &Caller) -> bool {
        let resource = match self {
            Area::Overview => return true,
            Area::RelyingParties => Resource::RelyingParty,
            Area::ResidencyRules | Area::ConsentTexts => Resource::Configuration,
            Area::Decisions => Resource::ChangeRequest,
            Area::Desk => Resource::DeskRequest,
            Area::Attestations => Resource::AttestationBatch,
            Area::Usage => Resource::UsageReport,
            Area::Audit => Resource::AuditTrail,
            Area::Staff => Resource::Membership,
            Area::IdentityProvider => Resource::IdentityProvider,
            Area::TownPage | Area::Settings => Resource::Tenant,
        };
        caller.may(Act::Read, resource)
    }
}
