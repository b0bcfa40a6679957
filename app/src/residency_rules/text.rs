//! Words of residency rules.

use crate::text::texts;

texts! {
    pub(super) Words {
        title: "利用資格ルール", "Residency rules";
        lead: "だれがサービスを使えるかを決めます。カードの住所と生年月日から判定し、住所は判定のあとすぐに消します。",
            "Who may use a service. It is determined from the address and birthdate on the card; the address is discarded at once.";
        add: "ルールを追加する", "Add a rule";
        search: "名前", "Name";
        caption: "利用資格ルールの一覧", "List of residency rules";
        name: "名前", "Name";
        who: "対象になる人", "Who is eligible";
        version: "版", "Version";
        empty_title: "まだ利用資格ルールがありません", "There is no residency rule yet";
        empty_text: "「この自治体に住んでいる人」から始められます。文にしたルールを確かめて、架空の住所で試せます。",
            "Begin with “people who live here”. Read the rule as a sentence and try it with an address that you make up.";
        new_title: "ルールを追加する", "Add a rule";
        edit_title: "「{name}」の変更を起案する", "Draft a change of “{name}”";
        sentence: "このルールを文にすると", "The rule in words";
        sentence_missing: "条件をえらぶと、ここに文が出ます。", "Choose conditions and the sentence appears here.";
        sentence_note: "住民向けの説明にも使われます", "Residents read it too";
        incomplete: "下書きがまだ足りないため、内容を表示できません。", "The draft still lacks something, so its content cannot be shown.";
        used_by: "使っているサービス", "Used by";
        note: "備考", "Note";

        part_name: "名前", "Name";
        name_ja: "名前", "Name in Japanese";
        name_en: "名前(英語)", "Name in English";
        name_help: "40文字まで。", "Up to 40 characters.";
        clauses: "対象になる人", "Who is eligible";
        clauses_help: "どれか一つに当てはまれば使えます", "Any one of these is enough";
        clause: "条件{n}", "Condition {n}";
        area: "住所", "Address";
        area_own: "この自治体の中", "In this municipality";
        area_listed: "えらんだ市区町村の中", "In municipalities that you choose";
        area_any: "どこでもよい", "Anywhere";
        municipalities: "市区町村", "Municipalities";
        none_chosen: "まだえらんでいません", "None chosen yet";
        take_away: "{name}を外す", "Remove {name}";
        search_towns: "市区町村をさがす", "Find a municipality";
        search_help: "名前、よみがな、コードの始めを入れます。", "Name, reading or code, from the beginning.";
        search_button: "さがす", "Find";
        nothing_found: "見つかりませんでした。", "Nothing was found.";
        put_in: "{name}を足す", "Add {name}";
        age: "年齢の下限", "Least age";
        age_help: "歳以上。決めないときは空のままにします。", "Years. Leave it empty for any age.";
        remove_clause: "外す", "Remove";
        add_clause: "条件を足す", "Add a condition";
        no_clauses: "条件がまだありません。", "There is no condition yet.";
        term: "資格の期間", "Term";
        term_kind: "いつまで有効か", "How long it lasts";
        term_months: "決まった月数", "A number of months";
        term_months_help: "住所を確かめた月から数えて、月末まで", "Counted from the month of verification, to the end of a month";
        term_year: "年度末まで", "The fiscal year";
        term_year_help: "住所を確かめた年度の3月末まで", "To the end of March of the fiscal year of verification";
        months: "月数", "Months";
        months_help: "1〜60。「決まった月数」のときに使います。", "1 to 60, for a number of months.";
        evidence: "住所の確かさ", "Evidence";
        weakest: "認める住所の出どころ", "Weakest source accepted";
        greatest_age: "何か月前までに確かめた住所を認めるか", "Greatest age of the verification, in months";
        greatest_age_help: "0〜60。0は、その月のうち。", "0 to 60; 0 is within the month.";
        note_help: "同僚のための覚え書き。住民には見えません。", "For colleagues. Residents do not see it.";

        try_title: "住所で試す", "Try an address";
        try_note: "架空の住所だけを入れてください。入力した住所と生年月日は保存しません。",
            "Make the address up. What you enter here is not kept.";
        try_address: "住所", "Address";
        try_birthdate: "生年月日", "Birthdate";
        try_button: "判定する", "Determine";
        yes: "対象です", "Eligible";
        no: "対象外です", "Not eligible";
        unknown: "判定できません", "Cannot be determined";
        by_clause: "条件{n}で決まりました。", "Decided by condition {n}.";
        until: "資格は{month}の末まで有効です。", "Eligible until the end of {month}.";
        how_read: "住所の読み取り", "How the address was read";
        prefecture: "都道府県", "Prefecture";
        municipality: "市区町村", "Municipality";
        rest: "番地から先", "The rest";
        rest_text: "読まずに捨てました", "Discarded unread";
        candidates: "あてはまる市区町村", "Municipalities that fit";
        unreadable: "市区町村が見つかりません", "No municipality fits";
        abroad: "国外転出と書かれています", "It says that the person moved out of Japan";
    }
}
