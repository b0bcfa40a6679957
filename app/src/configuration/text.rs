//! Words that relying parties, residency rules, consent texts and decisions share.

use domain::locale::Locale;
use service::configuration::{Barred, Standing};

use crate::text::texts;

texts! {
    pub(crate) Words {
        published: "公開中", "Published";
        in_review: "審査中", "In review";
        approved: "承認済み", "Approved";
        sent_back: "差し戻し", "Sent back";
        draft: "下書き", "Draft";
        suspended: "停止中", "Suspended";
        withdrawn: "取り下げ", "Withdrawn";
        state: "状態", "State";
        updated: "更新", "Updated";
        used_by: "使っているサービス", "Used by";
        nobody_uses: "まだありません", "None yet";
        none: "—", "—";
        none_word: "なし", "none";
        version: "第{n}版", "Version {n}";
        version_in_review: "第{n}版を審査中", "Version {n} in review";
        version_approved: "第{n}版が施行待ち", "Version {n} waits for its day";
        version_sent_back: "第{n}版は差し戻し", "Version {n} sent back";
        version_draft: "第{n}版を下書き中", "Version {n} drafted";

        versions: "これまでの版", "Versions";
        material: "重要な変更", "material change";
        by: "起案 {name}", "drafted by {name}";
        approved_by: "決裁 {name}", "decided by {name}";
        since: "{day}から", "from {day}";
        until: "{day}まで", "until {day}";
        saved_on: "{day}に保存", "saved on {day}";
        no_reason: "まだ決裁に出していません", "Not submitted yet";

        diff_title: "第{from}版から第{to}版への変更", "From version {from} to version {to}";
        diff_count: "{n}項目が変わります。変わる言葉に線を引いています。", "{n} fields change. Changed words carry a line.";
        diff_none: "違いはありません。", "There is no difference.";
        diff_incomplete: "下書きにまだ足りない項目があるため、比べられません。", "The draft still lacks something, so it cannot be compared.";
        diff_old: "いま(第{n}版)", "Present (version {n})";
        diff_past: "変更前(第{n}版)", "Before (version {n})";
        diff_before: "まだありません", "Nothing yet";
        diff_new: "変更後(第{n}版)", "After (version {n})";
        diff_same: "変わらない{n}項目を見る", "{n} fields that stay the same";
        compare: "比べる", "Compare";
        compare_from: "比べる版", "Compare version";
        compare_with: "と", "with";

        review_title: "第{n}版の変更が審査中です", "Version {n} is in review";
        review_text: "{day}に{name}さんが起案しました。決裁されるまで、いまの内容のまま動きます。",
            "Submitted by {name} on {day}. Until it is decided, nothing changes.";
        approved_title: "第{n}版は{day}から公開されます", "Version {n} comes into force on {day}";
        approved_text: "それまでは、いまの内容のまま動きます。", "Until then nothing changes.";
        back_title: "第{n}版が差し戻されました", "Version {n} was sent back";
        draft_title: "第{n}版の下書きがあります", "There is a draft of version {n}";
        draft_text: "決裁に出すまで、ほかの人が続きを書くこともできます。", "Until it is submitted, anybody who drafts may go on with it.";
        lacks_title: "あと{n}項目を入れると、決裁に出せます", "{n} more entries and it can be submitted";
        open_decision: "決裁の画面を開く", "Open the decision";
        continue_draft: "下書きを続ける", "Continue the draft";

        propose: "変更を起案する", "Draft a change";
        submit: "決裁に出す", "Submit for decision";
        withdraw: "取り下げる", "Take back";
        discard: "下書きを捨てる", "Discard the draft";
        save_draft: "下書きを保存する", "Save the draft";
        save_and_submit: "保存して決裁に出す", "Save and submit";
        cancel: "やめる", "Cancel";
        saved: "下書きを保存しました。", "The draft was saved.";
        unsaved_new: "まだ保存していません", "Not saved yet";
        last_saved: "{day}に保存しました", "Saved on {day}";
        editing: "第{n}版", "Version {n}";
        editing_beside: "第{n}版(公開中は第{published}版)", "Version {n} (version {published} is in use)";

        submit_title: "「{name}」を決裁に出す", "Submit “{name}” for decision";
        submit_lead: "決裁されるまで、いまの内容のまま動きます。出したあとは、内容を変えられません。",
            "Until it is decided, nothing changes. Once submitted, the content cannot be changed.";
        reason: "起案の理由", "Reason";
        reason_help: "決裁する人が読みます。監査記録に残るので、住民の名前などは書かないでください。",
            "The approver reads it. It stays in the audit trail: never name a resident.";
        effective_on: "施行日(希望)", "Effective date (wanted)";
        effective_help: "今日にすると、承認されたときに公開されます。", "Today: it is published when it is approved.";
        earlier: "前の版で対象になった人", "People who are eligible under the version in use";
        earlier_help: "どちらを選んでも、次にカードを読んだときは新しい版で決まります。",
            "Either way, the new version decides the next time their card is read.";
        earlier_run_on: "期限までは、カードなしでそのまま使えます。条件をゆるめるときや、書き方だけを直すときに選びます。",
            "Until it expires they go on without the card. For a rule that admits more people, or only reads differently.";
        earlier_card_again: "次に使うとき、期限の前でもカードで確かめます。新しい版で対象外になる人がいるかもしれないときに選びます。",
            "The next time they use a service the card is asked for. For a rule under which somebody may not be eligible any more.";
        earlier_compare: "2つの版を比べて、対象外になる人がいないか確かめる", "Compare the two versions: does anybody lose?";
        submitted: "決裁に出しました。ほかの人が承認すると公開されます。", "Submitted. It is published when somebody else approves it.";
        withdraw_title: "「{name}」の起案を取り下げる", "Take back “{name}”";
        withdraw_text: "第{n}版の起案を取り下げます。書いた内容は残り、次の下書きの始まりになります。",
            "Version {n} is taken back. What was written stays and begins the next draft.";
        withdraw_confirm: "取り下げる", "Take back";
        withdrawn_done: "起案を取り下げました。", "It was taken back.";
        discard_title: "「{name}」の下書きを捨てる", "Discard the draft of “{name}”";
        discard_text: "第{n}版の下書きを消します。元に戻せません。公開中の版は変わりません。",
            "The draft of version {n} is deleted for good. A published version stays as it is.";
        discard_confirm: "下書きを捨てる", "Discard the draft";
        discarded: "下書きを捨てました。", "The draft was discarded.";

        barred_role: "この操作ができる役割ではありません", "Your roles do not permit this";
        barred_review: "審査中または施行待ちの版があります", "A version is in review or waits for its day";
        barred_nothing: "いまは対象がありません", "There is nothing to do this to";

        warnings: "知っておくこと", "What to know";
    }
}

impl Words {
    /// Why a button cannot be pressed.
    pub(crate) fn barred(&self, barred: Barred, locale: Locale) -> &'static str {
        match barred {
            Barred::Role => self.barred_role,
            Barred::InReview => self.barred_review,
            Barred::Nothing => self.barred_nothing,
            Barred::Refused(refusal) => refusal.words().get(locale),
        }
    }

    /// How something stands.
    pub(crate) const fn standing(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Published => self.published,
            Standing::InReview => self.in_review,
            Standing::Approved => self.approved,
            Standing::SentBack => self.sent_back,
            Standing::Draft => self.draft,
            Standing::Suspended => self.suspended,
            Standing::Withdrawn => self.withdrawn,
        }
    }
}
