//! What the planners cannot know by themselves: every row belongs to one of many organisations, and whatever else names it
//! belongs to the same one. Said after the migrations and each time anew, so that a later index is known too.

use sea_orm_migration::prelude::DbErr;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

/// The organisation's key alone finds many rows, each further column of an index few. By SQLite's own guess ten rows have the
/// same key, and reading all of a municipality would seem as cheap as finding one row. These figures never change, and
/// neither do its plans.
const SQLITE: &str = "
analyze seaql_migrations;
delete from sqlite_stat1;
insert into sqlite_stat1 (tbl, idx, stat)
select tbl, idx, '1000000 ' || group_concat(matches, ' ') from (
    select t.name as tbl, iif(i.origin = 'pk' and t.wr, t.name, i.name) as idx,
        case
            when i.\"unique\" and c.seqno = (select max(seqno) from pragma_index_info(i.name)) then 1
            when c.seqno > 1 then 3
            when c.name = 'organisation_id' then 10000
            else 10
        end as matches
    from pragma_table_list as t, pragma_index_list(t.name) as i, pragma_index_info(i.name) as c
    where t.schema = 'main' and t.type = 'table'
    order by t.name, i.name, c.seqno
) group by tbl, idx";

/// A rule, or a relying party, has one organisation. PostgreSQL takes two columns for independent: it would expect one row
/// where both are given, and read all eligibilities under a rule to find a resident's.
const POSTGRES: &str = "
create statistics if not exists eligibility_rule (dependencies) on organisation_id, rule_id from eligibility;
create statistics if not exists consent_grant_relying_party (dependencies)
    on organisation_id, relying_party_id from consent_grant";

pub(crate) async fn tell(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let told = match connection.get_database_backend() {
        DbBackend::Postgres => POSTGRES,
        _ => SQLITE,
    };
    connection.execute_unprepared(told).await.map(drop)
}
