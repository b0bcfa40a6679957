//! Services may be told of more than sessions that ended, and fetch it themselves. Of what a service fetches, `due_at` is when it is
//! deleted unfetched.

crate::change!(
    "m0022_events",
    "
alter table service_notice add column delivery text not null default 'push' check (delivery in ('push', 'poll'));
"
);
