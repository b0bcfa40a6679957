//! Rules as JSON, to carry them from one municipality to another: a version written out, and a draft made of what was read.

use domain::configuration::{ResidencyRuleContent, ResidencyRuleForm};
use domain::ids::ResidencyRuleId;
use domain::locale::{Locale, Localized};
use domain::municipality::MunicipalityTable;
use domain::residency::{Misplaced, ResidencyRule};
use domain::violations::{Violation, Violations};

use super::json_line::line_of;
use super::version::RuleVersion;
use crate::Service;
use crate::configuration::store::{self, Stored};
use crate::configuration::{ConfigurationId, Content, Form, Seen};
use crate::error::{Conflict, Error};
use crate::gate::{Act, Caller, Resource, action};

/// What came of a JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// A draft, which may lack a name.
    Drafted(ResidencyRuleId),
    /// It is no rule.
    Refused {
        /// Where, and why.
        misplaced: Misplaced,
        /// The line, from 1.
        line: usize,
    },
}

/// What an import goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeforeImport {
    /// The newest version; importing names it again.
    pub seen: Seen,
    /// The number that the draft will have.
    pub number: i64,
    /// There is a draft, which an import replaces.
    pub replaces_draft: bool,
    /// What lists call the rule.
    pub title: Localized,
}

impl Service {
    /// A version as JSON.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for a draft that still lacks something.
    pub async fn export_rule(&self, caller: &Caller, rule: ResidencyRuleId, number: i64) -> Result<String, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let content = self.rule_version(&scope, rule, RuleVersion::Number(number)).await?;
        content.map(|content| content.rule.to_json()).ok_or(Error::NotFound)
    }

    /// Drafts a new rule from JSON, under a name of its own.
    ///
    /// # Errors
    /// [`Error::Invalid`]: `name_ja` without a name, `json` with `TooLong` for more than a draft can hold.
    pub async fn import_new_rule(&self, caller: &Caller, json: &str, name: (&str, &str)) -> Result<Imported, Error> {
        caller.require(Act::Create, Resource::Configuration)?;
        let rule = match read(json) {
            Ok(rule) => rule,
            Err(refused) => return Ok(refused),
        };
        let form = ResidencyRuleForm { name_ja: name.0.to_owned(), name_en: name.1.to_owned(), ..form(rule) };
        match self.draft_configuration(caller, &Form::ResidencyRule(form)).await.map_err(too_long)? {
            ConfigurationId::ResidencyRule(id) => Ok(Imported::Drafted(id)),
            _ => Err(Error::internal("the id of a rule")),
        }
    }

    /// Makes the next draft of a rule from JSON, or another one of its draft; name and note stay as they are.
    ///
    /// # Errors
    /// As [`Service::save_draft`]; `json` with `TooLong` for more than a draft can hold.
    pub async fn import_next_version(
        &self,
        caller: &Caller,
        id: ResidencyRuleId,
        seen: Seen,
        json: &str,
    ) -> Result<Imported, Error> {
        caller.require(Act::Update, Resource::Configuration)?;
        let rule = match read(json) {
            Ok(rule) => rule,
            Err(refused) => return Ok(refused),
        };
        let (name_ja, name_en, note) = self.names_and_note(caller, id).await?;
        let form = ResidencyRuleForm { name_ja, name_en, note, ..form(rule) };
        self.save_draft(caller, id, seen, &Form::ResidencyRule(form)).await.map_err(too_long)?;
        Ok(Imported::Drafted(id))
    }

    /// The version that an import would follow.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Conflict::State`] while a version is in review or waits for its day.
    pub async fn before_import(&self, caller: &Caller, id: ResidencyRuleId) -> Result<BeforeImport, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let row = store::read_configuration(&scope, ConfigurationId::from(id)).await?;
        let version = store::version(&scope, row.id, row.latest_number).await?;
        let state = store::state(&version)?;
        let replaces_draft = state.is_editable();
        if state.is_open() && !replaces_draft {
            return Err(Conflict::State.into());
        }
        Ok(BeforeImport {
            seen: Seen { number: version.number, revision: version.revision },
            number: if replaces_draft { version.number } else { version.number + 1 },
            replaces_draft,
            title: store::title(&row),
        })
    }

    /// The names and the note of the newest version, as they were typed.
    async fn names_and_note(&self, caller: &Caller, id: ResidencyRuleId) -> Result<(String, String, String), Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let row = store::read_configuration(&scope, ConfigurationId::from(id)).await?;
        let version = store::version(&scope, row.id, row.latest_number).await?;
        match Stored::of(&version)? {
            Stored::Form(Form::ResidencyRule(form)) => Ok((form.name_ja, form.name_en, form.note)),
            Stored::Content(Content::ResidencyRule(content)) => {
                let name = |locale| content.name.get(locale).to_owned();
                Ok((name(Locale::Ja), name(Locale::En), content.note))
            }
            _ => Err(Error::internal("the content of a rule")),
        }
    }
}

fn read(json: &str) -> Result<ResidencyRule, Imported> {
    ResidencyRule::from_json(json, MunicipalityTable::japan()).map_err(|misplaced| {
        let line = line_of(json, &misplaced.pointer);
        Imported::Refused { misplaced, line }
    })
}

/// The form of a draft that means this very rule: clauses where the builder can show them, else the JSON itself.
fn form(rule: ResidencyRule) -> ResidencyRuleForm {
    let content = ResidencyRuleContent { name: Localized::composed("", ""), rule, note: String::new() };
    let same = |form: &ResidencyRuleForm| {
        form.rule(&mut Violations::default(), MunicipalityTable::japan()).as_ref() == Some(&content.rule)
    };
    ResidencyRuleForm::of(&content)
        .filter(same)
        .unwrap_or_else(|| ResidencyRuleForm { json: content.rule.to_json(), ..ResidencyRuleForm::default() })
}

/// A draft that is too long says so of what was imported.
fn too_long(error: Error) -> Error {
    match error {
        Error::Invalid(wrong) if wrong.get("form").is_some() => Error::invalid("json", Violation::TooLong),
        other => other,
    }
}
