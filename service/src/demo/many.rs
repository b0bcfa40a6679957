//! Sandbox municipalities in any number, up to all of Japan's, each with one service: for measurements, not to look at.
//!
//! They are made by the same use-cases as the demo. Three people work for all of them, so that the time goes into
//! municipalities and not into passwords.

use domain::locale::Locale;
use domain::municipality::{Municipality, MunicipalityTable};
use domain::paths;

use super::plan::{Demo, DemoRelyingParty, DemoStaff, DemoTown, SECRET_BYTES, base32, client_id};
use super::towns::{Person, Product, RESIDENTS, Rule, Town, library};
use super::{forms, planned, slug};
use crate::Service;
use crate::error::Error;

const RULES: &[Rule] = &[RESIDENTS];
const SERVICES: &[Product] = &[library(
    ["家で本が読めます", "Read at home, at any hour"],
    "みなと書誌システム株式会社",
    "0241-00-0001",
    [0; 12],
)];
const STAFF: &[Person] = &[
    Person { role: "admin", name: "計測 管理", department: "情報係" },
    Person { role: "drafter", name: "計測 起案", department: "情報係" },
    Person { role: "approver", name: "計測 決裁", department: "情報係" },
];

/// The words of a municipality that comes from the table.
struct Generated {
    slug: String,
    code: String,
    name: [String; 2],
    contact: [String; 2],
    town_id: [String; 2],
    page_title: [String; 2],
    page_lead: [String; 2],
}

impl Generated {
    fn of(municipality: &Municipality) -> Self {
        let (ja, en) = (municipality.name(Locale::Ja), municipality.name(Locale::En));
        Self {
            // Names are not unique (昭和村), codes are.
            slug: format!("m{}", municipality.code),
            code: municipality.code.to_string(),
            contact: [format!("{ja} 情報係"), format!("{en}, information systems")],
            town_id: [format!("{ja}ID"), format!("{en} ID")],
            page_title: [format!("{ja}のオンラインサービス"), format!("Online services of {en}")],
            page_lead: [format!("{ja}に住んでいる人が使えます。"), format!("For people who live in {en}.")],
            name: [ja, en],
        }
    }

    fn town(&self) -> Town<'_> {
        Town {
            slug: &self.slug,
            code: &self.code,
            name: both(&self.name),
            population: 50_000,
            yearly_band: false,
            contact: both(&self.contact),
            phone: "000-000-0000",
            town_id: both(&self.town_id),
            page_title: both(&self.page_title),
            page_lead: both(&self.page_lead),
            accent: ["#0017c1", "#9db7f9"],
            rules: RULES,
            services: SERVICES,
            staff: STAFF,
        }
    }
}

fn both(words: &[String; 2]) -> [&str; 2] {
    words.each_ref().map(String::as_str)
}

/// The municipalities of Japan, in the order of their codes; no more than there are.
fn generated(count: usize) -> impl Iterator<Item = Generated> {
    MunicipalityTable::japan().municipalities().take(count).map(Generated::of)
}

impl Service {
    /// Extends a plan to `count` municipalities, to be written down before [`Service::seed_towns`] creates them.
    ///
    /// # Errors
    /// [`Error::Internal`] without randomness.
    pub fn plan_towns(&self, count: usize, demo: &mut Demo) -> Result<(), Error> {
        self.base_url.as_str().clone_into(&mut demo.base_url);
        let staff = match demo.towns.first() {
            Some(town) => town.staff.clone(),
            None => STAFF.iter().map(|person| self.shared_sign_in(person)).collect::<Result<_, _>>()?,
        };
        for generated in generated(count).skip(demo.towns.len()) {
            let town = generated.town();
            let services = SERVICES.iter().map(|product| {
                let addresses = forms::addresses(&town, product);
                DemoRelyingParty {
                    key: product.key.to_owned(),
                    name: product.name[0].to_owned(),
                    client_id: client_id(&town, product),
                    client_secret: String::new(),
                    redirect_uri: addresses.redirect,
                    start_url: addresses.home,
                    scopes: product.scopes.to_owned(),
                    claims: product.claims(),
                }
            });
            demo.towns.push(DemoTown {
                slug: town.slug.to_owned(),
                name: town.name[0].to_owned(),
                issuer: paths::issuer(&self.base_url, &slug(&town)?),
                staff: staff.clone(),
                relying_parties: services.collect(),
            });
        }
        Ok(())
    }

    fn shared_sign_in(&self, person: &Person) -> Result<DemoStaff, Error> {
        Ok(DemoStaff {
            role: person.role.to_owned(),
            name: person.name.to_owned(),
            mail: format!("{}@towns.example", person.role),
            password: self.rng.token::<12>()?,
            totp_secret: base32(self.rng.bytes::<SECRET_BYTES>()?),
        })
    }

    /// Makes the municipalities of a plan. One whose secret is known is there already; a secret is filled in when its
    /// municipality is whole.
    ///
    /// # Errors
    /// As the use-cases that it goes through.
    pub async fn seed_towns(&self, demo: &mut Demo) -> Result<(), Error> {
        let count = demo.towns.len();
        for (generated, plan) in generated(count).zip(&mut demo.towns) {
            let town = generated.town();
            if plan.slug != town.slug {
                return Err(planned());
            }
            if plan.relying_parties.iter().any(|service| service.client_secret.is_empty()) {
                Box::pin(self.seed_town(&town, plan)).await?;
                self.seed_secrets(&town, plan).await?;
            }
        }
        Ok(())
    }
}
