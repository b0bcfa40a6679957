//! What an entry's MAC and a text's digest hold on to.

use aws_lc_rs::hmac;
use sea_orm::prelude::Uuid;

use super::chain::text_digest;
use super::{Act, ActKind, Head, Link};

fn key(byte: u8) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32])
}

fn link() -> Link<'static> {
    Link {
        number: 1,
        at: 1_790_000_000,
        actor_kind: "staff",
        actor_id: None,
        action: "tenant.changed",
        object_kind: "tenant",
        object_id: "mino",
        text_digest: &[1; 32],
    }
}

#[test]
fn every_part_of_an_entry_changes_its_mac() {
    let mac = |key: &hmac::Key, head: &Head, link: &Link<'_>| head.followed_by(key, link).mac;
    let (own, empty) = (key(1), Head::empty());
    let before = Head { entries: 1, mac: vec![0; 32] };
    let all = [
        mac(&own, &empty, &link()),
        mac(&key(2), &empty, &link()),
        mac(&own, &before, &link()),
        mac(&own, &empty, &Link { number: 2, ..link() }),
        mac(&own, &empty, &Link { at: 0, ..link() }),
        mac(&own, &empty, &Link { actor_kind: "system:publisher", ..link() }),
        mac(&own, &empty, &Link { actor_id: Some(Uuid::nil()), ..link() }),
        mac(&own, &empty, &Link { action: "tenant.create", ..link() }),
        mac(&own, &empty, &Link { text_digest: &[2; 32], ..link() }),
        // What moves from one field into the next is another entry.
        mac(&own, &empty, &Link { object_kind: "tenantm", object_id: "ino", ..link() }),
        mac(&own, &empty, &Link { action: "tenant.changedt", object_kind: "enant", ..link() }),
    ];
    for (one, first) in all.iter().enumerate() {
        for second in &all[one + 1..] {
            assert_ne!(first, second);
        }
    }
}

#[test]
fn a_text_cannot_lend_characters_to_its_salt() {
    assert_ne!(text_digest(b"salt", "body"), text_digest(b"saltb", "ody"));
    assert_ne!(text_digest(b"salt", "body"), text_digest(b"salt", "bodies"));
}

#[test]
fn every_kind_of_act_reads_back() {
    for kind in ActKind::ALL {
        assert_eq!(ActKind::parse(kind.as_str()), Some(*kind));
    }
    assert_eq!(ActKind::parse("resident.signed_in"), None);
    let act =
        Act { kind: ActKind::AuditRead, object_kind: "audit_trail", object_id: String::new(), text: <_>::default() };
    assert_eq!(serde_json::to_string(&act.text).unwrap(), "{}");
}
