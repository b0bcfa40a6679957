//! The demo: five sandbox municipalities with staff of every role, rules, texts, services and twelve closed months.
//!
//! It is made by the use-cases that people use, on a clock that begins a year ago: a drafter drafts, an approver approves, each
//! month's raw counters are closed on the 5th of the next. Said twice it changes nothing; cut off, it goes on where it was.

mod forms;
mod many;
mod plan;
mod towns;

use domain::calendar::{FiscalYear, Month, tokyo_midnight};
use domain::configuration::{ConfigurationKind, SubjectType};
use domain::ids::AccountId;
use domain::locale::Localized;
use domain::names::{ClientId, DisplayName, MailAddress, Reason, TenantSlug};
use domain::paths;
use domain::residency::AttestationBatch;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Set};
use secrecy::{ExposeSecret, SecretString};
use time::{Duration, OffsetDateTime};

pub use self::plan::{Demo, DemoRelyingParty, DemoStaff, DemoTown};
use self::plan::{client_id, from_base32};
use self::towns::{Product, SIGN_INS_PER_TEN, TOWNS, Town};
use crate::Service;
use crate::attestations::BatchFilter;
use crate::configuration::{ConfigurationId, Form, NewRelyingParty};
use crate::error::{Conflict, Error};
use crate::federation::{ProviderSettings, sandbox_card_client_id};
use crate::gate::{Caller, Organisation, Resource, Scope, SystemActor, action};
use crate::provisioning::{NewMembership, NewStaffAccount, NewTenant, Population, TenantMode};
use crate::usage::tally::{Tally, year_period};

impl Service {
    /// When the demo begins: on the first morning of the twelve months that can be closed at `now`.
    pub fn demo_begins(now: OffsetDateTime) -> OffsetDateTime {
        let first = last_closed(now);
        let begins = (0..11).fold(first, |month, _| month.previous());
        tokyo_midnight(begins.first_day()) + Duration::hours(10)
    }

    /// Makes the demo as planned. This service's clock stands at [`Service::demo_begins`] and is moved to `now`. Client secrets
    /// are filled in as they are issued.
    ///
    /// # Errors
    /// As the use-cases that it goes through.
    pub async fn seed_demo(&self, now: OffsetDateTime, demo: &mut Demo) -> Result<(), Error> {
        for (town, plan) in TOWNS.iter().zip(&demo.towns) {
            self.seed_town(town, plan).await?;
        }
        let last = last_closed(now);
        let months = (0..11).fold(vec![last], |mut months, _| {
            months.extend(months.last().map(|month| month.previous()));
            months
        });
        for (at, month) in months.into_iter().rev().enumerate() {
            self.move_clock(tokyo_midnight(month.next().first_day()) + Duration::days(4) + Duration::hours(6));
            for town in &TOWNS {
                self.seed_month(town, at, month).await?;
            }
        }
        self.move_clock(now);
        for (town, plan) in TOWNS.iter().zip(&mut demo.towns) {
            self.seed_secrets(town, plan).await?;
            self.seed_codes(town, plan).await?;
        }
        Ok(())
    }

    fn move_clock(&self, to: OffsetDateTime) {
        self.clock.advance((to.unix_timestamp() - self.clock.seconds()).max(0));
    }

    async fn seed_town(&self, town: &Town<'_>, plan: &DemoTown) -> Result<(), Error> {
        let slug = slug(town)?;
        let organisation = self.create_tenant(&new_tenant(town, &slug)?).await?.value();
        for (person, sign_in) in town.staff.iter().zip(&plan.staff) {
            let mail = MailAddress::parse(&sign_in.mail).map_err(|_| planned())?;
            let account = NewStaffAccount {
                mail: mail.clone(),
                password: SecretString::from(sign_in.password.clone()),
                totp_secret: Some(zeroize::Zeroizing::new(from_base32(&sign_in.totp_secret).ok_or_else(planned)?)),
            };
            let membership = NewMembership {
                account: self.create_account(&account).await?.value(),
                mail,
                display_name: DisplayName::parse(person.name).map_err(|_| planned())?,
                department: person.department.to_owned(),
                roles: vec![person.role.parse().map_err(|_| planned())?],
            };
            self.create_membership(&slug, &membership).await?;
        }
        self.seed_provider(&slug, &organisation).await?;
        let (drafter, approver) =
            (self.colleague_of(&slug, plan, "drafter").await?, self.colleague_of(&slug, plan, "approver").await?);
        self.seed_configuration(town, &slug, &drafter, &approver).await
    }

    async fn colleague_of(&self, slug: &TenantSlug, plan: &DemoTown, role: &str) -> Result<Caller, Error> {
        let sign_in = plan.staff.iter().find(|sign_in| sign_in.role == role).ok_or_else(planned)?;
        let account: AccountId = self
            .find_account(&MailAddress::parse(&sign_in.mail).map_err(|_| planned())?)
            .await?
            .ok_or(Error::NotFound)?;
        Ok(self.gate.staff(account, slug).await?.0)
    }

    /// The connection to the sandbox card reader, which stands in for the Digital Agency's provider.
    async fn seed_provider(&self, slug: &TenantSlug, organisation: &Organisation) -> Result<(), Error> {
        use entity::identity_provider::{ActiveModel, Entity};
        let caller = self.gate.system(SystemActor::Provisioner, organisation);
        let scope = self.gate.open(&caller, action::Create, Resource::IdentityProvider).await?;
        if scope.find::<Entity>().one().await?.is_some() {
            return Ok(());
        }
        let settings = serde_json::to_string(&ProviderSettings::card()).map_err(|_| Error::internal("settings"))?;
        let row = ActiveModel {
            organisation_id: Set(organisation.id.uuid()),
            id: Set(self.rng.uuid_v7(&self.clock)?),
            tenant_mode: Set(TenantMode::Sandbox.as_str().to_owned()),
            kind: Set("sandbox_card".to_owned()),
            name_ja: Set("試験用カードリーダー".to_owned()),
            name_en: Set("Sandbox card reader".to_owned()),
            issuer: Set(paths::sandbox_card_issuer(&self.base_url)),
            client_id: Set(sandbox_card_client_id(slug)),
            subject_namespace: Set("sandbox-card".to_owned()),
            settings: Set(settings),
            active: Set(true),
            created_at: Set(self.clock.seconds()),
            revision: Set(1),
            position: Set(0),
            draft: Set(None),
            first_active_at: Set(Some(self.clock.seconds())),
        };
        scope.insert::<Entity, _>(row).await?;
        scope.bump_generation().await?;
        scope.commit().await
    }

    async fn seed_configuration(
        &self,
        town: &Town<'_>,
        slug: &TenantSlug,
        drafter: &Caller,
        approver: &Caller,
    ) -> Result<(), Error> {
        let reason = Reason::parse("試験用の設定です。").map_err(|_| planned())?;
        let nobody = NewRelyingParty::default();
        let mut rules = Vec::with_capacity(town.rules.len());
        for rule in town.rules {
            let id = match self.find_configuration(drafter, ConfigurationKind::ResidencyRule, rule.name[0]).await? {
                Some(id) => id,
                None => {
                    let form = Form::ResidencyRule(forms::rule(rule));
                    self.enact(drafter, approver, &nobody, &form, &reason).await?
                }
            };
            rules.push((rule.key, id));
        }
        let rule_of = |key: &str| rules.iter().find(|(known, _)| *known == key).map(|(_, id)| *id).ok_or_else(planned);

        // Relying parties are drafted first: the text of a linkage group names all of them.
        let mut parties = Vec::with_capacity(town.services.len());
        for product in town.services {
            let id = match self.find_configuration(drafter, ConfigurationKind::RelyingParty, product.name[0]).await? {
                Some(id) => id,
                None => {
                    let rule = rule_of(product.rule)?.uuid().to_string();
                    let form = Form::RelyingParty(forms::relying_party(town, product, rule, String::new()));
                    self.draft_relying_party(drafter, &identity(town, product)?, &form).await?
                }
            };
            parties.push((product, id));
        }
        let group: Vec<String> =
            parties.iter().filter(|(product, _)| product.town_wide).map(|(_, id)| id.uuid().to_string()).collect();
        for (product, party) in &parties {
            let draft = self.get_draft(drafter, *party).await?;
            if draft.published.is_some() {
                continue;
            }
            let linked = if product.town_wide { group.join(" ") } else { String::new() };
            let text = Form::ConsentText(forms::consent_text(town, product, linked));
            let text = self.enact(drafter, approver, &nobody, &text, &reason).await?;
            let rule = rule_of(product.rule)?.uuid().to_string();
            let form = Form::RelyingParty(forms::relying_party(town, product, rule, text.uuid().to_string()));
            self.save_draft(drafter, *party, draft.seen, &form).await?;
            self.enact_draft(drafter, approver, *party, &reason).await?;
        }
        let text = forms::page_consent_text(town);
        let title = text.title_ja.clone();
        if self.find_configuration(drafter, ConfigurationKind::ConsentText, &title).await?.is_none() {
            let text = self.enact(drafter, approver, &nobody, &Form::ConsentText(text), &reason).await?;
            self.seed_town_page(slug, rule_of("residents")?, text).await?;
        }
        Ok(())
    }

    async fn find_configuration(
        &self,
        caller: &Caller,
        kind: ConfigurationKind,
        title: &str,
    ) -> Result<Option<ConfigurationId>, Error> {
        use entity::configuration::{Column, Entity};
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let found = scope
            .find::<Entity>()
            .filter(Column::Kind.eq(kind.as_str()))
            .filter(Column::TitleJa.eq(title))
            .one()
            .await?;
        Ok(found.map(|row| ConfigurationId::of(kind, row.id)))
    }

    async fn seed_town_page(
        &self,
        slug: &TenantSlug,
        rule: ConfigurationId,
        text: ConfigurationId,
    ) -> Result<(), Error> {
        use entity::tenant::{Column, Entity};
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.gate.system(SystemActor::Provisioner, &organisation);
        let scope = self.gate.open(&caller, action::Create, Resource::Tenant).await?;
        scope
            .update_many::<Entity>()
            .set(Column::PageRuleId, rule.uuid())
            .set(Column::PageConsentTextId, text.uuid())
            .exec_one()
            .await?;
        scope.bump_generation().await?;
        scope.commit().await
    }

    /// Raw counters of one month, as sign-ins would have left them, closed by the same function that closes every month.
    async fn seed_month(&self, town: &Town<'_>, at: usize, month: Month) -> Result<(), Error> {
        use entity::relying_party;
        let slug = slug(town)?;
        let organisation = self.gate.organisation(&slug).await?;
        let caller = self.gate.system(SystemActor::Provisioner, &organisation);
        let scope = self.gate.open(&caller, action::Create, Resource::UsageCounter).await?;
        let parties = scope.find::<relying_party::Entity>().all().await?;
        let year = month.fiscal_year();
        for product in town.services {
            let client_id = client_id(town, product);
            let Some(party) = parties.iter().find(|party| party.client_id == client_id) else { continue };
            let people = product.people.get(at).copied().unwrap_or(0);
            let mut counters = vec![
                (month.to_string(), Tally::People, people),
                (month.to_string(), Tally::SignIns, people * SIGN_INS_PER_TEN / 10),
            ];
            if town.yearly_band && month == year.last_month() {
                counters.push((year_period(year), Tally::YearPeople, year_people(product, year)));
            }
            for (period, tally, count) in counters {
                put_counter(&scope, party.id, period, tally, count).await?;
            }
        }
        scope.commit().await?;
        match self.close_month(&slug, month).await {
            Ok(_) | Err(Error::Conflict(Conflict::Closed)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn seed_secrets(&self, town: &Town<'_>, plan: &mut DemoTown) -> Result<(), Error> {
        let slug = slug(town)?;
        let admin = self.colleague_of(&slug, plan, "admin").await?;
        for planned in &mut plan.relying_parties {
            if !planned.client_secret.is_empty() {
                continue;
            }
            let Some(ConfigurationId::RelyingParty(party)) =
                self.find_configuration(&admin, ConfigurationKind::RelyingParty, &planned.name).await?
            else {
                continue;
            };
            // Secrets of a seed that was cut off are known to nobody.
            let known: Vec<_> = self.list_client_secrets(&admin, party).await?;
            for secret in known.into_iter().filter(|secret| secret.valid) {
                self.end_client_secret(&admin, party, secret.id).await?;
            }
            let issued = self.issue_client_secret(&admin, party, None).await?;
            planned.client_secret = issued.secret.expose_secret().to_owned();
        }
        Ok(())
    }
}

impl Service {
    /// Codes for people who work in a town whose rule asks for that. They are shown to nobody: whoever wants to use one makes
    /// more in the console.
    async fn seed_codes(&self, town: &Town<'_>, plan: &DemoTown) -> Result<(), Error> {
        if town.rules.iter().all(|rule| rule.ties.is_empty()) {
            return Ok(());
        }
        let drafter = self.colleague_of(&slug(town)?, plan, "drafter").await?;
        if self.list_attestation_batches(&drafter, &BatchFilter::default()).await?.total == 0 {
            let batch = AttestationBatch::parse(&forms::attestation_batch(self.today()), self.today())?;
            self.create_attestation_batch(&drafter, &batch).await?;
        }
        Ok(())
    }
}

async fn put_counter(
    scope: &crate::gate::WriteScope,
    party: sea_orm::prelude::Uuid,
    period: String,
    tally: Tally,
    count: u32,
) -> Result<(), Error> {
    use entity::usage_counter::{ActiveModel, Column, Entity};
    let row = ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        relying_party_id: Set(party),
        period: Set(period),
        outcome: Set(tally.as_str().to_owned()),
        shard: Set(0),
        tally: Set(i64::from(count)),
    };
    let key = [Column::OrganisationId, Column::RelyingPartyId, Column::Period, Column::Outcome, Column::Shard];
    scope.insert_or::<Entity, _>(row, OnConflict::columns(key).do_nothing_on(key).to_owned()).await?;
    Ok(())
}

/// People of a fiscal year, plausible beside the months: three times the busiest one.
fn year_people(product: &Product, _year: FiscalYear) -> u32 {
    product.people.iter().copied().max().unwrap_or(0) * 3
}

/// The last month that can be closed at a time.
fn last_closed(now: OffsetDateTime) -> Month {
    let today = domain::calendar::tokyo_date(now);
    let last = Month::of(today).previous();
    if today.day() >= 5 { last } else { last.previous() }
}

fn planned() -> Error {
    Error::internal("the demo's plan")
}

fn slug(town: &Town<'_>) -> Result<TenantSlug, Error> {
    TenantSlug::parse(town.slug).map_err(|_| planned())
}

fn identity(town: &Town<'_>, product: &Product) -> Result<NewRelyingParty, Error> {
    Ok(NewRelyingParty {
        client_id: Some(ClientId::parse(&client_id(town, product)).map_err(|_| planned())?),
        subject_type: if product.town_wide { SubjectType::TownWide } else { SubjectType::Pairwise },
    })
}

fn new_tenant(town: &Town<'_>, slug: &TenantSlug) -> Result<NewTenant, Error> {
    let both = |[ja, en]: [&str; 2]| Localized::composed(ja, en);
    Ok(NewTenant {
        slug: slug.clone(),
        code: town.code.parse().map_err(|_| planned())?,
        name: both(town.name),
        mode: TenantMode::Sandbox,
        population: Some(Population {
            people: u32::try_from(town.population).map_err(|_| planned())?,
            source: "試験用の概数".to_owned(),
            on: "2026-10-01".to_owned(),
        }),
        yearly_band: town.yearly_band,
        contact: both(town.contact),
        contact_phone: town.phone.to_owned(),
        town_id: both(town.town_id),
        page_title: both(town.page_title),
        page_lead: both(town.page_lead),
        accent_light: town.accent[0].to_owned(),
        accent_dark: town.accent[1].to_owned(),
    })
}
