use domain::attributes::Item;

use super::*;
use crate::error_code::tests::{controls, documented};

fn sheets() -> Sheets {
    Sheets { css: "/pkg/sandbox.css".to_owned(), favicon: "/favicon.svg".to_owned() }
}

fn page(problem: Option<Problem>) -> ReadPage {
    ReadPage {
        attempt: "abc".to_owned(),
        client: "昭和村".to_owned(),
        items: Items::NONE.with(Item::Name).with(Item::Address),
        pin: "1234",
        people: vec![Choice {
            id: "hanako",
            name: "鍵山 花子".to_owned(),
            about: "この自治体の住民",
            address: "福島県大沼郡昭和村大字架空1番地".to_owned(),
            birthdate: time::macros::date!(1990 - 5 - 5),
            chosen: true,
        }],
        typed: TypedIn::default(),
        renewed: false,
        locked: problem == Some(Problem::Locked),
        problem,
    }
}

#[test]
fn the_form_says_that_it_is_a_test_and_shows_the_pin() {
    for (locale, mark) in [(Locale::Ja, "試験用"), (Locale::En, "For testing")] {
        let html = read(&sheets(), locale, page(None));
        assert!(html.contains(mark) && html.contains("1234"), "{html}");
        assert!(!html.contains("<script") && !html.contains("style="), "{html}");
    }
}

#[test]
fn what_was_typed_is_escaped() {
    let mut hostile = page(Some(Problem::Birthdate));
    hostile.client = "<script>1</script>".to_owned();
    hostile.typed.name = "\"><script>2</script>".to_owned();
    let html = read(&sheets(), Locale::Ja, hostile);
    assert!(!html.contains("<script"), "{html}");
    assert!(html.contains("&lt;script&gt;1"), "{html}");
}

#[test]
fn a_wrong_pin_is_said_beside_the_field_and_a_locked_card_has_none() {
    let html = read(&sheets(), Locale::Ja, page(Some(Problem::WrongPin { left: 2 })));
    assert!(html.contains("あと2回") && html.contains("aria-describedby=\"card-pin-help card-pin-error\""), "{html}");
    let html = read(&sheets(), Locale::En, page(Some(Problem::Locked)));
    assert!(!html.contains("name=\"pin\"") && html.contains("locked") && html.contains("value=\"cancel\""), "{html}");
}

#[test]
fn every_refusal_has_words_in_both_languages() {
    for refused in [Refusal::UnknownClient, Refusal::UnknownRedirectUri, Refusal::Over, Refusal::Unavailable] {
        for locale in Locale::ALL {
            let html = refusal(&sheets(), locale, refused);
            assert!(html.contains("card-title") && html.contains(&format!("lang=\"{locale}\"")));
            let word = match refused {
                Refusal::UnknownClient => "unknown_client",
                Refusal::UnknownRedirectUri => "unknown_redirect_uri",
                Refusal::Over => "flow_gone",
                Refusal::Unavailable => "unavailable",
            };
            assert!(html.contains(&format!("<span id=\"error-code\">{word}<")), "{html}");
        }
    }
}

#[test]
fn every_control_has_the_id_that_the_documentation_lists() {
    let rows = documented().into_iter().flat_map(|(ids, more)| [ids, more]).flatten();
    let listed: std::collections::BTreeSet<_> = rows.filter(|id| id.starts_with("card-")).collect();
    for problem in [None, Some(Problem::WrongPin { left: 1 }), Some(Problem::NobodyChosen), Some(Problem::Gender)] {
        let html = read(&sheets(), Locale::Ja, page(problem));
        let (ids, nameless) = controls(&html);
        assert!(!nameless, "{html}");
        for id in &ids {
            assert!(listed.contains(id), "{id} is not listed");
            assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}: {html}");
        }
        let others = listed.iter().filter(|id| !id.starts_with("card-person-"));
        assert!(others.clone().count() > 5 && others.clone().all(|id| ids.contains(id)), "{ids:?} {listed:?}");
    }
    let (ids, _) = controls(&read(&sheets(), Locale::En, page(Some(Problem::Locked))));
    assert_eq!(ids, ["card-cancel"]);
}
