//! Words of the settings and of the town page's texts.

use crate::text::texts;

texts! {
    pub(super) Words {
        title: "設定", "Settings";
        lead: "{town}の決まりごとです。変えたことは、前後の値とともに監査記録に残ります。",
            "What {town} has decided about itself. Each change goes into the audit trail with what it was before.";
        only_admin: "変えられるのは管理者だけです", "Only an administrator can change this";
        change: "変える", "Change";
        cancel: "やめる", "Cancel";
        save: "保存する", "Save";
        now: "いまの設定", "At present";
        saved: "「{name}」を保存しました。", "“{name}” was saved.";

        town: "自治体", "Municipality";
        town_note: "運営者が登録した内容です。違っているときは、運営者に連絡してください。",
            "Registered by the operator. If something is wrong, tell the operator.";
        code: "全国地方公共団体コード", "Local government code";
        mode: "区分", "Mode";
        production: "本番", "Production";
        sandbox: "試験", "Trial";
        population: "人口", "Population";
        population_text: "{people}人({source}、{day}現在)", "{people} ({source}, as of {day})";
        population_unknown: "未登録です。登録されるまで、利用統計は表示しません。",
            "Not registered. Until it is, no statistics are shown.";

        contact: "住民の問い合わせ先", "Contact for residents";
        contact_note: "同意の画面や、使えなかったときの画面に出ます。", "Shown where residents consent, and where they could not go on.";
        contact_ja: "担当課と受付時間(日本語)", "Department and hours (Japanese)";
        contact_en: "担当課と受付時間(英語)", "Department and hours (English)";
        contact_help: "例: 企画情報課 情報係(平日 8:30〜17:15)", "Such as: Planning Division, weekdays 8:30 to 17:15";
        phone: "電話番号", "Telephone";
        phone_help: "例: 0241-57-2111", "Such as 0241-57-2111";
        not_given: "まだありません", "Not given yet";

        four_eyes: "起案と決裁を別の人にする", "Drafting and deciding by different people";
        four_eyes_note: "一人で公開できないようにする決まりです。", "So that nobody can publish alone.";
        four_eyes_on: "別の人が決裁します", "Somebody else decides";
        four_eyes_on_help: "下書きを保存した人や提出した人は、その起案を決裁できません。すぐに変わります。",
            "Nobody can decide on a draft that they saved or submitted. Acts at once.";
        four_eyes_off: "起案した人も決裁できます", "The drafter may decide too";
        four_eyes_off_help:
            "担当者が一人しかいない自治体のためのものです。次の日から変わり、それまでに提出した起案には当てはまりません。理由が監査記録に残ります。",
            "For municipalities with a single clerk. Acts from the next day, and not for what was submitted before. The reason goes into the audit trail.";
        four_eyes_off_from: "{day}からは、起案した人も決裁できます。それまでに提出した起案は、別の人が決裁します。",
            "From {day} the drafter may decide too. What is submitted before is decided by somebody else.";
        reason: "理由", "Reason";
        four_eyes_reason_help: "別の人が決裁しないときは、必ず書いてください。", "Needed where nobody else decides.";

        sessions: "住民のサインインの長さ", "How long residents stay signed in";
        sessions_note: "この時間を過ぎると、もう一度サインインをたずねます。共用の端末では、いつも残しません。",
            "After this time they sign in again. On shared devices nothing is ever kept.";
        minutes_15: "15分", "15 minutes";
        minutes_30: "30分", "30 minutes";
        hours_1: "1時間", "1 hour";
        hours_2: "2時間", "2 hours";
        hours_4: "4時間", "4 hours";
        hours_8: "8時間", "8 hours";
        minutes: "{n}分", "{n} minutes";

        requests: "連携サービスからのサインインの要求", "Sign-in requests of services";
        requests_note: "サインインの要求を、住民のブラウザーからではなく、サービスのサーバーから先に受け取る方法(PAR、RFC 9126)を必須にできます。",
            "Requests can be required to come from the service’s server first, not by the resident’s browser (PAR, RFC 9126).";
        pushed: "要求の事前送信(PAR)", "Pushed requests (PAR)";
        pushed_off: "連携サービスごとに決めます", "Decided for each service";
        pushed_off_help: "必須にしたサービスだけに求めます。", "Only services that are set so must push their requests.";
        pushed_on: "すべての連携サービスで必須です", "Required of every service";
        pushed_on_help:
            "保存するとすぐに、先に送られていない要求を断ります。すべての連携サービスが対応していることを、先に確かめてください。",
            "From the moment you save, every other request is refused. Make sure first that all services can do it.";

        publication: "利用統計の出し方", "How use is published";
        publication_note: "少ない人数は、だれのことか分かるおそれがあるため表示しません。",
            "Small numbers are not shown, because they could tell who it was.";
        months: "月ごとの人数を、{n}人以上のときに表示します", "Monthly numbers, from {n} people on";
        yearly: "人口2,000人未満のため、月ごとの人数は表示しません", "Under 2,000 inhabitants: no monthly numbers";
        nothing: "人口が登録されるまで、何も表示しません", "Nothing until the population is registered";
        band_on: "年度ごとの大まかな人数を表示します", "One coarse band of people per fiscal year is shown";
        band_off: "年度ごとの大まかな人数も表示しません", "No yearly band either";
        threshold: "表示する最少の人数", "Fewest people that are shown";
        threshold_default: "人口から決まる人数", "As the population asks for";
        threshold_people: "{n}人", "{n} people";
        threshold_help: "人口から決まる人数より厳しくできます。ゆるくはできません。",
            "It can be stricter than the population asks for, never laxer.";
        band: "年度ごとの大まかな人数を表示する", "Show one coarse band of people per fiscal year";
        band_help: "20人以上・50人以上・100人以上のどれかだけを、サービスごとに年に一度示します。",
            "Per service and year, one of: 20 or more, 50 or more, 100 or more.";

        town_page: "町のページ", "Town page";
        town_page_lead: "住民が見る{town}のページの言葉です。日本語と英語の両方を書いてください。",
            "The words of the page of {town} that residents see. Write both Japanese and English.";
        preview: "住民のページを開く", "Open the residents' page";
        id_name: "共通IDの名前", "Name of the town ID";
        id_name_ja: "共通IDの名前(日本語)", "Name of the town ID (Japanese)";
        id_name_en: "共通IDの名前(英語)", "Name of the town ID (English)";
        id_help: "例: 都農ID", "Such as Tsuno ID";
        heading: "見出し", "Heading";
        heading_ja: "見出し(日本語)", "Heading (Japanese)";
        heading_en: "見出し(英語)", "Heading (English)";
        first_paragraph: "はじめの文章", "First paragraph";
        lead_ja: "はじめの文章(日本語)", "First paragraph (Japanese)";
        lead_en: "はじめの文章(英語)", "First paragraph (English)";
        lead_help: "400字まで。むずかしい言葉を使わないでください。", "Up to 400 characters, in plain words.";
        language_ja: "日本語", "Japanese";
        language_en: "英語", "English";
    }
}
