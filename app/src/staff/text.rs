//! Words of the staff pages.

use domain::access::Role;
use domain::locale::Locale;
use service::memberships::Obstacle;

use crate::text::texts;

texts! {
    pub(super) Words {
        title: "職員と役割", "Staff and roles";
        lead: "{town}の管理画面に入れる職員です。役割で、できることが決まります。",
            "The people who may enter the console of {town}. Roles decide what each may do.";
        search_label: "名前・課・メールアドレス", "Name, department, mail address";
        role: "役割", "Role";
        list_caption: "職員の一覧", "List of staff";
        list_parts: "職員の状態", "Staff by state";
        present: "いまの職員", "Current";
        former: "利用を終えた職員", "Former";
        name: "名前", "Name";
        department: "課・係", "Department";
        roles: "役割", "Roles";
        second_factor: "二要素認証", "Second factor";
        since: "利用の開始", "Access since";
        until: "利用の終了", "Access ended";
        enrolled: "登録済み", "Enrolled";
        not_enrolled: "未登録", "Not enrolled";
        none: "なし", "None";
        nobody_left: "利用を終えた職員はいません", "Nobody's access was ended";
        nobody_left_text: "アクセスを終わらせた職員は、ここに残ります。", "People whose access was ended stay listed here.";
        adding: "職員を加えるには", "To add somebody";
        adding_text: "運営者に、名前・課・メールアドレス・役割を伝えてください。はじめてのサインインで、本人が二要素認証を登録します。",
            "Tell the operator the name, department, mail address and roles. They enrol a second factor at their first sign-in.";
        what_roles_do: "役割でできること", "What each role may do";

        person: "職員", "Person";
        mail: "メールアドレス", "Mail address";
        enrolled_on: "{day}に登録", "Enrolled on {day}";
        enrolled_at_next: "次のサインインで、本人が登録します", "Enrolled by the person at the next sign-in";
        ended_title: "この職員の利用は終わっています", "This person's access has ended";
        ended_text: "{day}に終わりました。{town}の管理画面には入れません。", "It ended on {day}. They cannot enter the console of {town}.";
        change_roles: "役割を変える", "Change roles";
        reset: "二要素認証を解除する", "Reset the second factor";
        reset_text: "スマートフォンをなくした職員のために、認証アプリの登録を消します。",
            "For somebody who lost their phone: removes the authenticator.";
        end: "アクセスを終わらせる", "End access";
        end_text: "異動や退職のときに使います。", "When somebody moves on or leaves.";
        cancel: "やめる", "Cancel";
        reason: "理由", "Reason";
        reason_help: "監査記録に残ります。住民の名前などは書かないでください。",
            "Goes into the audit trail. Never name a resident.";

        roles_title: "{name}さんの役割を変える", "Change the roles of {name}";
        roles_help: "いくつでも選べます。自分が起案したものは、決裁者でも決裁できません。",
            "Any number. Nobody decides on what they drafted themselves, whatever their roles.";
        roles_save: "役割を保存する", "Save the roles";
        roles_saved: "{name}さんの役割を変えました。次の操作から有効です。", "The roles of {name} were changed, from their next request on.";

        end_title: "{name}さんのアクセスを終わらせる", "End the access of {name}";
        end_effect_now: "{name}さんは、いまから{town}の管理画面に入れなくなります。開いている画面も使えません。",
            "From now on {name} cannot enter the console of {town}; pages that are open stop working too.";
        end_effect_kept: "これまでの起案・決裁・監査記録は、名前とともに残ります。",
            "What they drafted and decided, and the audit trail, stay with their name.";
        end_effect_other: "アカウントは消えません。ほかの組織に所属していれば、そちらは使えます。",
            "The account is not deleted; other organisations that they belong to are not affected.";
        end_confirm: "{name}さんのアクセスを終わらせる", "End the access of {name}";
        end_done: "{name}さんのアクセスを終わらせました。", "The access of {name} was ended.";

        reset_title: "{name}さんの二要素認証を解除する", "Reset the second factor of {name}";
        reset_effect_now: "{name}さんの認証アプリと回復コードは使えなくなり、すべての画面からサインアウトします。",
            "The authenticator and the recovery codes of {name} stop working, and they are signed out everywhere.";
        reset_effect_next: "次のサインインでは、パスワードのあとに新しい認証アプリを登録します。",
            "At the next sign-in they enrol a new authenticator after their password.";
        reset_effect_check: "本人からの頼みであることを、対面か電話で確かめてから進めてください。",
            "Make sure, in person or by telephone, that they asked for this themselves.";
        reset_confirm: "{name}さんの二要素認証を解除する", "Reset the second factor of {name}";
        reset_done: "{name}さんの二要素認証を解除しました。次のサインインで登録しなおします。",
            "The second factor of {name} was reset. They enrol a new one at their next sign-in.";

        obstacle_role: "管理者だけができます", "Only an administrator can do this";
        obstacle_oneself: "自分にはできません。ほかの管理者に頼んでください", "Not for yourself. Ask another administrator";
        obstacle_last_admin: "最後の管理者です。先に、ほかの職員を管理者にしてください",
            "The last administrator. Make a colleague an administrator first";
        obstacle_shared: "ほかの組織にも所属しています。運営者に頼んでください",
            "They belong to other organisations too. Ask the operator";
        obstacle_nothing: "まだ登録されていません", "Nothing is enrolled yet";
        obstacle_ended: "利用は終わっています", "Access has ended";

        admin_may: "職員・設定・資格情報を管理します。起案もできます。", "Manages staff, settings and credentials; drafts as well.";
        drafter_may: "連携サービス・ルール・同意文を起案して、決裁に出します。", "Drafts relying parties, rules and consent texts, and submits them.";
        approver_may: "ほかの人が起案したものを承認するか、差し戻します。", "Approves or sends back what others drafted.";
        analyst_may: "利用統計を見ます。", "Reads the usage statistics.";
        auditor_may: "設定と監査記録を見ます。変更はできません。", "Reads settings and the audit trail; changes nothing.";
        other_may: "ほかの組織の役割です。", "A role of another kind of organisation.";
    }
}

impl Words {
    /// What a role may do, in a sentence.
    pub(super) const fn may(&self, role: Role) -> &'static str {
        match role {
            Role::Admin => self.admin_may,
            Role::Drafter => self.drafter_may,
            Role::Approver => self.approver_may,
            Role::Analyst => self.analyst_may,
            Role::Auditor => self.auditor_may,
            Role::VendorAdmin | Role::VendorDeveloper | Role::Operator | Role::Support => self.other_may,
        }
    }

    /// Why a button cannot be pressed.
    pub(super) const fn obstacle(&self, obstacle: Obstacle) -> &'static str {
        match obstacle {
            Obstacle::Role => self.obstacle_role,
            Obstacle::Oneself => self.obstacle_oneself,
            Obstacle::LastAdmin => self.obstacle_last_admin,
            Obstacle::SharedAccount => self.obstacle_shared,
            Obstacle::NothingToReset => self.obstacle_nothing,
            Obstacle::Ended => self.obstacle_ended,
        }
    }
}

/// A time as the day on which it was in Japan.
pub(super) fn day(seconds: i64, locale: Locale) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    domain::calendar::long_date(domain::calendar::tokyo_date(at), locale)
}
