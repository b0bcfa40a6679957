//! The content of a consent text's version: ① receiver, ② holder, ③ purpose, ⑤ record, with retention, withdrawal and
//! contact. ④, the items, is the relying party's: the page lists exactly what is handed over, from one source.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::field::{Field, FieldKey, References, Warning};
use crate::ids::RelyingPartyId;
use crate::locale::{Locale, Localized, Words};
use crate::violations::{Violation, Violations};

/// The most relying parties of a linkage group.
const MAX_LINKED: usize = 20;

/// On what law the handing over rests. The page and the words on it follow from it; 委託 and 本人への提供 come with pages of
/// their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Basis {
    /// 本人の同意による提供: Act on the Protection of Personal Information, art. 69 (2) i.
    Consent,
}

impl Basis {
    /// The word in forms and columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Basis::Consent => "consent",
        }
    }

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            Basis::Consent => Words {
                ja: "本人の同意による提供(個人情報保護法 第69条第2項第1号)",
                en: "Provision with the person's consent (Act on the Protection of Personal Information, art. 69 (2) i)",
            },
        }
    }
}

impl FromStr for Basis {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        match text {
            "consent" => Ok(Basis::Consent),
            "" => Err(Violation::Required),
            _ => Err(Violation::Unknown),
        }
    }
}

/// One version of a consent text, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentTextContent {
    /// What clerks call it; residents never see it. Up to 40 characters.
    pub name: Localized,
    /// Heading; up to 30 characters in Japanese, 60 in English.
    pub title: Localized,
    /// ① Who receives; up to 100 characters.
    pub receiver: Localized,
    /// How to reach the receiver, also for deletion; up to 100 characters.
    pub receiver_contact: Localized,
    /// ② Who holds the data now; up to 100 characters.
    pub holder: Localized,
    /// ③ What for; up to 200 characters.
    pub purpose: Localized,
    /// ⑤ What is recorded, by whom; up to 200 characters.
    pub record: Localized,
    /// How long the receiver keeps it; up to 200 characters.
    pub retention: Localized,
    /// How to withdraw and what happens then; up to 300 characters.
    pub withdrawal: Localized,
    /// Whom at the town to ask; up to 200 characters.
    pub contact: Localized,
    /// On what law it rests.
    pub basis: Basis,
    /// The linkage group: every relying party that sees the same number, this one included; empty for a pairwise one.
    pub linked: Vec<RelyingPartyId>,
    /// 重要な変更: who agreed to an earlier version is asked again.
    pub material: bool,
}

macro_rules! consent_form {
    ($($(#[$doc:meta])* $field:ident $ja:ident $en:ident <= $max_ja:literal $max_en:literal $key:ident;)+) => {
        /// The form of a consent text. Fields are named as violations name them; `linked` holds ids separated by spaces or
        /// line breaks; `material` is empty or `on`.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct ConsentTextForm {
            $(
                $(#[$doc])*
                pub $ja: String,
                /// The same in English.
                pub $en: String,
            )+
            /// Name of a [`Basis`].
            pub basis: String,
            /// The linkage group.
            pub linked: String,
            /// Whether people are asked again.
            pub material: String,
        }

        impl ConsentTextContent {
            /// Checks a form. Whether the linked relying parties are in this town is the store's to check.
            ///
            /// # Errors
            /// By the form's field names.
            pub fn parse(form: &ConsentTextForm) -> Result<Self, Violations> {
                let mut wrong = Violations::default();
                $(let $field = two(&mut wrong, stringify!($field), (&form.$ja, $max_ja), (&form.$en, $max_en));)+
                let basis = wrong.check("basis", form.basis.parse::<Basis>());
                let linked = wrong.check("linked", linked(&form.linked));
                let material = form.material == "on";
                let content = (|| {
                    Some(ConsentTextContent { $($field: $field?,)+ basis: basis?, linked: linked?, material })
                })();
                wrong.finish(content)
            }

            fn texts(&self) -> impl Iterator<Item = (FieldKey, &Localized)> {
                [$((FieldKey::$key, &self.$field),)+].into_iter()
            }
        }

        impl From<&ConsentTextContent> for ConsentTextForm {
            /// The form of a new draft that begins with this version.
            fn from(content: &ConsentTextContent) -> ConsentTextForm {
                let linked: Vec<String> = content.linked.iter().map(ToString::to_string).collect();
                ConsentTextForm {
                    $(
                        $ja: content.$field.get(Locale::Ja).to_owned(),
                        $en: content.$field.get(Locale::En).to_owned(),
                    )+
                    basis: content.basis.as_str().to_owned(),
                    linked: linked.join(" "),
                    material: if content.material { "on".to_owned() } else { String::new() },
                }
            }
        }
    };
}

consent_form! {
    /// What clerks call it.
    name name_ja name_en <= 40 40 Name;
    /// Heading.
    title title_ja title_en <= 30 60 Title;
    /// ① Who receives.
    receiver receiver_ja receiver_en <= 100 100 Receiver;
    /// How to reach the receiver.
    receiver_contact receiver_contact_ja receiver_contact_en <= 100 100 ReceiverContact;
    /// ② Who holds.
    holder holder_ja holder_en <= 100 100 Holder;
    /// ③ What for.
    purpose purpose_ja purpose_en <= 200 400 Purpose;
    /// ⑤ What is recorded.
    record record_ja record_en <= 200 400 Record;
    /// How long it is kept.
    retention retention_ja retention_en <= 200 400 Retention;
    /// How to withdraw.
    withdrawal withdrawal_ja withdrawal_en <= 300 600 Withdrawal;
    /// Whom to ask.
    contact contact_ja contact_en <= 200 200 Contact;
}

impl ConsentTextContent {
    /// This version must be a material change: it is the first one, or its linkage group has a member that the published
    /// one does not name. The switch is then not the clerk's.
    pub fn must_be_material(&self, published: Option<&ConsentTextContent>) -> bool {
        match published {
            None => true,
            Some(published) => self.linked.iter().any(|party| !published.linked.contains(party)),
        }
    }

    /// What whoever decides should know.
    pub fn warnings(&self, published: Option<&ConsentTextContent>) -> Vec<Warning> {
        if self.material && published.is_some() { vec![Warning::AskedAgain] } else { Vec::new() }
    }

    /// Its fields in words.
    pub fn fields(&self, locale: Locale, references: &References<'_>) -> Vec<Field> {
        let material = if self.material {
            Words { ja: "はい(もう一度たずねる)", en: "Yes (people are asked again)" }
        } else {
            Words { ja: "いいえ", en: "No" }
        };
        let mut fields: Vec<Field> = self.texts().map(|(key, text)| paragraph(key, text.get(locale))).collect();
        fields.push(Field::line(FieldKey::Basis, self.basis.words().get(locale)));
        let linked = self.linked.iter().map(|party| references.name(party.uuid())).collect();
        fields.push(Field { key: FieldKey::Linked, lines: linked });
        fields.push(Field::line(FieldKey::Material, material.get(locale)));
        fields
    }
}

fn paragraph(key: FieldKey, text: &str) -> Field {
    Field { key, lines: text.lines().map(str::to_owned).collect() }
}

/// Texts that may break lines; English needs more room for the same words.
fn two(wrong: &mut Violations, field: &str, ja: (&str, usize), en: (&str, usize)) -> Option<Localized> {
    let text = Localized::parse_block(ja.0, en.0, ja.1.max(en.1));
    if ja.0.trim().chars().count() > ja.1 {
        wrong.add(format!("{field}_ja"), Violation::TooLong);
    }
    super::localized(wrong, field, text)
}

fn linked(text: &str) -> Result<Vec<RelyingPartyId>, Violation> {
    let ids = text.split_whitespace().map(|id| id.parse().map_err(|_| Violation::Unknown));
    let ids = ids.collect::<Result<Vec<RelyingPartyId>, _>>()?;
    let repeated = ids.iter().enumerate().any(|(index, id)| ids.iter().take(index).any(|other| other == id));
    match ids.len() {
        _ if repeated => Err(Violation::Duplicate),
        // A group of one shares nothing with anybody.
        1 => Err(Violation::TooShort),
        count if count > MAX_LINKED => Err(Violation::TooLong),
        _ => Ok(ids),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTIES: [&str; 3] = [
        "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f",
        "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e2f",
        "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e3f",
    ];

    fn form() -> ConsentTextForm {
        ConsentTextForm {
            name_ja: "つのコインの同意文".into(),
            name_en: "Consent for coins".into(),
            title_ja: "この情報を渡してもよいですか".into(),
            title_en: "May we pass this on?".into(),
            receiver_ja: "日向ヘルスデータ株式会社".into(),
            receiver_en: "Hyuga Health Data".into(),
            receiver_contact_ja: "電話 0982-50-0000".into(),
            receiver_contact_en: "Phone 0982-50-0000".into(),
            holder_ja: "都農町".into(),
            holder_en: "Tsuno Town".into(),
            purpose_ja: "歩いた数に合わせて、つのコインを本人に渡すため".into(),
            purpose_en: "To credit coins for walking".into(),
            record_ja: "同意した日と文の版だけを、町が残します".into(),
            record_en: "The town keeps the day and the version you agreed to".into(),
            retention_ja: "使うのをやめてから30日で消します".into(),
            retention_en: "Deleted 30 days after you stop".into(),
            withdrawal_ja: "「自分のページ」でいつでもやめられます\r\nやめたあとは何も渡しません".into(),
            withdrawal_en: "At any time on your page".into(),
            contact_ja: "健康福祉課 電話 0983-25-0000".into(),
            contact_en: "Health and Welfare, phone 0983-25-0000".into(),
            basis: "consent".into(),
            linked: format!("{}\n{}", PARTIES[0], PARTIES[1]),
            material: "on".into(),
        }
    }

    #[test]
    fn a_form_becomes_a_content_and_a_form_again() {
        let content = ConsentTextContent::parse(&form()).unwrap();
        assert_eq!(ConsentTextContent::parse(&ConsentTextForm::from(&content)).unwrap(), content);
        let json = serde_json::to_string(&content).unwrap();
        assert_eq!(serde_json::from_str::<ConsentTextContent>(&json).unwrap(), content);
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let wrong = ConsentTextContent::parse(&ConsentTextForm::default()).unwrap_err();
        assert_eq!(wrong.iter().count(), 21);
        assert_eq!(wrong.get("purpose_en"), Some(Violation::Required));
        let long = ConsentTextForm { title_ja: "あ".repeat(31), ..form() };
        assert_eq!(ConsentTextContent::parse(&long).unwrap_err().get("title_ja"), Some(Violation::TooLong));
        for (linked, why) in [
            (PARTIES[0].to_owned(), Violation::TooShort),
            (format!("{0} {0}", PARTIES[0]), Violation::Duplicate),
            ("x y".to_owned(), Violation::Unknown),
        ] {
            let wrong = ConsentTextContent::parse(&ConsentTextForm { linked, ..form() }).unwrap_err();
            assert_eq!(wrong.get("linked"), Some(why));
        }
    }

    #[test]
    fn a_larger_linkage_group_is_always_a_material_change() {
        let published = ConsentTextContent::parse(&form()).unwrap();
        let larger = ConsentTextForm { linked: PARTIES.join(" "), material: String::new(), ..form() };
        let larger = ConsentTextContent::parse(&larger).unwrap();
        assert!(larger.must_be_material(Some(&published)));
        assert!(!published.must_be_material(Some(&larger)));
        assert!(published.must_be_material(None));
        assert_eq!(published.warnings(Some(&larger)), [Warning::AskedAgain]);
        assert!(published.warnings(None).is_empty());
    }

    #[test]
    fn fields_are_in_the_order_of_the_page() {
        let gazetteer = std::collections::BTreeMap::new();
        let names = [(PARTIES[0].parse::<RelyingPartyId>().unwrap().uuid(), "つのコイン".to_owned())].into();
        let references = References { own: "454061".parse().unwrap(), gazetteer: &gazetteer, names };
        let fields = ConsentTextContent::parse(&form()).unwrap().fields(Locale::Ja, &references);
        assert_eq!(fields.len(), 13);
        assert_eq!(fields[8].lines.len(), 2);
        assert_eq!(fields[11].lines, ["つのコイン", PARTIES[1]]);
    }
}
