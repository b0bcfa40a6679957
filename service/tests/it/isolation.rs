//! The layers between two towns, seen from outside: each holds while the other is off. (What can only be switched off inside
//! the gate is tested there.)

use domain::access::Role;
use service::memberships::MembershipFilter;
use service::{Conflict, Error};

use crate::harness::{on_both, on_postgres};

#[tokio::test]
async fn nobody_gets_in_without_a_membership() {
    on_both(async |world| {
        let (showa, seki) = (world.town("showa").await, world.town("seki").await);
        let nobody = world.nobody().await;
        assert!(matches!(world.service.staff(nobody.account, &showa.slug).await, Err(Error::NotFound)));
        let foreign = seki.account(Role::Admin);
        assert!(matches!(world.service.staff(foreign, &showa.slug).await, Err(Error::NotFound)));
        let no_town = "nowhere".parse().unwrap();
        assert!(matches!(world.service.staff(foreign, &no_town).await, Err(Error::NotFound)));
        assert_eq!(world.service.belongings(nobody.account).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn the_database_refuses_what_the_application_forgot() {
    on_postgres(async |world| {
        let (showa, seki) = (world.town("showa").await, world.town("seki").await);
        for table in
            ["membership", "membership_role", "tenant", "tenant_key", "audit_entry", "audit_text", "audit_head"]
        {
            assert_eq!(world.rows_seen_by_app(table, None).await, 0, "{table}: bound to nothing, nothing is seen");
            let own = world.rows_seen_by_app(table, Some(showa.organisation)).await;
            assert_eq!(own, world.rows_of(&showa, table).await, "{table}: bound to one town, only its rows are seen");
            assert!(own > 0 && world.rows_of(&seki, table).await > 0, "{table}: both towns have rows");
        }
    })
    .await;
}

#[tokio::test]
async fn every_table_with_an_organisation_has_the_second_layer() {
    on_postgres(async |world| {
        let open = "(select from pg_class t join pg_attribute a on a.attrelid = t.oid
                     where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace and a.attname = 'organisation_id'
                       and t.relname not in ('job', 'outgoing_mail')
                       and not (t.relrowsecurity and t.relforcerowsecurity and exists
                         (select from pg_policy p where p.polrelid = t.oid and p.polcmd = '*'))) as open_table";
        // Jobs and mails hold an organisation and no content: the platform leases them.
        assert_eq!(world.rows_seen_by_app(open, None).await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_application_holds_where_the_database_does_not() {
    on_postgres(async |world| {
        let (showa, _seki) = (world.town("showa").await, world.town("seki").await);
        for table in ["membership", "membership_role", "tenant"] {
            world.execute(&format!("alter table {table} disable row level security"), None).await;
        }
        assert_eq!(world.rows_seen_by_app("membership", None).await, 10, "the second layer is off");
        let list = world.service.list_memberships(&showa.admin().await, &MembershipFilter::default()).await.unwrap();
        assert_eq!(list.total, 5);
        assert!(list.rows.iter().all(|row| row.mail.ends_with("@showa.example.jp")));
        assert_eq!(world.service.tenant(&showa.admin().await).await.unwrap().code, "074462");
    })
    .await;
}

#[tokio::test]
async fn a_role_that_ignores_the_second_layer_does_not_start() {
    on_postgres(async |world| {
        for powerful in ["postgres", "machikagi_owner"] {
            assert!(matches!(world.connect_as(powerful).await, Err(Error::Internal(_))), "{powerful}");
        }
        assert!(world.connect_as("machikagi_app").await.is_ok());
        // As before PostgreSQL 15: everybody makes tables.
        world.execute("grant create on schema public to public", None).await;
        assert!(matches!(world.connect_as("machikagi_app").await, Err(Error::Internal(_))));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_committed_leaves_nothing() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let before = (world.rows_of(&town, "audit_entry").await, world.rows_of(&town, "membership_role").await);
        // The row is stale: by then the old roles were about to be deleted in the same transaction.
        let admin = town.admin().await;
        let refused = world.service.change_roles(&admin, town.account(Role::Drafter), 7, &[Role::Admin], "なし").await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Stale))));
        let after = (world.rows_of(&town, "audit_entry").await, world.rows_of(&town, "membership_role").await);
        assert_eq!(before, after);
    })
    .await;
}
