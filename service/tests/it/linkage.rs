//! Services with a number in common: the consent text lists each of them, and goes on doing so.

use domain::configuration::EarlierEligibilities;
use domain::configuration::{ConsentTextForm, SubjectType};
use domain::violations::Violation;
use service::Error;
use service::configuration::{Form, Seen, Submission};
use time::Duration;

use crate::harness::forms::{consent_text, identity, reason, relying_party, rule};
use crate::harness::{World, on_both};

fn today(world: &World) -> Submission {
    Submission {
        reason: reason(),
        effective_on: world.service.today(),
        earlier_eligibilities: EarlierEligibilities::default(),
    }
}

// conforms: OpenID Connect Core 1.0 §8.1 MUST
#[tokio::test]
async fn who_shares_a_number_is_listed_in_the_consent_text() {
    on_both(async |world| {
        let town = world.town("tsuno").await;
        let drafter = town.drafter().await;
        let rule = world.publish_rule(&town, rule("町民")).await;
        let alone = world.publish_consent_text(&town, consent_text("つのコイン")).await;
        let form = Form::RelyingParty(relying_party(rule, alone));
        let points = world.enact(&town, &identity("points", SubjectType::TownWide), &form).await;

        // A second service with the same number: its text must say so.
        let new = identity("application", SubjectType::TownWide);
        let application = world.service.draft_relying_party(&drafter, &new, &form).await.unwrap();
        let seen = Seen { number: 1, revision: 1 };
        let refused = world.service.submit_draft(&drafter, application, seen, &today(&world)).await;
        assert!(
            matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("consent_text") == Some(Violation::Mismatch))
        );
        let mut listing = consent_text("電子申請");
        listing.linked = format!("{} {}", points.uuid(), application.uuid());
        let listing = world.publish_consent_text(&town, listing).await;
        let changed = Form::RelyingParty(relying_party(rule, listing));
        let seen = world.service.save_draft(&drafter, application, seen, &changed).await.unwrap();
        // And so must the text of the first one, whose people would otherwise read what is not true any more.
        let refused = world.service.submit_draft(&drafter, application, seen, &today(&world)).await;
        assert!(
            matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("consent_text") == Some(Violation::Mismatch))
        );

        // A pseudonym of its own with a text that says otherwise.
        let library = identity("library", SubjectType::Pairwise);
        let library = world.service.draft_relying_party(&drafter, &library, &changed).await.unwrap();
        let new = Seen { number: 1, revision: 1 };
        let refused = world.service.submit_draft(&drafter, library, new, &today(&world)).await;
        assert!(
            matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("consent_text") == Some(Violation::Mismatch))
        );

        // A text cannot list what gets a pseudonym, and a larger group is a change of meaning.
        let mut wrong_text = consent_text("図書");
        wrong_text.linked = format!("{} {}", points.uuid(), library.uuid());
        let id = world.service.draft_configuration(&drafter, &Form::ConsentText(wrong_text)).await.unwrap();
        let refused = world.service.submit_draft(&drafter, id, Seen { number: 1, revision: 1 }, &today(&world)).await;
        assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("linked") == Some(Violation::Unknown)));
        let draft = world.service.get_draft(&drafter, alone).await.unwrap();
        let Form::ConsentText(mut quiet) = draft.form else { panic!() };
        quiet.linked = format!("{} {}", points.uuid(), application.uuid());
        quiet.material = String::new();
        let text = world.service.save_draft(&drafter, alone, draft.seen, &Form::ConsentText(quiet)).await.unwrap();
        let refused = world.service.submit_draft(&drafter, alone, text, &today(&world)).await;
        assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("material") == Some(Violation::Required)));
        let draft = world.service.get_draft(&drafter, alone).await.unwrap();
        let Form::ConsentText(mut loud) = draft.form else { panic!() };
        loud.material = "on".to_owned();
        let changed_text =
            world.service.save_draft(&drafter, alone, draft.seen, &Form::ConsentText(loud)).await.unwrap();
        let request = world.service.submit_draft(&drafter, alone, changed_text, &today(&world)).await.unwrap();
        let (approver, day) = (town.approver().await, world.service.today());
        world.service.approve_request(&approver, request, 1, day, "").await.unwrap();
        world.service.submit_draft(&drafter, application, seen, &today(&world)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_shares_a_number_stays_listed() {
    on_both(async |world| {
        let town = world.town("tsuno").await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let rule = world.publish_rule(&town, rule("町民")).await;
        let alone = world.publish_consent_text(&town, consent_text("つのコイン")).await;
        let form = Form::RelyingParty(relying_party(rule, alone));

        // Two that are each the only one when they are approved, and would not be on their day.
        let tomorrow = Submission { effective_on: world.service.today() + Duration::days(1), ..today(&world) };
        let mut parties = Vec::new();
        for client in ["points", "application"] {
            let new = identity(client, SubjectType::TownWide);
            let id = world.service.draft_relying_party(&drafter, &new, &form).await.unwrap();
            let seen = Seen { number: 1, revision: 1 };
            let request = world.service.submit_draft(&drafter, id, seen, &tomorrow).await.unwrap();
            world.service.approve_request(&approver, request, 1, tomorrow.effective_on, "").await.unwrap();
            parties.push(id);
        }
        world.clock.advance(24 * 60 * 60);
        world.service.run_due_jobs().await.unwrap();
        let in_use = "kind = 'relying_party' and state = 'published'";
        assert_eq!(world.rows_where(&town, "configuration_version", in_use).await, 1);

        // Once a text lists both, both are in use; from then on no version of it leaves one out.
        let Form::ConsentText(mut listing) = world.service.get_draft(&drafter, alone).await.unwrap().form else {
            panic!()
        };
        listing.linked = format!("{} {}", parties[0].uuid(), parties[1].uuid());
        let change = async |text: ConsentTextForm| {
            let draft = world.service.get_draft(&drafter, alone).await.unwrap();
            let form = Form::ConsentText(text);
            let seen = world.service.save_draft(&drafter, alone, draft.seen, &form).await.unwrap();
            world.service.submit_draft(&drafter, alone, seen, &today(&world)).await
        };
        let request = change(listing.clone()).await.unwrap();
        world.service.approve_request(&approver, request, 1, world.service.today(), "").await.unwrap();
        world.clock.advance(24 * 60 * 60);
        world.service.run_due_jobs().await.unwrap();
        assert_eq!(world.rows_where(&town, "configuration_version", in_use).await, 2);
        listing.linked = String::new();
        let refused = change(listing).await;
        assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("linked") == Some(Violation::Mismatch)));
    })
    .await;
}
