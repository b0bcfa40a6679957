//! Outcomes and reasons in words, for the resident and for the clerk.

use super::super::reason::{Outcome, ReasonCode};
use crate::locale::Words;

impl Outcome {
    /// The word on badges and in verdicts.
    pub const fn words(self) -> Words {
        match self {
            Outcome::Eligible => Words { ja: "対象", en: "Eligible" },
            Outcome::NotEligible => Words { ja: "対象外", en: "Not eligible" },
            Outcome::Undecidable => Words { ja: "判定できない", en: "Cannot be determined" },
        }
    }
}

impl ReasonCode {
    /// The sentence for the resident, in plain words: what was found, never what the address was.
    pub const fn for_resident(self) -> Words {
        match self {
            ReasonCode::Meets => Words { ja: "条件に合っています。", en: "You meet the conditions." },
            ReasonCode::LivesElsewhere => Words {
                ja: "カードの住所が、対象の市区町村の外だったためです。",
                en: "The address on your card is outside the area of this service.",
            },
            ReasonCode::LivesAbroad => Words {
                ja: "カードの住所が、国外転出になっていたためです。",
                en: "Your card says that you have moved out of Japan.",
            },
            ReasonCode::TooYoung => Words {
                ja: "決められた年齢になっていないためです。",
                en: "You have not reached the age or school year for this service.",
            },
            ReasonCode::TooOld => Words {
                ja: "決められた年齢や学年より、上のためです。",
                en: "You are past the age or school year for this service.",
            },
            ReasonCode::Excluded => Words {
                ja: "このサービスを使えない人の条件に、当てはまったためです。",
                en: "Something that this service excludes applies to you.",
            },
            ReasonCode::NotAttested => Words {
                ja: "ここで働いていること、学んでいることなどの確認が、まだできていないためです。",
                en: "Your work, school or other tie to this place has not been confirmed yet.",
            },
            ReasonCode::CheckedAtDesk => {
                Words { ja: "窓口で確かめました。", en: "This was checked at the desk." }
            }
            ReasonCode::ConditionsNotMet => Words {
                ja: "決められた条件に合わなかったためです。",
                en: "The conditions of this service are not met.",
            },
            ReasonCode::AddressAmbiguous => Words {
                ja: "カードの住所だけでは、どの市区町村か分かりませんでした。同じ名前の市区町村がほかにもあります。",
                en: "The address on your card does not say which municipality it is: several have the same name.",
            },
            ReasonCode::AddressUnknown => Words {
                ja: "カードの住所を読み取れませんでした。",
                en: "The address on your card could not be read.",
            },
            ReasonCode::BirthdateMissing => Words {
                ja: "年齢を確かめるための生年月日が届きませんでした。",
                en: "Your date of birth, which is needed to check the age, did not arrive.",
            },
            ReasonCode::SourceTooWeak => Words {
                ja: "住所の確かめ方が、このサービスの決まりに足りませんでした。マイナンバーカードでもう一度お試しください。",
                en: "Your address was not verified firmly enough for this service. Please try again with your card.",
            },
            ReasonCode::VerificationTimeUnknown => Words {
                ja: "住所をいつ確かめたかが分かりませんでした。",
                en: "It is not known when your address was verified.",
            },
            ReasonCode::VerificationTooOld => Words {
                ja: "住所を確かめてから時間がたっています。マイナンバーカードでもう一度確かめてください。",
                en: "Your address was verified too long ago. Please verify it again with your card.",
            },
        }
    }

    /// The sentence for the clerk who tries a rule, with what to look at.
    pub const fn for_clerk(self) -> Words {
        match self {
            ReasonCode::Meets => {
                Words { ja: "ルールの条件を満たします。", en: "The conditions of the rule hold." }
            }
            ReasonCode::LivesElsewhere => Words {
                ja: "住所がルールの市区町村の外です。",
                en: "The address lies outside the rule's municipalities.",
            },
            ReasonCode::LivesAbroad => Words {
                ja: "住所が国外転出です。",
                en: "The address says that the person moved out of Japan.",
            },
            ReasonCode::TooYoung => Words {
                ja: "ルールの年齢または学年に達していません。",
                en: "The age or school year of the rule is not reached.",
            },
            ReasonCode::TooOld => Words {
                ja: "ルールの年齢または学年をこえています。",
                en: "The age or school year of the rule is past.",
            },
            ReasonCode::Excluded => Words {
                ja: "ルールの除外の条件に当てはまります。",
                en: "An exclusion of the rule holds.",
            },
            ReasonCode::NotAttested => Words {
                ja: "ルールの求める在勤・在学などの確認がありません。",
                en: "The tie that the rule asks for is not attested.",
            },
            ReasonCode::CheckedAtDesk => Words {
                ja: "窓口で確かめ、対象としました。",
                en: "Staff checked at the desk that the person is eligible.",
            },
            ReasonCode::ConditionsNotMet => Words {
                ja: "1つの条件だけでは決まりません。合わせて満たしません。",
                en: "No single condition decides: together they do not hold.",
            },
            ReasonCode::AddressAmbiguous => Words {
                ja: "住所に合う市区町村が2つ以上あります。都道府県か郡が書かれていません。",
                en: "Two or more municipalities fit the address: it names neither prefecture nor county.",
            },
            ReasonCode::AddressUnknown => Words {
                ja: "住所に合う市区町村または区が見つかりません。",
                en: "No municipality or ward fits the address.",
            },
            ReasonCode::BirthdateMissing => Words {
                ja: "生年月日がないため、年齢を判定できません。",
                en: "Without a birthdate the age cannot be checked.",
            },
            ReasonCode::SourceTooWeak => Words {
                ja: "住所の出どころが、ルールの求める確かさに届きません。",
                en: "The source of the address is weaker than the rule accepts.",
            },
            ReasonCode::VerificationTimeUnknown => Words {
                ja: "本人確認サービスが、確かめた時期を示していません。",
                en: "The identity provider does not say when it verified the address.",
            },
            ReasonCode::VerificationTooOld => Words {
                ja: "住所を確かめた時期が、ルールの求める期間より前です。",
                en: "The address was verified earlier than the rule accepts.",
            },
        }
    }
}
