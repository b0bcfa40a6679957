//! Words of the overview.

use crate::text::texts;

texts! {
    pub(crate) Words {
        see_usage: "利用統計を見る", "View usage";
        add_relying_party: "連携サービスを追加する", "Add a relying party";
        attention: "対応が必要なこと", "Needs attention";
        items: "件", " items";
        nothing: "対応が必要なことはありません", "Nothing needs your attention";
        nothing_text: "決裁を待つものができると、ここに出ます。", "What waits for your decision will be listed here.";
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
        published: "{title} 第{n}版を公開しました", "published version {n} of {title}";
        sent_back: "{title} 第{n}版を差し戻しました", "sent back version {n} of {title}";
        withdrawn: "{title} 第{n}版を取り下げました", "withdrew version {n} of {title}";
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
