//! Words of 在勤・在学.

use crate::text::texts;

texts! {
    pub(super) Words {
        title: "在勤・在学", "Work and school";
        lead: "{town}に住んでいなくても、ここで働く人や学校に通う人に、1回だけ使えるコードを渡します。だれが使ったかは残りません。",
            "One-time codes for people who work in {town} or go to school there without living there. Who used one is kept nowhere.";
        make: "コードを発行する", "Make codes";
        desk: "窓口用に1つ発行する", "Make one for the desk";
        search: "学校・勤め先の名前", "School or employer";
        caption: "コードの束の一覧", "List of batches of codes";
        batch: "渡す先", "For";
        kind: "つながり", "Tie";
        made: "発行した日", "Made";
        codes: "コード", "Codes";
        count_of: "{n}件", "{n}";
        used_at_least: "使用 {n}件以上", "{n} or more used";
        used_hidden: "使用数は非表示", "use not shown";
        until: "つながりの期限", "Tie ends with";
        redeem_until: "使える最後の日", "Usable until";
        state: "状態", "State";
        open: "使えます", "Usable";
        over: "期限が過ぎました", "Over";
        revoked: "取り消しました", "Revoked";
        nameless: "名前なし", "Without a name";
        of_the_desk: "窓口で渡した分", "Handed out at the desk";
        hidden_note: "使用数は、少人数のとき、残りが少人数のとき、人口が未設定のときは表示しません。表示するときも切り捨てた数です。だれが使ったか、いつ使ったかは、どこにも残りません。",
            "Use is not shown where few used one, where few are left, or while the population is not set; shown numbers are rounded down. Who used a code, and when, is kept nowhere.";
        empty_title: "まだコードがありません", "There are no codes yet";
        empty_text: "学校や勤め先ごとに必要な数のコードを発行し、印刷して渡します。受け取った人は、マイナンバーカードでサインインするときに入力します。",
            "Make as many codes as a school or an employer needs, print them and hand them over. People enter theirs when they sign in with the card.";
        step_rule_title: "ルールに入れる", "Name it in a rule";
        step_rule: "利用資格ルールで、在勤・在学の人を対象にしておきます。", "A residency rule must admit people with such a tie.";
        step_make_title: "発行して渡す", "Make and hand over";
        step_make: "コードは発行したときに1度だけ表示します。", "Codes are shown once, when they are made.";
        step_year_title: "年度末に延長・終了する", "Extend or end yearly";
        step_year: "つながりの種類ごとに、まとめて変えられます。", "All ties of a kind at once.";
        ties_title: "年度の変わり目に", "At the turn of the fiscal year";
        ties_text: "承認済みのつながりを、種類ごとにまとめて延長・終了します。一人ずつの一覧はありません。",
            "Extend or end every tie of a kind at once. There is no list of people.";
        extend: "まとめて延長する", "Extend all";
        end: "まとめて終了する", "End all";

        work_help: "この自治体で働いている人", "People who work here";
        school_help: "この自治体の学校に通っている人", "People who go to school here";
        other_help: "利用資格ルールで決めた、ほかのつながり", "Another tie that your residency rules name";
        new_title: "コードを発行する", "Make one-time codes";
        new_note: "発行すると、コードをこの次の画面に1度だけ表示します。印刷やCSVでの保存は、その画面で行います。",
            "The next page shows the codes, once. Print them or save them as CSV there.";
        kind_label: "どのつながりのコードですか", "For which tie?";
        name: "学校・勤め先の名前", "School or employer";
        name_help: "職員だけに見えます。60文字まで。コードが{n}件より少ないときは付けられません。1人の人に結び付いてしまうためです。人の名前は書かないでください。",
            "For staff only, up to 60 characters. Not beside fewer than {n} codes, because it would name a person. Never a person's name.";
        name_few: "{n}件より少ないコードには名前を付けられません。名前を消すか、件数を増やしてください。",
            "Fewer than {n} codes cannot have a name. Remove it, or make more codes.";
        count: "件数", "How many";
        count_help: "1から{n}まで。", "1 to {n}.";
        until_help: "この月が終わると、対象から外れます。みな同じ月にそろえるため、9月と3月から選びます。",
            "With the end of this month the tie ends. September and March only, so that a month of its own leads to nobody.";
        redeem_help: "この日を過ぎたコードは使えません。つながりの期限より前の日にしてください。",
            "Codes cannot be used after this day, which must not be later than the end of the tie.";
        desk_title: "窓口用にコードを1つ発行する", "Make one code for the desk";
        desk_note: "窓口で社員証や在学証明書などを見て確かめた人に、その場で1つ渡します。名前も書類の内容も入力しません。来月の末まで使えます。",
            "For somebody whose document you have looked at. Nothing is typed about the person. The code can be used until the end of next month.";
        desk_make: "1つ発行する", "Make one code";
        more_title: "「{name}」のコードを追加する", "More codes for “{name}”";
        more_note: "つながりの期限と、使える最後の日は、前の分と同じです。", "They end on the same days as those before.";
        more: "コードを追加する", "Make more codes";

        sheet_title: "コードを発行しました", "The codes are made";
        sheet_once: "コードはこの画面に1度だけ表示します。閉じると二度と見られません。印刷するか、CSVで保存してから閉じてください。",
            "The codes are shown on this page and never again. Print it or save the CSV before you leave.";
        sheet_print: "印刷は、ブラウザーの印刷(Ctrl+P または ⌘P)を使います。A4の紙1枚に8件ずつ、切り取り線が付きます。",
            "Print with your browser (Ctrl+P or ⌘P): eight slips on a page of A4, with lines to cut along.";
        csv: "CSVで保存する", "Save as CSV";
        csv_code: "コード", "Code";
        csv_kind: "つながり", "Tie";
        csv_until: "つながりの期限", "Tie ends with";
        csv_redeem: "使える最後の日", "Usable until";
        csv_page: "ページ", "Page";
        sheet_done: "一覧に戻る", "Back to the list";
        sheet_label: "印刷する紙", "Sheet to print";

        revoke: "取り消す", "Revoke";
        revoke_title: "「{name}」のコードを取り消す", "Revoke the codes of “{name}”";
        revoke_text: "まだ使われていないコードは、すぐに使えなくなります。元に戻せません。使われたコードで承認したつながりは、そのまま残ります。",
            "Codes that nobody has used stop working at once. This cannot be undone. Ties that were attested with a used code stay.";
        revoke_confirm: "コードを取り消す", "Revoke the codes";
        revoke_done: "「{name}」のコードを取り消しました。", "The codes of “{name}” were revoked.";
        facts: "この束について", "About this batch";
        total: "発行した件数", "Codes made";
        used: "使われた件数", "Codes used";
        at_least: "{n}件以上", "{n} or more";
        hidden: "非表示(少人数のため)", "Not shown (few people)";
        revoked_on: "取り消した日", "Revoked";

        extend_title: "つながりをまとめて延長する", "Extend all ties of a kind";
        extend_note: "選んだ種類の、いま有効なつながりをすべて、選んだ月まで延ばします。もっと先まで続くものは変わりません。",
            "Every tie of the kind that holds now is extended to this month. One that lasts longer stays as it is.";
        extend_until: "どの月まで延ばしますか", "Until when?";
        end_title: "つながりをまとめて終了する", "End all ties of a kind";
        end_note: "選んだ種類のつながりをすべて終わらせます。まだ使われていないコードは止まりません。止めるときは、一覧から取り消してください。",
            "Ends every tie of the kind. Codes that nobody has used are not stopped; revoke them in the list.";
        end_when: "いつ終わらせますか", "When?";
        end_now: "いますぐ", "Now";
        end_with: "{month}の末", "At the end of {month}";
        check: "人数を確かめる", "Check how many";
        people_at_least: "対象は{n}人以上です。", "This concerns {n} people or more.";
        people_few: "対象は少人数か、一人もいません。人数は表示しません。", "This concerns few people or nobody; the number is not shown.";
        extend_check_title: "「{kind}」を{month}まで延長しますか", "Extend “{kind}” until {month}?";
        extend_check: "「{kind}」の承認の期限を、すべて{month}まで延ばします。利用資格は、次にカードを使ったときに延びます。",
            "All ties of the kind “{kind}” will end with {month}. Eligibility is extended when the card is used next.";
        extend_confirm: "延長する", "Extend";
        extend_done: "「{kind}」の承認を{month}まで延長しました。", "Ties of the kind “{kind}” were extended until {month}.";
        end_check_title: "「{kind}」をすべて終わらせますか", "End all of the kind “{kind}”?";
        end_check_now: "「{kind}」の承認がすべて、いま終わります。これによって使えていたサービスも、すぐに使えなくなります。住所だけで対象になる人には、次に一度、カードを求めます。元に戻せません。",
            "All ties of the kind “{kind}” end now, and with them the services that rest on one, at once. Somebody who is eligible by address alone is asked for the card once. This cannot be undone.";
        end_check_with: "「{kind}」の承認がすべて、{month}の末に終わります。これによる利用資格も、その日に終わります。元に戻せません。",
            "All ties of the kind “{kind}” end with {month}, and so does the eligibility that rests on one. This cannot be undone.";
        end_confirm: "すべて終わらせる", "End all";
        end_done: "「{kind}」の承認を終わらせました。", "Ties of the kind “{kind}” were ended.";
    }
}

texts! {
    /// What stands on a slip: for the people who get one. Japanese with a line of English, whatever the clerk reads.
    pub(super) Slip {
        work: "在勤の確認コード", "code for people who work here";
        school: "在学の確認コード", "code for people who go to school here";
        other: "確認コード", "confirmation code";
        how: "下のページをひらいて、使うサービスを選びます。\nマイナンバーカードでサインインします。\nコードを入れる画面で、上の文字を入れます。",
            "Open the page above, choose a service, sign in with your My Number card, and enter the code where it is asked for.";
        by: "{day}まで。使えるのは1回だけです。", "Until {day}, once.";
        tie: "サービスは{month}の末まで使えます。なくしたときは、この紙をくれた人に言ってください。",
            "The services are yours until the end of {month}.";
    }
}
