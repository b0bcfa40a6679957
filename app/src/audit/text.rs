//! Words of the audit page.

use domain::calendar::era_year;
use domain::locale::Locale;
use service::audit::ActKind;

use crate::text::texts;

texts! {
    pub(crate) Words {
        title: "監査記録", "Audit";
        lead: "職員の操作の記録です。住民の氏名・住所は書かないでください。だれが、いつ、何を変えたかが残り、消すことも、書き換えることもできません。",
            "What staff did. Do not write names or addresses of residents into reasons. Who changed what and when stays; it can neither be removed nor rewritten.";
        whole: "{n}件すべてつながっています", "All {n} entries are connected";
        whole_when: "{when}に検証しました。{more}最後の値は {mac} です。", "Verified {when}. {more}The last value is {mac}.";
        more_since: "そのあと{n}件増えています。", "{n} entries have been added since. ";
        broken: "つながっていない記録があります", "The chain is broken";
        broken_when: "{when}の検証で見つかりました。記録に触れず、運営者に連絡してください。",
            "Found by the verification of {when}. Leave the records as they are and contact the operator.";
        unverified: "{n}件の記録があります", "{n} entries";
        unverified_when: "まだ検証していません。最後の値は {mac} です。", "Not verified yet. The last value is {mac}.";
        how: "自分で確かめる方法", "How to check it yourself";
        verify_now: "いま検証する", "Verify now";
        verified_whole: "{n}件すべてがつながっていることを確かめました。", "All {n} entries were verified: they are connected.";
        found_missing: "番号 {n} の記録がないか、別の場所にあります。", "Entry {n} is missing, or stands elsewhere.";
        found_altered: "番号 {n} か、その前の記録が書き換えられています。", "Entry {n}, or one before it, was altered.";
        found_text: "番号 {n} の記録の文が書き換えられています。", "The text of entry {n} was altered.";
        found_text_missing: "番号 {n} の記録の文が、消した記録なしになくなっています。",
            "The text of entry {n} is gone, and no entry says that it was erased.";
        found_head: "最後の値が、記録の最後と合いません。終わりが切り取られたおそれがあります。",
            "The stored last value does not fit the last entry: the end may have been cut off.";
        found_rest: "記録に触れず、運営者に連絡してください。", "Leave the records as they are and contact the operator.";
        list: "監査記録の一覧", "Audit entries";
        search_label: "ことば・番号", "Words or number";
        who: "だれが", "Who";
        kind: "種類", "Kind";
        since: "期間", "Period";
        last_week: "最近の7日", "Last 7 days";
        this_month: "今月", "This month";
        this_year: "今年度", "This fiscal year";
        kind_decisions: "起案・決裁", "Drafts and decisions";
        kind_services: "サービスの運用", "Running services";
        kind_staff: "職員と役割", "Staff and roles";
        kind_settings: "設定と接続", "Settings and connections";
        kind_attestations: "在勤・在学", "Work and school";
        kind_desk: "窓口", "Desk";
        kind_usage: "利用統計", "Usage";
        kind_audit: "監査", "Audit";
        number: "番号", "Number";
        object: "対象", "Object";
        reason: "理由", "Reason";
        this_entry: "この記録", "This entry";
        entry_before: "前の記録", "Entry before";
        first_entry: "最初の記録です", "The first entry";
        field: "項目", "Field";
        content: "内容", "Content";
        before: "変更前", "Before";
        after: "変更後", "After";
        before_and_after: "変更前と変更後", "Before and after";
        nothing: "なし", "None";
        erased: "この記録の文は消されています。消した理由は、消したときの記録にあります。",
            "The text of this entry was erased. The entry about the erasure says why.";
        former: "以前の職員", "Former colleague";
        check_title: "自分で確かめる方法", "How to check it yourself";
        check_intro: "記録は一件ずつ、前の記録の値を含めて計算した値でつながっています。どれか一件が変わると、そこから先がつながらなくなります。",
            "Each entry carries a value computed over itself and the value of the entry before. If one changes, nothing after it fits.";
        check_keep: "運営者に「最後の値」を署名つきで書き出してもらい、この仕組みの外に保管します。毎日が理想です。",
            "Ask the operator to print the last value, signed, and keep it outside this system, ideally every day.";
        check_compare: "あとで確かめるときは、保管した値と比べます。終わりが切り取られていても分かります。",
            "To check later, compare with the value that was kept. A cut end is found too.";
        check_limit: "保管した値より後の記録は、データベースと鍵の両方を持つ人なら作り直せます。こまめに、別の人が、別の場所に保管してください。",
            "Whoever holds both the database and its keys could rewrite what came after the kept value. Keep it often, elsewhere, by somebody else.";
        check_head: "最後の値を書き出す", "Print the last value";
        check_verify: "保管した値と比べる", "Compare with a value that was kept";
        by_month_closing: "月の締め(自動)", "Month closing (automatic)";
        by_publisher: "予定どおりの公開(自動)", "Scheduled publishing (automatic)";
        by_operator: "運営者", "Operator";
        by_product: "街鍵(自動)", "Machikagi (automatic)";
        on: "有効", "On";
        off: "無効", "Off";
    }
}

/// Groups of the filter.
pub(super) const GROUPS: [&str; 8] =
    ["decisions", "services", "attestations", "desk", "staff", "settings", "usage", "audit"];

/// The word of a group.
pub(super) fn group_word(group: &str, locale: Locale) -> &'static str {
    let words = Words::of(locale);
    match group {
        "decisions" => words.kind_decisions,
        "services" => words.kind_services,
        "staff" => words.kind_staff,
        "settings" => words.kind_settings,
        "attestations" => words.kind_attestations,
        "desk" => words.kind_desk,
        "usage" => words.kind_usage,
        _ => words.kind_audit,
    }
}

/// To which group an act belongs.
pub(super) const fn group_of(kind: ActKind) -> &'static str {
    match kind {
        ActKind::VersionDrafted
        | ActKind::VersionDiscarded
        | ActKind::CaseAdded
        | ActKind::CaseRemoved
        | ActKind::ChangeSubmitted
        | ActKind::ChangeWithdrawn
        | ActKind::ChangeApproved
        | ActKind::ChangeSentBack
        | ActKind::VersionPublished => "decisions",
        ActKind::DeskCleared
        | ActKind::DeskConfirmed
        | ActKind::DeskRefused
        | ActKind::RenewedCardTakenOver
        | ActKind::RenewedCardConfirmed
        | ActKind::RenewedCardRefused => "desk",
        ActKind::RelyingPartySuspended
        | ActKind::RelyingPartyResumed
        | ActKind::FormerIdsHandedIn
        | ActKind::SecretIssued
        | ActKind::SecretEnded
        | ActKind::TestSignIn => "services",
        ActKind::AttestationCodesMade
        | ActKind::AttestationBatchRevoked
        | ActKind::AttestationsExtended
        | ActKind::AttestationsEnded => "attestations",
        ActKind::MembershipCreated
        | ActKind::RolesChanged
        | ActKind::MembershipEnded
        | ActKind::AccountDeleted
        | ActKind::SecondFactorReset => "staff",
        ActKind::TenantCreated
        | ActKind::TenantChanged
        | ActKind::FourEyesChanged
        | ActKind::IdentityProviderChanged
        | ActKind::IdentityProviderTested
        | ActKind::IdentityProviderDrafted
        | ActKind::IdentityProviderActivated
        | ActKind::IdentityProviderStopped
        | ActKind::IdentityProviderTried
        | ActKind::ProviderKeyMade
        | ActKind::ProviderKeyChanged
        | ActKind::ProviderKeyDiscarded
        | ActKind::ResidentRelinked
        | ActKind::SigningKeyAnnounced
        | ActKind::SigningKeyRetired
        | ActKind::SigningKeysReplaced
        | ActKind::KeysResealed => "settings",
        ActKind::UsageRead | ActKind::UsageExported | ActKind::MonthClosed => "usage",
        ActKind::AuditRead | ActKind::AuditVerified | ActKind::TextErased => "audit",
    }
}

/// A day with its weekday: `2026年11月20日(金)(令和8年)`, `Friday, 20 November 2026`.
pub(super) fn day_heading(day: time::Date, locale: Locale) -> String {
    match locale {
        Locale::Ja => {
            let weekday = ["月", "火", "水", "木", "金", "土", "日"]
                .get(usize::from(day.weekday().number_days_from_monday()))
                .copied()
                .unwrap_or_default();
            let era = era_year(day).map(|era| format!("({era})")).unwrap_or_default();
            format!("{}年{}月{}日({weekday}){era}", day.year(), u8::from(day.month()), day.day())
        }
        Locale::En => format!("{}, {} {} {}", day.weekday(), day.day(), day.month(), day.year()),
    }
}
