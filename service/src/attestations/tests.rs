//! Redeeming: once, by one person, within the term, in the municipality that made the code; and nothing that leads back.

use domain::access::Role;
use domain::ids::ResidentId;
use domain::names::{DisplayName, MailAddress};
use domain::residency::{Attestation, AttestationBatch, AttestationKind};
use time::macros::date;

use super::store::{attested_of, look_up, redeem};
use crate::gate::{Caller, Resource, Scope, SystemActor, action};
use crate::provisioning::{NewMembership, NewStaffAccount};
use crate::usage::tests::{Town, on_both};

const TODAY: time::Date = date!(2026 - 11 - 16);

fn work(until: &str) -> Attestation {
    Attestation { kind: AttestationKind::Work, until: until.parse().unwrap() }
}

impl Town {
    /// A member of staff who may make codes.
    async fn clerk(&self) -> Caller {
        let mail = MailAddress::parse("clerk@showa.example.jp").unwrap();
        let new = NewStaffAccount { mail: mail.clone(), password: "a long enough password".into(), totp_secret: None };
        let account = self.service.create_account(&new).await.unwrap().value();
        let membership = NewMembership {
            account,
            mail,
            display_name: DisplayName::parse("書記").unwrap(),
            department: String::new(),
            roles: vec![Role::Drafter],
        };
        self.service.create_membership(&self.slug, &membership).await.unwrap();
        self.service.staff(account, &self.slug).await.unwrap().0
    }

    /// Codes for people who work here until `until`, as they are printed.
    async fn codes(&self, count: u16, until: &str) -> Vec<String> {
        let batch = AttestationBatch {
            kind: AttestationKind::Work,
            name: String::new(),
            count,
            until: until.parse().unwrap(),
            redeem_until: date!(2026 - 12 - 31),
        };
        let issued = self.service.create_attestation_batch(&self.clerk().await, &batch).await.unwrap();
        issued.codes.iter().map(ToString::to_string).collect()
    }

    async fn offers(&self, typed: &str, today: time::Date) -> Option<Attestation> {
        let found = look_up(&self.scope().await, typed, today).await.unwrap();
        found.map(|found| Attestation { kind: found.kind, until: found.until })
    }

    async fn redeem(&self, resident: ResidentId, typed: &str) -> Option<Attestation> {
        let scope = self.scope().await;
        let offered = look_up(&scope, typed, TODAY).await.unwrap()?;
        let redeemed = redeem(&scope, resident, &offered.hash, TODAY).await.unwrap();
        scope.commit().await.unwrap();
        redeemed
    }

    async fn ties(&self, resident: ResidentId) -> Vec<Attestation> {
        attested_of(&self.scope().await, resident).await.unwrap()
    }
}

#[tokio::test]
async fn a_code_is_redeemed_once() {
    on_both(async |town| {
        let (one, other) = (town.resident().await, town.resident().await);
        let codes = town.codes(2, "2027-03").await;
        let typed = codes[0].to_lowercase().replace('-', "　");
        assert_eq!(town.offers(&typed, TODAY).await, Some(work("2027-03")));
        assert_eq!(town.redeem(one, &typed).await, Some(work("2027-03")));
        assert_eq!(town.redeem(other, &codes[0]).await, None);
        assert_eq!((town.ties(one).await, town.ties(other).await), (vec![work("2027-03")], vec![]));
        assert_eq!(town.offers(&codes[1], TODAY).await, Some(work("2027-03")), "the other one still can be");
        assert_eq!(town.offers("AAAA-AAAA-AAAA-AAAA", TODAY).await, None);
        assert_eq!(town.offers("not a code", TODAY).await, None);
    })
    .await;
}

#[tokio::test]
async fn of_two_at_the_same_time_one_wins() {
    on_both(async |town| {
        let people = [town.resident().await, town.resident().await];
        for code in town.codes(8, "2027-03").await {
            let (one, other) = tokio::join!(town.redeem(people[0], &code), town.redeem(people[1], &code));
            assert_eq!([one, other].into_iter().flatten().count(), 1, "{code}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_longer_tie_stays() {
    on_both(async |town| {
        let person = town.resident().await;
        for (until, kept) in [("2027-03", "2027-03"), ("2027-09", "2027-09"), ("2027-03", "2027-09")] {
            let code = town.codes(1, until).await.remove(0);
            assert_eq!(town.redeem(person, &code).await, Some(work(kept)));
            assert_eq!(town.ties(person).await, [work(kept)]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_has_its_last_day() {
    on_both(async |town| {
        let person = town.resident().await;
        let code = town.codes(1, "2026-12").await.remove(0);
        assert_eq!(town.offers(&code, date!(2026 - 12 - 31)).await, Some(work("2026-12")));
        let over = date!(2027 - 01 - 01);
        assert_eq!(town.offers(&code, over).await, None);
        let scope = town.scope().await;
        let offered = look_up(&scope, &code, TODAY).await.unwrap().unwrap();
        assert_eq!(redeem(&scope, person, &offered.hash, over).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn nothing_leads_from_a_person_to_a_batch() {
    on_both(async |town| {
        let person = town.resident().await;
        let code = town.codes(5, "2027-03").await.remove(0);
        let batch = async || town.scope().await.find::<entity::attestation_batch::Entity>().get().await.unwrap();
        let before = batch().await;
        town.redeem(person, &code).await.unwrap();
        assert_eq!(batch().await, before, "no row of the batch is touched");
        let scope = town.scope().await;
        assert_eq!(
            scope.find::<entity::attestation_code::Entity>().count().await.unwrap(),
            4,
            "the code's row is gone"
        );
        let row = scope.find::<entity::attestation::Entity>().get().await.unwrap();
        let whole = (row.organisation_id, row.resident_id, row.kind.as_str(), row.until_month.as_str());
        assert_eq!(whole, (town.organisation.id.uuid(), person.uuid(), "work", "2027-03"));
    })
    .await;
}

#[tokio::test]
async fn a_tie_leaves_with_the_town_id() {
    on_both(async |town| {
        let person = town.resident().await;
        let code = town.codes(1, "2027-03").await.remove(0);
        town.redeem(person, &code).await.unwrap();
        town.delete(person).await;
        assert_eq!(town.ties(person).await, []);
        let caller = town.service.gate.system(SystemActor::SignIn, &town.organisation);
        let scope = town.service.gate.open(&caller, action::Read, Resource::Attestation).await.unwrap();
        assert_eq!(scope.find::<entity::attestation::Entity>().count().await.unwrap(), 0);
    })
    .await;
}
