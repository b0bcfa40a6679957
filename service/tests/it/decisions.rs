//! 決裁: four eyes, sending back, taking back, the day on which a version comes into force.

use domain::access::Role;
use domain::configuration::EarlierEligibilities;
use domain::configuration::{ChangeKind, ChangeRequestState, Refusal};
use domain::ids::ChangeRequestId;
use domain::locale::Locale;
use domain::violations::Violation;
use service::configuration::{Barred, Compared, ConfigurationId, Form, Seen, Standing, Submission};
use service::decisions::{EventKind, Queue, QueueFilter};
use service::{Conflict, Error};
use time::Duration;

use crate::harness::forms::{reason, rule};
use crate::harness::{Town, World, on_both};

const FIRST: Seen = Seen { number: 1, revision: 1 };
const DAY: i64 = 24 * 60 * 60;

/// Somebody who may draft and decide.
async fn clerk(world: &World, town: &Town) -> service::gate::Caller {
    let person = world.person("clerk@showa.example.jp", true).await;
    world.join(town, &person, "一人の担当", &[Role::Drafter, Role::Approver]).await;
    world.service.staff(person.account, &town.slug).await.unwrap().0
}

async fn submitted(world: &World, by: &service::gate::Caller, in_days: i64) -> (ConfigurationId, ChangeRequestId) {
    let id = world.service.draft_configuration(by, &Form::ResidencyRule(rule("村民"))).await.unwrap();
    let effective_on = world.service.today() + Duration::days(in_days);
    let submission =
        Submission { reason: reason(), effective_on, earlier_eligibilities: EarlierEligibilities::default() };
    (id, world.service.submit_draft(by, id, FIRST, &submission).await.unwrap())
}

async fn standing(world: &World, town: &Town, id: ConfigurationId) -> Standing {
    let auditor = town.auditor().await;
    world.service.get_configuration(&auditor, id, Compared::default(), Locale::Ja).await.unwrap().standing
}

#[tokio::test]
async fn four_eyes_are_two_people() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let clerk = clerk(&world, &town).await;
        let (id, request) = submitted(&world, &clerk, 0).await;
        let today = world.service.today();
        let own = |outcome| matches!(outcome, Err(Error::Conflict(Conflict::FourEyes)));
        assert!(own(world.service.approve_request(&clerk, request, 1, today, "").await));
        assert!(own(world.service.send_back_request(&clerk, request, 1, "no").await));
        let view = world.service.get_decision(&clerk, request, Locale::Ja).await.unwrap();
        assert_eq!(view.decide, Err(Barred::Refused(Refusal::OwnWork)));
        assert_eq!(world.service.count_decisions(&clerk).await.unwrap(), 0);
        assert_eq!(world.service.count_decisions(&town.approver().await).await.unwrap(), 1);
        for other in [town.drafter().await, town.admin().await, town.auditor().await] {
            assert!(matches!(world.service.approve_request(&other, request, 1, today, "").await, Err(Error::Denied)));
        }

        world.service.approve_request(&town.approver().await, request, 1, today, "").await.unwrap();
        assert_eq!(standing(&world, &town, id).await, Standing::Published);
    })
    .await;
}

#[tokio::test]
async fn everybody_who_saved_the_draft_worked_on_it() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (clerk, drafter, approver) = (clerk(&world, &town).await, town.drafter().await, town.approver().await);
        let today = world.service.today();
        let own = |outcome| matches!(outcome, Err(Error::Conflict(Conflict::FourEyes)));
        let save = async |by, id| {
            let draft = world.service.get_draft(by, id).await.unwrap();
            world.service.save_draft(by, id, draft.seen, &draft.form).await.unwrap()
        };
        let submit = async |by, id, seen| {
            let submission = Submission {
                reason: reason(),
                effective_on: world.service.today(),
                earlier_eligibilities: EarlierEligibilities::default(),
            };
            world.service.submit_draft(by, id, seen, &submission).await.unwrap()
        };

        // The clerk writes, a colleague saves a comma and hands it in.
        let id = world.service.draft_configuration(&clerk, &Form::ResidencyRule(rule("村民"))).await.unwrap();
        let seen = save(&drafter, id).await;
        let request = submit(&drafter, id, seen).await;
        assert!(own(world.service.approve_request(&clerk, request, 1, today, "").await));
        assert_eq!(world.service.count_decisions(&clerk).await.unwrap(), 0);
        let view = world.service.get_decision(&clerk, request, Locale::Ja).await.unwrap();
        assert_eq!(view.decide, Err(Barred::Refused(Refusal::OwnWork)));
        assert_eq!(view.withdraw, Ok(()), "who worked on it may take it back");

        // Taken back, the words go on in the next version, and so does whose they are.
        world.service.withdraw_request(&clerk, request, 1).await.unwrap();
        let seen = save(&drafter, id).await;
        let second = submit(&drafter, id, seen).await;
        assert!(own(world.service.approve_request(&clerk, second, 1, today, "").await));
        // Sent back, too; having handed it in is enough.
        world.service.send_back_request(&approver, second, 1, "期間を短くしてください").await.unwrap();
        let seen = save(&drafter, id).await;
        let third = submit(&clerk, id, seen).await;
        assert!(own(world.service.approve_request(&clerk, third, 1, today, "").await));
        world.service.approve_request(&approver, third, 1, today, "").await.unwrap();
        assert_eq!(standing(&world, &town, id).await, Standing::Published);

        // What is in force has been decided on: the next change begins with nobody but its own author.
        let seen = save(&drafter, id).await;
        let fourth = submit(&drafter, id, seen).await;
        assert_eq!(world.service.count_decisions(&clerk).await.unwrap(), 1);
        world.service.approve_request(&clerk, fourth, 1, today, "").await.unwrap();
        assert_eq!(world.rows_of(&town, "version_author").await, 2 + 2 + 1);

        // A draft that is thrown away takes its authors with it.
        let seen = save(&clerk, id).await;
        assert_eq!(world.rows_where(&town, "version_author", "number = 4").await, 1);
        world.service.discard_draft(&clerk, id, seen).await.unwrap();
        assert_eq!(world.rows_where(&town, "version_author", "number = 4").await, 0);
    })
    .await;
}

#[tokio::test]
async fn four_eyes_close_tomorrow_and_not_for_what_is_submitted() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (clerk, admin) = (clerk(&world, &town).await, town.admin().await);
        let own = |outcome| matches!(outcome, Err(Error::Conflict(Conflict::FourEyes)));
        let (before, early) = submitted(&world, &clerk, 0).await;
        world.service.set_four_eyes(&admin, 1, false, "担当が一人のため").await.unwrap();
        let (_, same_day) = submitted(&world, &clerk, 0).await;
        let settings = world.service.tenant(&admin).await.unwrap();
        let tomorrow = world.service.today() + Duration::DAY;
        assert_eq!((settings.four_eyes, settings.four_eyes_off_from), (true, Some(tomorrow)));

        // 10:00 in Japan: after fourteen hours it is the next day, there.
        world.clock.advance(14 * 60 * 60 - 1);
        assert!(own(world.service.approve_request(&clerk, same_day, 1, tomorrow, "").await));
        world.clock.advance(1);
        assert!(!world.service.tenant(&admin).await.unwrap().four_eyes);
        let (after, late) = submitted(&world, &clerk, 0).await;
        assert_eq!(world.service.count_decisions(&clerk).await.unwrap(), 1);
        for request in [early, same_day] {
            assert!(own(world.service.approve_request(&clerk, request, 1, tomorrow, "").await));
        }
        world.service.approve_request(&clerk, late, 1, tomorrow, "").await.unwrap();
        assert_eq!(standing(&world, &town, after).await, Standing::Published);
        world.service.approve_request(&town.approver().await, early, 1, tomorrow, "").await.unwrap();
        assert_eq!(standing(&world, &town, before).await, Standing::Published);

        // Another reason does not postpone it; switched on again it acts at once.
        world.service.set_four_eyes(&admin, 2, false, "異動で一人になったため").await.unwrap();
        assert_eq!(world.service.tenant(&admin).await.unwrap().four_eyes_off_from, Some(tomorrow));
        world.service.set_four_eyes(&admin, 3, true, "").await.unwrap();
        let (_, request) = submitted(&world, &clerk, 0).await;
        assert!(own(world.service.approve_request(&clerk, request, 1, tomorrow, "").await));
        assert_eq!(world.rows_where(&town, "audit_entry", "action = 'tenant.four_eyes_changed'").await, 3);
    })
    .await;
}

#[tokio::test]
async fn sent_back_it_is_changed_and_submitted_again() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let (id, request) = submitted(&world, &drafter, 0).await;
        let silent = world.service.send_back_request(&approver, request, 1, "  ").await;
        assert!(matches!(silent, Err(Error::Invalid(wrong)) if wrong.get("comment") == Some(Violation::Required)));
        world.service.send_back_request(&approver, request, 1, "期間を短くしてください").await.unwrap();
        assert_eq!(standing(&world, &town, id).await, Standing::SentBack);
        let again = world.service.approve_request(&approver, request, 2, world.service.today(), "").await;
        assert!(matches!(again, Err(Error::Conflict(Conflict::State))));

        let draft = world.service.get_draft(&drafter, id).await.unwrap();
        world.clock.advance(60);
        assert_eq!((draft.number, draft.saved), (1, true));
        assert_eq!(draft.sent_back.as_deref(), Some("期間を短くしてください"));
        let mut form = rule("村民");
        form.term_months = "6".to_owned();
        let seen = world.service.save_draft(&drafter, id, draft.seen, &Form::ResidencyRule(form)).await.unwrap();
        let submission = Submission {
            reason: reason(),
            effective_on: world.service.today(),
            earlier_eligibilities: EarlierEligibilities::default(),
        };
        let second = world.service.submit_draft(&drafter, id, seen, &submission).await.unwrap();
        let old = world.service.withdraw_request(&drafter, request, 2).await;
        assert!(matches!(old, Err(Error::Conflict(Conflict::State))), "the request that was sent back is history");
        let stale = world.service.approve_request(&approver, second, 2, world.service.today(), "").await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        world.service.approve_request(&approver, second, 1, world.service.today(), "よいです").await.unwrap();
        let view = world.service.get_decision(&drafter, second, Locale::Ja).await.unwrap();
        let events: Vec<EventKind> = view.timeline.iter().map(|event| event.kind).collect();
        assert_eq!(
            events,
            [
                EventKind::Submitted,
                EventKind::SentBack,
                EventKind::Submitted,
                EventKind::Approved,
                EventKind::Published
            ]
        );
        assert_eq!(view.timeline[3].comment.as_deref(), Some("よいです"));
        assert!(view.changes.iter().all(|change| change.kind != ChangeKind::Removed));
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_back_stays_on_record_and_its_words_are_not_lost() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let (id, request) = submitted(&world, &drafter, 0).await;
        let others = world.service.withdraw_request(&town.admin().await, request, 1).await;
        assert!(matches!(others, Err(Error::Denied)));
        world.service.withdraw_request(&drafter, request, 1).await.unwrap();
        assert_eq!(standing(&world, &town, id).await, Standing::Withdrawn);
        for outcome in [
            world.service.withdraw_request(&drafter, request, 2).await,
            world.service.approve_request(&approver, request, 2, world.service.today(), "").await,
            world.service.send_back_request(&approver, request, 2, "no").await,
        ] {
            assert!(matches!(outcome, Err(Error::Conflict(Conflict::State))), "{outcome:?}");
        }
        let draft = world.service.get_draft(&drafter, id).await.unwrap();
        assert_eq!((draft.number, draft.saved, draft.form), (2, false, Form::ResidencyRule(rule("村民"))));
    })
    .await;
}

#[tokio::test]
async fn an_approved_version_comes_into_force_on_its_day() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let (id, request) = submitted(&world, &drafter, 1).await;
        let past =
            world.service.approve_request(&approver, request, 1, world.service.today() - Duration::DAY, "").await;
        assert!(matches!(past, Err(Error::Invalid(wrong)) if wrong.get("effective_on").is_some()));
        let day = world.service.today() + Duration::days(2);
        world.service.approve_request(&approver, request, 1, day, "").await.unwrap();
        assert_eq!(standing(&world, &town, id).await, Standing::Approved);
        let scheduled = QueueFilter { queue: Queue::Scheduled, ..QueueFilter::default() };
        assert_eq!(world.service.list_decisions(&approver, &scheduled).await.unwrap().matching, 1);

        world.clock.advance(DAY);
        world.service.run_due_jobs().await.unwrap();
        assert_eq!(standing(&world, &town, id).await, Standing::Approved);
        // 10:00 of the day before: fourteen hours later it is midnight in Japan.
        world.clock.advance(14 * 60 * 60);
        let generation = town.drafter().await.generation();
        let other = world.another_process().await;
        let (one, two) = tokio::join!(world.service.run_due_jobs(), other.run_due_jobs());
        assert!(one.is_ok() && two.is_ok());
        assert_eq!(standing(&world, &town, id).await, Standing::Published);
        assert!(town.drafter().await.generation() > generation);
        assert_eq!(world.rows_where(&town, "job", "kind = 'publish'").await, 0);
        let entry = "action = 'version.published' and actor_kind = 'system:publisher'";
        assert_eq!(world.rows_where(&town, "audit_entry", entry).await, 1, "one process does it, once");
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_back_before_its_day_is_not_published() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let (id, request) = submitted(&world, &drafter, 1).await;
        world.service.approve_request(&approver, request, 1, world.service.today() + Duration::DAY, "").await.unwrap();
        world.service.withdraw_request(&drafter, request, 2).await.unwrap();
        world.clock.advance(2 * DAY);
        world.service.run_due_jobs().await.unwrap();
        assert_eq!(standing(&world, &town, id).await, Standing::Withdrawn);
    })
    .await;
}

#[tokio::test]
async fn two_approvals_at_once_publish_once() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.drafter().await;
        let (id, request) = submitted(&world, &drafter, 0).await;
        let second = world.person("second@showa.example.jp", true).await;
        world.join(&town, &second, "もう一人", &[Role::Approver]).await;
        let (one, two) = (town.approver().await, world.service.staff(second.account, &town.slug).await.unwrap().0);
        let today = world.service.today();
        let other = world.another_process().await;
        let (first, second) = tokio::join!(
            world.service.approve_request(&one, request, 1, today, ""),
            other.approve_request(&two, request, 1, today, "")
        );
        assert_eq!([&first, &second].iter().filter(|outcome| outcome.is_ok()).count(), 1, "{first:?} {second:?}");
        assert_eq!(world.rows_where(&town, "configuration_version", "state = 'published'").await, 1);
        assert_eq!(world.rows_where(&town, "audit_entry", "action = 'version.published'").await, 1);
        assert_eq!(standing(&world, &town, id).await, Standing::Published);
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_a_second_published_version() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.drafter().await;
        let id = world.publish_rule(&town, rule("村民")).await;
        let draft = world.service.get_draft(&drafter, id).await.unwrap();
        world.service.save_draft(&drafter, id, draft.seen, &draft.form).await.unwrap();
        let refused =
            world.refuses("update configuration_version set state = 'published' where number = 2", &town).await;
        assert!(refused, "at most one version is published");
    })
    .await;
}

#[tokio::test]
async fn the_queue_shows_what_waits_for_whom() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let (_, first) = submitted(&world, &drafter, 0).await;
        let (_, second) = submitted(&world, &drafter, 0).await;
        world.service.send_back_request(&approver, second, 1, "あとで").await.unwrap();
        let queue = async |caller, queue| {
            let filter = QueueFilter { queue, ..QueueFilter::default() };
            world.service.list_decisions(caller, &filter).await.unwrap()
        };
        let waiting = queue(&approver, Queue::ForMe).await;
        assert_eq!((waiting.matching, waiting.for_me, waiting.waiting, waiting.may_decide), (1, 1, 1, true));
        assert_eq!((waiting.rows[0].id, waiting.rows[0].state), (first, ChangeRequestState::Submitted));
        let theirs = queue(&drafter, Queue::ForMe).await;
        assert_eq!((theirs.matching, theirs.waiting, theirs.may_decide), (0, 1, false));
        let decided = queue(&drafter, Queue::Decided).await;
        assert_eq!(decided.rows[0].decided_by.as_ref().unwrap().name, "showa approver");
        let analyst = town.analyst().await;
        assert!(matches!(world.service.list_decisions(&analyst, &QueueFilter::default()).await, Err(Error::NotFound)));
        let view = world.service.get_decision(&approver, first, Locale::En).await.unwrap();
        assert_eq!((view.decide, view.replaces, view.checks.len()), (Ok(()), None, 5));
        assert!(view.checks.iter().all(|(_, holds)| *holds));
    })
    .await;
}
