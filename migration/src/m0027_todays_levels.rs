//! A level of assurance is worth what its connection says today: sessions and residents name the connection and its word for the level.
//! And of a key that identity providers know, who made it: somebody else takes the one before it away.

crate::change!(
    "m0027_todays_levels",
    "
alter table resident add column level_word text;
alter table resident_session add column identity_provider_id $uuid;
alter table resident_session add column level_word text;
alter table tenant_key add column made_by $uuid;
"
);
