//! Words of proving a rule: many addresses at once.

use crate::text::texts;

texts! {
    pub(super) Words {
        tabs: "ルールの画面", "Parts of the rule";
        tab_rule: "ルール", "Rule";
        tab_mass: "まとめて試す", "Try many";
        version: "試す版", "Version";
        outcome: "判定", "Outcome";
        reason: "理由", "Reason";
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
