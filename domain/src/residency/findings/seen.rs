//! What is seen while one goes through everybody, and what follows from it about the clauses.

use super::super::condition::{Clause, Clauses, Condition};
use super::worlds::{Crowd, Judged, Worlds};
use super::{Finding, FindingKind};

/// What was seen so far of the people of a rule; every field says that somebody was.
pub(super) struct Seen {
    admitted: bool,
    refused: bool,
    from_anywhere: bool,
    admits: Vec<Admitting>,
    /// For each thing asked of everybody: somebody whom nothing else turns away fails it.
    everyone: Vec<bool>,
    excludes: Vec<Excluding>,
}

#[derive(Default, Clone)]
struct Admitting {
    holds: bool,
    /// Somebody is admitted by it.
    lands: bool,
    /// By each other clause: somebody is admitted by this one and not by that.
    beyond: Vec<bool>,
    from_anywhere: bool,
    /// By each of its parts: somebody for whom the other parts hold fails it.
    parts: Vec<bool>,
}

#[derive(Default, Clone)]
struct Excluding {
    lands: bool,
    beyond: Vec<bool>,
}

impl Seen {
    pub(super) fn of(clauses: &Clauses<'_>) -> Seen {
        let admits = clauses.admits.len();
        let excludes = clauses.excludes.len();
        let parts = |clause: &&Condition| match clause {
            Condition::All { conditions } => vec![false; conditions.len()],
            _ => Vec::new(),
        };
        let admitting =
            |clause| Admitting { beyond: vec![false; admits], parts: parts(clause), ..Admitting::default() };
        Seen {
            admitted: false,
            refused: false,
            from_anywhere: false,
            admits: clauses.admits.iter().map(admitting).collect(),
            everyone: vec![false; clauses.everyone.len()],
            excludes: vec![Excluding { beyond: vec![false; excludes], ..Excluding::default() }; excludes],
        }
    }

    pub(super) fn look(&mut self, worlds: &Worlds, elsewhere: bool, judged: &Judged) {
        let everybody = worlds.everybody();
        let Passing { admitted, asked, excluded } = Passing::of(worlds, judged);
        let eligible = admitted.and(&asked).without(&excluded);
        self.admitted |= !eligible.is_empty();
        self.refused |= !everybody.are_in(&eligible);
        self.from_anywhere |= elsewhere && !eligible.and(worlds.untied()).is_empty();

        let landing = within(&judged.admits, &asked.without(&excluded));
        let clauses = self.admits.iter_mut().zip(&judged.admits).zip(&judged.parts).zip(&landing);
        for (((seen, holds), parts), lands) in clauses {
            seen.holds |= !holds.is_empty();
            seen.lands |= !lands.is_empty();
            seen.from_anywhere |= elsewhere && !lands.and(worlds.untied()).is_empty();
            look_beyond(&mut seen.beyond, lands, &landing);
            for (at, (needed, part)) in seen.parts.iter_mut().zip(parts).enumerate() {
                if !*needed {
                    let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                    let rest = others.fold(everybody.clone(), |all, (_, one)| all.and(one));
                    *needed = !rest.are_in(part);
                }
            }
        }
        let open = admitted.without(&excluded);
        for (at, (seen, asked)) in self.everyone.iter_mut().zip(&judged.everyone).enumerate() {
            if !*seen {
                let others = judged.everyone.iter().enumerate().filter(|(other, _)| *other != at);
                let rest = others.fold(open.clone(), |all, (_, one)| all.and(one));
                *seen = !rest.are_in(asked);
            }
        }
        let landing = within(&judged.excludes, &admitted.and(&asked));
        for (seen, lands) in self.excludes.iter_mut().zip(&landing) {
            seen.lands |= !lands.is_empty();
            look_beyond(&mut seen.beyond, lands, &landing);
        }
    }

    pub(super) fn tell(self, worlds: &Worlds, found: &mut Vec<Finding>) {
        let Seen { admitted, refused, from_anywhere, admits, everyone, excludes } = self;
        let mut tell = |at, kind| found.push(Finding { at, kind });
        let lands: Vec<bool> = admits.iter().map(|seen| seen.lands).collect();
        let landing = |look: &mut dyn FnMut(Vec<Crowd>)| {
            for (_, judged) in worlds.places() {
                let Passing { asked, excluded, .. } = Passing::of(worlds, &judged);
                look(within(&judged.admits, &asked.without(&excluded)));
            }
        };
        let cover = covers(&lands, admits.iter().map(|seen| seen.beyond.as_slice()), landing, worlds);
        for ((at, seen), cover) in admits.iter().enumerate().zip(cover) {
            let clause = number(at).map(Clause::Admits);
            if !seen.holds {
                tell(clause, FindingKind::NeverHolds);
            } else if admitted && !seen.lands {
                tell(clause, FindingKind::TurnedAway);
            } else if let Some(by) = cover.filter(|_| seen.lands) {
                tell(clause, FindingKind::AddsNobody { by: by.and_then(number).map(Clause::Admits) });
            }
            if seen.holds {
                let parts = seen.parts.iter().enumerate().filter(|(_, needed)| !**needed);
                parts.for_each(|(part, _)| tell(clause, FindingKind::ChangesNothing { part: number(part) }));
            }
        }
        if !admitted {
            return tell(None, FindingKind::AdmitsNobody);
        }
        if !refused {
            return tell(None, FindingKind::AdmitsEverybody);
        }
        if admits.is_empty() && from_anywhere {
            tell(None, FindingKind::AdmitsFromAnywhere);
        }
        for (at, _) in admits.iter().enumerate().filter(|(_, seen)| seen.from_anywhere) {
            tell(number(at).map(Clause::Admits), FindingKind::AdmitsFromAnywhere);
        }
        for (at, _) in everyone.iter().enumerate().filter(|(_, needed)| !**needed) {
            tell(number(at).map(Clause::Everyone), FindingKind::ChangesNothing { part: None });
        }
        let lands: Vec<bool> = excludes.iter().map(|seen| seen.lands).collect();
        let landing = |look: &mut dyn FnMut(Vec<Crowd>)| {
            for (_, judged) in worlds.places() {
                let Passing { admitted, asked, .. } = Passing::of(worlds, &judged);
                look(within(&judged.excludes, &admitted.and(&asked)));
            }
        };
        let cover = covers(&lands, excludes.iter().map(|seen| seen.beyond.as_slice()), landing, worlds);
        for ((at, seen), cover) in excludes.iter().enumerate().zip(cover) {
            let clause = number(at).map(Clause::Excludes);
            if !seen.lands {
                tell(clause, FindingKind::ExcludesNobody);
            } else if let Some(by) = cover {
                tell(clause, FindingKind::AddsNobody { by: by.and_then(number).map(Clause::Excludes) });
            }
        }
    }
}

/// Who gets past which part of a rule, at one place.
struct Passing {
    admitted: Crowd,
    asked: Crowd,
    excluded: Crowd,
}

impl Passing {
    fn of(worlds: &Worlds, judged: &Judged) -> Passing {
        let any = |of: &[Crowd]| of.iter().fold(worlds.nobody(), |all, one| all.or(one));
        Passing {
            admitted: if judged.admits.is_empty() { worlds.everybody().clone() } else { any(&judged.admits) },
            asked: judged.everyone.iter().fold(worlds.everybody().clone(), |all, one| all.and(one)),
            excluded: any(&judged.excludes),
        }
    }
}

fn within(clauses: &[Crowd], crowd: &Crowd) -> Vec<Crowd> {
    clauses.iter().map(|clause| clause.and(crowd)).collect()
}

/// Of each clause those who are in no other one.
fn by_itself(clauses: &[Crowd], worlds: &Worlds) -> Vec<Crowd> {
    let (mut once, mut twice) = (worlds.nobody(), worlds.nobody());
    for clause in clauses {
        twice = twice.or(&once.and(clause));
        once = once.or(clause);
    }
    clauses.iter().map(|clause| clause.without(&twice)).collect()
}

/// For each clause what makes it superfluous: another one, or several (`Some(None)`). Of clauses that are the same the first is
/// needed; of those that others replace only together, one is named: without it, the rest may be needed.
fn covers<'a>(
    lands: &[bool],
    beyond: impl Iterator<Item = &'a [bool]>,
    landing: impl Fn(&mut dyn FnMut(Vec<Crowd>)),
    worlds: &Worlds,
) -> Vec<Option<Option<usize>>> {
    let beyond: Vec<&[bool]> = beyond.collect();
    let goes_beyond =
        |one: usize, other: usize| beyond.get(one).and_then(|row| row.get(other)).copied().unwrap_or(true);
    let single = |at: usize| {
        // It is among them itself, and is no cover of its own: it goes no further, and does not come first.
        let mut others = (0..beyond.len()).filter(|other| !goes_beyond(at, *other));
        others.find(|other| goes_beyond(*other, at) || *other < at)
    };
    let mut covers: Vec<Option<Option<usize>>> = (0..beyond.len()).map(|at| single(at).map(Some)).collect();
    // Clauses that admit nobody have findings of their own.
    let mut left: Vec<bool> = lands.iter().zip(&covers).map(|(lands, cover)| !lands || cover.is_some()).collect();
    landing(&mut |mut crowds| {
        let covered = crowds.iter_mut().zip(&covers).filter(|(_, cover)| cover.is_some());
        covered.for_each(|(crowd, _)| *crowd = worlds.nobody());
        let alone = by_itself(&crowds, worlds);
        left.iter_mut().zip(&alone).for_each(|(needed, alone)| *needed |= !alone.is_empty());
    });
    if let Some(cover) = left.iter().rposition(|needed| !needed).and_then(|at| covers.get_mut(at)) {
        *cover = Some(None);
    }
    covers
}

fn look_beyond(beyond: &mut [bool], lands: &Crowd, others: &[Crowd]) {
    for (seen, other) in beyond.iter_mut().zip(others) {
        *seen = *seen || !lands.are_in(other);
    }
}

fn number(index: usize) -> Option<u8> {
    u8::try_from(index).ok()
}
