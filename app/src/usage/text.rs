//! Words of the statistics.

use domain::calendar::Month;
use domain::locale::Locale;

use crate::text::texts;

texts! {
    pub(crate) Words {
        title: "利用統計", "Usage";
        lead: "終わった月の、サービスごとの数です。だれが使ったかの印は、締めたあと消えます。",
            "Closed months, service by service. The marks of who used a service are erased when a month is closed.";
        printed: "{town} 利用統計 ・ {day}印刷 ・ 街鍵", "{town}, usage, printed {day}, Machikagi";
        save_csv: "CSV で保存する", "Save as CSV";
        period: "期間", "Period";
        recent: "最近の12か月", "Last 12 months";
        choose: "月を選ぶ", "Choose months";
        from: "開始", "From";
        to: "終了", "To";
        compared: "比べるサービス", "Service to compare";
        apply: "表示する", "Show";
        choose_help: "開始と終了は、期間で「月を選ぶ」を選んだときに使います(36か月まで)。",
            "From and To apply when the period is “Choose months” (up to 36 months).";
        filter_label: "期間とサービスを選ぶ", "Choose the period and the service";
        lines_title: "サービス別の利用者", "People by service";
        lines_full: "サービス別の利用者数(確定した月、実人数、10単位)", "People by service (closed months, distinct people, in tens)";
        chart_note: "確定した月、実人数、10単位", "Closed months, distinct people, in tens";
        lines_span: "{from}から{to}まで。", "From {from} to {to}. ";
        lines_most: "いちばん多いのは{names}です。", "{names} has the most. ";
        lines_began: "{name}は{month}から始まりました。", "{name} began in {month}. ";
        lines_hidden: "{names}に、表示していない月があります。", "Some months of {names} are not shown. ";
        numbers_below: "数は下の表にあります。", "The numbers are in the table below.";
        lines_rest: "グラフは、最後の月に多い5つのサービスまでです。ほかは表にあります。",
            "The chart shows the five services that are used most; the others are in the table.";
        hidden_word: "非表示", "Hidden";
        hidden_legend: "表示しない月({names}。理由は表の下)", "Months not shown ({names}; the reasons are under the table)";
        bars_title: "{name}の月別の利用者", "{name}, people by month";
        bars_full: "{name}の月別の利用者数(確定した月、実人数、10単位)", "{name}, people by month (closed months, distinct people, in tens)";
        bars_span: "{from}から{to}まで、前の年の同じ月と並べています。数はすぐ下の表にあります。",
            "From {from} to {to}, each beside the same month of the year before. The numbers are in the table right below.";
        this_period: "{from}から{to}", "{from} to {to}";
        year_before: "前の年の同じ月", "Same month, year before";
        before_as_table: "前の年の数を表で見る", "The year before as a table";
        before_caption: "{name}の月別の利用者、前の年の同じ月との比較", "{name}, people by month, compared with the same month of the year before";
        month: "月", "Month";
        in_period: "この期間", "This period";
        table_title: "月別・サービス別の数", "By month and service";
        table_note: "利用者は実人数、回数はサインインの回数です。どちらも10単位に丸めています。",
            "People are distinct people, sign-ins are how often they signed in. Both are rounded to tens.";
        table_caption: "月別・サービス別の利用者(実人数)とサインインの回数。{from}から{to}、すべて確定",
            "Distinct people and sign-ins by month and service, {from} to {to}, all final";
        settled: "確定", "Final";
        people: "利用者", "People";
        sign_ins: "回数", "Sign-ins";
        not_begun: "開始前", "Not begun";
        few_note: "{n}人に満たない月は、0人でも同じように表示しません。住民のほとんどが使った月も同じです。{basis}隠した数は残しません。",
            "A month with fewer than {n} people is not shown, also when it is nobody; nor is one in which nearly all residents took part. {basis}Hidden numbers are not kept.";
        basis_large: "人口25,000人以上の自治体の基準です。", "This is the threshold from 25,000 inhabitants on. ";
        basis_other: "人口(2,000〜24,999人)か、この自治体のより厳しい設定で決まる基準です。",
            "The threshold follows from the population (2,000 to 24,999), or from a stricter setting of this municipality. ";
        people_note: "その月に一度でも使った人の数です。一人が複数のサービスを使うので、足しても町全体の人数にはなりません。",
            "Everybody who used the service at least once in the month. One person may use several services, so that the numbers do not add up to people of the town.";
        sign_ins_note: "利用者を表示する月にだけ示します。職員の試験サインインは数えません。",
            "Shown beside visible people only. Test sign-ins of staff are not counted.";
        settled_note: "翌月5日に一度だけ計算し、そのあとは変わりません。途中の数は、だれにも示しません。",
            "Computed once, on the 5th of the next month, and never changed. Nobody sees numbers before that.";
        joins: "{month}の数は{day}に加わります。", "{month} is added on {day}.";
        nothing_title: "確定した月がまだありません", "No month is closed yet";
        nothing_text: "使われた月の翌月5日に、はじめての数が出ます。", "The first figures appear on the 5th of the month after.";
        none_in_period: "この期間に確定した月はありません", "No month of this period is closed";
        none_in_period_text: "期間を変えるか、最近の12か月に戻してください。", "Change the period, or go back to the last 12 months.";
        bands_title: "年度別・サービス別の人数", "People by fiscal year and service";
        bands_caption: "年度別・サービス別の人数の幅", "Bands of people by fiscal year and service";
        bands_note: "年度の終わりに一度だけ、実人数を幅で示します。", "Once, at the end of the fiscal year, as a band of distinct people.";
        fiscal_year: "年度", "Fiscal year";
        small_title: "月ごとの数は表示しません", "No monthly numbers";
        band_off: "年度ごとの表示は、設定で始められます。", "The yearly band can be switched on in the settings.";
        to_settings: "設定を開く", "Open the settings";
        band_waits: "{year}の分は、{day}に出ます。", "{year} follows on {day}.";
        csv_reason: "表示しない理由", "Why not shown";
        csv_period: "月または年度", "Month or fiscal year";
        csv_service: "サービス", "Service";
        steady: "は、この{n}か月ほぼ続けて増え、{month}がいちばん多い月です。",
            " rose almost throughout these {n} months; {month} has the most people.";
        also_last: "も、{month}がいちばん多くなりました。", " also had the most people in {month}.";
        peak: "は、{month}がいちばん多い月です。", " had the most people in {month}.";
        even: "は、月による違いがほとんどありません。", " hardly changed from month to month.";
        never_shown: "は、この期間に表示できる月がありません。", " has no month in this period that may be shown.";
        and: "と", " and ";
        comma: "、", ", ";
        recent_title: "先月までの利用", "Use up to last month";
        recent_until: "{month}まで確定", "Final up to {month}";
        recent_note: "実人数。10単位に丸めています。{joins}", "Distinct people, rounded to tens. {joins}";
        recent_all: "すべての月の数を見る", "All months";
        recent_people: "{month}の利用者", "People in {month}";
        recent_sign_ins: "サインイン", "Sign-ins";
        recent_caption: "サービス別の、{month}の利用者とサインイン", "People and sign-ins in {month} by service";
        recent_span: "{from} → {to}", "{from} → {to}";
        unit_people: "人", "";
        unit_times: "回", "";
        spark_label: "{name}の{from}から{to}までの利用者。数は利用統計の表にあります。{more}",
            "People at {name} from {from} to {to}. The numbers are in the table of the usage page. {more}";
        spark_hidden: "表示していない月があります。", "Some months are not shown.";
        gap_legend: "表示しない月", "Months not shown";
        heights_legend: "棒の高さは、サービスごとにいちばん多い月に合わせています", "Heights follow the largest month of each service";
    }
}

/// A month's name without its year: `10月`, `October`.
pub(super) fn month_name(month: Month, locale: Locale) -> String {
    match locale {
        Locale::Ja => format!("{}月", month.number()),
        Locale::En => month.text(Locale::En).split(' ').next().unwrap_or_default().to_owned(),
    }
}

/// The name under a chart: `10月`, `Oct`.
pub(super) fn short_month(month: Month, locale: Locale) -> String {
    month_name(month, locale).chars().take(3).collect()
}

/// A day without its year: `12月5日`, `5 December`.
pub(super) fn day_name(day: time::Date, locale: Locale) -> String {
    match locale {
        Locale::Ja => format!("{}月{}日", u8::from(day.month()), day.day()),
        Locale::En => format!("{} {}", day.day(), day.month()),
    }
}

/// Names one after the other: `AとB`, `A, B and C`.
pub(super) fn joined(names: &[String], locale: Locale) -> String {
    let words = Words::of(locale);
    match (names, locale) {
        ([], _) => String::new(),
        (names, Locale::Ja) => names.join(words.and),
        ([one], Locale::En) => one.clone(),
        ([first @ .., last], Locale::En) => format!("{}{}{last}", first.join(words.comma), words.and),
    }
}

/// `11月の数は12月5日に加わります。`
pub(super) fn joins_on(month: Month, locale: Locale) -> String {
    let day = day_name(service::usage::closes_on(month), locale);
    crate::text::fill(Words::of(locale).joins, &[("month", &month_name(month, locale)), ("day", &day)])
}
