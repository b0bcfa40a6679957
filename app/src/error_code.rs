//! The word by which a page says, to whoever connects a service or drives a browser by a script, why a request leads no
//! further: the same in every language, under the same id on every kind of page. docs/openid.md lists the words.

use domain::locale::Locale;
use leptos::prelude::*;

use crate::text::texts;

texts! {
    Words {
        page_code: "画面の記号: ", "Page code: ";
    }
}

/// What stands at the end of such a page, within a paragraph of its look.
pub(crate) fn said(locale: Locale, word: &'static str) -> AnyView {
    view! { {Words::of(locale).page_code}<span id="error-code">{word}</span> }.into_any()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use http::StatusCode;

    use crate::error_pages;
    use crate::resident::failure::Failure;

    /// The rows of `docs/openid.md`, `Ids for scripts`: what stands in their first cell, and in the second.
    pub(crate) fn documented() -> Vec<(Vec<String>, Vec<String>)> {
        let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openid.md");
        let page = std::fs::read_to_string(page).unwrap();
        let (_, section) = page.split_once("\n## Ids for scripts\n").unwrap();
        let section = section.split("\n## ").next().unwrap();
        let named = |cell: Option<&str>| cell.unwrap().split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        rows.map(|row| row.split('|').skip(1)).map(|mut cells| (named(cells.next()), named(cells.next()))).collect()
    }

    /// The ids of controls of a page, and whether something in it that can be pressed or filled in has none.
    pub(crate) fn controls(html: &str) -> (Vec<String>, bool) {
        let (_, main) = html.split_once("<main").unwrap();
        let (main, _) = main.split_once("</main>").unwrap();
        let tags = main.split('<').filter(|tag| {
            let name = tag.split([' ', '>', '/']).next().unwrap_or_default();
            matches!(name, "button" | "select" | "textarea") || name == "input" && !tag.contains("type=\"hidden\"")
        });
        let ids: Vec<Option<String>> = tags
            .map(|tag| tag.split_once(" id=\"").and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned())))
            .collect();
        let nameless = ids.iter().any(Option::is_none);
        (ids.into_iter().flatten().collect(), nameless)
    }

    #[test]
    fn every_word_is_listed_in_the_documentation() {
        let statuses = (400..=599).map(|status| StatusCode::from_u16(status).unwrap());
        let words: BTreeSet<_> =
            Failure::ALL.map(Failure::code).into_iter().chain(statuses.map(error_pages::code)).collect();
        let listed =
            documented().into_iter().find_map(|(ids, words)| (ids == ["error-code"]).then_some(words)).unwrap();
        let listed: BTreeSet<_> = listed.iter().map(String::as_str).collect();
        assert_eq!(words, listed);
    }
}
