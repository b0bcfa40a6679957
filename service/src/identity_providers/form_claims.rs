//! The part of the form that says where claims stand in a provider's answer.

use domain::violations::{Violation, Violations};
use oidc::upstream::claim_map::{BirthdateForm, ClaimMap, ClaimPath, ClaimPaths, GenderWords};

use super::form::ProviderForm;

impl ProviderForm {
    /// Under which names and in which forms the provider gives what it attests.
    pub(super) fn claims(&self, wrong: &mut Violations) -> Option<ClaimMap> {
        let mut path = |name: &str| {
            let field = format!("claim.{name}");
            match self.get(&field).trim() {
                "" => Some(None),
                text => wrong.check(&field, ClaimPath::parse(text)).map(Some),
            }
        };
        let paths = [
            "subject",
            "address",
            "prefecture",
            "city",
            "street",
            "postal_code",
            "substitute_flags",
            "gender",
            "verified_at",
            "former_subject",
        ];
        let read: Vec<Option<Option<ClaimPath>>> = paths.iter().map(|name| path(name)).collect();
        let mut pieces = |field: &str| match self.get(field).trim() {
            "" => Some(None),
            text => wrong.check(field, ClaimPaths::parse(text)).map(Some),
        };
        let (name, birthdate) = (pieces("claim.name"), pieces("claim.birthdate"));
        let birthdate_form = match self.get("birthdate_form") {
            "" => Some(BirthdateForm::default()),
            word => wrong.check("birthdate_form", BirthdateForm::parse(word)),
        };
        if let (Some(Some(paths)), Some(form)) = (&birthdate, birthdate_form)
            && !form.fits(paths.pieces().len())
        {
            let in_three = paths.pieces().len() == 3;
            wrong.add(if in_three { "birthdate_form" } else { "claim.birthdate" }, Violation::NotAllowed);
        }
        let in_clear: Result<Vec<ClaimPath>, Violation> =
            self.get("in_clear").split_whitespace().map(ClaimPath::parse).collect();
        let in_clear = wrong.check("in_clear", in_clear);
        let read: Vec<Option<ClaimPath>> = read.into_iter().collect::<Option<_>>()?;
        let (name, birthdate, in_clear) = (name?, birthdate?, in_clear?);
        let known = read.iter().flatten().chain([&name, &birthdate].into_iter().flatten().flat_map(ClaimPaths::pieces));
        let known: Vec<&ClaimPath> = known.collect();
        // A name that is nowhere asked for is a mistyped one, and the field that is meant would be refused.
        if in_clear.iter().any(|path| !known.contains(&path)) {
            wrong.add("in_clear", Violation::Unknown);
        }
        let found =
            |name: &str| paths.iter().zip(&read).find(|(known, _)| **known == name).and_then(|(_, path)| path.clone());
        let list = |name: &str| self.get(name).split_whitespace().take(20).map(str::to_owned).collect();
        Some(ClaimMap {
            subject: found("subject").unwrap_or(ClaimMap::standard().subject),
            subject_optional: self.has("subject_optional"),
            in_clear,
            name,
            address: found("address"),
            prefecture: found("prefecture"),
            city: found("city"),
            street: found("street"),
            postal_code: found("postal_code"),
            substitute_flags: found("substitute_flags"),
            birthdate,
            birthdate_form: birthdate_form?,
            gender: found("gender"),
            gender_words: GenderWords {
                male: list("gender.male"),
                female: list("gender.female"),
                other: list("gender.other"),
            },
            verified_at: found("verified_at"),
            former_subject: found("former_subject"),
        })
    }
}
