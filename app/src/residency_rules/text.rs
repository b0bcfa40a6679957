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
        exclusion: "除外{n}", "Exclusion {n}";
        excludes: "対象にしない人", "Who is left out";
        excludes_help: "上に当てはまっても使えません", "Not even if a condition above fits";
        no_excludes: "決めていません。", "None.";
        everyone: "全員に求める年齢・学年", "Ages asked of everybody";
        everyone_help: "どの条件の人にも求めます。決めないときは空のままにします", "On top of every condition. Leave it empty for any age";
        people_own: "この自治体に住んでいる人", "People who live here";
        people_listed: "えらんだ地域に住んでいる人", "People who live in places that you choose";
        people_tied: "ここで働く人・学ぶ人など", "People with a tie to this place";
        people_aged: "年齢・学年の合う人", "People of an age";
        people_new: "新しい条件", "A new condition";
        add_own: "ここに住んでいる人", "People who live here";
        add_listed: "えらんだ地域の人", "People of other places";
        add_tie: "在勤・在学の人", "People who work or study here";
        add_age: "年齢・学年", "An age";
        add_clause: "条件を足す", "Add a condition";
        add_exclude: "除外を足す", "Add an exclusion";
        remove_clause: "外す", "Remove";
        no_clauses: "条件がまだありません。", "There is no condition yet.";
        area: "住所", "Address";
        area_own: "この自治体の中", "In this municipality";
        area_listed: "えらんだ地域の中", "In places that you choose";
        area_any: "どこでもよい", "Anywhere";
        places: "地域", "Places";
        none_chosen: "まだえらんでいません", "None chosen yet";
        take_away: "{name}を外す", "Remove {name}";
        search_towns: "地域をさがす", "Find a place";
        search_help: "市区町村か都道府県の名前、よみがな、コードの始めを入れます。",
            "A municipality or prefecture by the beginning of its name, reading or code.";
        search_button: "さがす", "Find";
        suggestions: "見つかった地域", "Places found";
        nothing_found: "見つかりませんでした。", "Nothing was found.";
        found_many: "{n}件見つかりました。上下のキーでえらびます。", "{n} found. Choose with the arrow keys.";
        put_in: "{name}を足す", "Add {name}";
        near: "近隣からえらぶ", "Choose from nearby";
        near_help: "同じ郡と、同じ都道府県の市区町村です。隣り合っているかどうかは、この表にはありません。",
            "Municipalities of the same county, then of the same prefecture. Whether they border on this one, the table does not say.";
        towns_all: "すべての町・字", "All towns";
        towns_some: "{n}の町・字", "{n} towns";
        towns_none: "町・字なし", "No town";
        towns_pick: "{name}の町・字をえらぶ", "Choose towns of {name}";
        towns_of: "{name}の町・字", "Towns of {name}";
        towns_own: "町・字をえらぶ", "Choose towns";
        towns_help: "すべてに印があると、町・字の読めない住所も含めて全体が対象です。一部だけのときは、町・字まで読める住所だけが対象です。",
            "With every town ticked all of it counts, also where an address does not say the town. With some, only addresses whose town can be read.";
        towns_filter: "町・字をしぼりこむ", "Filter the towns";
        towns_filter_button: "しぼりこむ", "Filter";
        towns_tick_all: "すべてに印を付ける", "Tick all";
        towns_tick_none: "すべての印を外す", "Untick all";
        towns_count: "{all}のうち{n}", "{n} of {all}";
        towns_close: "町・字を閉じる", "Close the towns";
        wards_of: "{name}の区", "Wards of {name}";
        wards_help: "区をえらぶと、市全体の代わりになります。町・字は区ごとにえらべます。",
            "A ward takes the place of the whole city. Towns can be chosen by ward.";
        wards_pick: "区をえらぶ", "Choose wards";
        ties: "つながり", "Ties";
        ties_help: "どれか一つを、職員が確かめた人", "One of these, confirmed by staff";
        limits: "年齢・学年でしぼる", "Limit by age or school year";
        age: "年齢", "Age";
        age_least: "年齢の下限", "Least age";
        age_most: "年齢の上限", "Greatest age";
        age_from: "歳以上", "or over";
        age_to: "歳以下", "or under";
        school: "学年", "School year";
        school_least: "学年の下限", "Lowest school year";
        school_most: "学年の上限", "Highest school year";
        school_from: "から", "to";
        school_to: "まで", "";
        school_any: "決めない", "Any";
        said_added: "条件{name}を足しました。", "Condition {name} added.";
        said_excluded: "除外{name}を足しました。", "Exclusion {name} added.";
        said_removed: "{name}番を外しました。", "Number {name} removed.";
        said_put: "{name}を足しました。", "{name} added.";
        said_taken: "{name}を外しました。", "{name} removed.";
        said_ticked: "{name}の町・字に印があります。", "{name} towns are ticked.";
        term: "資格の期間", "Term";
        term_kind: "いつまで有効か", "How long it lasts";
        recheck: "カードで確かめ直す間隔", "The card is asked for again";
        recheck_help: "1〜60か月ごと。空のときは、期間の終わりまで確かめ直しません。", "Every 1 to 60 months. Empty: not before the term ends.";
        undecidable: "カードで判定できないとき", "If the card cannot settle it";
        desk: "窓口で確かめる", "Check at the desk";
        desk_help: "窓口コードを渡します。カードか書類を職員が見て確かめます", "A code for the desk, where staff look at the card or a document";
        contact: "問い合わせ先だけを案内する", "Say whom to ask";
        contact_help: "窓口では確かめません", "Nothing is checked at the desk";
        which_of: "次のどれかに当てはまる人が使えます。", "Open to whoever is one of these:";
        of_these: "そのうち、次の人に限ります。", "Of these, only:";
        but_not: "ただし、次の人は使えません。", "Not open to:";
        findings: "気をつけるところ", "Things to look at";
        findings_none: "気になるところは見つかりません。", "Nothing odd was found.";
        findings_later: "条件がそろうと、ここで確かめます。", "The rule is checked here once it is complete.";
        refuses: "このままでは出せません", "Must be changed";
        notices: "確かめてください", "Please check";
        look: "文を新しくする", "Show the sentence";
        not_in_builder: "このルールは組み立て画面では表せません", "The builder cannot show this rule";
        not_in_builder_text: "JSONで取り込まれたルールです。条件が入り組んでいるため、ここでは変えられません。JSONで取り込みなおしてください。",
            "It was imported as JSON and its conditions are nested deeper than the builder goes. Change it by importing JSON again.";
        to_rule: "ルール", "The rule";
        to_import: "JSONを取り込む", "Import JSON";
        no_answer: "サーバーから返事がありません。入力した内容は残っています。少し待って、もう一度押してください。",
            "The server did not answer. What you typed is still here. Wait a moment and try again.";
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
        try_more: "つながりと日付", "Ties and day";
        try_ties: "確かめてあるつながり", "Ties that are confirmed";
        try_day: "判定する日", "Day of the sign-in";
        try_day_help: "空のときは今日。", "Empty: today.";
        try_button: "判定する", "Determine";
        try_lacks: "条件か、上の入力を直すと判定できます。", "Correct the rule or what is entered above.";
        yes: "対象です", "Eligible";
        no: "対象外です", "Not eligible";
        unknown: "判定できません", "Cannot be determined";
        by_clause: "条件{n}で決まりました。", "Decided by condition {n}.";
        by_exclusion: "除外{n}で決まりました。", "Decided by exclusion {n}.";
        by_everyone: "全員に求める年齢・学年で決まりました。", "Decided by the ages asked of everybody.";
        would_do: "{kinds}のつながりが確かめてあれば、対象になります。", "A confirmed tie would make the person eligible: {kinds}.";
        until: "資格は{month}の末まで有効です。", "Eligible until the end of {month}.";
        recheck_until: "カードは{month}の末までに確かめ直します。", "The card is asked for again by the end of {month}.";
        how_read: "住所の読み取り", "How the address was read";
        prefecture: "都道府県", "Prefecture";
        municipality: "市区町村", "Municipality";
        ward: "区", "Ward";
        town: "町・字", "Town";
        rest: "番地から先", "The rest";
        rest_text: "読まずに捨てました", "Discarded unread";
        not_read: "読み取れません", "Cannot be read";
        one_of: "次のどれか", "One of these";
        by_prefecture: "都道府県の名前で決まりました", "decided by the prefecture";
        by_county: "郡の名前で決まりました", "decided by the county";
        by_former: "以前の名前です", "a former name";
        by_town: "町・字の名前で決まりました", "decided by the town";
        by_postcode: "郵便番号で決まりました", "decided by the postcode";
        abroad: "国外転出と書かれています", "It says that the person moved out of Japan";
    }
}
