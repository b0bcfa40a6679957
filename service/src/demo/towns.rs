//! The five demo municipalities: real places, invented people, numbers and texts.

/// One demo municipality.
pub(super) struct Town<'a> {
    pub(super) slug: &'a str,
    pub(super) code: &'a str,
    pub(super) name: [&'a str; 2],
    pub(super) population: i64,
    pub(super) yearly_band: bool,
    pub(super) contact: [&'a str; 2],
    pub(super) phone: &'a str,
    pub(super) town_id: [&'a str; 2],
    pub(super) page_title: [&'a str; 2],
    pub(super) page_lead: [&'a str; 2],
    /// Fill colours of the accent, light and dark mode.
    pub(super) accent: [&'a str; 2],
    pub(super) rules: &'static [Rule],
    pub(super) services: &'static [Product],
    pub(super) staff: &'static [Person],
}

/// A member of staff.
pub(super) struct Person {
    pub(super) role: &'static str,
    pub(super) name: &'static str,
    pub(super) department: &'static str,
}

/// A residency rule.
pub(super) struct Rule {
    pub(super) key: &'static str,
    pub(super) name: [&'static str; 2],
    pub(super) note: &'static str,
    /// Further municipalities that are admitted beside its own.
    pub(super) listed: &'static [&'static str],
    /// Ties of which one is enough for people who live elsewhere.
    pub(super) ties: &'static [&'static str],
    pub(super) age_at_least: Option<u8>,
    /// Months; none: until the end of the fiscal year.
    pub(super) months: Option<u8>,
}

/// A service connected to the municipality.
pub(super) struct Product {
    /// What the sample services call it.
    pub(super) key: &'static str,
    pub(super) rule: &'static str,
    pub(super) name: [&'static str; 2],
    pub(super) description: [&'static str; 2],
    pub(super) provider: &'static str,
    pub(super) provider_phone: &'static str,
    pub(super) purpose: [&'static str; 2],
    pub(super) retention: [&'static str; 2],
    pub(super) town_wide: bool,
    /// Attributes and coarse claims, each given once.
    pub(super) items: &'static [&'static str],
    pub(super) icon: &'static str,
    /// Scopes that the sample service asks for.
    pub(super) scopes: &'static str,
    /// Distinct people in each of the twelve last closed months, oldest first; 0 before it was much used.
    pub(super) people: [u32; 12],
}

impl Product {
    /// The `claims` parameter: coarse claims have no scope.
    pub(super) fn claims(&self) -> String {
        let scoped = |item: &&str| self.scopes.split(' ').any(|scope| scope == *item);
        let items: Vec<String> =
            self.items.iter().filter(|item| !scoped(item)).map(|item| format!(r#""{item}":null"#)).collect();
        if items.is_empty() { String::new() } else { format!(r#"{{"userinfo":{{{}}}}}"#, items.join(",")) }
    }
}

/// Sign-ins for each ten people.
pub(super) const SIGN_INS_PER_TEN: u32 = 19;

pub(super) const RESIDENTS: Rule = Rule {
    key: "residents",
    name: ["住民", "Residents"],
    note: "住所が町内の人。1年後の月末まで。",
    listed: &[],
    ties: &[],
    age_at_least: None,
    months: Some(12),
};

pub(super) const fn library(
    description: [&'static str; 2],
    provider: &'static str,
    phone: &'static str,
    people: [u32; 12],
) -> Product {
    Product {
        key: "library",
        rule: "residents",
        name: ["電子図書館", "E-library"],
        description,
        provider,
        provider_phone: phone,
        purpose: ["電子図書館を利用できる人かどうかを確かめるため", "To check that you may use the e-library"],
        retention: ["利用をやめてから30日で消します", "Deleted 30 days after you stop using it"],
        town_wide: false,
        items: &[],
        icon: "book",
        scopes: "openid residency",
        people,
    }
}

pub(super) const TOWNS: [Town<'static>; 5] = [
    Town {
        slug: "showa",
        code: "074462",
        name: ["昭和村", "Showa Village"],
        population: 1_100,
        yearly_band: true,
        contact: ["総務課", "General Affairs"],
        phone: "0241-57-0000",
        town_id: ["昭和村ID", "Showa ID"],
        page_title: ["昭和村のオンラインサービス", "Online services of Showa Village"],
        page_lead: [
            "マイナンバーカード(スマホを含む)で、村に住んでいることを確かめて使います。",
            "Use your My Number Card (or your phone) to show that you live in the village.",
        ],
        accent: ["#7a3b1d", "#e8b08f"],
        rules: &[RESIDENTS],
        services: &[
            library(
                ["村の電子図書館。家で本が読めます", "Read at home, at any hour"],
                "みなと書誌システム株式会社",
                "0241-00-0001",
                [12, 14, 15, 13, 16, 18, 17, 19, 21, 22, 20, 23],
            ),
            Product {
                key: "application",
                rule: "residents",
                name: ["電子申請", "E-application"],
                description: ["役場へ行かずに手続きができます", "Apply without going to the village office"],
                provider: "奥会津デジタル株式会社",
                provider_phone: "0241-00-0002",
                purpose: ["申請書に名前と住所を書き入れるため", "To fill your name and address into the form"],
                retention: ["申請の処理が終わってから1年で消します", "Deleted one year after your application is done"],
                town_wide: false,
                items: &["name", "address"],
                icon: "application",
                scopes: "openid residency name address",
                people: [4, 5, 9, 6, 22, 7, 5, 4, 6, 5, 7, 8],
            },
        ],
        staff: &[
            Person { role: "admin", name: "星 あきら", department: "総務課 情報係" },
            Person { role: "drafter", name: "舟木 みどり", department: "教育委員会" },
            Person { role: "approver", name: "羽染 健一", department: "総務課" },
            Person { role: "analyst", name: "小林 さくら", department: "企画係" },
            Person { role: "auditor", name: "渡部 誠", department: "監査委員事務局" },
        ],
    },
    Town {
        slug: "mino",
        code: "212075",
        name: ["美濃市", "Mino City"],
        population: 19_000,
        yearly_band: false,
        contact: ["総務課 情報統計係", "Information and Statistics"],
        phone: "0575-33-0000",
        town_id: ["美濃市ID", "Mino ID"],
        page_title: ["美濃市のオンラインサービス", "Online services of Mino City"],
        page_lead: [
            "マイナンバーカード(スマホを含む)で、利用できる人かどうかを確かめて使います。",
            "Use your My Number Card (or your phone) to show that you may use a service.",
        ],
        accent: ["#1f5c4d", "#8fd3c1"],
        rules: &[Rule {
            key: "residents",
            name: ["美濃市と関市の住民", "Residents of Mino and Seki"],
            note: "図書館の広域利用の協定により、関市の人も使えます。",
            listed: &["212059"],
            ties: &[],
            age_at_least: None,
            months: Some(12),
        }],
        services: &[library(
            ["うだつの町の電子図書館", "The e-library of the town of udatsu roofs"],
            "みなと書誌システム株式会社",
            "0575-00-0001",
            [96, 104, 88, 131, 140, 152, 149, 163, 171, 158, 180, 192],
        )],
        staff: &[
            Person { role: "admin", name: "古田 彩", department: "総務課 情報統計係" },
            Person { role: "drafter", name: "長屋 実", department: "図書館" },
            Person { role: "approver", name: "平田 和子", department: "総務課" },
            Person { role: "analyst", name: "後藤 翼", department: "秘書課" },
            Person { role: "auditor", name: "武井 静", department: "監査委員事務局" },
        ],
    },
    Town {
        slug: "goka",
        code: "085421",
        name: ["五霞町", "Goka Town"],
        population: 8_100,
        yearly_band: false,
        contact: ["まちづくり戦略課", "Town Planning"],
        phone: "0280-84-0000",
        town_id: ["五霞町ID", "Goka ID"],
        page_title: ["五霞町のオンラインサービス", "Online services of Goka Town"],
        page_lead: [
            "マイナンバーカード(スマホを含む)で、利用できる人かどうかを確かめて使います。",
            "Use your My Number Card (or your phone) to show that you may use a service.",
        ],
        accent: ["#7c2f5a", "#e5a3c8"],
        rules: &[Rule {
            name: ["町民と町で働く人・学ぶ人", "Residents, workers and students"],
            note: "年度の終わりまで。4月にカードで確かめ直します。働く人・学ぶ人には、町がコードを渡します。",
            ties: &["work", "school"],
            months: None,
            ..RESIDENTS
        }],
        services: &[library(
            ["五霞町立図書館の電子書籍", "E-books of the Goka town library"],
            "関東電子書籍サービス株式会社",
            "0280-00-0001",
            [0, 8, 14, 21, 26, 31, 29, 38, 44, 19, 41, 52],
        )],
        staff: &[
            Person { role: "admin", name: "鈴木 遥", department: "まちづくり戦略課" },
            Person { role: "drafter", name: "知久 大地", department: "教育委員会" },
            Person { role: "approver", name: "染谷 茂", department: "まちづくり戦略課" },
            Person { role: "analyst", name: "青木 奈々", department: "政策財務課" },
            Person { role: "auditor", name: "松本 修", department: "議会事務局" },
        ],
    },
    Town {
        slug: "seki",
        code: "212059",
        name: ["関市", "Seki City"],
        population: 84_000,
        yearly_band: false,
        contact: ["行政情報課", "Administrative Information"],
        phone: "0575-22-0000",
        town_id: ["関市ID", "Seki ID"],
        page_title: ["関市のオンラインサービス", "Online services of Seki City"],
        page_lead: [
            "マイナンバーカード(スマホを含む)で、市に住んでいることを確かめて使います。",
            "Use your My Number Card (or your phone) to show that you live in the city.",
        ],
        accent: ["#24478f", "#a9c1f5"],
        rules: &[RESIDENTS],
        services: &[library(
            ["刃物のまちの電子図書館", "The e-library of the town of blades"],
            "みなと書誌システム株式会社",
            "0575-00-0002",
            [420, 455, 431, 502, 560, 588, 610, 642, 671, 655, 702, 748],
        )],
        staff: &[
            Person { role: "admin", name: "足立 光", department: "行政情報課" },
            Person { role: "drafter", name: "亀山 紗季", department: "文化課 図書館" },
            Person { role: "approver", name: "土屋 浩二", department: "行政情報課" },
            Person { role: "analyst", name: "林 みなみ", department: "企画広報課" },
            Person { role: "auditor", name: "河合 昇", department: "監査委員事務局" },
        ],
    },
    Town {
        slug: "tsuno",
        code: "454061",
        name: ["都農町", "Tsuno Town"],
        population: 9_700,
        yearly_band: false,
        contact: ["総合政策課", "General Policy"],
        phone: "0983-25-0000",
        town_id: ["都農ID", "Tsuno ID"],
        page_title: ["都農IDで、町のサービスを使う", "Use the town's services with your Tsuno ID"],
        page_lead: [
            "ID は一つだけです。マイナンバーカード(スマホを含む)で、町に住んでいることを確かめて作ります。",
            "One ID for everything. You make it with your My Number Card (or your phone), which shows that you live here.",
        ],
        accent: ["#5b2a86", "#cdb0ef"],
        rules: &[
            RESIDENTS,
            Rule {
                key: "adults",
                name: ["18歳以上の町民", "Residents aged 18 and over"],
                note: "つのコインを受け取れる人。年度の終わりまで。",
                listed: &[],
                ties: &[],
                age_at_least: Some(18),
                months: None,
            },
        ],
        services: &[
            Product {
                key: "points",
                rule: "adults",
                name: ["健康ポイント「つのコイン」", "Health points: Tsuno Coin"],
                description: ["歩いてためる、町のコイン", "Earn the town's coin by walking"],
                provider: "日向ヘルスデータ株式会社",
                provider_phone: "0982-50-0000",
                purpose: [
                    "歩いた数に合わせて、つのコインを本人に渡すため。1日の目標を年代に合わせるため",
                    "To credit Tsuno Coins for your steps, and to set a daily goal for your age group",
                ],
                retention: ["使うのをやめてから30日で消します", "Deleted 30 days after you stop using it"],
                town_wide: true,
                items: &["age_band"],
                icon: "health",
                scopes: "openid residency",
                people: [310, 342, 366, 401, 455, 470, 498, 530, 561, 548, 590, 622],
            },
            Product {
                key: "application",
                rule: "residents",
                name: ["電子申請", "E-application"],
                description: ["役場へ行かずに手続きができます", "Apply without going to the town office"],
                provider: "日向電算センター株式会社",
                provider_phone: "0982-50-0001",
                purpose: ["申請した人の共通IDを確かめるため", "To know by which ID an application was made"],
                retention: ["申請の処理が終わってから1年で消します", "Deleted one year after your application is done"],
                town_wide: true,
                items: &[],
                icon: "application",
                scopes: "openid residency",
                people: [18, 24, 22, 31, 64, 48, 39, 28, 33, 30, 35, 37],
            },
        ],
        staff: &[
            Person { role: "admin", name: "佐藤 美咲", department: "総合政策課" },
            Person { role: "drafter", name: "河野 直樹", department: "教育委員会 図書館係" },
            Person { role: "approver", name: "鈴木 健一", department: "総合政策課" },
            Person { role: "analyst", name: "日高 さゆり", department: "健康福祉課" },
            Person { role: "auditor", name: "甲斐 誠", department: "監査委員事務局" },
        ],
    },
];
