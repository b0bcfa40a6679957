//! Towns and the people who work there.

use std::collections::HashMap;
use std::sync::Arc;

use domain::access::Role;
use domain::ids::{AccountId, OrganisationId};
use domain::municipality::MunicipalityCode;
use domain::names::{DisplayName, MailAddress, TenantSlug};
use service::gate::Caller;
use service::provisioning::{NewMembership, NewStaffAccount, NewTenant, Population, TenantMode};
use service::{Clock, Service};
use zeroize::Zeroizing;

use super::World;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "a long enough password";
/// Everybody's authenticator.
const TOTP_SECRET: [u8; 20] = *b"twenty bytes of test";

/// A municipality with one member of staff for each role.
pub(crate) struct Town {
    pub(crate) slug: TenantSlug,
    pub(crate) organisation: OrganisationId,
    service: Arc<Service>,
    people: HashMap<Role, AccountId>,
}

/// Somebody with an account.
pub(crate) struct Person {
    pub(crate) account: AccountId,
    pub(crate) mail: String,
}

impl World {
    /// One of the five towns of the demo, as a sandbox tenant with a member of staff for each role.
    pub(crate) async fn town(&self, slug: &str) -> Town {
        let (code, people) = match slug {
            "showa" => ("074462", 1_100),
            "mino" => ("212075", 18_600),
            "goka" => ("085421", 8_000),
            "seki" => ("212059", 84_000),
            "tsuno" => ("454061", 9_900),
            other => panic!("no such town: {other}"),
        };
        let slug: TenantSlug = slug.parse().unwrap();
        let code: MunicipalityCode = code.parse().unwrap();
        let mut new = NewTenant::with_defaults(slug.clone(), code, TenantMode::Sandbox).unwrap();
        new.population = Some(Population { people, source: "国勢調査".to_owned(), on: "2025-10-01".to_owned() });
        let organisation = self.service.create_tenant(&new).await.unwrap().value().id;
        let mut town = Town { slug, organisation, service: Arc::clone(&self.service), people: HashMap::new() };
        for role in Role::OF_A_TENANT {
            let person = self.person(&format!("{role}@{}.example.jp", town.slug), true).await;
            self.join(&town, &person, &format!("{} {role}", town.slug), &[role]).await;
            town.people.insert(role, person.account);
        }
        town
    }

    /// Somebody with an account; with or without an authenticator.
    pub(crate) async fn person(&self, mail: &str, enrolled: bool) -> Person {
        let new = NewStaffAccount {
            mail: MailAddress::parse(mail).unwrap(),
            password: PASSWORD.into(),
            totp_secret: enrolled.then(|| Zeroizing::new(TOTP_SECRET)),
        };
        let account = self.service.create_account(&new).await.unwrap().value();
        Person { account, mail: mail.to_owned() }
    }

    /// Somebody with an account who belongs nowhere.
    pub(crate) async fn nobody(&self) -> Person {
        self.person("nobody@example.jp", true).await
    }

    /// Gives somebody access to a town.
    pub(crate) async fn join(&self, town: &Town, person: &Person, name: &str, roles: &[Role]) {
        let new = NewMembership {
            account: person.account,
            mail: MailAddress::parse(&person.mail).unwrap(),
            display_name: DisplayName::parse(name).unwrap(),
            department: "企画情報課".to_owned(),
            roles: roles.to_vec(),
        };
        self.service.create_membership(&town.slug, &new).await.unwrap();
    }
}

impl Town {
    /// The account that holds a role.
    pub(crate) fn account(&self, role: Role) -> AccountId {
        self.people[&role]
    }

    /// Who holds a role, as a caller of this moment.
    pub(crate) async fn caller(&self, role: Role) -> Caller {
        self.service.staff(self.account(role), &self.slug).await.unwrap().0
    }

    pub(crate) async fn admin(&self) -> Caller {
        self.caller(Role::Admin).await
    }

    pub(crate) async fn drafter(&self) -> Caller {
        self.caller(Role::Drafter).await
    }

    pub(crate) async fn approver(&self) -> Caller {
        self.caller(Role::Approver).await
    }

    pub(crate) async fn analyst(&self) -> Caller {
        self.caller(Role::Analyst).await
    }

    pub(crate) async fn auditor(&self) -> Caller {
        self.caller(Role::Auditor).await
    }
}

/// The mail address of who holds a role in a town.
pub(crate) fn mail(town: &Town, role: Role) -> String {
    format!("{role}@{}.example.jp", town.slug)
}

/// What everybody's authenticator shows.
pub(crate) fn code_of(clock: &Clock) -> String {
    code_with(&TOTP_SECRET, clock)
}

/// What an authenticator with this secret shows.
pub(crate) fn code_with(secret: &[u8], clock: &Clock) -> String {
    let totp = totp_rs::Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name("anybody")
        .with_issuer(Some("Machikagi"))
        .build()
        .unwrap();
    totp.generate(u64::try_from(clock.seconds()).unwrap()).to_string()
}
