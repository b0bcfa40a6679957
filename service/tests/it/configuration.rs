//! The life of a version, from the first draft to its successor; lists; what depends on what.

use domain::configuration::EarlierEligibilities;
use domain::configuration::{ChangeKind, ConfigurationKind, FieldKey, VersionState};
use domain::ids::{ConsentTextId, ResidencyRuleId};
use domain::locale::Locale;
use domain::violations::Violation;
use oidc::jose::Algorithm;
use service::configuration::{
    Barred, Compared, ConfigurationId, Form, ListFilter, ListSort, NewRelyingParty, Seen, Standing, Submission,
};
use service::{Conflict, Error};
use time::Duration;

use crate::harness::forms::{consent_text, reason, relying_party, rule};
use crate::harness::software::Software;
use crate::harness::{Town, World, on_both, on_sqlite};

const NEWEST: Compared = Compared { from: None, to: None };

async fn draft_rule(world: &World, town: &Town, name: &str) -> (ConfigurationId, Seen) {
    let drafter = town.drafter().await;
    let id = world.service.draft_configuration(&drafter, &Form::ResidencyRule(rule(name))).await.unwrap();
    (id, Seen { number: 1, revision: 1 })
}

fn today(world: &World) -> Submission {
    Submission {
        reason: reason(),
        effective_on: world.service.today(),
        earlier_eligibilities: EarlierEligibilities::default(),
    }
}

#[tokio::test]
async fn the_life_of_a_version() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (drafter, approver) = (town.drafter().await, town.approver().await);
        let (id, seen) = draft_rule(&world, &town, "村民").await;
        let detail = world.service.get_configuration(&drafter, id, NEWEST, Locale::Ja).await.unwrap();
        assert_eq!((detail.standing, detail.published, detail.latest), (Standing::Draft, None, 1));
        assert_eq!(detail.abilities.submit, Ok(()));

        let mut form = rule("村民");
        form.term_months = "24".to_owned();
        let seen = world.service.save_draft(&drafter, id, seen, &Form::ResidencyRule(form)).await.unwrap();
        let request = world.service.submit_draft(&drafter, id, seen, &today(&world)).await.unwrap();
        let detail = world.service.get_configuration(&drafter, id, NEWEST, Locale::Ja).await.unwrap();
        assert_eq!(detail.standing, Standing::InReview);
        assert_eq!(detail.abilities.draft, Err(Barred::InReview));
        assert_eq!(detail.request.map(|request| request.submitted_by.unwrap().name), Some("showa drafter".to_owned()));
        let form = Form::ResidencyRule(rule("x"));
        let locked = world.service.save_draft(&drafter, id, Seen { number: 1, revision: 4 }, &form).await;
        assert!(matches!(locked, Err(Error::Conflict(Conflict::State))));

        world.service.approve_request(&approver, request, 1, world.service.today(), "").await.unwrap();
        let detail = world.service.get_configuration(&drafter, id, NEWEST, Locale::Ja).await.unwrap();
        assert_eq!((detail.standing, detail.published), (Standing::Published, Some(1)));
        assert_eq!(detail.versions[0].approved_by.as_ref().unwrap().name, "showa approver");

        // The next version begins with the one in use, and takes its place.
        let draft = world.service.get_draft(&drafter, id).await.unwrap();
        assert_eq!((draft.number, draft.saved), (2, false));
        let Form::ResidencyRule(mut next) = draft.form else { panic!("a rule") };
        assert_eq!(next.term_months, "24");
        next.term_months = "6".to_owned();
        let seen = world.service.save_draft(&drafter, id, draft.seen, &Form::ResidencyRule(next)).await.unwrap();
        assert_eq!(seen, Seen { number: 2, revision: 1 });
        let detail = world.service.get_configuration(&drafter, id, NEWEST, Locale::Ja).await.unwrap();
        assert_eq!((detail.comparison.from, detail.comparison.to), (Some(1), 2));
        let changed: Vec<FieldKey> = detail
            .comparison
            .changes
            .unwrap()
            .into_iter()
            .filter(|change| change.kind != ChangeKind::Same)
            .map(|change| change.field)
            .collect();
        assert_eq!(changed, [FieldKey::Term]);
        assert_eq!(detail.published, Some(1), "the draft changes nothing that is in use");

        world.service.enact_draft(&drafter, &approver, id, &reason()).await.unwrap();
        let detail = world.service.get_configuration(&drafter, id, NEWEST, Locale::Ja).await.unwrap();
        let states: Vec<VersionState> = detail.versions.iter().map(|version| version.state).collect();
        assert_eq!(states, [VersionState::Published, VersionState::Archived]);
        assert!(detail.versions[1].archived_at.is_some());
        let acts = "action in ('version.drafted','change.submitted','change.approved','version.published')";
        assert_eq!(world.rows_where(&town, "audit_entry", acts).await, 9);
        let text = "body like '%24か月後%' and body like '%6か月後%'";
        assert!(world.rows_where(&town, "audit_text", text).await >= 1, "before and after stand in the trail");
    })
    .await;
}

#[tokio::test]
async fn a_draft_may_lack_anything_but_a_name_and_nothing_typed_is_lost() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.drafter().await;
        let mut form = rule("");
        let nameless = world.service.draft_configuration(&drafter, &Form::ResidencyRule(form.clone())).await;
        assert!(matches!(nameless, Err(Error::Invalid(wrong)) if wrong.get("name_ja") == Some(Violation::Required)));
        form.name_ja = "途中".to_owned();
        form.clauses.clear();
        form.note = "あとで書く".to_owned();
        let id = world.service.draft_configuration(&drafter, &Form::ResidencyRule(form.clone())).await.unwrap();
        let draft = world.service.get_draft(&town.admin().await, id).await.unwrap();
        assert_eq!(draft.form, Form::ResidencyRule(form));
        assert_eq!(draft.lacks.get("clauses"), Some(Violation::Required));
        let refused = world.service.submit_draft(&drafter, id, draft.seen, &today(&world)).await;
        assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("clauses").is_some()));
        let yesterday = Submission { effective_on: world.service.today() - Duration::DAY, ..today(&world) };
        let refused = world.service.submit_draft(&drafter, id, draft.seen, &yesterday).await;
        assert!(
            matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("effective_on") == Some(Violation::OutOfRange))
        );
    })
    .await;
}

#[tokio::test]
async fn who_saves_what_somebody_else_saved_meanwhile_is_told() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let (id, seen) = draft_rule(&world, &town, "村民").await;
        let theirs = Form::ResidencyRule(rule("村民と近隣"));
        world.service.save_draft(&town.admin().await, id, seen, &theirs).await.unwrap();
        let drafter = town.drafter().await;
        let mine = Form::ResidencyRule(rule("村民だけ"));
        let stale = |outcome| matches!(outcome, Err(Error::Conflict(Conflict::Stale)));
        assert!(stale(world.service.save_draft(&drafter, id, seen, &mine).await));
        assert!(stale(world.service.submit_draft(&drafter, id, seen, &today(&world)).await.map(|_| seen)));
        assert!(stale(world.service.discard_draft(&drafter, id, seen).await.map(|_| seen)));
        assert_eq!(world.service.get_draft(&drafter, id).await.unwrap().form, theirs);
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_discarded_and_the_last_one_takes_its_configuration_along() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.drafter().await;
        let rule_id = world.publish_rule(&town, rule("村民")).await;
        let draft = world.service.get_draft(&drafter, rule_id).await.unwrap();
        let refused = world.service.discard_draft(&drafter, rule_id, draft.seen).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::State))), "what is published is not discarded");
        let seen = world.service.save_draft(&drafter, rule_id, draft.seen, &draft.form).await.unwrap();
        assert!(world.service.discard_draft(&drafter, rule_id, seen).await.unwrap());
        let detail = world.service.get_configuration(&drafter, rule_id, NEWEST, Locale::En).await.unwrap();
        assert_eq!((detail.latest, detail.standing), (1, Standing::Published));

        let text = world.publish_consent_text(&town, consent_text("図書")).await;
        let form = Form::RelyingParty(relying_party(rule_id, text));
        let new = NewRelyingParty::default();
        let id = world.service.draft_relying_party(&drafter, &new, &form).await.unwrap();
        let ConfigurationId::RelyingParty(party) = id else { panic!("a relying party") };
        world.service.issue_client_secret(&town.admin().await, party, None).await.unwrap();
        assert!(!world.service.discard_draft(&drafter, id, Seen { number: 1, revision: 1 }).await.unwrap());
        for table in ["relying_party", "client_secret"] {
            assert_eq!(world.rows_of(&town, table).await, 0, "{table}");
        }
        let gone = world.service.get_configuration(&drafter, id, NEWEST, Locale::Ja).await;
        assert!(matches!(gone, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_relying_party_needs_a_published_rule_and_a_published_text() {
    on_both(async |world| {
        let (town, next) = (world.town("showa").await, world.town("seki").await);
        let drafter = town.drafter().await;
        let text = world.publish_consent_text(&town, consent_text("図書")).await;
        let (ConfigurationId::ResidencyRule(unpublished), _) = draft_rule(&world, &town, "村民").await else {
            panic!()
        };
        let foreign = world.publish_rule(&next, rule("市民")).await;
        let submit = async |rule: ResidencyRuleId, text: ConsentTextId| {
            let form = Form::RelyingParty(relying_party(rule, text));
            let id = world.service.draft_relying_party(&drafter, &NewRelyingParty::default(), &form).await.unwrap();
            world.service.submit_draft(&drafter, id, Seen { number: 1, revision: 1 }, &today(&world)).await
        };
        let refused = submit(unpublished, text).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::DependencyUnpublished))));
        let refused = submit(foreign, text).await;
        assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong.get("rule") == Some(Violation::Unknown)));
        let rule = world.publish_rule(&town, rule("村民")).await;
        assert!(submit(rule, text).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn thirty_two_rules_are_published_at_most() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.drafter().await;
        for number in 0..32 {
            world.publish_rule(&town, rule(&format!("ルール{number}"))).await;
        }
        let (id, seen) = draft_rule(&world, &town, "33").await;
        let refused = world.service.submit_draft(&drafter, id, seen, &today(&world)).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Limit))));

        let filter =
            ListFilter { search: "ルール1".to_owned(), sort: ListSort::Title, size: 5, ..ListFilter::default() };
        let list =
            world.service.list_configurations(&drafter, ConfigurationKind::ResidencyRule, &filter).await.unwrap();
        assert_eq!((list.total, list.matching, list.rows.len(), list.may_create), (33, 11, 5, true));
        let next = ListFilter { page: 2, ..filter };
        let last = world.service.list_configurations(&drafter, ConfigurationKind::ResidencyRule, &next).await.unwrap();
        assert_eq!(last.rows.iter().map(|row| row.title.get(Locale::Ja)).collect::<Vec<_>>(), ["ルール1"]);
        let literally = ListFilter { search: "%".to_owned(), ..ListFilter::default() };
        let none =
            world.service.list_configurations(&drafter, ConfigurationKind::ResidencyRule, &literally).await.unwrap();
        assert_eq!(none.matching, 0);
        let drafts = ListFilter { standing: Some(Standing::Draft), ..ListFilter::default() };
        let drafts =
            world.service.list_configurations(&drafter, ConfigurationKind::ResidencyRule, &drafts).await.unwrap();
        assert_eq!(drafts.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
        assert_eq!(
            drafts.rows[0].sentence.as_ref().unwrap().get(Locale::Ja),
            "昭和村(福島県大沼郡)に住んでいる人が使えます。"
        );
    })
    .await;
}

#[tokio::test]
async fn a_list_says_who_uses_what() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let party = world.publish_library(&town).await;
        let admin = town.admin().await;
        world.service.issue_client_secret(&admin, party, None).await.unwrap();
        let list = async |kind, filter: &ListFilter| {
            world.service.list_configurations(&admin, kind, filter).await.unwrap().rows
        };
        let all = ListFilter::default();
        let rules = list(ConfigurationKind::ResidencyRule, &all).await;
        assert_eq!(rules[0].used_by[0].1.get(Locale::En), "E-Library");
        let texts = list(ConfigurationKind::ConsentText, &all).await;
        assert_eq!(texts[0].title.get(Locale::En), "Consent for みなと書誌システム");
        let by_client_id = ListFilter { search: "LIBR".to_owned(), ..ListFilter::default() };
        let parties = list(ConfigurationKind::RelyingParty, &by_client_id).await;
        let columns = parties[0].party.as_ref().unwrap();
        assert_eq!((columns.client_id.as_str(), columns.rule.as_ref().unwrap().1), ("library", Some(1)));
        assert!(columns.secret_expires_at.is_some());
        assert_eq!(parties[0].updated_by.as_deref(), Some("showa drafter"));
    })
    .await;
}

#[tokio::test]
async fn of_another_town_nothing_is_found() {
    on_both(async |world| {
        let (town, next) = (world.town("showa").await, world.town("seki").await);
        let party = world.publish_library(&town).await;
        let (id, seen) = draft_rule(&world, &town, "村民").await;
        let request = world.service.submit_draft(&town.drafter().await, id, seen, &today(&world)).await.unwrap();
        let secret = world.service.issue_client_secret(&town.admin().await, party, None).await.unwrap();
        let (admin, approver) = (next.admin().await, next.approver().await);
        let missing = |outcome: Result<(), Error>| assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
        let service = &world.service;
        for kind in ConfigurationKind::ALL {
            let list = service.list_configurations(&admin, kind, &ListFilter::default()).await.unwrap();
            assert_eq!((list.total, list.matching), (0, 0));
        }
        missing(service.get_configuration(&admin, id, NEWEST, Locale::Ja).await.map(drop));
        missing(service.get_configuration(&admin, party, NEWEST, Locale::Ja).await.map(drop));
        missing(service.get_draft(&admin, id).await.map(drop));
        missing(service.save_draft(&admin, id, seen, &Form::ResidencyRule(rule("x"))).await.map(drop));
        missing(service.discard_draft(&admin, id, seen).await.map(drop));
        missing(service.submit_draft(&admin, id, seen, &today(&world)).await.map(drop));
        missing(service.withdraw_request(&admin, request, 1).await);
        missing(service.get_decision(&approver, request, Locale::Ja).await.map(drop));
        missing(service.approve_request(&approver, request, 1, world.service.today(), "").await);
        missing(service.send_back_request(&approver, request, 1, "no").await);
        missing(service.suspend_relying_party(&admin, party, &reason()).await);
        missing(service.resume_relying_party(&admin, party, &reason()).await);
        missing(service.issue_client_secret(&admin, party, None).await.map(drop));
        missing(service.end_client_secret(&admin, party, secret.id).await);
        assert!(service.list_client_secrets(&admin, party).await.unwrap().is_empty());
        assert_eq!(service.count_decisions(&approver).await.unwrap(), 0);
        // Another kind's id is another thing's id.
        let as_text = ConsentTextId::from_uuid(id.uuid());
        missing(service.get_configuration(&town.admin().await, as_text, NEWEST, Locale::Ja).await.map(drop));
        missing(service.get_configuration(&town.analyst().await, id, NEWEST, Locale::Ja).await.map(drop));
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_tried_with_somebody_made_up_and_nothing_is_kept() {
    use domain::configuration::{AgesForm, ClauseForm, PlaceForm};
    use domain::residency::{Clause, DecidedBy, Outcome, ReasonCode};
    use service::residency_rules::MadeUp;
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.drafter().await;
        let mut form = rule("");
        form.clauses.push(ClauseForm {
            area: "listed".to_owned(),
            places: vec![PlaceForm { code: "074454".to_owned(), towns: Vec::new() }],
            ages: AgesForm { age_at_least: "18".to_owned(), ..AgesForm::default() },
            ..ClauseForm::default()
        });
        let before = world.rows_of(&town, "audit_entry").await;
        let somebody = |address: &str, birthdate: &str| MadeUp {
            address: address.to_owned().into(),
            birthdate: birthdate.to_owned().into(),
            ..MadeUp::default()
        };
        let attempt = async |address: &str, birthdate: &str| {
            world.service.try_rule(&drafter, &form, somebody(address, birthdate)).await.unwrap()
        };
        let own = attempt("大沼郡昭和村下中津川字中島9002番地", "").await;
        assert_eq!((own.determination.outcome, own.determination.clause), (Outcome::Eligible, Some(Clause::Admits(0))));
        assert_eq!(own.reading.decided_by, Some(DecidedBy::County));
        let neighbour = attempt("福島県大沼郡金山町大字川口", "1990-01-01").await;
        assert_eq!(neighbour.determination.clause, Some(Clause::Admits(1)));
        let child = attempt("福島県大沼郡金山町大字川口", "2020-01-01").await;
        assert_eq!(child.determination.reason, ReasonCode::ConditionsNotMet);
        let namesake = attempt("昭和村1番地", "").await;
        assert_eq!(namesake.determination.outcome, Outcome::Undecidable);
        let empty = world.service.try_rule(&drafter, &form, somebody(" ", "x")).await;
        assert!(matches!(empty, Err(Error::Invalid(wrong)) if wrong.iter().count() == 2));
        let ties_and_day = MadeUp { ties: vec!["job".to_owned()], day: "tomorrow".to_owned(), ..somebody("x", "") };
        let wrong = world.service.try_rule(&drafter, &form, ties_and_day).await;
        assert!(matches!(wrong, Err(Error::Invalid(wrong)) if wrong.get("try_ties").is_some() && wrong.get("try_day").is_some()));
        let later = MadeUp { day: "2031-04-30".to_owned(), ..somebody("福島県大沼郡金山町大字川口", "2013-05-02") };
        let later = world.service.try_rule(&drafter, &form, later).await.unwrap();
        assert_eq!(later.determination.reason, ReasonCode::ConditionsNotMet, "two days before the birthday, and the law counts from the day before");
        let analyst = world.service.try_rule(&town.analyst().await, &form, somebody("x", "")).await;
        assert!(matches!(analyst, Err(Error::NotFound)));
        assert_eq!(world.rows_of(&town, "audit_entry").await, before);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_relying_party_is_submitted_once_its_addresses_answer() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.drafter().await;
        let rule = world.publish_rule(&town, rule("村民")).await;
        let text = world.publish_consent_text(&town, consent_text("図書")).await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let mut form = relying_party(rule, text);
        form.client = software.settings();
        form.client.backchannel_logout_uri = software.at("/logout");
        let draft = Form::RelyingParty(form.clone());
        let id = world.service.draft_relying_party(&drafter, &NewRelyingParty::default(), &draft).await.unwrap();
        let seen = Seen { number: 1, revision: 1 };
        let wrong = async |seen| match world.service.submit_draft(&drafter, id, seen, &today(&world)).await {
            Err(Error::Invalid(wrong)) => wrong,
            other => panic!("{other:?}"),
        };
        let rsa = r#"{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"short"}"#;
        let twice = software.jwks().replace("]}", &format!(",{}", software.jwks().trim_start_matches("{\"keys\":[")));
        for (status, body, violation) in [
            (404, "", Violation::Unreachable),
            (302, "", Violation::Unreachable),
            (200, "<html>", Violation::Malformed),
            (200, r#"{"keys":[]}"#, Violation::Unknown),
            (200, &format!(r#"{{"keys":[{rsa}]}}"#), Violation::Unknown),
            (200, &twice, Violation::Duplicate),
            (200, r#"{"keys":[{"kty":"oct","k":"AA"}]}"#, Violation::NotAllowed),
        ] {
            software.publishes(status, body);
            let found = wrong(seen).await;
            assert_eq!(found.iter().collect::<Vec<_>>(), [("jwks_uri", violation)], "{status} {body}");
        }
        // The page asks before it saves, too.
        let checked = world.service.check_form(&drafter, &draft).await;
        assert!(matches!(checked, Err(Error::Invalid(wrong)) if wrong.get("jwks_uri").is_some()));
        let by_others = world.service.check_form(&town.analyst().await, &draft).await;
        assert!(matches!(by_others, Err(Error::Denied | Error::NotFound)));
        software.publishes_keys();
        form.client.backchannel_logout_uri = "http://127.0.0.1:9/logout".to_owned();
        let silent = Form::RelyingParty(form);
        let seen = world.service.save_draft(&drafter, id, seen, &silent).await.unwrap();
        let found = wrong(seen).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), [("backchannel_logout_uri", Violation::Unreachable)]);
        // Any answer is one: what it says to a request that is none does not matter.
        let seen = world.service.save_draft(&drafter, id, seen, &draft).await.unwrap();
        world.service.check_form(&drafter, &draft).await.unwrap();
        world.service.submit_draft(&drafter, id, seen, &today(&world)).await.unwrap();
    })
    .await;
}

/// Whoever is slower than five seconds when nothing depends on it is slower when residents wait.
// conforms: Our own
#[tokio::test]
async fn an_address_that_takes_its_time_is_taken_for_none() {
    on_sqlite(async |world| {
        let town = world.town("showa").await;
        let rule = world.publish_rule(&town, rule("村民")).await;
        let text = world.publish_consent_text(&town, consent_text("図書")).await;
        let software = Software::start(&world.clock, Algorithm::ES256).await;
        let mut form = relying_party(rule, text);
        form.client = software.settings();
        form.client.jwks_uri = software.at("/slow");
        form.client.backchannel_logout_uri = software.at("/slow");
        let checked = world.service.check_form(&town.drafter().await, &Form::RelyingParty(form)).await;
        let Err(Error::Invalid(wrong)) = checked else { panic!("{checked:?}") };
        let mut found: Vec<_> = wrong.iter().collect();
        found.sort_by_key(|(field, _)| *field);
        let slow = Violation::Unreachable;
        assert_eq!(found, [("backchannel_logout_uri", slow), ("jwks_uri", slow)]);
    })
    .await;
}
