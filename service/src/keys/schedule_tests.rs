use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const ROTATION: Rotation = Rotation { every: Duration::from_secs(90 * DAY), announced: Duration::from_secs(2 * DAY) };
const DAYS: i64 = 24 * 60 * 60;

/// The keys of one algorithm, as the job, the command and the emergency change them.
struct Town {
    lives: Vec<Life>,
    announced_at: BTreeMap<i64, i64>,
    replaced_at_once: Vec<i64>,
    made: i64,
}

impl Town {
    fn new(now: i64) -> Self {
        let mut town = Self { lives: Vec::new(), announced_at: BTreeMap::new(), replaced_at_once: Vec::new(), made: 0 };
        town.make(now, now);
        town
    }

    fn make(&mut self, now: i64, signs_from: i64) {
        self.made += 1;
        self.lives.push(Life { number: self.made, signs_from, whole: true });
        self.announced_at.insert(self.made, now);
    }

    fn job(&mut self, now: i64) {
        let due = due(&self.lives, ROTATION, now);
        for life in &mut self.lives {
            life.whole &= !due.destroy.contains(&life.number);
        }
        self.lives.retain(|life| !due.retire.contains(&life.number));
        if let Some(signs_from) = due.announce {
            self.make(now, signs_from);
        }
    }

    fn emergency(&mut self, now: i64) {
        self.lives.clear();
        self.make(now, now);
        self.replaced_at_once.push(self.made);
    }

    fn signer(&self, now: i64) -> i64 {
        signer(self.lives.iter().copied(), now).unwrap()
    }
}

#[test]
fn a_year_of_a_town_whose_job_runs_on_time() {
    let mut town = Town::new(0);
    let mut now = 0;
    let mut changes = Vec::new();
    while now < 365 * DAYS {
        let before = town.signer(now);
        now = next(&town.lives, ROTATION, now).unwrap();
        town.job(now);
        if town.signer(now) != before {
            changes.push((town.signer(now), now / DAYS));
        }
        assert!(town.lives.len() <= 2, "the one that signs, and one that comes or goes");
    }
    // Noticed at the first job afterwards, which destroys the private half of the one before.
    assert_eq!(changes, [(2, 90), (3, 180), (4, 270), (5, 360)]);
}

#[test]
fn a_process_whose_clock_is_behind_signs_with_the_next_key() {
    let lives = [Life { number: 1, signs_from: 0, whole: false }, Life { number: 2, signs_from: 100, whole: true }];
    assert_eq!(signer(lives.into_iter(), 50), Some(2));
    assert_eq!(signer([].into_iter(), 50), None);
}

proptest! {
    /// Whatever happens when: jobs in time, late or not at all, and keys replaced at once.
    #[test]
    fn old_keys_never_sign_again(steps in prop::collection::vec((0..60 * DAYS, 0..10u8), 1..60)) {
        let mut now = 0;
        let mut town = Town::new(now);
        let mut last = town.signer(now);
        let mut signed_at: BTreeMap<i64, i64> = BTreeMap::new();
        for (passed, what) in steps {
            now += passed;
            match what {
                0 => {
                    town.emergency(now);
                    signed_at.clear();
                }
                1..=3 => {}
                _ => town.job(now),
            }
            let signer = town.signer(now);
            prop_assert!(signer >= last, "{last} signed, then {signer}");
            if signer > 1 && !town.replaced_at_once.contains(&signer) {
                prop_assert!(town.announced_at[&signer] + 2 * DAYS <= now, "{signer} was not announced");
            }
            last = signer;
            signed_at.insert(signer, now);
            for (number, at) in &signed_at {
                let published = town.lives.iter().any(|life| life.number == *number);
                prop_assert!(published || at + PUBLISHED_AFTER <= now, "a token of {number} is about");
            }
        }
    }

    /// The moment that the job asks for is one at which something is due, and after the job nothing is.
    #[test]
    fn the_job_comes_when_there_is_something_to_do(jobs in 1..40usize) {
        let (mut now, mut town) = (0, Town::new(0));
        for _ in 0..jobs {
            now = next(&town.lives, ROTATION, now).unwrap();
            town.job(now);
            prop_assert_eq!(due(&town.lives, ROTATION, now), Due::default());
        }
    }
}
