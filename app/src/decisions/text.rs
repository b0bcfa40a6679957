//! Words of decisions.

use domain::locale::Locale;
use service::decisions::{Check, EventKind, Queue};

use crate::text::texts;

texts! {
    pub(super) Words {
        title: "決裁", "Decisions";
        lead: "起案された変更を、起案した人とは別の人が承認するか、差し戻します。",
            "Changes that somebody drafted are approved or sent back by somebody else.";
        parts: "決裁の種類", "Kinds of decisions";
        for_me: "自分を待っているもの", "Waiting for you";
        waiting: "審査中", "In review";
        scheduled: "施行待ち", "Scheduled";
        decided: "決裁済み", "Decided";
        caption: "決裁の一覧", "List of decisions";
        about: "件名", "Subject";
        state: "状態", "State";
        reason: "理由", "Reason";
        submitted: "起案", "Submitted";
        effective: "施行日", "Effective";
        decided_column: "決裁", "Decided";
        empty_me: "あなたを待っている起案はありません", "Nothing waits for you";
        empty_me_text: "ほかの人の起案が届くと、ここに並びます。", "What others submit is listed here.";
        empty: "ここには何もありません", "Nothing here";
        empty_text: "起案されると、ここに並びます。", "What is submitted is listed here.";

        heading: "「{name}」{version}の公開", "Publication of “{name}”, {version}";
        meta_kind: "{kind}", "{kind}";
        meta_by: "起案 {name}", "Submitted by {name}";
        reason_title: "起案の理由", "Reason";
        earlier: "前の版で対象になった人", "People who are eligible under the earlier version";
        earlier_run_on: "期限まで、カードなしでそのまま使えます。次にカードを読んだときに、この版で決まります。",
            "They go on without the card until it expires. The next time the card is read, this version decides.";
        earlier_card_again: "この版が公開されると、次に使うとき、期限の前でもカードで確かめます。",
            "Once this version is in force, the card is asked for the next time they use a service, even before it expires.";
        changes: "変更の内容", "What changes";
        compared: "第{from}版(公開中)と第{to}版(この起案)を比べています。", "Version {from} (in use) compared with version {to} (this one).";
        compared_past: "第{from}版と第{to}版を比べています。", "Version {from} compared with version {to}.";
        first: "はじめての版です。", "This is the first version.";
        open: "設定の画面を開く", "Open the configuration";
        checks: "自動検査", "Checks";
        checks_note: "いまの設定で、もう一度確かめた結果です。", "Checked again against the present configuration.";
        check_fails: "いまは満たしていません。このままでは公開できません。", "This does not hold now; it cannot be published like this.";
        note: "注意", "Note";
        decide_title: "決裁する", "Decide";
        effective_label: "施行日", "Effective date";
        effective_help: "起案者の希望は{day}です。", "The date that was asked for is {day}.";
        comment: "コメント", "Comment";
        comment_help: "差し戻すときは必ず書いてください。起案した人に見えます。", "Required for sending back. Whoever drafted it reads it.";
        approve: "承認する", "Approve";
        send_back: "差し戻す", "Send back";
        approve_help: "施行日を今日にすると、承認してすぐに切り替わります。先の日にすると、その日の0時に切り替わり、それまでは取り下げられます。",
            "Today: it comes into force at once. A later day: at midnight in Japan; until then it can be taken back.";
        cannot: "この起案を決裁できません", "You cannot decide on this";
        withdraw: "起案を取り下げる", "Take it back";
        timeline: "経過", "History";
        approved_now: "承認しました。公開されました。", "Approved and published.";
        approved_later: "承認しました。{day}に公開されます。", "Approved. It comes into force on {day}.";
        sent_back_done: "差し戻しました。", "It was sent back.";
        seal_caption: "決裁欄 {name} {version}", "Decision: {name}, {version}";
        seal_head: "首長", "Head";
        seal_deputy: "副首長", "Deputy";
        seal_manager: "課長", "Manager";
        seal_chief: "係長", "Chief";
        seal_drafter: "起案者", "Drafter";
        addresses: "アドレスは決まりどおりです", "The addresses follow the rules";
        dependencies: "ルールと同意文は公開中です", "Rule and consent text are published";
        both_languages: "日本語と英語がそろっています", "Japanese and English are complete";
        linkage: "同じ番号を使うサービスと同意文が合っています", "The consent text lists who sees the same number";
        rule_limit: "公開できるルールの数に収まっています", "There is room for one more rule";
        municipalities: "市区町村はすべて実在します", "Every municipality exists";
        cases: "試すケースはすべて思ったとおりです", "Every saved case comes out as expected";
        findings: "矛盾した条件はありません", "No clause contradicts itself or the others";
        material: "重要な変更の印が正しくついています", "A material change is marked as one";
        event_submitted: "起案", "Submitted";
        event_sent_back: "差し戻し", "Sent back";
        event_approved: "承認", "Approved";
        event_withdrawn: "取り下げ", "Taken back";
        event_published: "施行", "In force";
        event_waiting: "決裁を待っています", "Waiting for a decision";
        event_day: "施行日を待っています", "Waiting for its day";
    }
}

impl Words {
    /// The word of a tab.
    pub(super) const fn queue(&self, queue: Queue) -> &'static str {
        match queue {
            Queue::ForMe => self.for_me,
            Queue::Waiting => self.waiting,
            Queue::Scheduled => self.scheduled,
            Queue::Decided => self.decided,
        }
    }

    /// What was checked.
    pub(super) const fn check(&self, check: Check) -> &'static str {
        match check {
            Check::Addresses => self.addresses,
            Check::Dependencies => self.dependencies,
            Check::BothLanguages => self.both_languages,
            Check::Linkage => self.linkage,
            Check::RuleLimit => self.rule_limit,
            Check::Municipalities => self.municipalities,
            Check::Cases => self.cases,
            Check::Findings => self.findings,
            Check::Material => self.material,
        }
    }

    /// What happened.
    pub(super) const fn event(&self, kind: EventKind) -> &'static str {
        match kind {
            EventKind::Submitted => self.event_submitted,
            EventKind::SentBack => self.event_sent_back,
            EventKind::Approved => self.event_approved,
            EventKind::Withdrawn => self.event_withdrawn,
            EventKind::Published => self.event_published,
            EventKind::AwaitingDecision => self.event_waiting,
            EventKind::AwaitingDay => self.event_day,
        }
    }
}

/// A name as it stands between other words.
pub(super) fn quoted(template: &str, name: &str, version: &str) -> String {
    crate::text::fill(template, &[("name", name), ("version", version)])
}

/// What stands between two names.
pub(super) const fn dot(locale: Locale) -> &'static str {
    match locale {
        Locale::Ja => "・",
        Locale::En => ", ",
    }
}
