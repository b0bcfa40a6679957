//! Words of the console's frame.

use crate::text::texts;

texts! {
    pub(crate) Words {
        main_menu: "主なメニュー", "Main menu";
        menu: "メニュー", "Menu";
        home: "街鍵のはじめの画面", "Machikagi, first page";
        switch_organisation: "組織を切り替える: ", "Switch organisation: ";
        organisations: "所属する組織", "Your organisations";
        person_menu: "のメニュー", ": menu";
        own_account: "自分のアカウント", "Your account";
        sign_out: "サインアウトする", "Sign out";
        trial: "試験", "Trial";
        trial_rest: "の自治体です", " municipality";
        group_connect: "連携", "Connections";
        group_run: "運用", "Operation";
        group_organisation: "組織", "Organisation";
        overview: "概要", "Overview";
        relying_parties: "連携サービス", "Relying parties";
        residency_rules: "利用資格ルール", "Residency rules";
        consent_texts: "同意文", "Consent texts";
        decisions: "決裁", "Decisions";
        waiting: "件の決裁待ち", " waiting for you";
        desk: "窓口", "Desk";
        attestations: "在勤・在学", "Work and school";
        usage: "利用統計", "Usage";
        audit: "監査記録", "Audit";
        staff: "職員と役割", "Staff and roles";
        identity_provider: "本人確認サービス", "Identity providers";
        town_page: "町のページ", "Town page";
        settings: "設定", "Settings";
        admin: "管理者", "Administrator";
        drafter: "起案者", "Drafter";
        approver: "決裁者", "Approver";
        analyst: "統計閲覧者", "Analyst";
        auditor: "監査人", "Auditor";
        vendor_admin: "ベンダー管理者", "Vendor administrator";
        vendor_developer: "ベンダー開発者", "Vendor developer";
        operator: "運営者", "Operator";
        support: "運営サポート", "Support";
        error_title: "表示できません", "Cannot be shown";
    }
}
