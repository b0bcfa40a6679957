//! PKCE of a service whose software may not know it: where it is offered it counts, and where it is not nothing is made of it.

use oidc::ErrorCode;
use service::federation::Go;

use crate::harness::gateway::VERIFIER;
use crate::harness::{Client, Gateway, HANAKO, Tab, on_both, parameter, sent_code};

const BARE: [(&str, &str); 2] = [("code_challenge", ""), ("code_challenge_method", "")];

async fn code(gateway: &Gateway<'_>, client: &Client, tab: &mut Tab, more: &[(&str, &str)]) -> String {
    let go = gateway.authorize(tab, &gateway.request(client, more)).await;
    if matches!(&go, Go::Away(url) if !url.starts_with(&gateway.card.issuer())) {
        return sent_code(&go);
    }
    let go = gateway.read_card(tab, &go, HANAKO).await;
    sent_code(&gateway.agree(tab, &go).await)
}

// conforms: RFC 9700 §2.1.1 MUST; RFC 7636 §4.6 MUST
#[tokio::test]
async fn a_challenge_counts_once_it_is_sent_and_none_is_made_up() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client_that("library", |form| form.pkce = "when_offered".to_owned()).await;
        let mut tab = Tab::default();
        let with = async |code: &str, verifier: &str| {
            let tokens = gateway.redeem_with(&library, code, &[("code_verifier", verifier)]).await;
            tokens.map(|_| ()).map_err(|refusal| refusal.code)
        };
        let wrong = "a".repeat(43);

        let bare = code(&gateway, &library, &mut tab, &BARE).await;
        assert_eq!(with(&bare, VERIFIER).await, Err(ErrorCode::InvalidGrant), "a verifier of no challenge");
        assert_eq!(with(&bare, "").await, Ok(()), "neither was sent");

        let bound = code(&gateway, &library, &mut tab, &[]).await;
        assert_eq!(with(&bound, "").await, Err(ErrorCode::InvalidGrant), "the challenge was sent");
        assert_eq!(with(&bound, &wrong).await, Err(ErrorCode::InvalidGrant));
        assert_eq!(with(&bound, VERIFIER).await, Ok(()));

        // Plain is no way around, whether it is named or meant by saying nothing.
        for more in [[("code_challenge_method", "plain")], [("code_challenge_method", "")]] {
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &more)).await;
            assert_eq!(parameter(&go, "error").as_deref(), Some("invalid_request"), "{more:?}");
        }
    })
    .await;
}
