//! Creating municipalities, accounts and memberships, once and again.

use domain::access::Role;
use domain::municipality::MunicipalityCode;
use domain::names::{DisplayName, MailAddress, Reason, TenantSlug};
use service::accounts::PasswordOutcome;
use service::provisioning::{AccountDeletion, NewMembership, NewStaffAccount, NewTenant, Provisioned, TenantMode};
use service::{Conflict, Error};

use crate::harness::{PASSWORD, on_both};

fn tenant(slug: &str, code: &str) -> NewTenant {
    let (slug, code): (TenantSlug, MunicipalityCode) = (slug.parse().unwrap(), code.parse().unwrap());
    NewTenant::with_defaults(slug, code, TenantMode::Production).unwrap()
}

#[tokio::test]
async fn said_twice_is_done_once() {
    on_both(async |world| {
        let new = tenant("tsuno", "454061");
        let Provisioned::Created(organisation) = world.service.create_tenant(&new).await.unwrap() else {
            panic!("it was not there before");
        };
        assert_eq!((organisation.name_ja.as_str(), organisation.name_en.as_str()), ("都農町", "Tsuno Town"));
        assert!(matches!(world.service.create_tenant(&new).await.unwrap(), Provisioned::Existed(_)));
        assert_eq!(world.rows("organisation").await, 1);

        let account = NewStaffAccount {
            mail: MailAddress::parse("kuroki@town.tsuno.example.jp").unwrap(),
            password: PASSWORD.into(),
            totp_secret: None,
        };
        let first = world.service.create_account(&account).await.unwrap();
        let second = world.service.create_account(&account).await.unwrap();
        assert!(matches!((first, second), (Provisioned::Created(one), Provisioned::Existed(other)) if one == other));

        let membership = NewMembership {
            account: first.value(),
            mail: account.mail.clone(),
            display_name: DisplayName::parse("黒木 誠").unwrap(),
            department: "まちづくり課".to_owned(),
            roles: vec![Role::Drafter, Role::Admin, Role::Drafter],
        };
        let joined = world.service.create_membership(&new.slug, &membership).await.unwrap();
        assert!(matches!(joined, Provisioned::Created(_)));
        let again = world.service.create_membership(&new.slug, &membership).await.unwrap();
        assert!(matches!(again, Provisioned::Existed(_)));
        let (caller, _) = world.service.staff(first.value(), &new.slug).await.unwrap();
        assert_eq!(caller.colleague().unwrap().roles, [Role::Admin, Role::Drafter]);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_deleted_once_nobody_lets_the_person_in() {
    on_both(async |world| {
        let (showa, mino) = (world.town("showa").await, world.town("mino").await);
        let person = world.person("leaves@example.jp", true).await;
        let (mail, reason) = (MailAddress::parse(&person.mail).unwrap(), Reason::parse("退職のため").unwrap());
        let delete = async || world.service.delete_account(&mail, &reason).await;
        let row = format!("account where id = {}", world.literal(person.account.uuid()));
        let whole = format!("{row} and mail = '{mail}' and totp_secret is not null and password_hash <> ''");
        for town in [&showa, &mino] {
            world.join(town, &person, "去る人", &[Role::Drafter]).await;
        }
        for (town, left) in [(&showa, vec!["mino", "showa"]), (&mino, vec!["mino"])] {
            let left = left.into_iter().map(str::to_owned).collect();
            assert_eq!(delete().await.unwrap(), AccountDeletion::StillBelongs(left));
            world.service.end_access(&town.admin().await, person.account, 1, "異動のため").await.unwrap();
        }
        assert_eq!(world.rows(&whole).await, 1);
        assert_eq!(delete().await.unwrap(), AccountDeletion::Done);

        let empty = format!("{row} and totp_secret is null and totp_enrolled_at is null and password_hash = ''");
        assert_eq!((world.rows(&empty).await, world.rows(&format!("account where mail = '{mail}'")).await), (1, 0));
        for typed in [person.mail.clone(), person.account.to_string()] {
            let outcome = world.service.sign_in_password(&typed, &PASSWORD.into(), "192.0.2.0/24").await.unwrap();
            assert!(matches!(outcome, PasswordOutcome::Refused(_)), "{typed}");
        }
        for town in [&showa, &mino] {
            assert_eq!(world.rows_where(town, "audit_entry", "action = 'account.deleted'").await, 1);
        }
        assert!(matches!(delete().await, Err(Error::NotFound)));
        // Who comes back has another account, and the name in the trail is the former one's.
        let again = world.person("leaves@example.jp", true).await;
        assert_ne!(again.account, person.account);
    })
    .await;
}

#[tokio::test]
async fn a_slug_is_one_municipalitys() {
    on_both(async |world| {
        world.service.create_tenant(&tenant("showa", "074462")).await.unwrap();
        let other = world.service.create_tenant(&tenant("showa", "454061")).await;
        assert!(matches!(other, Err(Error::Conflict(Conflict::Exists))));
    })
    .await;
}

#[tokio::test]
async fn a_municipality_exists_and_its_staff_has_its_roles() {
    on_both(async |world| {
        // 札幌市中央区 is a ward of a city and no municipality.
        let ward: MunicipalityCode = "011011".parse().unwrap();
        let slug: TenantSlug = "chuo".parse().unwrap();
        assert!(matches!(NewTenant::with_defaults(slug, ward, TenantMode::Production), Err(Error::Invalid(_))));

        let town = world.town("showa").await;
        let person = world.nobody().await;
        for roles in [vec![], vec![Role::Operator]] {
            let new = NewMembership {
                account: person.account,
                mail: MailAddress::parse(&person.mail).unwrap(),
                display_name: DisplayName::parse("誰か").unwrap(),
                department: String::new(),
                roles,
            };
            assert!(matches!(world.service.create_membership(&town.slug, &new).await, Err(Error::Invalid(_))));
        }
        assert_eq!(world.rows_of(&town, "membership").await, 5);
    })
    .await;
}
