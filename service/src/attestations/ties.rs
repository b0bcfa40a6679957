//! What staff do at the turn of the fiscal year: to all ties of a kind at once, never to somebody's.

use std::collections::BTreeSet;

use domain::calendar::{Month, tokyo_midnight};
use domain::configuration::{ConfigurationKind, VersionState};
use domain::disclosure::{DisclosedFigure, at_least};
use domain::ids::ResidentId;
use domain::locale::Locale;
use domain::residency::{AttestationKind, tie_ends};
use domain::violations::Violation;
use entity::{attestation, configuration_version, eligibility, token_family};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, Iden};

use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::configuration::{Content, store as versions};
use crate::error::Error;
use crate::gate::{Caller, Resource, Scope, WriteScope, action};
use crate::jobs;
use crate::usage::policy_of;

/// When ties end that staff end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TieEnd {
    /// With this commit.
    Now,
    /// With the last day of a month.
    With(Month),
}

impl TieEnd {
    /// Reads `now` or a month; this month and the two years after it can be named.
    ///
    /// # Errors
    /// Nothing chosen, or another month.
    pub fn parse(text: &str, today: time::Date) -> Result<TieEnd, Violation> {
        match text {
            "" => Err(Violation::Required),
            "now" => Ok(TieEnd::Now),
            month => {
                let month: Month = month.parse().map_err(|_| Violation::Malformed)?;
                let this = Month::of(today);
                let near = this <= month && month.months_since(this) <= 24;
                if near { Ok(TieEnd::With(month)) } else { Err(Violation::OutOfRange) }
            }
        }
    }

    /// The last month that is left.
    fn last_month(self, today: time::Date) -> Month {
        match self {
            TieEnd::Now => Month::of(today).previous(),
            TieEnd::With(month) => month,
        }
    }
}

impl Service {
    /// How many people, at least, have a tie that [`Service::extend_attestations`] would extend; none where they are few.
    ///
    /// # Errors
    /// As there.
    pub async fn count_extended(
        &self,
        caller: &Caller,
        kind: AttestationKind,
        until: Month,
    ) -> Result<Option<DisclosedFigure>, Error> {
        let scope = self.gate.open(caller, action::Update, Resource::Attestation).await?;
        let shorter = self.shorter(kind, until)?;
        affected(&scope, shorter).await
    }

    /// Extends every tie of a kind that ends before `until` to that month. What was determined by one ends when it would have;
    /// the next card determines anew.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`until`) for a month in which no tie may end.
    pub async fn extend_attestations(&self, caller: &Caller, kind: AttestationKind, until: Month) -> Result<(), Error> {
        use attestation::{Column, Entity};
        let mut scope = self.gate.open(caller, action::Update, Resource::Attestation).await?;
        let shorter = self.shorter(kind, until)?;
        scope.update_many::<Entity>().set(Column::UntilMonth, until.to_string()).filter(shorter).exec().await?;
        let swept = tokyo_midnight(until.next().first_day()).unix_timestamp();
        scope.enqueue(jobs::Kind::ForgetAttestations, swept).await?;
        let said = format!("{} {}まで", kind.words().get(Locale::Ja), until.text(Locale::Ja));
        note(&mut scope, ActKind::AttestationsExtended, kind, said);
        scope.commit().await
    }

    /// How many people, at least, have a tie that [`Service::end_attestations`] would end; none where they are few.
    ///
    /// # Errors
    /// As there.
    pub async fn count_ended(
        &self,
        caller: &Caller,
        kind: AttestationKind,
        end: TieEnd,
    ) -> Result<Option<DisclosedFigure>, Error> {
        let scope = self.gate.open(caller, action::Remove, Resource::Attestation).await?;
        affected(&scope, longer(kind, end.last_month(self.today()))).await
    }

    /// Ends every tie of a kind, with what rests on it: eligibilities of these people under rules that ask for such a tie end
    /// with it. Where it is now, they are deleted and everything that was issued under them is revoked; somebody who is
    /// eligible without the tie is asked for the card once.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn end_attestations(&self, caller: &Caller, kind: AttestationKind, end: TieEnd) -> Result<(), Error> {
        use attestation::{Column, Entity};
        let published = self.published_of(caller.organisation()).await?;
        let mut scope = self.gate.open(caller, action::Remove, Resource::Attestation).await?;
        let month = end.last_month(self.today());
        let ending = longer(kind, month);
        let rules = rules_that_ask_for(&scope, kind).await?;
        let mut told = false;
        let said = match end {
            TieEnd::Now => {
                let lost = end_eligibilities(&scope, &rules, &ending, self.clock.seconds()).await?;
                told = self.announce_lost(&scope, &published, &lost).await?;
                scope.delete_many::<Entity>().filter(ending).exec().await?;
                kind.words().get(Locale::Ja).to_owned()
            }
            TieEnd::With(month) => {
                shorten_eligibilities(&scope, &rules, &ending, month).await?;
                scope.update_many::<Entity>().set(Column::UntilMonth, month.to_string()).filter(ending).exec().await?;
                let swept = tokyo_midnight(month.next().first_day()).unix_timestamp();
                scope.enqueue(jobs::Kind::ForgetAttestations, swept).await?;
                format!("{} {}まで", kind.words().get(Locale::Ja), month.text(Locale::Ja))
            }
        };
        // A sign-in that is under way was decided with the ties that there were: it begins again.
        scope.update_many::<entity::tenant::Entity>().add(entity::tenant::Column::TiesEnded, 1).exec_one().await?;
        scope.bump_generation().await?;
        note(&mut scope, ActKind::AttestationsEnded, kind, said);
        scope.commit().await?;
        if told {
            self.ring();
        }
        Ok(())
    }

    /// Ties of a kind that hold and end before a month.
    fn shorter(&self, kind: AttestationKind, until: Month) -> Result<Condition, Error> {
        use attestation::Column;
        let today = self.today();
        if !tie_ends(today).contains(&until) {
            return Err(Error::invalid("until", Violation::OutOfRange));
        }
        let holds = Column::UntilMonth.gte(Month::of(today).to_string());
        Ok(of_kind(kind).add(holds).add(Column::UntilMonth.lt(until.to_string())))
    }
}

fn of_kind(kind: AttestationKind) -> Condition {
    Condition::all().add(attestation::Column::Kind.eq(kind.as_str()))
}

/// Ties of a kind that go on after a month.
fn longer(kind: AttestationKind, month: Month) -> Condition {
    of_kind(kind).add(attestation::Column::UntilMonth.gt(month.to_string()))
}

async fn affected<S: Scope>(scope: &S, ties: Condition) -> Result<Option<DisclosedFigure>, Error> {
    let people = scope.find::<attestation::Entity>().filter(ties).count().await?;
    let policy = policy_of(&scope.find::<entity::tenant::Entity>().get().await?);
    Ok(at_least(u32::try_from(people).unwrap_or(u32::MAX), None, &policy))
}

fn note(scope: &mut WriteScope, act: ActKind, kind: AttestationKind, said: String) {
    scope.audit(Act {
        kind: act,
        object_kind: Resource::Attestation.as_str(),
        object_id: kind.to_string(),
        text: ActText { object: said, ..ActText::default() },
    });
}

/// Rules of which any version that was ever in use asks for a tie of this kind; one that can no longer be read counts too.
async fn rules_that_ask_for(scope: &WriteScope, kind: AttestationKind) -> Result<Vec<Uuid>, Error> {
    use configuration_version::{Column, Entity};
    let used = [VersionState::Published, VersionState::Archived].map(VersionState::as_str);
    let rows = scope
        .find::<Entity>()
        .filter(Column::Kind.eq(ConfigurationKind::ResidencyRule.as_str()))
        .filter(Column::State.is_in(used))
        .all()
        .await?;
    let asks = |row: &configuration_version::Model| match versions::content(row) {
        Ok(Content::ResidencyRule(content)) => content.rule.condition().kinds_named().contains(kind),
        Ok(_) => false,
        Err(_) => true,
    };
    let rules: BTreeSet<Uuid> = rows.iter().filter(|row| asks(row)).map(|row| row.configuration_id).collect();
    Ok(rules.into_iter().collect())
}

/// That the person of a row of another table has a tie that ends.
fn of_these_people(
    scope: &WriteScope,
    ending: &Condition,
    table: impl Iden + 'static,
    resident: impl Iden + 'static,
) -> SimpleExpr {
    let same = Expr::col((attestation::Entity, attestation::Column::ResidentId)).equals((table, resident));
    scope.exists::<attestation::Entity>(ending.clone().add(same))
}

/// Says whose eligibilities ended, and under which rule.
async fn end_eligibilities(
    scope: &WriteScope,
    rules: &[Uuid],
    ending: &Condition,
    now: i64,
) -> Result<Vec<(ResidentId, Uuid)>, Error> {
    use token_family::{Column, Entity};
    scope
        .update_many::<Entity>()
        .set(Column::RevokedAt, now)
        .filter(Column::RuleId.is_in(rules.iter().copied()))
        .filter(Column::RevokedAt.is_null())
        .filter(of_these_people(scope, ending, Entity, Column::ResidentId))
        .exec()
        .await?;
    let of_rules = eligibility::Column::RuleId.is_in(rules.iter().copied());
    let theirs = of_these_people(scope, ending, eligibility::Entity, eligibility::Column::ResidentId);
    let lost = scope.find::<eligibility::Entity>().filter(of_rules.clone()).filter(theirs.clone()).all().await?;
    scope.delete_many::<eligibility::Entity>().filter(of_rules).filter(theirs).exec().await?;
    Ok(lost.into_iter().map(|row| (ResidentId::from_uuid(row.resident_id), row.rule_id)).collect())
}

async fn shorten_eligibilities(
    scope: &WriteScope,
    rules: &[Uuid],
    ending: &Condition,
    month: Month,
) -> Result<(), Error> {
    use eligibility::{Column, Entity};
    let month = month.to_string();
    let theirs = || of_these_people(scope, ending, Entity, Column::ResidentId);
    for column in [Column::ExpiresMonth, Column::RecheckMonth] {
        scope
            .update_many::<Entity>()
            .set(column, month.clone())
            .filter(Column::RuleId.is_in(rules.iter().copied()))
            .filter(column.gt(month.clone()))
            .filter(theirs())
            .exec()
            .await?;
    }
    Ok(())
}
