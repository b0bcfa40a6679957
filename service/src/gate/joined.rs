//! The hand-written SQL of the product, all of it: joins that the gateway needs at nearly every request. Each names every
//! table together with the organisation's key, and passes the same guard as every other statement.

use entity::token_family;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, QueryTrait, Statement, Value};

use super::scope::sealed::Sealed;
use super::scope::{Scope, Update, WriteScope};
use crate::error::Error;

/// What a resident's session stands for at one service.
pub(crate) struct Standing {
    pub(crate) session: SessionColumns,
    pub(crate) grant: Option<GrantColumns>,
    pub(crate) eligibility: Option<EligibilityColumns>,
}

/// A session that is open.
pub(crate) struct SessionColumns {
    pub(crate) id: Uuid,
    pub(crate) resident_id: Uuid,
    pub(crate) auth_time: i64,
    pub(crate) ial: i64,
    pub(crate) aal: i64,
    pub(crate) amr: String,
    /// Who attested the level, and in which word.
    pub(crate) identity_provider_id: Option<Uuid>,
    pub(crate) level_word: Option<String>,
}

/// The consent that permits.
pub(crate) struct GrantColumns {
    pub(crate) id: Uuid,
    pub(crate) state: String,
    pub(crate) text_id: Uuid,
    pub(crate) text_number: i64,
    pub(crate) items: i64,
}

/// An eligibility under one rule.
pub(crate) struct EligibilityColumns {
    pub(crate) rule_number: i64,
    pub(crate) outcome: String,
    pub(crate) expires_month: String,
    pub(crate) recheck_month: Option<String>,
}

/// A token family with what it rests on.
pub(crate) struct FamilyStanding {
    pub(crate) relying_party_id: Uuid,
    pub(crate) resident_id: Uuid,
    pub(crate) session_id: Option<Uuid>,
    pub(crate) rule_id: Uuid,
    pub(crate) code_hash: Vec<u8>,
    pub(crate) redeemed_at: Option<i64>,
    pub(crate) revoked: bool,
    pub(crate) grant_state: Option<String>,
    /// The consent text that was agreed to, and its version.
    pub(crate) agreed_to: Option<(Uuid, i64)>,
    pub(crate) eligibility: Option<EligibilityColumns>,
    /// The month in which the card was read for it.
    pub(crate) verified_month: Option<String>,
    /// The session that it came from is over. Asked with a code alone: tokens outlive sessions.
    pub(crate) session_ended: bool,
}

pub(super) const STANDING: &str = r#"
select "resident_session"."id", "resident_session"."resident_id", "resident_session"."auth_time",
    "resident_session"."ial", "resident_session"."aal", "resident_session"."amr",
    "consent_grant"."id", "consent_grant"."state", "consent_grant"."consent_text_number", "consent_grant"."items",
    "eligibility"."rule_number", "eligibility"."outcome", "eligibility"."expires_month",
    "eligibility"."recheck_month", "consent_grant"."consent_text_id", "organisation"."generation",
    "resident_session"."identity_provider_id", "resident_session"."level_word"
from "organisation"
left join "resident_session" on "resident_session"."organisation_id" = ? and "resident_session"."token_hash" = ?
    and "resident_session"."expires_at" > ?
left join "consent_grant" on "consent_grant"."organisation_id" = ?
    and "consent_grant"."resident_id" = "resident_session"."resident_id"
    and "consent_grant"."relying_party_id" = ? and "consent_grant"."state" in ('given', 'reaffirmed')
left join "eligibility" on "eligibility"."organisation_id" = ?
    and "eligibility"."resident_id" = "resident_session"."resident_id" and "eligibility"."rule_id" = ?
where "organisation"."id" = ?
order by "consent_grant"."given_on" desc
limit 1"#;

/// A family with what it rests on, with one column and one join more.
macro_rules! family {
    ($column:literal, $join:literal) => {
        concat!(
            r#"
select "token_family"."relying_party_id", "token_family"."resident_id", "token_family"."session_id",
    "token_family"."rule_id", "token_family"."code_hash", "token_family"."redeemed_at", "token_family"."revoked_at",
    "consent_grant"."state",
    "eligibility"."rule_number", "eligibility"."outcome", "eligibility"."expires_month", "eligibility"."recheck_month",
    "organisation"."generation", "consent_grant"."consent_text_id", "consent_grant"."consent_text_number",
    "eligibility"."verified_month", "#,
            $column,
            r#"
from "organisation"
left join "token_family" on "token_family"."organisation_id" = ? and "token_family"."id" = ?
left join "consent_grant" on "consent_grant"."organisation_id" = ?
    and "consent_grant"."id" = "token_family"."grant_id"
left join "eligibility" on "eligibility"."organisation_id" = ?
    and "eligibility"."resident_id" = "token_family"."resident_id"
    and "eligibility"."rule_id" = "token_family"."rule_id""#,
            $join,
            r#"
where "organisation"."id" = ?"#
        )
    };
}

pub(super) const FAMILY: &str = family!(r#""token_family"."session_id""#, "");
/// The same with the session that it came from, if that is there still.
pub(super) const FAMILY_OF_CODE: &str = family!(
    r#""resident_session"."id""#,
    r#"
left join "resident_session" on "resident_session"."organisation_id" = ?
    and "resident_session"."id" = "token_family"."session_id""#
);

/// What was read, and the organisation's generation at that moment: what was decided by an older configuration is decided
/// anew.
pub(crate) struct AsOf<T> {
    pub(crate) generation: i64,
    pub(crate) found: Option<T>,
}

/// The open session of a token's digest, with the consent to a relying party and the eligibility under a rule.
pub(crate) async fn find_standing<S: Scope>(
    scope: &S,
    token_hash: &[u8],
    now: i64,
    relying_party: Uuid,
    rule: Uuid,
) -> Result<AsOf<Standing>, Error> {
    let key = scope.key();
    let values = vec![
        key.into(),
        token_hash.to_vec().into(),
        now.into(),
        key.into(),
        relying_party.into(),
        key.into(),
        rule.into(),
        key.into(),
    ];
    let connection = scope.connection();
    let row = connection.query_one_raw(written(connection.get_database_backend(), STANDING, values)).await?;
    let row = row.ok_or(Error::NotFound)?;
    let generation = row.try_get_by_index(15)?;
    let session: Option<Uuid> = row.try_get_by_index(0)?;
    let Some(session) = session else { return Ok(AsOf { generation, found: None }) };
    let grant: Option<Uuid> = row.try_get_by_index(6)?;
    let found = Some(Standing {
        session: SessionColumns {
            id: session,
            resident_id: row.try_get_by_index(1)?,
            auth_time: row.try_get_by_index(2)?,
            ial: row.try_get_by_index(3)?,
            aal: row.try_get_by_index(4)?,
            amr: row.try_get_by_index(5)?,
            identity_provider_id: row.try_get_by_index(16)?,
            level_word: row.try_get_by_index(17)?,
        },
        grant: match grant {
            None => None,
            Some(id) => Some(GrantColumns {
                id,
                state: row.try_get_by_index(7)?,
                text_id: row.try_get_by_index(14)?,
                text_number: row.try_get_by_index(8)?,
                items: row.try_get_by_index(9)?,
            }),
        },
        eligibility: eligibility(&row, 10)?,
    });
    Ok(AsOf { generation, found })
}

/// A token family with its consent and its eligibility.
pub(crate) async fn find_family_standing<S: Scope>(scope: &S, family: Uuid) -> Result<AsOf<FamilyStanding>, Error> {
    let connection = scope.connection();
    let values = keyed(scope, family, 3);
    family_standing(connection.query_one_raw(written(connection.get_database_backend(), FAMILY, values)).await?)
}

/// Changes the token family of a code and reads it with its consent, its eligibility and its session; says how many rows were
/// changed.
pub(crate) async fn change_and_find_family_standing(
    scope: &WriteScope,
    change: Update<'_, token_family::Entity>,
    family: Uuid,
) -> Result<(u64, AsOf<FamilyStanding>), Error> {
    let connection = scope.connection();
    let change = change.update.build(connection.get_database_backend());
    let read = written(connection.get_database_backend(), FAMILY_OF_CODE, keyed(scope, family, 4));
    let (changed, read) = connection.run_both(change, read).await?;
    let changed = changed.result.map_or(0, |result| result.rows_affected());
    Ok((changed, family_standing(read.rows.into_iter().next())?))
}

/// The organisation's key, the family, and the key as often as what comes after them asks for it.
fn keyed<S: Scope>(scope: &S, family: Uuid, keys: usize) -> Vec<Value> {
    let key = scope.key();
    [key, family].into_iter().chain(std::iter::repeat_n(key, keys)).map(Value::from).collect()
}

fn family_standing(row: Option<QueryResult>) -> Result<AsOf<FamilyStanding>, Error> {
    let row = row.ok_or(Error::NotFound)?;
    let generation = row.try_get_by_index(12)?;
    let relying_party: Option<Uuid> = row.try_get_by_index(0)?;
    let Some(relying_party_id) = relying_party else { return Ok(AsOf { generation, found: None }) };
    let revoked_at: Option<i64> = row.try_get_by_index(6)?;
    let session_id: Option<Uuid> = row.try_get_by_index(2)?;
    let session: Option<Uuid> = row.try_get_by_index(16)?;
    let found = Some(FamilyStanding {
        relying_party_id,
        resident_id: row.try_get_by_index(1)?,
        session_id,
        rule_id: row.try_get_by_index(3)?,
        code_hash: row.try_get_by_index(4)?,
        redeemed_at: row.try_get_by_index(5)?,
        revoked: revoked_at.is_some(),
        grant_state: row.try_get_by_index(7)?,
        agreed_to: Option::zip(row.try_get_by_index(13)?, row.try_get_by_index(14)?),
        eligibility: eligibility(&row, 8)?,
        verified_month: row.try_get_by_index(15)?,
        session_ended: session != session_id,
    });
    Ok(AsOf { generation, found })
}

/// A statement that is written with `?`, as SQLite and the guard read it; PostgreSQL counts its values.
fn written(backend: DbBackend, sql: &str, values: Vec<Value>) -> Statement {
    let sql = match backend {
        DbBackend::Postgres => {
            let mut parts = sql.split('?');
            let first = parts.next().unwrap_or_default().to_owned();
            parts.zip(1..).fold(first, |sql, (part, number)| format!("{sql}${number}{part}"))
        }
        _ => sql.to_owned(),
    };
    Statement::from_sql_and_values(backend, sql, values)
}

/// The four columns of an outer join, if there is a row behind them.
fn eligibility(row: &QueryResult, at: usize) -> Result<Option<EligibilityColumns>, Error> {
    let rule_number: Option<i64> = row.try_get_by_index(at)?;
    let Some(rule_number) = rule_number else { return Ok(None) };
    let outcome = row.try_get_by_index(at + 1)?;
    let (expires_month, recheck_month) = (row.try_get_by_index(at + 2)?, row.try_get_by_index(at + 3)?);
    Ok(Some(EligibilityColumns { rule_number, outcome, expires_month, recheck_month }))
}
