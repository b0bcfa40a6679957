//! Creating municipalities, accounts and memberships, once and again.

use domain::access::Role;
use domain::municipality::MunicipalityCode;
use domain::names::{DisplayName, MailAddress, TenantSlug};
use service::provisioning::{NewMembership, NewStaffAccount, NewTenant, Provisioned, TenantMode};
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
