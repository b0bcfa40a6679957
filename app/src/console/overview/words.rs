//! Words of the overview.

use crate::text::texts;

texts! {
    pub(crate) Words {
        health: "動作の状態", "Running state";
        fine: "正常", "Fine";
        provider_failed: "応答していません", "Not answering";
        provider_since: "{when}ごろから", "Since about {when}";
        since_day: "{date}から", "Since {date}";
        provider_silent: "「{name}」が応答していません", "“{name}” does not answer";
        provider_silent_text: "このサービスを使うサインインができません。住民には「いま使えない」ことを案内しています。パスキーでのサインインは続いています。",
            "Nobody can sign in with it. Residents are told so; signing in with a passkey goes on.";
        provider_unused: "まだ使われていません", "Not used yet";
        provider_test: "接続の設定を見る", "See the connection";
        sign_ins: "サインイン", "Sign-ins";
        as_usual: "ふだんどおり", "As usual";
        more_than_usual: "失敗がふだんより多い", "More failures than usual";
        most_fail: "ほとんど失敗しています", "Most of them fail";
        audit: "監査記録", "Audit trail";
        audit_never: "まだ検証していません", "Not verified yet";
        audit_at: "{when}に検証", "Verified on {when}";
        audit_whole: "{n}件すべてつながっています", "All {n} entries are whole";
        audit_broken: "つながっていないところがありました", "The chain is broken";
        audit_open: "監査記録を開く", "Open the audit trail";
        failing_more: "「{title}」のサインインの失敗がふだんより多くなっています", "More sign-ins to “{title}” fail than usual";
        failing_most: "「{title}」のサインインがほとんど失敗しています", "Most sign-ins to “{title}” fail";
        failing_text: "設定か、サービスか、本人確認サービスに原因があります。試験サインインで確かめて、ベンダーに連絡してください。",
            "The settings, the service or the identity provider is the cause. Try a test sign-in and tell the vendor.";
        this_month: "今月", "This month";
        overdue: "「{title}」の第{n}版を施行日に公開できませんでした", "Version {n} of “{title}” could not be published on its day";
        overdue_text: "使っているルールや同意文が公開されていないか、公開できる数を超えています。内容を確かめてください。",
            "A rule or text that it uses is not published, or the limit is reached. Look at its checks.";
        overdue_day: "施行日 {date}", "Due {date}";
        secret_days: "「{title}」の秘密の文字列があと{n}日で切れます", "The secret of “{title}” ends in {n} days";
        secret_tomorrow: "「{title}」の秘密の文字列が明日切れます", "The secret of “{title}” ends tomorrow";
        secret_today: "「{title}」の秘密の文字列が今日切れます", "The secret of “{title}” ends today";
        secret_ended: "「{title}」の秘密の文字列が切れました", "The secret of “{title}” has ended";
        secret_text: "切れるとサインインできなくなります。新しいものは、古いものと重ねて使えます。",
            "Sign-ins stop with it. A new one can be used beside the old one.";
        secret_ended_text: "サインインできません。新しく発行して、ベンダーに渡してください。",
            "Sign-ins do not work. Issue a new one and hand it to the vendor.";
        until: "{date}まで", "Until {date}";
        open: "開く", "Open";
        see_usage: "利用統計を見る", "View usage";
        add_relying_party: "連携サービスを追加する", "Add a relying party";
        attention: "対応が必要なこと", "Needs attention";
        items: "件", " items";
        nothing: "対応が必要なことはありません", "Nothing needs your attention";
        nothing_text: "決裁を待つもの、うまく動いていないもの、期限が近いものが、ここに出ます。",
            "What waits for your decision, does not work or is about to end will be listed here.";
        waiting: "「{title}」の第{n}版が決裁を待っています", "Version {n} of “{title}” awaits your decision";
        drafted_by: "起案: {name}。{reason}", "Drafted by {name}. {reason}";
        wanted: "施行希望 {date}", "Wanted from {date}";
        look: "内容を見る", "Review";
        all_decisions: "すべて見る", "View all";
        settings: "いまの設定", "Present settings";
        mode: "区分", "Mode";
        production: "本番", "Production";
        sandbox: "試験", "Trial";
        four_eyes: "決裁", "Decisions";
        four_eyes_on: "起案した人とは別の人が決裁", "By somebody other than the drafter";
        four_eyes_off: "起案した人も決裁できる", "The drafter may decide too";
        contact: "住民の窓口", "Residents ask";
        recent: "最近の決裁", "Recent decisions";
        nothing_recent: "まだありません。", "None yet.";
        published: "{title} 第\u{2060}{n}\u{2060}版を公開しました", "published version {n} of {title}";
        sent_back: "{title} 第\u{2060}{n}\u{2060}版を差し戻しました", "sent back version {n} of {title}";
        withdrawn: "{title} 第\u{2060}{n}\u{2060}版を取り下げました", "withdrew version {n} of {title}";
        san: "さんが", " ";
        monday: "月曜日", "Monday";
        tuesday: "火曜日", "Tuesday";
        wednesday: "水曜日", "Wednesday";
        thursday: "木曜日", "Thursday";
        friday: "金曜日", "Friday";
        saturday: "土曜日", "Saturday";
        sunday: "日曜日", "Sunday";
    }
}
