//! What a flow's cookie holds comes back, and fits.

use domain::attributes::{Gender, parse_birthdate};
use domain::desk::DeskCode;
use domain::residency::AttestationKind;
use oidc::sealed::{Context, KeyId, Purpose, SealingKey};
use proptest::prelude::*;

use domain::attributes::{AgeBand, Item};
use oidc::provider::claims_request::ClaimSet;
use oidc::provider::verified_claims::VerifiedRequest;

use oidc::jose::Thumbprint;

use super::*;

fn asked() -> Asked {
    Asked {
        party: RelyingPartyId::from_uuid(uuid::Uuid::max()),
        party_number: 200,
        redirect_uri: 9,
        scopes: Scopes::parse("openid residency name birthdate gender address"),
        claims: ClaimsRequest { id_token: everything(), userinfo: everything() },
        prompt: Prompts::of(&[Prompt::Login, Prompt::Consent]),
        max_age_seconds: Some(u32::MAX),
        level: LevelAsked::Essential(Assurance::CARD),
        state: Some("s".repeat(1024)),
        nonce: Some("n".repeat(256)),
        port: Some(u16::MAX),
        key: Some(Thumbprint::from_bytes([7; 32])),
        code_challenge: CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        subject: Some([7; 16]),
        pushed: None,
    }
}

/// All that one place can ask for.
fn everything() -> ClaimSet {
    let items = person().items();
    let request = VerifiedRequest { items, fits: 0x3ffff, told: 31, max_age_seconds: Some(u32::MAX) };
    ClaimSet { items, residency: true, verified: vec![request; 2] }
}

fn person() -> Attributes {
    let mut person = Attributes::none();
    person.set_name("𠮷".repeat(100)).unwrap();
    person.set_address("𠮷".repeat(200)).unwrap();
    person.set_birthdate(parse_birthdate("19840229").unwrap());
    person.set_gender(Gender::NotStated);
    person.set_municipality("074462".parse().unwrap());
    person.set_age_band(AgeBand::of_index(9).unwrap());
    for years in [18, 20, 65, 90] {
        let Some(Item::AgeOver(limit)) = Item::of_claim(&format!("age_over_{years}")) else { panic!() };
        person.set_age_over(limit, true);
    }
    person
}

fn carded() -> Carded {
    let (expires, recheck) = (Month::new(2031, 11).unwrap(), Month::new(2030, 12));
    let determined = Determined {
        reason: ReasonCode::NotAttested,
        clause: Some(Clause::Excludes(63)),
        term: Some(Term { expires, recheck }),
        would_do: AttestationKinds::of_bits(7),
    };
    Carded {
        provider: IdentityProviderId::from_uuid(uuid::Uuid::max()),
        person: Person::New { digest: Zeroizing::new([9; 32]), pepper: 3 },
        assurance: Assurance::CARD,
        method: Method::Card,
        level: 3,
        auth_time: i64::from(u32::MAX),
        source: AddressSource::CardSurface,
        verified: Month::new(2026, 11),
        basis: [5; 8],
        determined: vec![determined; crate::configuration::MAX_PUBLISHED_RULES],
        attributes: person(),
    }
}

fn tie() -> Offered {
    let tie = Attestation { kind: AttestationKind::School, until: Month::new(2027, 3).unwrap() };
    Offered { tie, code_hash: [6; 32] }
}

fn given() -> Given {
    Given { code: DeskCode::of_bytes([7; 5]), expires_at: i64::from(u32::MAX) }
}

fn flow(kind: Kind, stage: Stage) -> Flow {
    Flow {
        id: FlowId::from_bytes([1; 16]),
        started_at: i64::from(u32::MAX),
        locale: Locale::En,
        answered: false,
        tie: Some(tie()),
        desk: Some(given()),
        offers_passkey: true,
        kind,
        stage,
    }
}

/// The longest state and nonce, every item at its longest outside the basic plane, as many rules as a town may publish.
#[test]
fn the_largest_flow_fits_its_cookie() {
    let largest = flow(Kind::Service(Box::new(asked())), Stage::Carded(Box::new(carded())));
    let key = SealingKey::new(KeyId(1), &[1; 32]).unwrap();
    let sealed = key.seal(Context::of_platform(Purpose::Flow, b""), [0; 12], &largest.encode()).unwrap();
    assert!(sealed.len() <= MAX_FLOW_CHARS, "{}", sealed.len());
    let away = Stage::Away {
        provider: IdentityProviderId::from_uuid(uuid::Uuid::max()),
        seed: Zeroizing::new([3; 32]),
        sent_at: i64::from(u32::MAX),
        fresh: true,
    };
    let away = flow(Kind::Service(Box::new(asked())), away);
    let sealed = key.seal(Context::of_platform(Purpose::Flow, b""), [0; 12], &away.encode()).unwrap();
    assert!(sealed.len() <= MAX_FLOW_CHARS, "{}", sealed.len());
}

#[test]
fn a_flow_comes_back() {
    let bytes = flow(Kind::Service(Box::new(asked())), Stage::Carded(Box::new(carded()))).encode();
    let back = Flow::decode(FlowId::from_bytes([1; 16]), &bytes).unwrap();
    assert_eq!(*back.encode(), *bytes);
    let Kind::Service(asked) = &back.kind else { panic!() };
    assert_eq!(asked.scopes.to_string(), "openid residency name birthdate gender address");
    assert_eq!(asked.prompt, Prompts::of(&[Prompt::Login, Prompt::Consent]));
    assert_eq!(asked.nonce.as_deref(), Some("n".repeat(256).as_str()));
    let Stage::Carded(carded) = &back.stage else { panic!() };
    assert_eq!(carded.determined, self::carded().determined);
    assert_eq!(back.tie, Some(tie()));
    assert!(back.desk == Some(given()));
    assert_eq!(carded.attributes.name(), person().name());
}

#[test]
fn every_stage_and_ending_comes_back() {
    let somebody = ResidentId::from_uuid(uuid::Uuid::max());
    let other = Stage::Other(somebody, Zeroizing::new([7; 32]));
    let mut stages = vec![Stage::Arrived, Stage::Known(somebody), other];
    stages.extend(ReasonCode::ALL.map(|reason| Stage::Ended(Ending::Determined(reason))));
    stages.extend(ENDINGS.map(Stage::Ended));
    stages.extend(ENDINGS.map(|ending| Stage::Held(ending, Box::new(carded().outcomes_alone()))));
    for stage in stages {
        let kind = || Kind::Test(RelyingPartyId::from_uuid(uuid::Uuid::max()));
        let bytes = flow(kind(), stage).encode();
        let back = Flow::decode(FlowId::from_bytes([1; 16]), &bytes).unwrap();
        assert_eq!(*back.encode(), *bytes);
    }
}

#[test]
fn a_tie_decides_where_it_would_do_and_ends_with_its_own_month() {
    let month = |year, month| Month::new(year, month).unwrap();
    let nothing = Determined {
        reason: ReasonCode::NotAttested,
        clause: None,
        term: Some(Term { expires: month(2027, 11), recheck: Some(month(2027, 5)) }),
        would_do: AttestationKinds::from_iter([AttestationKind::Work]),
    };
    assert_eq!(nothing.eligible(), None);
    let work = |until| Attestation { kind: AttestationKind::Work, until };
    let short = nothing.with(work(month(2027, 3)));
    assert_eq!(short.outcome(), Outcome::Eligible);
    assert_eq!(short.eligible(), Some(Term { expires: month(2027, 3), recheck: Some(month(2027, 3)) }));
    let long = nothing.with(work(month(2029, 3)));
    assert_eq!(long.eligible(), nothing.term);
    assert_eq!(nothing.with(tie().tie), nothing);
    assert_eq!(short.with(tie().tie), short);
}

#[test]
fn the_subject_of_a_hint_is_compared() {
    let asked = Asked { subject: Some(subject_digest("one")), ..asked() };
    assert!(asked.accepts_subject("one") && !asked.accepts_subject("other"));
    assert!(Asked { subject: None, ..asked }.accepts_subject("anybody"));
}

proptest! {
    #[test]
    fn foreign_bytes_never_panic(bytes: Vec<u8>) {
        let _ = Flow::decode(FlowId::from_bytes([0; 16]), &bytes);
        let _ = Flow::decode(FlowId::from_bytes([0; 16]), &[&[1, 1, 0, 1], bytes.as_slice()].concat());
    }
}
