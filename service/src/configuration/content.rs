//! Forms and contents of the three kinds behind one face, so that drafting, submitting, publishing, comparing and listing
//! are written once. What a form must hold and how a content reads is `domain::configuration`.

use std::collections::BTreeMap;

use domain::configuration::{
    ConfigurationKind, ConsentTextContent, ConsentTextForm, Field, References, RelyingPartyContent, RelyingPartyForm,
    ResidencyRuleContent, ResidencyRuleForm, Warning,
};
use domain::ids::{ConsentTextId, RelyingPartyId, ResidencyRuleId};
use domain::locale::{Locale, Localized};
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::violations::{Violation, Violations};
use domain::web_address::LoopbackPolicy;
use sea_orm::prelude::Uuid;
use serde::de::DeserializeOwned;

use super::lint::{check_key_set, holds_a_secret};
use crate::error::{Conflict, Error};

/// A configuration through all its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigurationId {
    /// 連携サービス.
    RelyingParty(RelyingPartyId),
    /// 利用資格ルール.
    ResidencyRule(ResidencyRuleId),
    /// 同意文.
    ConsentText(ConsentTextId),
}

impl ConfigurationId {
    pub(crate) fn of(kind: ConfigurationKind, id: Uuid) -> Self {
        match kind {
            ConfigurationKind::RelyingParty => Self::RelyingParty(RelyingPartyId::from_uuid(id)),
            ConfigurationKind::ResidencyRule => Self::ResidencyRule(ResidencyRuleId::from_uuid(id)),
            ConfigurationKind::ConsentText => Self::ConsentText(ConsentTextId::from_uuid(id)),
        }
    }

    /// What kind it is.
    pub const fn kind(self) -> ConfigurationKind {
        match self {
            Self::RelyingParty(_) => ConfigurationKind::RelyingParty,
            Self::ResidencyRule(_) => ConfigurationKind::ResidencyRule,
            Self::ConsentText(_) => ConfigurationKind::ConsentText,
        }
    }

    /// The bare UUID.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::RelyingParty(id) => id.uuid(),
            Self::ResidencyRule(id) => id.uuid(),
            Self::ConsentText(id) => id.uuid(),
        }
    }
}

impl From<RelyingPartyId> for ConfigurationId {
    fn from(id: RelyingPartyId) -> Self {
        Self::RelyingParty(id)
    }
}

impl From<ResidencyRuleId> for ConfigurationId {
    fn from(id: ResidencyRuleId) -> Self {
        Self::ResidencyRule(id)
    }
}

impl From<ConsentTextId> for ConfigurationId {
    fn from(id: ConsentTextId) -> Self {
        Self::ConsentText(id)
    }
}

/// What a clerk typed: the form of a draft, which may still lack something.
#[expect(clippy::large_enum_variant, reason = "few are alive at a time, and a box would be in everybody's way")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Of a relying party.
    RelyingParty(RelyingPartyForm),
    /// Of a residency rule.
    ResidencyRule(ResidencyRuleForm),
    /// Of a consent text.
    ConsentText(ConsentTextForm),
}

/// A checked content: what is submitted, decided and published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Of a relying party.
    RelyingParty(RelyingPartyContent),
    /// Of a residency rule.
    ResidencyRule(ResidencyRuleContent),
    /// Of a consent text.
    ConsentText(ConsentTextContent),
}

/// A draft longer than this is no configuration; its JSON is counted.
const MAX_DRAFT_BYTES: usize = 60_000;

impl Form {
    /// What kind it is the form of.
    pub const fn kind(&self) -> ConfigurationKind {
        match self {
            Form::RelyingParty(_) => ConfigurationKind::RelyingParty,
            Form::ResidencyRule(_) => ConfigurationKind::ResidencyRule,
            Form::ConsentText(_) => ConfigurationKind::ConsentText,
        }
    }

    /// Checks everything in it, as a submission does.
    ///
    /// # Errors
    /// By the form's field names.
    pub fn parse(&self, loopback: LoopbackPolicy) -> Result<Content, Violations> {
        match self {
            Form::RelyingParty(form) => {
                let content = RelyingPartyContent::parse(form, loopback)?;
                if let Some(keys) = content.client.inline_keys() {
                    check_key_set(keys.as_bytes(), &content.client).map_err(|wrong| Violations::of("jwks", wrong))?;
                }
                Ok(Content::RelyingParty(content))
            }
            Form::ResidencyRule(form) => {
                ResidencyRuleContent::parse(form, MunicipalityTable::japan()).map(Content::ResidencyRule)
            }
            Form::ConsentText(form) => ConsentTextContent::parse(form).map(Content::ConsentText),
        }
    }

    /// What lists call a draft: the only thing that must be there from the first saving on.
    ///
    /// # Errors
    /// Without a Japanese name, by its field.
    pub(crate) fn title(&self) -> Result<Localized, Violations> {
        let (ja, en) = match self {
            Form::RelyingParty(form) => (&form.name_ja, &form.name_en),
            Form::ResidencyRule(form) => (&form.name_ja, &form.name_en),
            Form::ConsentText(form) => (&form.name_ja, &form.name_en),
        };
        let en = if en.trim().is_empty() { ja } else { en };
        Localized::parse(ja, en, 250).map_err(|wrong| {
            Violations::of("name_ja", wrong.get("ja").or(wrong.get("en")).unwrap_or(Violation::Required))
        })
    }

    /// The JSON of a draft.
    pub(crate) fn write(&self) -> Result<String, Error> {
        if let Form::RelyingParty(form) = self
            && holds_a_secret(form.client.jwks.as_bytes())
        {
            return Err(Error::invalid("jwks", Violation::NotAllowed));
        }
        let json = match self {
            Form::RelyingParty(form) => serde_json::to_string(form),
            Form::ResidencyRule(form) => serde_json::to_string(form),
            Form::ConsentText(form) => serde_json::to_string(form),
        };
        let json = json.map_err(|_| Error::internal("a draft"))?;
        if json.len() > MAX_DRAFT_BYTES { Err(Error::invalid("form", Violation::TooLong)) } else { Ok(json) }
    }

    pub(crate) fn read(kind: ConfigurationKind, json: &str) -> Result<Self, Error> {
        Ok(match kind {
            ConfigurationKind::RelyingParty => Form::RelyingParty(read(json)?),
            ConfigurationKind::ResidencyRule => Form::ResidencyRule(read(json)?),
            ConfigurationKind::ConsentText => Form::ConsentText(read(json)?),
        })
    }
}

impl Content {
    /// What lists call it.
    pub fn title(&self) -> Localized {
        match self {
            Content::RelyingParty(content) => content.name.clone(),
            Content::ResidencyRule(content) => content.name.clone(),
            Content::ConsentText(content) => content.name.clone(),
        }
    }

    /// The form of a draft that begins with this content.
    ///
    /// # Errors
    /// [`Conflict::BeyondForm`].
    pub(crate) fn form(&self) -> Result<Form, Error> {
        Ok(match self {
            Content::RelyingParty(content) => Form::RelyingParty(content.into()),
            Content::ResidencyRule(content) => {
                Form::ResidencyRule(ResidencyRuleForm::of(content).ok_or(Error::Conflict(Conflict::BeyondForm))?)
            }
            Content::ConsentText(content) => Form::ConsentText(content.into()),
        })
    }

    pub(crate) fn write(&self) -> Result<String, Error> {
        let json = match self {
            Content::RelyingParty(content) => serde_json::to_string(content),
            Content::ResidencyRule(content) => serde_json::to_string(content),
            Content::ConsentText(content) => serde_json::to_string(content),
        };
        json.map_err(|_| Error::internal("a content"))
    }

    pub(crate) fn read(kind: ConfigurationKind, json: &str) -> Result<Self, Error> {
        Ok(match kind {
            ConfigurationKind::RelyingParty => Content::RelyingParty(read(json)?),
            ConfigurationKind::ResidencyRule => Content::ResidencyRule(read(json)?),
            ConfigurationKind::ConsentText => Content::ConsentText(read(json)?),
        })
    }

    /// Its fields in words, in the order of the page.
    pub fn fields(&self, locale: Locale, names: &Names) -> Vec<Field> {
        let references = names.references(locale);
        match self {
            Content::RelyingParty(content) => content.fields(locale, &references),
            Content::ResidencyRule(content) => content.fields(locale, &references),
            Content::ConsentText(content) => content.fields(locale, &references),
        }
    }

    /// What whoever decides should know; `published` is the version that it would replace.
    pub fn warnings(&self, published: Option<&Content>) -> Vec<Warning> {
        match self {
            Content::RelyingParty(content) => content.warnings(),
            Content::ResidencyRule(content) => content.warnings(),
            Content::ConsentText(content) => content.warnings(match published {
                Some(Content::ConsentText(published)) => Some(published),
                _ => None,
            }),
        }
    }
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|_| Error::internal("a stored version"))
}

/// What contents refer to, by name, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub(crate) own: MunicipalityCode,
    pub(crate) titles: BTreeMap<Uuid, Localized>,
}

impl Names {
    fn references(&self, locale: Locale) -> References<'static> {
        References {
            own: self.own,
            gazetteer: MunicipalityTable::japan(),
            names: self.titles.iter().map(|(id, title)| (*id, title.get(locale).to_owned())).collect(),
        }
    }

    /// The municipality.
    pub fn own(&self) -> MunicipalityCode {
        self.own
    }

    /// The title of a configuration of this municipality.
    pub fn title(&self, id: impl Into<ConfigurationId>) -> Option<&Localized> {
        self.titles.get(&id.into().uuid())
    }
}
