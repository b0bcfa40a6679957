//! Suspension and secrets: at once, with a reason, and nothing that could be read back.

use domain::configuration::{ChangeKind, ConfigurationKind, FieldKey, SubjectType};
use domain::locale::Locale;
use domain::violations::Violation;
use secrecy::ExposeSecret;
use service::configuration::{Compared, ListFilter, Standing};
use service::decisions::{Queue, QueueFilter};
use service::{Conflict, Error};
use time::Duration;

use crate::harness::forms::reason;
use crate::harness::on_both;

const DAY: i64 = 24 * 60 * 60;

#[tokio::test]
async fn a_suspended_relying_party_loses_its_tokens_and_works_again_later() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let party = world.publish_library(&town).await;
        let (admin, approver, drafter) = (town.admin().await, town.approver().await, town.drafter().await);
        let denied = world.service.suspend_relying_party(&drafter, party, &reason()).await;
        assert!(matches!(denied, Err(Error::NotFound | Error::Denied)));
        world.service.suspend_relying_party(&approver, party, &reason()).await.unwrap();
        assert!(town.admin().await.generation() > admin.generation());
        let view = world.service.get_configuration(&admin, party, Compared::default(), Locale::Ja).await.unwrap();
        assert_eq!(view.standing, Standing::Suspended);
        assert_eq!(view.party.unwrap().suspended_reason.as_deref(), Some("住民の声に応えるため"));
        let suspended = ListFilter { standing: Some(Standing::Suspended), ..ListFilter::default() };
        let kind = ConfigurationKind::RelyingParty;
        assert_eq!(world.service.list_configurations(&admin, kind, &suspended).await.unwrap().matching, 1);
        let published = ListFilter { standing: Some(Standing::Published), ..ListFilter::default() };
        assert_eq!(world.service.list_configurations(&admin, kind, &published).await.unwrap().matching, 0);
        let again = world.service.suspend_relying_party(&approver, party, &reason()).await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::State))));
        assert!(
            world.service.resume_relying_party(&approver, party, &reason()).await.is_err(),
            "an administrator resumes"
        );
        world.service.resume_relying_party(&admin, party, &reason()).await.unwrap();
        let again = world.service.resume_relying_party(&admin, party, &reason()).await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::State))));
        assert_eq!(world.rows_where(&town, "audit_entry", "action like 'relying_party.%'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn secrets_are_shown_once_kept_as_a_hash_and_two_at_a_time() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let party = world.publish_library(&town).await;
        let admin = town.admin().await;
        let first = world.service.issue_client_secret(&admin, party, None).await.unwrap();
        assert_eq!(first.secret.expose_secret().len(), 43, "256 bits");
        assert_eq!(first.valid_through, world.service.today() + Duration::days(365));
        let tomorrow = world.service.today() + Duration::DAY;
        let second = world.service.issue_client_secret(&admin, party, Some(tomorrow)).await.unwrap();
        let third = world.service.issue_client_secret(&admin, party, None).await;
        assert!(matches!(third, Err(Error::Conflict(Conflict::Limit))));
        let listed = world.service.list_client_secrets(&town.auditor().await, party).await.unwrap();
        assert_eq!(listed.iter().filter(|secret| secret.valid).count(), 2);
        assert!(first.secret.expose_secret().starts_with(&listed.iter().find(|s| s.id == first.id).unwrap().hint));
        let kept = format!("hint like '{}%'", first.secret.expose_secret());
        assert_eq!(world.rows_where(&town, "client_secret", &kept).await, 0);
        assert_eq!(world.rows_where(&town, "client_secret", "length(hash) = 32").await, 2);
        let said = format!("body like '%{}%'", second.secret.expose_secret());
        assert_eq!(world.rows_where(&town, "audit_text", &said).await, 0);

        world.service.end_client_secret(&admin, party, first.id).await.unwrap();
        let again = world.service.end_client_secret(&admin, party, first.id).await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::State))));
        world.service.issue_client_secret(&admin, party, None).await.unwrap();
        world.clock.advance(2 * DAY);
        world.service.issue_client_secret(&admin, party, None).await.unwrap();
        for day in [world.service.today() - Duration::DAY, world.service.today() + Duration::days(731)] {
            let refused = world.service.issue_client_secret(&admin, party, Some(day)).await;
            assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("valid_through") == Some(Violation::OutOfRange)));
        }
        for caller in [town.drafter().await, town.approver().await] {
            assert!(matches!(world.service.issue_client_secret(&caller, party, None).await, Err(Error::Denied)));
            assert!(matches!(world.service.end_client_secret(&caller, party, second.id).await, Err(Error::Denied)));
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_decides_sees_what_the_first_version_fixes_for_good() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let party = world.publish_library(&town).await;
        let approver = town.approver().await;
        let decided = QueueFilter { queue: Queue::Decided, ..QueueFilter::default() };
        let rows = world.service.list_decisions(&approver, &decided).await.unwrap().rows;
        let first = rows.iter().find(|row| row.configuration == party.into()).unwrap();
        let view = world.service.get_decision(&approver, first.id, Locale::Ja).await.unwrap();
        for (key, text) in [(FieldKey::ClientId, "library"), (FieldKey::SubjectType, SubjectType::Pairwise.words().ja)]
        {
            let change = view.changes.iter().find(|change| change.field == key).unwrap();
            assert_eq!((change.kind, change.new.as_slice()), (ChangeKind::Added, [text.to_owned()].as_slice()));
        }
    })
    .await;
}
