//! Several identity providers of a town, as residents see them.

use axum::http::StatusCode;
use service::federation::Preset;
use service::identity_providers::{Activation, ProviderForm};

use crate::browser::Browser;
use crate::client::router;
use crate::harness::{CLIENT_ID, Card, on_both};

// conforms: Our own
#[tokio::test]
async fn the_towns_words_are_on_the_button_of_a_provider_in_either_language() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (service, town) = (&world.service, &gateway.town);
        let card = Card::start(&world.clock).await;
        let issuer = card.issuer();
        let words = [("button.ja", "つのコインで確かめる"), ("button.en", "Prove it with the coin")];
        let typed = [("issuer", issuer.as_str()), ("client_id", CLIENT_ID)].into_iter().chain(words);
        let form: ProviderForm = ProviderForm::of_preset(Preset::DigitalAgency)
            .iter()
            .chain(typed)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let id = service.draft_identity_provider(&town.admin().await, None, &form, &"".into()).await.unwrap();
        card.register(service.upstream_key_set(&town.slug).await.unwrap());
        let approver = town.approver().await;
        let revision = service.identity_provider(&approver, id).await.unwrap().revision;
        let active = service.activate_identity_provider(&approver, id, revision).await.unwrap();
        assert_eq!(active, Activation::Done);
        let library = gateway.client("library", "").await;
        let router = router(std::sync::Arc::clone(service), "");
        for (language, words) in [("ja", words[0].1), ("en", words[1].1)] {
            let mut browser = Browser::at_router(router.clone());
            let request = gateway.request(&library, &[("ui_locales", language)]);
            let answer = browser.get(&format!("/t/showa/authorize?{request}")).await.unwrap();
            let choice = browser.way(&answer);
            let page = browser.get(&choice).await.unwrap();
            assert_eq!(page.status, StatusCode::OK);
            let (_, button) = page.body.split_once(&format!("value=\"{id}\" id=\"sign-in-2\"")).unwrap();
            let (button, _) = button.split_once("</button>").unwrap();
            assert!(button.contains(words), "{language}: {button}");
        }
    })
    .await;
}
