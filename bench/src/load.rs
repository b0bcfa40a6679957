//! A run: so many people at once, a warm-up, then a window in which everything is counted. What was under way when the
//! window opened counts where it ends; what is under way when it closes does not: the two even out.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};

use crate::Failure;
use crate::ambient::{Stopwatch, random_token};
use crate::browser::Timing;
use crate::connection::Origin;
use crate::cookies::Jar;
use crate::latency::Latencies;
use crate::relying_party::RelyingParty;
use crate::sign_in::{SignedIn, Who, Wires, begin, sign_in};
use crate::towns::Towns;
use crate::usage::{Meter, Used};

/// Nobody signs in for longer than this after the end of a run; who does is left behind.
const LAST_CALL: Duration = Duration::from_secs(10);
/// After so many failures without a success there is nothing to measure.
const HOPELESS: u64 = 20;

/// What is done again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// A resident with a session: authorize, token, userinfo
    Returning,
    /// A person never seen before: authorize, card, consent, token, userinfo
    First,
    /// A sign-in that nobody finishes: authorize
    Begun,
    /// A service asks whether a token counts
    Introspection,
    /// A service asks whose token it is
    Userinfo,
}

impl Kind {
    /// As a report names it.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Kind::Returning => "returning sign-ins",
            Kind::First => "first sign-ins",
            Kind::Begun => "sign-ins begun and left",
            Kind::Introspection => "introspections",
            Kind::Userinfo => "userinfo requests",
        }
    }

    /// Whether somebody has to be there before anything can be measured.
    const fn needs_residents(self) -> bool {
        matches!(self, Kind::Returning | Kind::Introspection | Kind::Userinfo)
    }
}

/// How much.
pub(crate) struct Plan {
    /// Kind of sign-in.
    pub(crate) kind: Kind,
    /// So many at once.
    pub(crate) concurrency: usize,
    /// In so many towns.
    pub(crate) towns: usize,
    /// At the service of this key.
    pub(crate) service: String,
    /// Before anything is counted.
    pub(crate) warm_up: Duration,
    /// Counted at most so long.
    pub(crate) window: Duration,
    /// Counted at most so many.
    pub(crate) most: u64,
}

/// What came of it.
pub(crate) struct Outcome {
    /// Length of the window.
    pub(crate) window: Duration,
    /// Whole sign-ins.
    pub(crate) flows: Latencies,
    /// Their requests, by name.
    pub(crate) steps: BTreeMap<&'static str, Latencies>,
    /// Sign-ins that failed, by what was wrong.
    pub(crate) failures: BTreeMap<String, u64>,
    /// What the processes used meanwhile.
    pub(crate) used: Used,
}

/// A resident who signed in before.
struct Resident {
    service: Rc<RelyingParty>,
    jar: Jar,
    access_token: String,
}

/// What all workers share. One thread: `RefCell` and `Cell` suffice.
struct Ground {
    origin: Origin,
    kind: Kind,
    services: Vec<Rc<RelyingParty>>,
    next: Cell<usize>,
    residents: RefCell<VecDeque<Resident>>,
    /// Tells the people of this run from those of every other.
    run: String,
    stage: Cell<Stage>,
    tally: RefCell<Tally>,
    enough: Notify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    WarmUp,
    Window,
    Over,
}

#[derive(Default)]
struct Tally {
    flows: Latencies,
    steps: BTreeMap<&'static str, Latencies>,
    failures: BTreeMap<String, u64>,
    left: u64,
    failed_in_a_row: u64,
}

/// Runs a plan.
///
/// # Errors
/// If the towns cannot be reached, the people who shall return cannot sign in first, or nothing succeeds.
pub(crate) async fn run(towns: &Towns, plan: &Plan, meter: &Meter) -> Result<Outcome, Failure> {
    LocalSet::new().run_until(run_here(towns, plan, meter)).await
}

async fn run_here(towns: &Towns, plan: &Plan, meter: &Meter) -> Result<Outcome, Failure> {
    let origin = towns.origin()?;
    let mut wires = Wires::new(&origin);
    let mut services = Vec::new();
    for (town, service) in towns.with_service(plan.towns, &plan.service)? {
        services.push(Rc::new(RelyingParty::discover(&origin, wires.service(), town, service).await?));
    }
    let ground = Rc::new(Ground {
        origin,
        kind: plan.kind,
        services,
        next: Cell::new(0),
        residents: RefCell::default(),
        run: random_token()?,
        stage: Cell::new(Stage::WarmUp),
        tally: RefCell::new(Tally { left: plan.most, ..Tally::default() }),
        enough: Notify::new(),
    });
    if plan.kind.needs_residents() {
        ground.prepare(plan).await?;
    }
    let mut workers = JoinSet::new();
    for _ in 0..plan.concurrency {
        workers.spawn_local(Rc::clone(&ground).work());
    }
    let (window, used) = ground.watch(plan, meter).await?;
    // Whoever hangs now is dropped with the set.
    let _ = timeout(LAST_CALL, workers.join_all()).await;
    let tally = ground.tally.take();
    if tally.flows.is_empty() {
        return Err(Failure::new(format!("no sign-in succeeded: {:?}", tally.failures)));
    }
    Ok(Outcome { window, flows: tally.flows, steps: tally.steps, failures: tally.failures, used })
}

impl Ground {
    /// One resident per town and at least one per worker, so that no two workers are the same person.
    async fn prepare(self: &Rc<Self>, plan: &Plan) -> Result<(), Failure> {
        let most = plan.concurrency.max(plan.towns);
        let begun = Rc::new(Cell::new(0));
        let mut workers = JoinSet::new();
        for _ in 0..plan.concurrency {
            let (ground, begun) = (Rc::clone(self), Rc::clone(&begun));
            workers.spawn_local(async move {
                let mut wires = Wires::new(&ground.origin);
                while begun.replace(begun.get() + 1) < most {
                    let (resident, _) = ground.newcomer(&mut wires).await?;
                    ground.residents.borrow_mut().push_back(resident);
                }
                Ok::<(), Failure>(())
            });
        }
        while let Some(ended) = workers.join_next().await {
            ended.map_err(|_| Failure::new("a preparation broke off"))?.map_err(|failure| failure.at("preparation"))?;
        }
        Ok(())
    }

    async fn watch(&self, plan: &Plan, meter: &Meter) -> Result<(Duration, Used), Failure> {
        // Hopelessness ends the warm-up as well.
        let _ = timeout(plan.warm_up, self.enough.notified()).await;
        let before = meter.read()?;
        let started = Stopwatch::start();
        if self.stage.get() == Stage::WarmUp {
            self.stage.set(Stage::Window);
            tokio::select! {
                () = sleep(plan.window) => {}
                () = self.enough.notified() => {}
            }
        }
        let window = started.elapsed();
        self.stage.set(Stage::Over);
        Ok((window, meter.read()?.since(&before)))
    }

    async fn work(self: Rc<Self>) {
        let mut wires = Wires::new(&self.origin);
        while self.stage.get() != Stage::Over {
            let started = Stopwatch::start();
            let outcome = match self.kind {
                Kind::First => self.newcomer(&mut wires).await.map(|(_, timings)| timings),
                Kind::Returning => self.return_of_a_resident(&mut wires).await,
                Kind::Begun => self.beginning(&mut wires).await,
                Kind::Introspection | Kind::Userinfo => self.question_about_a_token(&mut wires).await,
            };
            self.note(started.elapsed(), outcome);
        }
    }

    /// Towns take turns.
    fn next_service(&self) -> Result<(usize, Rc<RelyingParty>), Failure> {
        let number = self.next.replace(self.next.get() + 1);
        let at = number.checked_rem(self.services.len()).unwrap_or_default();
        self.services.get(at).map(|service| (number, Rc::clone(service))).ok_or_else(|| Failure::new("no town"))
    }

    async fn newcomer(&self, wires: &mut Wires) -> Result<(Resident, Vec<Timing>), Failure> {
        let (number, service) = self.next_service()?;
        let mut jar = Jar::default();
        let name = format!("計測 {number} {}", self.run);
        let SignedIn { timings, access_token } =
            sign_in(&self.origin, wires, &mut jar, &service, &Who::Newcomer(&name)).await?;
        Ok((Resident { service, jar, access_token }, timings))
    }

    async fn beginning(&self, wires: &mut Wires) -> Result<Vec<Timing>, Failure> {
        let (_, service) = self.next_service()?;
        begin(&self.origin, wires, &service).await.map(|()| Vec::new())
    }

    async fn return_of_a_resident(&self, wires: &mut Wires) -> Result<Vec<Timing>, Failure> {
        let mut resident = self.somebody()?;
        let signed_in = sign_in(&self.origin, wires, &mut resident.jar, &resident.service, &Who::Returning).await;
        self.residents.borrow_mut().push_back(resident);
        signed_in.map(|signed_in| signed_in.timings)
    }

    async fn question_about_a_token(&self, wires: &mut Wires) -> Result<Vec<Timing>, Failure> {
        let resident = self.somebody()?;
        let answer = match self.kind {
            Kind::Introspection => resident.service.introspect(wires.service(), &resident.access_token).await,
            _ => resident.service.userinfo(wires.service(), &resident.access_token).await.map(|_| ()),
        };
        self.residents.borrow_mut().push_back(resident);
        answer.map(|()| Vec::new())
    }

    fn somebody(&self) -> Result<Resident, Failure> {
        self.residents.borrow_mut().pop_front().ok_or_else(|| Failure::new("fewer residents than workers"))
    }

    fn note(&self, took: Duration, outcome: Result<Vec<Timing>, Failure>) {
        let mut tally = self.tally.borrow_mut();
        match outcome {
            Ok(_) => tally.failed_in_a_row = 0,
            Err(_) => tally.failed_in_a_row += 1,
        }
        if tally.failed_in_a_row >= HOPELESS {
            self.stage.set(Stage::Over);
            self.enough.notify_one();
        }
        match (self.stage.get(), outcome) {
            (Stage::Window, Ok(timings)) => {
                tally.flows.add(took);
                for (step, duration) in timings {
                    tally.steps.entry(step).or_default().add(duration);
                }
                tally.left = tally.left.saturating_sub(1);
                if tally.left == 0 {
                    self.stage.set(Stage::Over);
                    self.enough.notify_one();
                }
            }
            // A failure counts whenever it happens: a run with failures in its warm-up is no good run either.
            (_, Err(failure)) => *tally.failures.entry(failure.to_string()).or_default() += 1,
            (_, Ok(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests;
