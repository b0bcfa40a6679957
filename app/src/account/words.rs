//! Words of the account pages.

use crate::text::texts;

texts! {
    pub(crate) Words {
        sign_in_title: "職員サインイン", "Staff sign-in";
        mail: "仕事用のメールアドレス", "Work mail address";
        password: "パスワード", "Password";
        next: "次へ進む", "Continue";
        refused: "メールアドレスかパスワードが違います。", "The mail address or the password is wrong.";
        refused_code: "コードが違います。いま表示されている数字を入れてください。",
            "The code is wrong. Type the number that is shown now.";
        attempts_left: "あと{n}回まちがえると、しばらくのあいだ入れなくなります。",
            "After {n} more failures, sign-in is closed for a while.";
        wait: "まちがいが続いたので、いまは入れません。{n}分たってから、もう一度ためしてください。",
            "After several failures, sign-in is closed. Try again in {n} minutes.";
        for_residents: "住民の方は、お住まいの町のページからサインインしてください。",
            "Residents sign in on the page of their town.";
        code_title: "確認コードを入力してください", "Enter the code";
        code: "認証アプリの6桁の数字", "Six digits from your authenticator app";
        code_help: "30秒ごとに変わります。間に合わなければ、次の数字を入れてください。",
            "It changes every 30 seconds. If you were too late, type the next one.";
        sign_in: "サインインする", "Sign in";
        use_recovery: "予備のコードを使う", "Use a recovery code";
        use_app: "認証アプリを使う", "Use the authenticator app";
        recovery_title: "予備のコードを入力してください", "Enter a recovery code";
        recovery: "予備のコード", "Recovery code";
        recovery_help: "登録したときに控えたコードの、使っていない1つを入れてください。使ったコードは二度と使えません。",
            "One of the codes that you kept when you enrolled. Each works once.";
        change_person: "変える", "Change";
        enrol_title: "二要素認証を登録してください", "Set up your second factor";
        enrol_lead: "パスワードだけではサインインできません。スマートフォンの認証アプリを登録します。",
            "A password alone is not enough. Register an authenticator app on your phone.";
        enrol_scan: "認証アプリで読み取る", "Scan with the app";
        enrol_scan_text: "認証アプリで「アカウントを追加」を選び、この図を読み取ってください。",
            "Choose “add account” in the app and scan this figure.";
        qr_label: "認証アプリで読み取るQRコード", "QR code for the authenticator app";
        enrol_type: "読み取れないときは、このキーを入力してください。", "If it cannot be scanned, type this key.";
        enrol_confirm: "表示された数字を入れる", "Type the number that it shows";
        enrol_submit: "登録する", "Register";
        codes_title: "予備のコードを控えてください", "Keep these recovery codes";
        codes_lead: "スマートフォンをなくしたときに使います。1つのコードは1回だけ使えます。この画面を閉じると、二度と表示されません。印刷するか、安全な場所に書き写してください。",
            "For the day when you lose your phone. Each code works once. They are never shown again: print them, or write them down and keep them safe.";
        codes_done: "控えました。次へ進む", "I have kept them. Continue";
        organisations_title: "組織を選んでください", "Choose an organisation";
        no_organisations: "所属する組織がありません。組織の管理者に連絡してください。",
            "You belong to no organisation. Ask an administrator of yours.";
        signed_out: "サインアウトしました。", "You are signed out.";
        recovery_used: "予備のコードでサインインしました。残りは{n}個です。", "You signed in with a recovery code. {n} are left.";
        session_over: "時間がたったので、はじめからやり直してください。", "That took too long. Start again.";
        profile_title: "自分のアカウント", "Your account";
        second_factor_since: "二要素認証の登録日", "Second factor since";
        codes_left: "使っていない予備のコード", "Unused recovery codes";
        codes_count: "{n}個", "{n}";
        organisations: "所属する組織", "Your organisations";
        sign_out: "サインアウトする", "Sign out";
        change_password: "パスワードを変える", "Change your password";
        current_password: "いまのパスワード", "Current password";
        new_password: "新しいパスワード", "New password";
        new_password_help: "12文字以上。長い文にすると覚えやすく、破られにくくなります。",
            "At least 12 characters. A long sentence is easy to remember and hard to guess.";
        password_changed: "パスワードを変えました。ほかの端末ではサインアウトしました。",
            "Your password is changed. Other devices are signed out.";
        password_wrong: "いまのパスワードが違います。", "The current password is wrong.";
    }
}
