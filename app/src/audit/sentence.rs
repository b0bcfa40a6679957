//! One entry in a sentence, and the words for what stands in it: names of fields, of roles, of parts of the product.

use domain::access::Role;
use domain::calendar::Month;
use domain::locale::Locale;
use service::audit::{ActKind, TrailEntry};

use super::text::Words;
use crate::console::role_word;
use crate::text::fill;

/// What was done, with its object by name.
pub(super) fn sentence(entry: &TrailEntry, locale: Locale) -> String {
    let object = entry.text.as_ref().map(|text| text.object.as_str()).unwrap_or_default();
    let Some(kind) = entry.kind else { return entry.object_kind.clone() };
    let named = match (object, locale) {
        ("", _) => object_kind(&entry.object_kind, locale).to_owned(),
        (object, Locale::Ja) => format!("{}「{object}」", object_kind(&entry.object_kind, locale)),
        (object, Locale::En) => format!("{} “{object}”", object_kind(&entry.object_kind, locale)),
    };
    let person = if object.is_empty() { object_kind(&entry.object_kind, locale) } else { object };
    // A closed month is named by its month, everything else by its number.
    let id = entry.object_id.parse::<Month>().map_or_else(|_| entry.object_id.clone(), |month| month.text(locale));
    fill(template(kind, locale), &[("object", &named), ("person", person), ("id", &id)])
}

const fn template(kind: ActKind, locale: Locale) -> &'static str {
    let (ja, en) = match kind {
        ActKind::TenantCreated => ("自治体を登録しました", "registered the municipality"),
        ActKind::TenantChanged => ("設定を変えました", "changed the settings"),
        ActKind::FourEyesChanged => ("起案と決裁を別の人が行う設定を変えました", "changed the four-eyes setting"),
        ActKind::MembershipCreated => ("{person}さんを職員に加えました", "gave {person} access"),
        ActKind::RolesChanged => ("{person}さんの役割を変えました", "changed the roles of {person}"),
        ActKind::MembershipEnded => ("{person}さんの利用を終わらせました", "ended the access of {person}"),
        ActKind::AccountDeleted => ("{person}さんの職員アカウントを消しました", "deleted the account of {person}"),
        ActKind::SecondFactorReset => {
            ("{person}さんの二要素認証をリセットしました", "reset the second factor of {person}")
        }
        ActKind::IdentityProviderChanged => ("{object}を変えました", "changed the {object}"),
        ActKind::IdentityProviderTested => ("{object}との接続を試しました", "tested the connection to the {object}"),
        ActKind::IdentityProviderDrafted => ("{object}の設定の下書きを書きました", "drafted settings of the {object}"),
        ActKind::IdentityProviderActivated => ("{object}の使用を始めました", "put the {object} into use"),
        ActKind::IdentityProviderStopped => ("{object}の使用を止めました", "took the {object} out of use"),
        ActKind::IdentityProviderTried => ("{object}を試しました", "tried the {object} out"),
        ActKind::ProviderKeyMade => {
            ("本人確認サービスに知らせる次の鍵({object})を作りました", "made the next key for providers ({object})")
        }
        ActKind::ProviderKeyChanged => {
            ("本人確認サービスに知らせる鍵({object})を入れかえました", "replaced the key for providers ({object})")
        }
        ActKind::ProviderKeyDiscarded => (
            "本人確認サービスに知らせる次の鍵({object})を捨てました",
            "discarded the next key for providers ({object})",
        ),
        ActKind::VersionDrafted => ("{object}の下書きを書きました", "drafted the {object}"),
        ActKind::VersionDiscarded => ("{object}の下書きを捨てました", "discarded the draft of the {object}"),
        ActKind::CaseAdded => ("{object}の試すケースを足しました", "added a saved case to the {object}"),
        ActKind::CaseRemoved => ("{object}の試すケースを消しました", "removed a saved case of the {object}"),
        ActKind::ChangeSubmitted => ("{object}を起案しました", "submitted the {object} for decision"),
        ActKind::ChangeWithdrawn => ("{object}の起案を引き戻しました", "withdrew the submission of the {object}"),
        ActKind::ChangeApproved => ("{object}を承認しました", "approved the {object}"),
        ActKind::ChangeSentBack => ("{object}を差し戻しました", "sent the {object} back"),
        ActKind::VersionPublished => ("{object}を公開しました", "published the {object}"),
        ActKind::RelyingPartySuspended => ("{object}を停止しました", "suspended the {object}"),
        ActKind::RelyingPartyResumed => ("{object}を再開しました", "resumed the {object}"),
        ActKind::FormerIdsHandedIn => ("{object}の前のIDとの対応を受け取りました", "took former ids from the {object}"),
        ActKind::SecretIssued => ("{object}の秘密の文字列を発行しました", "issued a secret for the {object}"),
        ActKind::SecretEnded => ("{object}の秘密の文字列を止めました", "ended a secret of the {object}"),
        ActKind::AttestationCodesMade => ("{object}を発行しました", "made the {object}"),
        ActKind::AttestationBatchRevoked => ("{object}を取り消しました", "revoked the {object}"),
        ActKind::AttestationsExtended => ("{object}をまとめて延長しました", "extended the {object}"),
        ActKind::AttestationsEnded => ("{object}をまとめて終了しました", "ended the {object}"),
        ActKind::TestSignIn => ("{object}を試験サインインしました", "tested signing in to the {object}"),
        ActKind::DeskCleared => {
            ("窓口で確かめて、「{person}」の対象としました", "found somebody eligible under “{person}” at the desk")
        }
        ActKind::DeskConfirmed => (
            "窓口で「{person}」の対象としたことを、もう一人として確かめました",
            "confirmed what was found at the desk under “{person}”",
        ),
        ActKind::DeskRefused => (
            "窓口で確かめて、「{person}」の対象外としました",
            "found somebody not eligible under “{person}” at the desk",
        ),
        ActKind::RenewedCardTakenOver => (
            "窓口で確かめて、新しいカードに前の共通IDを引き継ぎました",
            "let a renewed card take the place of the former one at the desk",
        ),
        ActKind::RenewedCardConfirmed => (
            "窓口で新しいカードに引き継いだことを、もう一人として確かめました",
            "confirmed that a renewed card took the place of the former one",
        ),
        ActKind::RenewedCardRefused => (
            "窓口で確かめて、新しいカードに引き継がないことにしました",
            "did not let a renewed card take the place of another one at the desk",
        ),
        ActKind::ResidentRelinked => (
            "{object}の知らせにより、カードを更新した人を同じ人として引き継ぎました",
            "found somebody again after their card was renewed, as the {object} said",
        ),
        ActKind::SigningKeyAnnounced => {
            ("署名鍵({id})を新しく作り、公開しました", "made and published a signing key ({id})")
        }
        ActKind::SigningKeyRetired => {
            ("使い終えた署名鍵({id})の公開をやめました", "withdrew a former signing key ({id})")
        }
        ActKind::SigningKeysReplaced => {
            ("署名鍵({id})を緊急に取り替えました", "replaced the signing keys ({id}) in an emergency")
        }
        ActKind::KeysResealed => ("鍵を新しい主鍵で封じ直しました", "sealed the keys under a new master key"),
        ActKind::UsageRead => ("利用統計を見ました", "looked at usage"),
        ActKind::UsageExported => ("利用統計を CSV で保存しました", "saved usage as CSV"),
        ActKind::MonthClosed => ("{id}の利用を確定しました", "closed the usage of {id}"),
        ActKind::AuditRead => ("監査記録を見ました", "looked at the audit trail"),
        ActKind::AuditVerified => ("監査記録のつながりを検証しました", "verified the audit chain"),
        ActKind::TextErased => ("番号{id}の記録の文を消しました", "erased the text of entry {id}"),
    };
    match locale {
        Locale::Ja => ja,
        Locale::En => en,
    }
}

/// A kind of thing.
pub(super) fn object_kind(kind: &str, locale: Locale) -> &str {
    let (ja, en) = match kind {
        "tenant" => ("自治体", "municipality"),
        "membership" => ("職員", "colleague"),
        "second_factor" => ("二要素認証", "second factor"),
        "identity_provider" => ("本人確認サービス", "identity provider"),
        "relying_party" | "client_secret" | "suspension" | "test_sign_in" => ("連携サービス", "relying party"),
        "residency_rule" => ("利用資格ルール", "residency rule"),
        "consent_text" => ("同意文", "consent text"),
        "change_request" => ("起案", "submission"),
        "attestation_batch" => ("ワンタイムコード", "one-time codes"),
        "attestation" => ("承認済みの在勤・在学など", "ties"),
        "desk_request" => ("窓口での確認", "check at the desk"),
        "relink_request" => ("カードの引き継ぎ", "renewed card"),
        "tenant_key" => ("鍵", "keys"),
        "usage_report" => ("利用統計", "usage"),
        "audit_trail" => ("監査記録", "audit trail"),
        other => return other,
    };
    match locale {
        Locale::Ja => ja,
        Locale::En => en,
    }
}

/// Who did it: a colleague by name, or a part of the product.
pub(super) fn actor(entry: &TrailEntry, locale: Locale) -> String {
    let words = Words::of(locale);
    match (&entry.actor_name, entry.actor_kind.as_str()) {
        (Some(name), _) => name.clone(),
        (None, "staff") => words.former.to_owned(),
        (None, "system:month_closing") => words.by_month_closing.to_owned(),
        (None, "system:publisher") => words.by_publisher.to_owned(),
        (None, "system:provisioner" | "system:auditor" | "system:key_operator") => words.by_operator.to_owned(),
        (None, _) => words.by_product.to_owned(),
    }
}

/// A field of a change by its name on screen. Fields of configuration stand in the trail under their names already.
pub(super) fn field(name: &str, locale: Locale) -> &str {
    let (ja, en) = match name {
        "code" => ("団体コード", "Local government code"),
        "mode" => ("区分", "Kind"),
        "threshold" => ("統計の基準", "Threshold of figures"),
        "yearly_band" => ("年度ごとの表示", "Yearly band"),
        "four_eyes_off_from" => ("一人で行える最初の日", "First day without four eyes"),
        "four_eyes_reason" => ("一人で行う理由", "Reason for one pair of eyes"),
        "contact_ja" => ("問い合わせ先(日本語)", "Contact (Japanese)"),
        "contact_en" => ("問い合わせ先(英語)", "Contact (English)"),
        "contact_phone" => ("電話番号", "Telephone"),
        "town_id_ja" => ("共通IDの名前(日本語)", "Name of the town ID (Japanese)"),
        "town_id_en" => ("共通IDの名前(英語)", "Name of the town ID (English)"),
        "page_title_ja" => ("町のページの見出し(日本語)", "Heading of the town page (Japanese)"),
        "page_title_en" => ("町のページの見出し(英語)", "Heading of the town page (English)"),
        "page_lead_ja" => ("町のページの説明(日本語)", "Lead of the town page (Japanese)"),
        "page_lead_en" => ("町のページの説明(英語)", "Lead of the town page (English)"),
        "accent_light" => ("色(明るい画面)", "Colour (light)"),
        "accent_dark" => ("色(暗い画面)", "Colour (dark)"),
        "session_seconds" => ("サインインの長さ(秒)", "Length of a session (seconds)"),
        "pushed_only" => ("PAR を必須にする", "Pushed requests only"),
        other => return other,
    };
    match locale {
        Locale::Ja => ja,
        Locale::En => en,
    }
}

/// A value of a change in words, where it is a code.
pub(super) fn value(text: &str, locale: Locale) -> String {
    let words = Words::of(locale);
    match (text, text.parse::<Role>()) {
        ("on", _) => words.on.to_owned(),
        ("off", _) => words.off.to_owned(),
        (_, Ok(role)) => role_word(role, locale).to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use service::audit::ActText;

    use super::*;

    fn entry(kind: ActKind, object_kind: &str, object: &str) -> TrailEntry {
        TrailEntry {
            number: 1,
            at: 0,
            actor_name: None,
            actor_kind: "staff".to_owned(),
            kind: Some(kind),
            object_kind: object_kind.to_owned(),
            object_id: "2026-10".to_owned(),
            text: Some(ActText { object: object.to_owned(), ..ActText::default() }),
            previous_mac: Vec::new(),
            mac: Vec::new(),
        }
    }

    #[test]
    fn every_kind_of_act_is_a_sentence() {
        for kind in ActKind::ALL {
            for locale in Locale::ALL {
                let said = sentence(&entry(*kind, "relying_party", "図書館"), locale);
                assert!(!said.contains('{') && !said.is_empty(), "{said}");
            }
        }
        let said = sentence(&entry(ActKind::ChangeApproved, "consent_text", "図書館"), Locale::Ja);
        assert_eq!(said, "同意文「図書館」を承認しました");
        let closed = sentence(&entry(ActKind::MonthClosed, "usage_report", ""), Locale::Ja);
        assert_eq!(closed, "2026年10月の利用を確定しました");
        let unknown = TrailEntry { kind: None, text: None, ..entry(ActKind::AuditRead, "thing", "") };
        assert_eq!(sentence(&unknown, Locale::Ja), "thing");
    }
}
