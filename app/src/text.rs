//! Words on screen. Each area keeps its own table, written with [`texts!`]: a key that is missing in one language does
//! not compile, a key that nobody reads is a warning, which fails the build.

use domain::locale::Locale;
use domain::violations::Violation;

/// Declares a table of words: `texts! { pub(crate) Words { save: "保存する", "Save"; } }`, read as `Words::of(locale).save`.
macro_rules! texts {
    ($(#[$doc:meta])* $visibility:vis $name:ident { $($key:ident: $ja:expr, $en:expr;)+ }) => {
        $(#[$doc])*
        $visibility struct $name { $(pub(crate) $key: &'static str,)+ }

        impl $name {
            const JA: $name = $name { $($key: $ja,)+ };
            const EN: $name = $name { $($key: $en,)+ };

            /// The words in one language.
            $visibility const fn of(locale: domain::locale::Locale) -> &'static $name {
                match locale {
                    domain::locale::Locale::Ja => &Self::JA,
                    domain::locale::Locale::En => &Self::EN,
                }
            }
        }
    };
}
pub(crate) use texts;

/// Between short things in a row that belong together.
pub(crate) const fn dot(locale: Locale) -> &'static str {
    match locale {
        Locale::Ja => "・",
        Locale::En => ", ",
    }
}

/// Puts values into a sentence: `fill("{name}を保存しました", &[("name", name)])`. A value is never searched for names.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => {
                filled.push('{');
                filled.push_str(name);
                filled.push('}');
            }
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

texts! {
    /// Words that every page shares.
    pub(crate) Shared {
        product: "街鍵", "Machikagi";
        skip: "本文へ移動する", "Skip to the content";
        required: "※必須", "Required";
        optional: "任意", "Optional";
        page_position: "現在の位置", "You are here";
        fix_one: "1か所を直してください", "Correct 1 entry";
        fix_many: "{n}か所を直してください", "Correct {n} entries";
        conflict_title: "保存できませんでした", "It was not saved";
        conflict_stale: "ほかの人が先に変更しました。入力した内容は下に残っています。最新の内容を確かめてから、もう一度保存してください。",
            "Somebody else changed it first. What you typed is still below. Check the current state, then save again.";
        conflict_exists: "同じものがすでに登録されています。", "It is registered already.";
        conflict_state: "いまの状態では、この操作はできません。ページを読み込みなおして、状態を確かめてください。",
            "This is not possible in the present state. Reload the page to see the state.";
        conflict_four_eyes: "起案した人は決裁できません。下書きを一度でも保存した人も同じです。ほかの決裁者に頼んでください。",
            "Nobody who drafted it, or saved the draft, can decide on it. Ask another approver.";
        conflict_last_admin: "最後の管理者は外せません。先に、ほかの職員を管理者にしてください。",
            "The last administrator cannot be removed. Make a colleague an administrator first.";
        conflict_shared_account: "この職員はほかの組織にも所属しています。運営者に頼んでください。",
            "This person belongs to other organisations too. Ask the operator.";
        conflict_closed: "この月はもう確定しています。", "This month is closed already.";
        conflict_too_early: "この月はまだ確定できません。翌月の5日から確定できます。",
            "This month cannot be closed yet. It can be closed from the 5th of the following month.";
        conflict_dependency: "使っているルールまたは同意文がまだ公開されていません。先に公開してください。",
            "The rule or consent text that it uses is not published yet. Publish that first.";
        conflict_limit: "登録できる数の上限に達しています。使わないものを先に終わらせてください。",
            "The limit is reached. End one that is no longer used first.";
        conflict_beyond_form: "JSONで取り込まれたルールで、組み立て画面では表せません。JSONで取り込みなおしてください。",
            "This rule was imported as JSON, and the builder cannot show it. Import JSON again to change it.";
        search: "絞り込む", "Apply";
        all: "すべて", "All";
        page_size: "1ページの件数", "Rows per page";
        change: "変える", "Change";
        pages: "ページ", "Pages";
        page_n: "{n}ページ目", "Page {n}";
        next_page: "次のページ", "Next page";
        previous_page: "前のページ", "Previous page";
        range: "{total}件のうち {from}〜{to}件を表示", "{from} to {to} of {total}";
        nothing_found: "条件に合うものはありません", "Nothing matches";
        nothing_found_hint: "言葉を短くするか、絞り込みをはずしてください。", "Use fewer words, or remove a filter.";
        clear_filters: "絞り込みをはずす", "Clear the filters";
        copy: "写す", "Copy";
        copied: "写しました", "Copied";
    }
}

/// Why a field was refused, as a sentence that says what to do.
pub(crate) const fn violation_words(violation: Violation, locale: Locale) -> &'static str {
    let (ja, en) = match violation {
        Violation::Required => ("入力してください。", "Fill this in."),
        Violation::TooLong => ("長すぎます。短くしてください。", "This is too long. Shorten it."),
        Violation::TooShort => ("短すぎます。もう少し長くしてください。", "This is too short. Make it longer."),
        Violation::Malformed => {
            ("形が違います。例のとおりに入力してください。", "This is not in the expected form. Follow the example.")
        }
        Violation::OutOfRange => ("範囲の外です。範囲の中の値にしてください。", "This is out of range."),
        Violation::Duplicate => ("同じものが二度あります。一つにしてください。", "This is there twice. Keep one."),
        Violation::Unknown => {
            ("見つかりません。一覧にあるものを選んでください。", "This was not found. Choose one that is listed.")
        }
        Violation::NotAllowed => {
            ("ここでは使えません。ほかのものにしてください。", "This is not allowed here. Choose another.")
        }
        Violation::NotHttps => ("https:// で始めてください。", "Begin with https://."),
        Violation::HasFragment => ("# から後ろを消してください。", "Remove the part from # on."),
        Violation::HasUserInfo => ("ユーザー名やパスワードを消してください。", "Remove the user name and password."),
        Violation::HostNotAllowed => (
            "このホスト名は使えません。ワイルドカードやIPアドレスではなく、名前を書いてください。",
            "This host is not allowed. Write a name, not a wildcard or an IP address.",
        ),
        Violation::ReservedParameter => (
            "code、state、response、iss という名前のパラメーターは使えません。",
            "Parameters named code, state, response or iss are not allowed.",
        ),
        Violation::Unreachable => (
            "このアドレスから5秒以内に正しい応答がありませんでした。公開されているか確かめてください。",
            "There was no proper answer from this address within five seconds. Check that it is public.",
        ),
        Violation::Mismatch => ("登録されているものと合いません。", "This does not match what is on record."),
        Violation::Stale => (
            "ほかの人が先に変更しました。確かめてから、もう一度保存してください。",
            "Somebody else changed this first. Check it, then save again.",
        ),
        _ => ("直してください。", "Correct this."),
    };
    match locale {
        Locale::Ja => ja,
        Locale::En => en,
    }
}

/// Why something cannot happen in the state that things are in.
pub(crate) const fn conflict_words(conflict: service::Conflict, locale: Locale) -> &'static str {
    use service::Conflict;
    let words = Shared::of(locale);
    match conflict {
        Conflict::Stale => words.conflict_stale,
        Conflict::Exists => words.conflict_exists,
        Conflict::State => words.conflict_state,
        Conflict::FourEyes => words.conflict_four_eyes,
        Conflict::LastAdmin => words.conflict_last_admin,
        Conflict::SharedAccount => words.conflict_shared_account,
        Conflict::Closed => words.conflict_closed,
        Conflict::TooEarly => words.conflict_too_early,
        Conflict::DependencyUnpublished => words.conflict_dependency,
        Conflict::Limit => words.conflict_limit,
        Conflict::BeyondForm => words.conflict_beyond_form,
    }
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn values_are_put_in_once() {
        assert_eq!(fill("{n}件中 {x}", &[("n", "{x}"), ("x", "3")]), "{x}件中 3");
        assert_eq!(fill("a { b {unknown}", &[]), "a { b {unknown}");
    }
}
