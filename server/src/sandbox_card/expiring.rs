//! Things that are remembered for a while, and never more than so many of them.

use std::collections::{BTreeMap, HashMap};

/// When something ends, and in which order it came among those that end together.
type End = (i64, u64);

/// Values by a text, each until its end; where room runs out, the one that ends first makes way.
pub(super) struct Expiring<T> {
    values: HashMap<String, (End, T)>,
    ends: BTreeMap<End, String>,
    limit: usize,
    inserted: u64,
}

impl<T> Expiring<T> {
    pub(super) fn new(limit: usize) -> Self {
        Self { values: HashMap::new(), ends: BTreeMap::new(), limit, inserted: 0 }
    }

    /// Remembers a value until `expires_at` (epoch seconds).
    pub(super) fn insert(&mut self, name: String, value: T, now: i64, expires_at: i64) {
        while let Some(first) = self.ends.first_entry() {
            if first.key().0 > now && self.values.len() < self.limit {
                break;
            }
            self.values.remove(&first.remove());
        }
        self.inserted += 1;
        let end = (expires_at, self.inserted);
        if let Some((replaced, _)) = self.values.insert(name.clone(), (end, value)) {
            self.ends.remove(&replaced);
        }
        self.ends.insert(end, name);
    }

    /// The value, if its time is not over.
    pub(super) fn get_mut(&mut self, name: &str, now: i64) -> Option<&mut T> {
        self.values.get_mut(name).filter(|((ends_at, _), _)| *ends_at > now).map(|(_, value)| value)
    }

    /// Forgets a value.
    pub(super) fn remove(&mut self, name: &str) {
        if let Some((end, _)) = self.values.remove(name) {
            self.ends.remove(&end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_at_its_second() {
        let mut kept = Expiring::new(8);
        kept.insert("a".to_owned(), 1, 100, 160);
        assert_eq!(kept.get_mut("a", 159), Some(&mut 1));
        assert_eq!(kept.get_mut("a", 160), None);
        kept.insert("b".to_owned(), 2, 160, 200);
        assert_eq!((kept.values.len(), kept.ends.len()), (1, 1));
    }

    #[test]
    fn what_ends_first_makes_way() {
        let mut kept = Expiring::new(2);
        for (name, expires_at) in [("long", 300), ("short", 200), ("next", 250)] {
            kept.insert(name.to_owned(), (), 100, expires_at);
        }
        assert!(kept.get_mut("short", 100).is_none());
        assert!(kept.get_mut("long", 100).is_some() && kept.get_mut("next", 100).is_some());
    }

    #[test]
    fn a_name_is_there_once() {
        let mut kept = Expiring::new(8);
        kept.insert("a".to_owned(), 1, 100, 160);
        kept.insert("a".to_owned(), 2, 100, 170);
        assert_eq!(kept.get_mut("a", 165), Some(&mut 2));
        kept.remove("a");
        assert!(kept.values.is_empty() && kept.ends.is_empty());
    }
}
