//! Words of proving a rule: saved cases, many addresses at once, two versions compared, rules as JSON.

use crate::text::texts;

texts! {
    pub(super) Words {
        tabs: "ルールの画面", "Parts of the rule";
        tab_rule: "ルール", "Rule";
        tab_cases: "試すケース", "Cases";
        tab_mass: "まとめて試す", "Try many";
        tab_comparison: "版の比較", "Comparison";
        effects: "だれの判定が変わるか", "Whose outcome changes";
        effects_note: "{from}から{to}へ。今日、カードで住所を確かめた人について、日本のすべての町域で比べました。",
            "From {from} to {to}: every town of Japan, for people whose card is read today.";
        first_version: "はじめての版なので、比べるものがありません。", "This is the first version; there is nothing to compare it with.";
        no_town_changes: "どの町域でも、判定は変わりません。", "In no town does the outcome change.";
        towns_gained: "{gained}の町域が新しく対象になり、対象から外れる町域はありません。", "{gained} towns become eligible, none loses.";
        towns_lost: "{lost}の町域が対象から外れ、新しく対象になる町域はありません。", "{lost} towns are not eligible any more, none gains.";
        towns_both: "{gained}の町域が新しく対象になり、{lost}の町域が対象から外れます。", "{gained} towns become eligible, {lost} are not any more.";
        profile: "{who}: 対象になる町域 {gained}、外れる町域 {lost}", "{who}: {gained} gain, {lost} lose";
        gained: "新しく対象になる", "Become eligible";
        lost: "対象から外れる", "Not eligible any more";
        whole_municipality: "全域({n}の町域)", "all of it ({n} towns)";
        cases_changed: "{n}件のうち{changed}件で判定が変わります。", "The outcome of {changed} of {n} changes.";
        import_new: "JSONからルールを作る", "Make a rule from JSON";
        import_next: "「{name}」の次の版をJSONから作る", "The next version of “{name}” from JSON";
        import_title: "JSONを取り込む", "Import JSON";
        import_note: "取り込むと下書きになります。公開までの手順は、画面で作ったルールと同じです。", "It becomes a draft, and is published like one that was made here.";
        replaces_draft: "第{n}版の下書きの条件は、取り込んだもので置きかわります。", "The conditions of the draft, version {n}, are replaced by what you import.";
        json: "ルールのJSON", "JSON of the rule";
        json_help: "ほかの自治体や、前の版から書き出したものを貼り付けます。", "Paste what another municipality, or another version, was exported as.";
        json_file: "またはファイル", "Or a file";
        json_file_help: "えらぶと、上の欄より優先します。", "It takes precedence over the field above.";
        schema: "ルールのJSONの決まり(JSON Schema)", "The form of the JSON (JSON Schema)";
        import: "取り込んで下書きにする", "Import as a draft";
        imported: "下書きにしました。", "It is a draft now.";
        whole_json: "全体", "all of it";
        json_wrong: "{line}行目、{place}: {why}", "Line {line}, {place}: {why}";
        json_malformed: "JSONとして読めないか、値の種類が違います。", "This is no JSON, or a value of another kind.";
        json_required: "ここに必要な項目がありません。", "A member is missing here.";
        json_not_allowed: "ルールにはない項目です。", "Rules have no such member.";
        json_unknown: "知らない言葉か、いまの表にない市区町村・町域です。", "An unknown word, or a municipality or town that the table does not have.";
        exchange: "JSON", "JSON";
        exchange_note: "ほかの自治体へ渡したり、手元で控えたりできます。", "To hand to another municipality, or to keep.";
        export: "JSONで書き出す", "Export as JSON";
        version: "試す版", "Version";
        outcome: "判定", "Outcome";
        reason: "理由", "Reason";
        cases_title: "試すケース", "Saved cases";
        cases_note: "架空の人と、そのときの正しい判定です。一つでも違う判定になる版は、決裁に出せません。",
            "Made-up people with the outcome that is right for them. A version that gets one of them wrong cannot be submitted.";
        cases_caption: "試すケースの一覧", "List of saved cases";
        no_cases: "まだ試すケースがありません", "There is no saved case yet";
        no_cases_text: "迷いやすい人から足してください。年度の変わり目に生まれた人、隣の町の人、同じ名前の村の人など。",
            "Begin with those who are easily got wrong: born at the turn of the school year, from the next town, from a village of the same name.";
        case: "ケース", "Case";
        expected: "正しい判定", "Right outcome";
        in_use: "公開中の{version}", "{version}, in use";
        result: "結果", "Result";
        passes: "合っています", "Passes";
        fails: "違います", "Fails";
        remove: "消す", "Remove";
        all_pass: "{version}は、{n}件のケースすべてに合っています", "{version} gets all {n} cases right";
        all_pass_text: "いま確かめた結果です。", "Determined just now.";
        some_fail: "{version}は、{n}件のケースのうち{failing}件で違う判定になります", "{version} gets {failing} of {n} cases wrong";
        some_fail_text: "ルールを直すか、ケースが正しくなければ消して足しなおしてください。このままでは決裁に出せません。",
            "Mend the rule or, if a case is not right, remove it and add another. It cannot be submitted like this.";
        cannot_submit: "試すケースのうち{n}件で、違う判定になります。このままでは決裁に出せません。",
            "{n} of the saved cases come out wrong. It cannot be submitted like this.";
        open_cases: "試すケースを見る", "Look at the cases";
        has_findings: "ルールに矛盾した条件があります。ルールの画面で確かめて、直してください。",
            "A clause of the rule contradicts itself or the others. Look at the rule and mend it.";
        case_added: "ケースを足しました。", "The case was added.";
        case_removed: "ケースを消しました。", "The case was removed.";
        add_title: "ケースを足す", "Add a case";
        add_note: "えらんだものだけを保存します。番地と生年月日はこちらで作ります。", "Only what you choose is kept. House number and birthdate are made up by us.";
        municipality: "市区町村", "Municipality";
        other_municipality: "ほかの市区町村", "Another municipality";
        find: "さがす", "Find";
        nothing_found: "見つかりませんでした。", "Nothing was found.";
        town: "町域", "Town";
        no_town: "(町域を書かない)", "(no town)";
        age: "年齢", "Age";
        age_help: "判定する日の満年齢。0〜130。", "Completed years on the day, 0 to 130.";
        birthday: "誕生日", "Birthday";
        birthday_help: "学年は4月2日で変わります。", "School years turn on 2 April.";
        on_day: "判定する日", "Day";
        on_day_help: "この日にカードで確かめたものとします。", "As if the card was read on this day.";
        ties: "在勤・在学など", "Ties";
        add: "足す", "Add";
        nothing_complete: "下書きがまだ足りないため、試せません。先に、足りないところを埋めてください。",
            "The draft still lacks something and cannot be tried. Complete it first.";
        invented_title: "架空の住所だけを使ってください", "Use invented addresses only";
        invented: "住民の本当の住所を入れないでください。入力した内容は保存も記録もしませんが、本当の住所をここへ写すこと自体が、個人情報の目的外の利用になりかねません。番地を作りかえた住所で十分に確かめられます。",
            "Do not enter addresses of real people. Nothing of it is kept or logged, but copying real addresses here may in itself be a use of personal data that nobody agreed to. Addresses with made-up house numbers show the same.";
        mass_title: "たくさんの住所をまとめて判定する", "Determine many addresses at once";
        mass_note: "1行に1件、50,000行まで。今日、カードで確かめたものとして判定します。在勤・在学の承認はないものとします。",
            "One a line, up to 50,000 lines. Determined as if read from the card today, without attestations of work or school.";
        mass_lines: "住所", "Addresses";
        mass_lines_help: "生年月日も試すときは、住所の後ろにタブかコンマで区切って 2015-04-02 のように書きます。",
            "To try a birthdate too, put it behind the address after a tab or a comma, such as 2015-04-02.";
        mass_file: "またはファイル", "Or a file";
        mass_file_help: "UTF-8かShift_JISのテキスト、8MBまで。えらぶと、上の欄より優先します。",
            "Text in UTF-8 or Shift_JIS, up to 8 MB. It takes precedence over the field above.";
        mass_start: "判定して数える", "Determine and count";
        mass_csv: "答えをCSVで受け取る", "Answers as CSV";
        mass_cancel: "やめる", "Cancel";
        mass_progress: "判定しています", "Determining";
        mass_done: "終わりました。", "Done.";
        mass_cancelled: "途中でやめました。下の数は、やめるまでの分です。", "Cancelled. The counts below are of what was done until then.";
        mass_failed: "続けられませんでした。もう一度試すか、分けて試してください。", "It could not go on. Try again, or try fewer lines.";
        mass_too_many: "50,000行より多いため、判定しませんでした。分けて試してください。", "There are more than 50,000 lines; nothing was determined. Split them up.";
        mass_download: "CSVを保存する", "Save the CSV";
        mass_counts: "判定と理由ごとの行数。CSVには行の番号と答えだけが入り、住所は入りません。",
            "Lines by outcome and reason. The CSV holds line numbers and answers, never an address.";
        mass_count: "行数", "Lines";
        mass_result: "結果", "Result";
    }
}
