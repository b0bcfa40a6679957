//! Every URL of the product, made in one place. Each route has a name, a template for the routers and a builder that takes
//! typed arguments; a snapshot holds all of them.

use std::fmt::Display;

use crate::ids::{
    AccountId, AttestationBatchId, ChangeRequestId, ClientSecretId, ConsentGrantId, ConsentTextId, DeskRequestId,
    FlowId, IdentityProviderId, PasskeyId, RelinkRequestId, RelyingPartyId, ResidencyRuleId,
};
use crate::names::TenantSlug;
use crate::web_address::BaseUrl;

macro_rules! routes {
    ($($(#[$doc:meta])* $route:ident $build:ident($($arg:ident: $type:ty),*) = $template:literal;)+) => {
        /// A route of the product.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Route {
            $($(#[$doc])* $route,)+
        }

        impl Route {
            /// Every route.
            pub const ALL: &'static [Route] = &[$(Route::$route,)+];

            /// The template with `{name}` for each argument, as axum's router reads it.
            pub const fn template(self) -> &'static str {
                match self {
                    $(Route::$route => $template,)+
                }
            }
        }

        $(
            $(#[$doc])*
            pub fn $build($($arg: $type),*) -> String {
                fill(Route::$route.template(), &[$((stringify!($arg), &$arg as &dyn Display)),*])
            }
        )+
    };
}

routes! {
    /// The front page.
    Home home() = "/";
    /// The server lives.
    Healthz healthz() = "/healthz";
    /// The server can serve: its databases answer.
    Readyz readyz() = "/readyz";
    /// Prometheus metrics; on the address of their own, loopback by default.
    Metrics metrics() = "/metrics";

    /// Staff sign-in: mail address and password.
    AccountSignIn account_sign_in() = "/account/sign-in";
    /// The second factor.
    AccountSecondFactor account_second_factor() = "/account/second-factor";
    /// Enrolment of the second factor at the first sign-in.
    AccountEnrol account_enrol() = "/account/enrol";
    /// Sign-out of the console; POST.
    AccountSignOut account_sign_out() = "/account/sign-out";
    /// The organisations of the account.
    AccountOrganisations account_organisations() = "/account/organisations";
    /// The account's own sessions and factors.
    AccountProfile account_profile() = "/account/profile";

    /// What needs attention.
    ConsoleOverview console_overview(tenant: &TenantSlug) = "/console/{tenant}";
    /// Relying parties.
    ConsoleRelyingParties console_relying_parties(tenant: &TenantSlug) = "/console/{tenant}/relying-parties";
    /// A new relying party.
    ConsoleRelyingPartyNew console_relying_party_new(tenant: &TenantSlug) = "/console/{tenant}/relying-parties/new";
    /// One relying party.
    ConsoleRelyingParty console_relying_party(tenant: &TenantSlug, relying_party: RelyingPartyId) = "/console/{tenant}/relying-parties/{relying_party}";
    /// Its draft.
    ConsoleRelyingPartyEdit console_relying_party_edit(tenant: &TenantSlug, relying_party: RelyingPartyId) = "/console/{tenant}/relying-parties/{relying_party}/edit";
    /// Suspend it.
    ConsoleRelyingPartySuspend console_relying_party_suspend(tenant: &TenantSlug, relying_party: RelyingPartyId) = "/console/{tenant}/relying-parties/{relying_party}/suspend";
    /// Let it work again.
    ConsoleRelyingPartyResume console_relying_party_resume(tenant: &TenantSlug, relying_party: RelyingPartyId) = "/console/{tenant}/relying-parties/{relying_party}/resume";
    /// Its secrets: issue, revoke.
    ConsoleRelyingPartySecrets console_relying_party_secrets(tenant: &TenantSlug, relying_party: RelyingPartyId) = "/console/{tenant}/relying-parties/{relying_party}/secrets";
    /// Revoke one secret.
    ConsoleRelyingPartySecretRevoke console_relying_party_secret_revoke(tenant: &TenantSlug, relying_party: RelyingPartyId, secret: ClientSecretId) = "/console/{tenant}/relying-parties/{relying_party}/secrets/{secret}/revoke";
    /// Test sign-in: begins a flow whose claims only the clerk sees.
    ConsoleRelyingPartyTest console_relying_party_test(tenant: &TenantSlug, relying_party: RelyingPartyId) = "/console/{tenant}/relying-parties/{relying_party}/test";
    /// Residency rules.
    ConsoleResidencyRules console_residency_rules(tenant: &TenantSlug) = "/console/{tenant}/residency-rules";
    /// Parts of the builder, for its island; POST.
    ConsoleResidencyRuleBuilder console_residency_rule_builder(tenant: &TenantSlug) = "/console/{tenant}/residency-rules/builder";
    /// A new residency rule.
    ConsoleResidencyRuleNew console_residency_rule_new(tenant: &TenantSlug) = "/console/{tenant}/residency-rules/new";
    /// One residency rule.
    ConsoleResidencyRule console_residency_rule(tenant: &TenantSlug, rule: ResidencyRuleId) = "/console/{tenant}/residency-rules/{rule}";
    /// Its draft in the builder.
    ConsoleResidencyRuleEdit console_residency_rule_edit(tenant: &TenantSlug, rule: ResidencyRuleId) = "/console/{tenant}/residency-rules/{rule}/edit";
    /// A rule from JSON.
    ConsoleResidencyRuleImport console_residency_rule_import(tenant: &TenantSlug) = "/console/{tenant}/residency-rules/import";
    /// The next version of a rule from JSON.
    ConsoleResidencyRuleImportNext console_residency_rule_import_next(tenant: &TenantSlug, rule: ResidencyRuleId) = "/console/{tenant}/residency-rules/{rule}/import";
    /// Its saved cases.
    ConsoleResidencyRuleCases console_residency_rule_cases(tenant: &TenantSlug, rule: ResidencyRuleId) = "/console/{tenant}/residency-rules/{rule}/cases";
    /// Many addresses at once.
    ConsoleResidencyRuleMassTrial console_residency_rule_mass_trial(tenant: &TenantSlug, rule: ResidencyRuleId) = "/console/{tenant}/residency-rules/{rule}/mass-trial";
    /// Two versions over all of Japan and the saved cases.
    ConsoleResidencyRuleComparison console_residency_rule_comparison(tenant: &TenantSlug, rule: ResidencyRuleId) = "/console/{tenant}/residency-rules/{rule}/comparison";
    /// One version as JSON.
    ConsoleResidencyRuleJson console_residency_rule_json(tenant: &TenantSlug, rule: ResidencyRuleId, version: i64) = "/console/{tenant}/residency-rules/{rule}/versions/{version}/rule.json";
    /// Consent texts.
    ConsoleConsentTexts console_consent_texts(tenant: &TenantSlug) = "/console/{tenant}/consent-texts";
    /// A new consent text.
    ConsoleConsentTextNew console_consent_text_new(tenant: &TenantSlug) = "/console/{tenant}/consent-texts/new";
    /// One consent text.
    ConsoleConsentText console_consent_text(tenant: &TenantSlug, consent_text: ConsentTextId) = "/console/{tenant}/consent-texts/{consent_text}";
    /// Its draft beside the resident's page.
    ConsoleConsentTextEdit console_consent_text_edit(tenant: &TenantSlug, consent_text: ConsentTextId) = "/console/{tenant}/consent-texts/{consent_text}/edit";
    /// 在勤・在学: batches of one-time codes.
    ConsoleAttestations console_attestations(tenant: &TenantSlug) = "/console/{tenant}/attestations";
    /// New codes, shown once.
    ConsoleAttestationBatchNew console_attestation_batch_new(tenant: &TenantSlug) = "/console/{tenant}/attestations/new";
    /// One code for somebody at the desk, shown once.
    ConsoleAttestationDesk console_attestation_desk(tenant: &TenantSlug) = "/console/{tenant}/attestations/desk";
    /// Extend every tie of a kind.
    ConsoleAttestationsExtend console_attestations_extend(tenant: &TenantSlug) = "/console/{tenant}/attestations/extend";
    /// End every tie of a kind.
    ConsoleAttestationsEnd console_attestations_end(tenant: &TenantSlug) = "/console/{tenant}/attestations/end";
    /// One batch.
    ConsoleAttestationBatch console_attestation_batch(tenant: &TenantSlug, batch: AttestationBatchId) = "/console/{tenant}/attestations/{batch}";
    /// More codes of a batch, shown once.
    ConsoleAttestationBatchMore console_attestation_batch_more(tenant: &TenantSlug, batch: AttestationBatchId) = "/console/{tenant}/attestations/{batch}/more";
    /// Revoke a batch.
    ConsoleAttestationBatchRevoke console_attestation_batch_revoke(tenant: &TenantSlug, batch: AttestationBatchId) = "/console/{tenant}/attestations/{batch}/revoke";
    /// 決裁: what waits and what was decided.
    ConsoleDecisions console_decisions(tenant: &TenantSlug) = "/console/{tenant}/decisions";
    /// One change request.
    ConsoleDecision console_decision(tenant: &TenantSlug, request: ChangeRequestId) = "/console/{tenant}/decisions/{request}";
    /// 窓口: where a desk code is typed in.
    ConsoleDesk console_desk(tenant: &TenantSlug) = "/console/{tenant}/desk";
    /// One request at the desk.
    ConsoleDeskRequest console_desk_request(tenant: &TenantSlug, request: DeskRequestId) = "/console/{tenant}/desk/{request}";
    /// At the desk: somebody with a renewed card.
    ConsoleDeskRenewedCard console_desk_renewed_card(tenant: &TenantSlug, request: RelinkRequestId) = "/console/{tenant}/desk/renewed-card/{request}";
    /// Usage statistics.
    ConsoleUsage console_usage(tenant: &TenantSlug) = "/console/{tenant}/usage";
    /// The same as CSV.
    ConsoleUsageCsv console_usage_csv(tenant: &TenantSlug) = "/console/{tenant}/usage.csv";
    /// Staff and roles.
    ConsoleStaff console_staff(tenant: &TenantSlug) = "/console/{tenant}/staff";
    /// One colleague.
    ConsoleStaffMember console_staff_member(tenant: &TenantSlug, account: AccountId) = "/console/{tenant}/staff/{account}";
    /// The connections to identity providers.
    ConsoleIdentityProviders console_identity_providers(tenant: &TenantSlug) = "/console/{tenant}/identity-providers";
    /// A new connection.
    ConsoleIdentityProviderNew console_identity_provider_new(tenant: &TenantSlug) = "/console/{tenant}/identity-providers/new";
    /// One connection.
    ConsoleIdentityProvider console_identity_provider(tenant: &TenantSlug, identity_provider: IdentityProviderId) = "/console/{tenant}/identity-providers/{identity_provider}";
    /// It is set up anew.
    ConsoleIdentityProviderEdit console_identity_provider_edit(tenant: &TenantSlug, identity_provider: IdentityProviderId) = "/console/{tenant}/identity-providers/{identity_provider}/edit";
    /// It is tried out with a sign-in.
    ConsoleIdentityProviderTryOut console_identity_provider_try_out(tenant: &TenantSlug, identity_provider: IdentityProviderId) = "/console/{tenant}/identity-providers/{identity_provider}/try-out";
    /// It is taken out of use.
    ConsoleIdentityProviderStop console_identity_provider_stop(tenant: &TenantSlug, identity_provider: IdentityProviderId) = "/console/{tenant}/identity-providers/{identity_provider}/stop";
    /// Settings.
    ConsoleSettings console_settings(tenant: &TenantSlug) = "/console/{tenant}/settings";
    /// Texts and colours of the town page.
    ConsoleTownPage console_town_page(tenant: &TenantSlug) = "/console/{tenant}/town-page";
    /// The audit trail.
    ConsoleAudit console_audit(tenant: &TenantSlug) = "/console/{tenant}/audit";
    /// The navigation as a page, where the drawer does not work.
    ConsoleMenu console_menu(tenant: &TenantSlug) = "/console/{tenant}/menu";

    /// The town page; its URL is the issuer.
    Town town(tenant: &TenantSlug) = "/t/{tenant}";
    /// The town's two colours as a stylesheet.
    TownTheme town_theme(tenant: &TenantSlug) = "/t/{tenant}/theme.css";
    /// How personal data is treated.
    TownPrivacy town_privacy(tenant: &TenantSlug) = "/t/{tenant}/privacy";
    /// How to use the town's pages.
    TownHelp town_help(tenant: &TenantSlug) = "/t/{tenant}/help";
    /// The accessibility statement.
    TownAccessibility town_accessibility(tenant: &TenantSlug) = "/t/{tenant}/accessibility";
    /// Sign-in from the town page.
    TownSignIn town_sign_in(tenant: &TenantSlug) = "/t/{tenant}/sign-in";
    /// Where a flow asks for a passkey or the card.
    FlowSignIn flow_sign_in(tenant: &TenantSlug, flow: FlowId) = "/t/{tenant}/flow/{flow}/sign-in";
    /// Where a flow offers a passkey for the next time, before it ends.
    FlowPasskey flow_passkey(tenant: &TenantSlug, flow: FlowId) = "/t/{tenant}/flow/{flow}/passkey";
    /// The consent page of one flow.
    FlowConsent flow_consent(tenant: &TenantSlug, flow: FlowId) = "/t/{tenant}/flow/{flow}/consent";
    /// Where a flow ended without a code: not eligible, undecidable, done, expired, failed.
    FlowOutcome flow_outcome(tenant: &TenantSlug, flow: FlowId) = "/t/{tenant}/flow/{flow}/outcome";
    /// Back to the service with `access_denied`; POST.
    FlowReturn flow_return(tenant: &TenantSlug, flow: FlowId) = "/t/{tenant}/flow/{flow}/return";
    /// What merging another town ID into this one does, once the other sign-in said which.
    FlowMerge flow_merge(tenant: &TenantSlug, flow: FlowId) = "/t/{tenant}/flow/{flow}/merge";
    /// The resident's own page.
    Me me(tenant: &TenantSlug) = "/t/{tenant}/me";
    /// Withdraw one consent.
    MeWithdraw me_withdraw(tenant: &TenantSlug, grant: ConsentGrantId) = "/t/{tenant}/me/withdraw/{grant}";
    /// Add a passkey.
    MePasskeys me_passkeys(tenant: &TenantSlug) = "/t/{tenant}/me/passkeys";
    /// Remove one passkey.
    MePasskeyRemove me_passkey_remove(tenant: &TenantSlug, passkey: PasskeyId) = "/t/{tenant}/me/passkeys/{passkey}";
    /// Delete the town ID.
    MeDelete me_delete(tenant: &TenantSlug) = "/t/{tenant}/me/delete";
    /// Merge another town ID into this one.
    MeMerge me_merge(tenant: &TenantSlug) = "/t/{tenant}/me/merge";
    /// Before and after a card is renewed: the recovery number, and the code for the desk.
    MeRenewedCard me_renewed_card(tenant: &TenantSlug) = "/t/{tenant}/me/renewed-card";
    /// Sign-out; POST.
    MeSignOut me_sign_out(tenant: &TenantSlug) = "/t/{tenant}/me/sign-out";

    /// Authorization endpoint (RFC 6749, section 3.1).
    Authorize authorize(tenant: &TenantSlug) = "/t/{tenant}/authorize";
    /// Token endpoint.
    Token token(tenant: &TenantSlug) = "/t/{tenant}/token";
    /// UserInfo endpoint.
    Userinfo userinfo(tenant: &TenantSlug) = "/t/{tenant}/userinfo";
    /// The town's public keys (RFC 7517).
    Jwks jwks(tenant: &TenantSlug) = "/t/{tenant}/jwks.json";
    /// Pushed authorization requests (RFC 9126).
    Par par(tenant: &TenantSlug) = "/t/{tenant}/par";
    /// Logout that a service asks for (OpenID Connect RP-Initiated Logout 1.0).
    EndSession end_session(tenant: &TenantSlug) = "/t/{tenant}/logout";
    /// Registration of clients at a sandbox (RFC 7591).
    Register register(tenant: &TenantSlug) = "/t/{tenant}/register";
    /// Introspection (RFC 7662).
    Introspect introspect(tenant: &TenantSlug) = "/t/{tenant}/introspect";
    /// Revocation (RFC 7009).
    Revoke revoke(tenant: &TenantSlug) = "/t/{tenant}/revoke";
    /// Security events that wait for a service (RFC 8936).
    Events events(tenant: &TenantSlug) = "/t/{tenant}/events";
    /// What people were called at a service before: a service hands it in, and asks for it.
    FormerIds former_ids(tenant: &TenantSlug) = "/t/{tenant}/former-ids";
    /// Where identity providers send people back to.
    Callback callback(tenant: &TenantSlug) = "/t/{tenant}/callback";
    /// The same for one connection alone: an answer that comes in by another's is a mix-up (RFC 9700, section 4.4.2.2).
    ProviderCallback provider_callback(tenant: &TenantSlug, identity_provider: IdentityProviderId) = "/t/{tenant}/callback/{identity_provider}";
    /// The public key with which a town proves who it is at identity providers.
    ClientJwks client_jwks(tenant: &TenantSlug) = "/t/{tenant}/client-jwks.json";
    /// Metadata behind the issuer (OpenID Connect Discovery 1.0).
    OpenidConfiguration openid_configuration(tenant: &TenantSlug) = "/t/{tenant}/.well-known/openid-configuration";
    /// Metadata before the issuer's path.
    OpenidConfigurationAtRoot openid_configuration_at_root(tenant: &TenantSlug) = "/.well-known/openid-configuration/t/{tenant}";
    /// Metadata of RFC 8414, before the issuer's path.
    OauthAuthorizationServer oauth_authorization_server(tenant: &TenantSlug) = "/.well-known/oauth-authorization-server/t/{tenant}";

    /// The JSON Schema of residency rules.
    ResidencyRuleSchema residency_rule_schema() = "/schemas/residency-rule-1.json";

    /// The sandbox card reader; its URL is its issuer.
    SandboxCard sandbox_card() = "/sandbox-card";
    /// Its metadata.
    SandboxCardConfiguration sandbox_card_configuration() = "/sandbox-card/.well-known/openid-configuration";
    /// Its public keys.
    SandboxCardJwks sandbox_card_jwks() = "/sandbox-card/jwks.json";
    /// Its authorization endpoint.
    SandboxCardAuthorize sandbox_card_authorize() = "/sandbox-card/authorize";
    /// The form with the PIN and the test residents; POST.
    SandboxCardRead sandbox_card_read() = "/sandbox-card/read";
    /// Its token endpoint.
    SandboxCardToken sandbox_card_token() = "/sandbox-card/token";
    /// Its UserInfo endpoint.
    SandboxCardUserinfo sandbox_card_userinfo() = "/sandbox-card/userinfo";
}

impl Route {
    /// The template with `:name` for each argument, as the router of the pages reads it.
    pub fn page_template(self) -> String {
        self.template().replace('{', ":").replace('}', "")
    }
}

/// The issuer of a town: the public base address and `/t/{slug}`, never anything from a request.
pub fn issuer(base: &BaseUrl, tenant: &TenantSlug) -> String {
    base.join(&town(tenant))
}

/// The issuer of the sandbox card reader.
pub fn sandbox_card_issuer(base: &BaseUrl) -> String {
    base.join(&sandbox_card())
}

/// Every argument writes itself with unreserved characters only (slugs, UUIDs, hexadecimal), so nothing is escaped.
fn fill(template: &str, arguments: &[(&str, &dyn Display)]) -> String {
    arguments
        .iter()
        .fold(template.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), &value.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn all_paths() {
        let templates: Vec<&str> = Route::ALL.iter().map(|route| route.template()).collect();
        insta::assert_snapshot!(templates.join("\n"), @"
        /
        /healthz
        /readyz
        /metrics
        /account/sign-in
        /account/second-factor
        /account/enrol
        /account/sign-out
        /account/organisations
        /account/profile
        /console/{tenant}
        /console/{tenant}/relying-parties
        /console/{tenant}/relying-parties/new
        /console/{tenant}/relying-parties/{relying_party}
        /console/{tenant}/relying-parties/{relying_party}/edit
        /console/{tenant}/relying-parties/{relying_party}/suspend
        /console/{tenant}/relying-parties/{relying_party}/resume
        /console/{tenant}/relying-parties/{relying_party}/secrets
        /console/{tenant}/relying-parties/{relying_party}/secrets/{secret}/revoke
        /console/{tenant}/relying-parties/{relying_party}/test
        /console/{tenant}/residency-rules
        /console/{tenant}/residency-rules/builder
        /console/{tenant}/residency-rules/new
        /console/{tenant}/residency-rules/{rule}
        /console/{tenant}/residency-rules/{rule}/edit
        /console/{tenant}/residency-rules/import
        /console/{tenant}/residency-rules/{rule}/import
        /console/{tenant}/residency-rules/{rule}/cases
        /console/{tenant}/residency-rules/{rule}/mass-trial
        /console/{tenant}/residency-rules/{rule}/comparison
        /console/{tenant}/residency-rules/{rule}/versions/{version}/rule.json
        /console/{tenant}/consent-texts
        /console/{tenant}/consent-texts/new
        /console/{tenant}/consent-texts/{consent_text}
        /console/{tenant}/consent-texts/{consent_text}/edit
        /console/{tenant}/attestations
        /console/{tenant}/attestations/new
        /console/{tenant}/attestations/desk
        /console/{tenant}/attestations/extend
        /console/{tenant}/attestations/end
        /console/{tenant}/attestations/{batch}
        /console/{tenant}/attestations/{batch}/more
        /console/{tenant}/attestations/{batch}/revoke
        /console/{tenant}/decisions
        /console/{tenant}/decisions/{request}
        /console/{tenant}/desk
        /console/{tenant}/desk/{request}
        /console/{tenant}/desk/renewed-card/{request}
        /console/{tenant}/usage
        /console/{tenant}/usage.csv
        /console/{tenant}/staff
        /console/{tenant}/staff/{account}
        /console/{tenant}/identity-providers
        /console/{tenant}/identity-providers/new
        /console/{tenant}/identity-providers/{identity_provider}
        /console/{tenant}/identity-providers/{identity_provider}/edit
        /console/{tenant}/identity-providers/{identity_provider}/try-out
        /console/{tenant}/identity-providers/{identity_provider}/stop
        /console/{tenant}/settings
        /console/{tenant}/town-page
        /console/{tenant}/audit
        /console/{tenant}/menu
        /t/{tenant}
        /t/{tenant}/theme.css
        /t/{tenant}/privacy
        /t/{tenant}/help
        /t/{tenant}/accessibility
        /t/{tenant}/sign-in
        /t/{tenant}/flow/{flow}/sign-in
        /t/{tenant}/flow/{flow}/passkey
        /t/{tenant}/flow/{flow}/consent
        /t/{tenant}/flow/{flow}/outcome
        /t/{tenant}/flow/{flow}/return
        /t/{tenant}/flow/{flow}/merge
        /t/{tenant}/me
        /t/{tenant}/me/withdraw/{grant}
        /t/{tenant}/me/passkeys
        /t/{tenant}/me/passkeys/{passkey}
        /t/{tenant}/me/delete
        /t/{tenant}/me/merge
        /t/{tenant}/me/renewed-card
        /t/{tenant}/me/sign-out
        /t/{tenant}/authorize
        /t/{tenant}/token
        /t/{tenant}/userinfo
        /t/{tenant}/jwks.json
        /t/{tenant}/par
        /t/{tenant}/logout
        /t/{tenant}/register
        /t/{tenant}/introspect
        /t/{tenant}/revoke
        /t/{tenant}/events
        /t/{tenant}/former-ids
        /t/{tenant}/callback
        /t/{tenant}/callback/{identity_provider}
        /t/{tenant}/client-jwks.json
        /t/{tenant}/.well-known/openid-configuration
        /.well-known/openid-configuration/t/{tenant}
        /.well-known/oauth-authorization-server/t/{tenant}
        /schemas/residency-rule-1.json
        /sandbox-card
        /sandbox-card/.well-known/openid-configuration
        /sandbox-card/jwks.json
        /sandbox-card/authorize
        /sandbox-card/read
        /sandbox-card/token
        /sandbox-card/userinfo
        ");
        assert_eq!(templates.iter().collect::<HashSet<_>>().len(), templates.len());
    }

    #[test]
    fn builders_fill_every_argument() {
        let tenant = TenantSlug::parse("showa").unwrap();
        let id = "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f";
        let flow = FlowId::from_bytes([0xab; 16]);
        let built = [
            console_relying_party_secret_revoke(&tenant, id.parse().unwrap(), id.parse().unwrap()),
            console_residency_rule_edit(&tenant, id.parse().unwrap()),
            console_residency_rule_json(&tenant, id.parse().unwrap(), 3),
            console_consent_text(&tenant, id.parse().unwrap()),
            console_decision(&tenant, id.parse().unwrap()),
            console_staff_member(&tenant, id.parse().unwrap()),
            flow_consent(&tenant, flow),
            me_withdraw(&tenant, id.parse().unwrap()),
        ];
        insta::assert_snapshot!(built.join("\n"), @"
        /console/showa/relying-parties/0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f/secrets/0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f/revoke
        /console/showa/residency-rules/0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f/edit
        /console/showa/residency-rules/0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f/versions/3/rule.json
        /console/showa/consent-texts/0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f
        /console/showa/decisions/0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f
        /console/showa/staff/0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f
        /t/showa/flow/abababababababababababababababab/consent
        /t/showa/me/withdraw/0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f
        ");
    }

    #[test]
    fn every_argument_of_a_template_is_one_of_its_builder() {
        // A misspelt argument would stay in the path as `{name}`.
        let tenant = TenantSlug::parse("showa").unwrap();
        let id = "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f";
        let party: RelyingPartyId = id.parse().unwrap();
        for path in [
            console_relying_party(&tenant, party),
            console_relying_party_edit(&tenant, party),
            console_relying_party_suspend(&tenant, party),
            console_relying_party_resume(&tenant, party),
            console_relying_party_secrets(&tenant, party),
            console_relying_party_test(&tenant, party),
            console_residency_rule_import(&tenant),
            console_residency_rule_import_next(&tenant, id.parse().unwrap()),
            console_residency_rule_cases(&tenant, id.parse().unwrap()),
            console_residency_rule_mass_trial(&tenant, id.parse().unwrap()),
            console_residency_rule_comparison(&tenant, id.parse().unwrap()),
            flow_outcome(&tenant, FlowId::from_bytes([0; 16])),
            flow_return(&tenant, FlowId::from_bytes([0; 16])),
            oauth_authorization_server(&tenant),
        ] {
            assert!(!path.contains('{'), "{path}");
        }
    }

    #[test]
    fn issuers_come_from_the_base_address() {
        let base = BaseUrl::parse("https://id.example.jp").unwrap();
        assert_eq!(issuer(&base, &TenantSlug::parse("showa").unwrap()), "https://id.example.jp/t/showa");
        assert_eq!(sandbox_card_issuer(&base), "https://id.example.jp/sandbox-card");
        assert_eq!(Route::FlowConsent.page_template(), "/t/:tenant/flow/:flow/consent");
    }
}
