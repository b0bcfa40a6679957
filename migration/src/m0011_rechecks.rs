//! When an eligibility is looked at again with the card before it ends, and what a new version of a rule makes of those that
//! were determined under earlier ones: a choice that belongs to the version and changes as little as its content does.

crate::change!(
    "m0011_rechecks",
    "
alter table eligibility add column recheck_month text;
alter table configuration_version add column earlier_eligibilities text
    check (earlier_eligibilities in ('run_on', 'card_again'));
"
);
