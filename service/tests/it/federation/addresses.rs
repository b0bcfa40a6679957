//! Addresses in the forms in which providers give them.

use service::federation::{Ending, FlowPage, Go};

use crate::harness::{Given, HANAKO, Holder, Tab, on_sqlite};

#[tokio::test]
async fn parts_flags_and_postcode_decide_where_the_provider_gives_them() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let outcome = async |address: &'static str, given: Given| {
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
            let go = gateway.read_card(&mut tab, &go, Holder { address, given, ..HANAKO }).await;
            assert!(matches!(go, Go::To(_)), "{go:?}");
            match gateway.page(&tab, &go).await {
                FlowPage::Consent(_) => "eligible",
                FlowPage::Ended(page) => match page.ending {
                    Ending::Determined(reason) => reason.outcome().as_str(),
                    _ => "another ending",
                },
                _ => "another page",
            }
        };
        assert_eq!(outcome("福島県|大沼郡昭和村|大字下中津川字中島652番地", Given::Apart).await, "eligible");
        assert_eq!(outcome("群馬県|利根郡昭和村|大字糸井388番地", Given::Apart).await, "not_eligible");
        // Two villages of this name; the postcode is one's.
        assert_eq!(outcome("昭和村1番地", Given::Whole).await, "undecidable");
        assert_eq!(outcome("昭和村1番地", Given::With("968-0103")).await, "eligible");
        assert_eq!(outcome("昭和村1番地", Given::With("no postcode")).await, "undecidable");
        // A character that the certificate cannot hold may be any; flags that do not fit say which of them nobody knows.
        assert_eq!(outcome("福島県大沼郡召和村大字下中津川", Given::Whole).await, "undecidable");
        assert_eq!(outcome("福島県大沼郡召和村大字下中津川", Given::Flagged("000000100000000")).await, "eligible");
        assert_eq!(outcome("福島県大沼郡昭和村大字下中津川", Given::Flagged("0000001")).await, "undecidable");
    })
    .await;
}
