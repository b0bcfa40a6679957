//! From what the card says to outcomes, and from outcomes to rows.
//!
//! Every published rule of the town is decided at once, while the attributes are in memory. For somebody who is in the
//! register already the outcomes are written before any page is shown: who moved away loses the eligibility at that moment.

use domain::calendar::{self, Month};
use domain::ids::ResidentId;
use domain::municipality::MunicipalityCode;
use domain::residency::{
    Address, AddressSource, Attestation, Facts, Outcome, Postcode, ReasonCode, Resolution, Resolver,
};
use entity::eligibility::{ActiveModel, Column, Entity};
use oidc::upstream::userinfo::{UpstreamAddress, UpstreamAttributes};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Set};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::flow::{Carded, Determined, Term};
use super::published::{Published, Rule};
use super::{desk, store};
use crate::error::Error;
use crate::gate::{Scope, WriteScope};

/// What the rules are decided on, of one card. It lives in memory, and no longer than until the rules are decided.
pub(super) struct CardFacts(Facts);

impl CardFacts {
    pub(super) fn of(attested: &UpstreamAttributes, source: AddressSource, verified: Option<Month>) -> Self {
        // One that is too long to be an address of anybody is not looked at.
        let given = attested.address.as_ref().filter(|_| attested.attributes.address().is_some());
        let resolution = given.map_or(Resolution::Unknown, resolve);
        let birthdate = attested.attributes.birthdate();
        Self(Facts { resolution, birthdate, source, verified, attested: Vec::new() })
    }

    /// The municipality in which the address lies, where it is certain.
    pub(super) fn lives_in(&self) -> Option<MunicipalityCode> {
        match &self.0.resolution {
            Resolution::Resolved(place) => Some(place.municipality),
            Resolution::Ambiguous(_) | Resolution::Unknown | Resolution::Abroad => None,
        }
    }

    /// Decides every published rule, in their order, for somebody with these ties.
    pub(super) fn decide(self, published: &Published, ties: Vec<Attestation>, now: OffsetDateTime) -> Vec<Determined> {
        let Self(mut facts) = self;
        facts.attested = ties;
        let today = calendar::tokyo_date(now);
        published.rules.iter().map(|rule| decide(published, rule, &mut facts, today)).collect()
    }
}

/// Longer than any term, in months.
const FOREVER: u16 = 1_200;

/// Where an address lies. Flags that do not fit the text leave it undecided: nobody knows then which characters to trust.
pub(super) fn resolve(given: &UpstreamAddress) -> Resolution {
    let postcode = given.postal_code().and_then(Postcode::parse);
    let resolve = |address: Address| {
        let address = match postcode {
            Some(postcode) => address.with_postcode(postcode),
            None => address,
        };
        Resolver::japan().resolve(&address)
    };
    let formatted = || given.formatted().map_or(Resolution::Unknown, |text| resolve(Address::new(text.to_owned())));
    match (given.substitute_flags(), given.formatted(), given.parts()) {
        (Some(flags), Some(text), _) => {
            Address::with_substitutes(text.to_owned(), flags).map_or(Resolution::Unknown, resolve)
        }
        (Some(flags), None, Some(parts)) if flags.contains('1') => {
            flagged_parts(parts, flags).map_or(Resolution::Unknown, resolve)
        }
        (_, _, Some([prefecture, municipality, rest])) => {
            match resolve(Address::split(prefecture, municipality, rest)) {
                // Parts in another script or order than the certificate's say nothing; the whole may.
                Resolution::Unknown => formatted(),
                found => found,
            }
        }
        (_, _, None) => formatted(),
    }
}

/// An address in parts with flags of substitute characters: for the whole, or for the rest alone, whichever they fit.
fn flagged_parts(parts: [&str; 3], flags: &str) -> Option<Address> {
    let whole = parts.concat();
    let rest = parts.last().map_or(0, |rest| rest.chars().count());
    let before = whole.chars().count() - rest;
    let flags = if flags.len() == rest { format!("{}{flags}", "0".repeat(before)) } else { flags.to_owned() };
    Address::with_substitutes(whole, &flags).ok()
}

fn decide(published: &Published, rule: &Rule, facts: &mut Facts, today: Date) -> Determined {
    let rule = &rule.content.rule;
    let found = rule.decide(published.code, facts, today);
    let term = |expires: Option<Month>, recheck| expires.map(|expires| Term { expires, recheck });
    let term = match found.would_do.iter().next() {
        None => term(found.expires, found.recheck),
        // What a tie would give that outlives every term. It is the same for each of them: only the ties that are there shorten it.
        Some(kind) => {
            facts.attested.push(Attestation { kind, until: Month::of(today).plus_months(FOREVER) });
            let supposed = rule.decide(published.code, facts, today);
            facts.attested.pop();
            term(supposed.expires, supposed.recheck)
        }
    };
    Determined { reason: found.reason, clause: found.clause, term, would_do: found.would_do }
}

/// What became of the eligibilities of somebody who is in the register.
pub(super) struct Written {
    /// One was lost because the person lives elsewhere now.
    pub(super) moved_away: bool,
    /// Those that were lost: whose, and under which rule.
    pub(super) lost: Vec<(ResidentId, Uuid)>,
}

/// Writes the outcomes of somebody who is in the register: kept eligibilities are replaced, lost ones deleted together with
/// what was issued under them; what cannot be decided stays as it was. Those that depend on the municipality alone are kept
/// without anybody asking for them. What staff checked at the desk stands where the card decides nothing.
pub(super) async fn write_outcomes(
    scope: &WriteScope,
    published: &Published,
    resident: ResidentId,
    carded: &mut Carded,
    now: OffsetDateTime,
) -> Result<Written, Error> {
    let mut written = Written { moved_away: false, lost: Vec::new() };
    let month = Month::at(now);
    let rows = scope.find::<Entity>().filter(Column::ResidentId.eq(resident.uuid())).all().await?;
    let mut eligible = Vec::new();
    for (rule, determined) in published.rules.iter().zip(&mut carded.determined) {
        let row = rows.iter().find(|row| row.rule_id == rule.id.uuid());
        let kept = row.is_some();
        if determined.reason.is_settled_at_desk()
            && let Some(stands) = row.and_then(|row| desk::stands(row, rule, month))
        {
            *determined = stands;
        }
        match determined.outcome() {
            Outcome::Eligible if kept || !rule.content.rule.depends_on_age() => {
                eligible.push((rule, *determined));
            }
            Outcome::NotEligible if kept => {
                written.moved_away |= matches!(determined.reason, ReasonCode::LivesElsewhere | ReasonCode::LivesAbroad);
                lose(scope, resident, rule.id.uuid(), now.unix_timestamp()).await?;
                written.lost.push((resident, rule.id.uuid()));
            }
            Outcome::Eligible | Outcome::NotEligible | Outcome::Undecidable => {}
        }
    }
    keep_eligibilities(scope, resident, &eligible, carded)?;
    desk::use_up(scope, resident, &eligible).await?;
    Ok(written)
}

async fn lose(scope: &WriteScope, resident: ResidentId, rule: Uuid, now: i64) -> Result<(), Error> {
    scope
        .delete_many::<Entity>()
        .filter(Column::ResidentId.eq(resident.uuid()))
        .filter(Column::RuleId.eq(rule))
        .exec()
        .await?;
    store::revoke_families_of_rule(scope, resident, rule, now).await
}

/// Writes eligibilities, each in the place of an earlier one, with the next statement.
pub(super) fn keep_eligibilities(
    scope: &WriteScope,
    resident: ResidentId,
    eligible: &[(&Rule, Determined)],
    carded: &Carded,
) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(eligible.len());
    for (rule, determined) in eligible {
        let (Some(verified), Some(Term { expires, recheck })) = (carded.verified, determined.eligible()) else {
            return Err(Error::internal("an eligibility without its months"));
        };
        rows.push(ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            resident_id: Set(resident.uuid()),
            rule_id: Set(rule.id.uuid()),
            rule_number: Set(rule.number.into()),
            outcome: Set(determined.outcome().as_str().to_owned()),
            reason: Set(determined.reason.as_str().to_owned()),
            address_source: Set(carded.source.as_str().to_owned()),
            verified_month: Set(verified.to_string()),
            expires_month: Set(expires.to_string()),
            recheck_month: Set(recheck.map(|month| month.to_string())),
        });
    }
    let replaced = [
        Column::RuleNumber,
        Column::Outcome,
        Column::Reason,
        Column::AddressSource,
        Column::VerifiedMonth,
        Column::ExpiresMonth,
        Column::RecheckMonth,
    ];
    let key = [Column::OrganisationId, Column::ResidentId, Column::RuleId];
    scope.insert_all_or_soon::<Entity, _>(rows, OnConflict::columns(key).update_columns(replaced).to_owned())
}
