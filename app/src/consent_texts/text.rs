//! Words of consent texts.

use crate::text::texts;

texts! {
    pub(super) Words {
        title: "同意文", "Consent texts";
        lead: "住民が同意する前に読む文です。変えるたびに版が増え、だれがどの版に同意したかが残ります。",
            "What residents read before they agree. Each change is a new version, and it is on record which one was agreed to.";
        add: "同意文を追加する", "Add a consent text";
        search: "名前", "Name";
        caption: "同意文の一覧", "List of consent texts";
        text: "同意文", "Consent text";
        version: "版", "Version";
        empty_title: "まだ同意文がありません", "There is no consent text yet";
        empty_text: "だれが、何のために受け取り、いつ消すのかを、住民の言葉で書きます。",
            "Who receives it, what for, and when it is deleted, in words that residents use.";
        new_title: "同意文を追加する", "Add a consent text";
        edit_title: "「{name}」の変更を起案する", "Draft a change of “{name}”";
        used_by: "使っているサービス", "Used by";
        present: "いまの内容", "Present content";
        incomplete: "下書きがまだ足りないため、内容を表示できません。", "The draft still lacks something, so its content cannot be shown.";
        preview: "住民が見る画面", "What residents see";
        preview_label: "住民が見る同意の画面", "The consent page as residents see it";
        preview_ja: "日本語", "Japanese";
        preview_en: "英語", "English";
        preview_note: "渡すものは連携サービスの設定から入ります。", "The items come from the relying party's settings.";
        sample_service: "(サービスの名前)", "(name of the service)";
        english: "{label}(英語)", "{label}, English";
        japanese: "{label}", "{label}, Japanese";
        part_text: "文", "Text";
        part_more: "決まりごと", "Particulars";
        name: "名前", "Name";
        name_help: "職員だけが見ます。40文字まで。", "Only colleagues see it. Up to 40 characters.";
        title_label: "見出し", "Heading";
        title_help: "日本語は30文字まで、英語は60文字まで。", "Up to 30 characters in Japanese, 60 in English.";
        receiver: "受け取る人", "Receiver";
        receiver_contact: "受け取る人の連絡先", "Receiver's contact";
        receiver_contact_help: "消してほしいときの連絡先にもなります。", "Also for asking to delete.";
        holder: "いま持っている人", "Holder";
        purpose: "何のため", "Purpose";
        purpose_help: "一つの文で、住民の得になることから書きます。", "One sentence, beginning with what the resident gains.";
        record: "記録", "Record";
        record_help: "何を、だれが残すかを書きます。", "What is recorded, and by whom.";
        retention: "保存の期間", "Retention";
        retention_help: "受け取る人が、いつ消すかを書きます。", "When the receiver deletes it.";
        withdrawal: "やめたいとき", "Withdrawal";
        withdrawal_help: "やめ方と、やめたあとどうなるかを書きます。", "How to withdraw, and what happens then.";
        contact: "問い合わせ先", "Contact";
        basis: "根拠", "Basis";
        linked: "同じ番号を使うサービス", "Services with the same number";
        linked_help: "共通IDか、仮名を共有するサービスどうしのときに、全部をえらびます。このサービスだけの仮名なら、えらびません。",
            "For services that share the town-wide ID: tick all of them. For a pseudonym of one service, none.";
        no_linked: "番号を共有できるサービスはまだありません。", "No service that could share a number yet.";
        material: "重要な変更にする", "A material change";
        material_help: "同意済みの人に、次のサインインでもう一度たずねます。はじめての版と、同じ番号を使うサービスが増えたときは、切ることができません。言い回しだけの変更なら切れます。",
            "People who have agreed are asked again at their next sign-in. It cannot be off for a first version or where a service with the same number is added; for mere wording it can.";
    }
}
