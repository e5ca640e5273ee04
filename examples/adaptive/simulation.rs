//! The load, the bulkhead and its watcher, in virtual time.

use std::cell::RefCell;
use std::convert::Infallible;
use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use ninelives::parameters::Value;
use ninelives::prelude::*;
use ninelives::registry::{PolicyHandle, Registry, RegistryError};
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep, sleep_until};
use tower::{Layer, Service, ServiceExt};

use rng::SplitMix64;

#[allow(dead_code)] // the storm's, of which this needs a part
#[path = "../storm/rng.rs"]
mod rng;

/// What happened.
#[derive(Debug, PartialEq)]
pub struct Run {
    pub seed: u64,
    /// The limit before the first change.
    pub first_limit: u64,
    /// One for each [`WINDOW`].
    pub moments: Vec<Moment>,
    pub changes: Vec<Change>,
    pub left_in_flight: u64,
    pub left_waiting: u64,
}

/// What happened in one window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// Its end.
    pub at: Duration,
    pub offered: u64,
    pub answered: u64,
    pub turned_away: u64,
    /// The mean over the window.
    pub in_flight: f64,
    /// The most in the window.
    pub waiting: u64,
    /// At its end.
    pub limit: u64,
}

/// A change of the limit, as a subscriber was told of it.
#[derive(Debug, PartialEq)]
pub struct Change {
    pub at: Duration,
    pub limit: u64,
    pub version: u64,
}

/// What the calls tell the one who writes it down.
#[derive(Default)]
struct Counts {
    offered: u64,
    answered: u64,
    turned_away: u64,
}

/// How long the load stays, and how many calls a second it is.
const PHASES: [(Duration, f64); 4] = [
    (Duration::from_secs(2), 100.0),
    (Duration::from_secs(4), 600.0),
    (Duration::from_secs(4), 1_200.0),
    (Duration::from_secs(4), 150.0),
];
/// How long a call takes, at least and at most, in seconds.
const WORK: (f64, f64) = (0.02, 0.06);
/// What one line of the table, and one point of the plot, stands for.
pub const WINDOW: Duration = Duration::from_millis(250);

const NAME: &str = "backend";
const LIMIT: &str = "max_concurrent";
const LEAST: u64 = 8;
const MOST: u64 = 64;
const LINE: usize = 256;
const LONGEST_WAIT: Duration = Duration::from_millis(250);
/// How often the watcher decides, and how often it looks in between.
const DECIDES: Duration = Duration::from_millis(100);
const LOOKS: Duration = Duration::from_millis(10);

/// Runs the load of this seed.
#[allow(clippy::disallowed_methods)] // a program owns its runtime
pub fn run(seed: u64) -> Result<Run, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    runtime.block_on(tokio::task::LocalSet::new().run_until(play(seed)))
}

async fn play(seed: u64) -> Result<Run, Box<dyn Error>> {
    let registry = Registry::new();
    let bulkhead = BulkheadLayer::queued(LEAST as usize, LINE, LONGEST_WAIT)?;
    let bulkhead = bulkhead.named(NAME).live();
    let policy = registry.register(&bulkhead)?;

    let begin = Instant::now();
    let changes = Rc::default();
    let listener = spawn_local(listen(policy.clone(), begin, Rc::clone(&changes)));
    let watcher = spawn_local(watch(registry.clone()));
    let counts = Rc::default();
    let writer = spawn_local(write_down(policy.clone(), begin, Rc::clone(&counts)));

    let service = bulkhead.layer(tower::service_fn(work));
    offer(service, counts, seed, begin).await?;
    let moments = writer.await??;
    let left_in_flight = count(&policy, "in_flight")?;
    let left_waiting = count(&policy, "waiting")?;

    // With the last layer the policy is gone, and its watcher goes home.
    drop(bulkhead);
    watcher.await??;
    listener.abort();
    Ok(Run {
        seed,
        first_limit: LEAST,
        moments,
        changes: changes.take(),
        left_in_flight,
        left_waiting,
    })
}

async fn work(takes: Duration) -> Result<(), Infallible> {
    sleep(takes).await;
    Ok(())
}

/// Makes the calls, each at its time whatever became of those before, and waits for all of them.
async fn offer<S>(
    service: S,
    counts: Rc<RefCell<Counts>>,
    seed: u64,
    begin: Instant,
) -> Result<(), Box<dyn Error>>
where
    S: Service<Duration, Response = (), Error = ResilienceError<Infallible>> + Clone + 'static,
{
    let mut draws = SplitMix64::new(seed);
    let mut calls = Vec::new();
    let (mut at, mut until) = (Duration::ZERO, Duration::ZERO);
    for (lasts, rate) in PHASES {
        until += lasts;
        loop {
            at += Duration::from_secs_f64(-(1.0 - draws.unit()).ln() / rate);
            if at >= until {
                at = until;
                break;
            }
            let takes = Duration::from_secs_f64(draws.between(WORK.0, WORK.1));
            sleep_until(begin + at).await;
            counts.borrow_mut().offered += 1;
            let (service, counts) = (service.clone(), Rc::clone(&counts));
            calls.push(spawn_local(async move {
                let answer = service.oneshot(takes).await;
                let mut counts = counts.borrow_mut();
                match answer {
                    Ok(()) => counts.answered += 1,
                    Err(error) if error.is_bulkhead() => counts.turned_away += 1,
                    Err(error) => panic!("the backend never fails: {error:?}"),
                }
            }));
        }
    }
    for call in calls {
        call.await?;
    }
    Ok(())
}

/// Changes the limit by name: half as much again when calls wait in line, a quarter less when it was less than half used.
async fn watch(registry: Registry) -> Result<(), RegistryError> {
    let Some(policy) = registry.get(NAME) else {
        return Ok(());
    };
    loop {
        let (mut used, mut looks) = (0, 0);
        while looks * LOOKS.as_millis() < DECIDES.as_millis() {
            sleep(LOOKS).await;
            let Ok(in_flight) = count(&policy, "in_flight") else {
                return Ok(());
            };
            used += in_flight;
            looks += 1;
        }
        let limit = count(&policy, "limit")?;
        let half = limit * looks as u64 / 2;
        let next = match count(&policy, "waiting")? {
            0 if used < half => limit - limit / 4,
            0 => limit,
            _ => limit + limit / 2,
        };
        let next = next.clamp(LEAST, MOST);
        if next != limit {
            registry.set(NAME, &[(LIMIT, next.into())])?;
        }
    }
}

/// Writes down each change that a subscriber is told of.
async fn listen(
    policy: PolicyHandle,
    begin: Instant,
    told: Rc<RefCell<Vec<Change>>>,
) -> Result<(), RegistryError> {
    let mut changes = policy.subscribe()?;
    loop {
        let reading = changes.changed().await;
        let Some(Value::Count(limit)) = reading.get(LIMIT) else {
            unreachable!("a bulkhead has a limit")
        };
        told.borrow_mut().push(Change {
            at: begin.elapsed(),
            limit,
            version: reading.version,
        });
    }
}

/// Writes down a moment for each window, until the last call that was offered has ended.
async fn write_down(
    policy: PolicyHandle,
    begin: Instant,
    counts: Rc<RefCell<Counts>>,
) -> Result<Vec<Moment>, RegistryError> {
    let whole: Duration = PHASES.iter().map(|(lasts, _)| *lasts).sum();
    let mut moments = Vec::new();
    loop {
        let mut moment = Moment::default();
        let (mut used, mut looks) = (0, 0_u32);
        while LOOKS * looks < WINDOW {
            sleep(LOOKS).await;
            used += count(&policy, "in_flight")?;
            moment.waiting = moment.waiting.max(count(&policy, "waiting")?);
            looks += 1;
        }
        moment.in_flight = used as f64 / f64::from(looks);
        moment.limit = count(&policy, "limit")?;
        moment.at = begin.elapsed();
        let Counts {
            offered,
            answered,
            turned_away,
        } = counts.take();
        (moment.offered, moment.answered, moment.turned_away) = (offered, answered, turned_away);
        let is_over = moment.at >= whole && offered + answered + turned_away == 0;
        if is_over && used == 0 {
            return Ok(moments);
        }
        moments.push(moment);
    }
}

fn count(policy: &PolicyHandle, name: &str) -> Result<u64, RegistryError> {
    let state = policy.state()?;
    match state.iter().find(|(other, _)| *other == name) {
        Some((_, Value::Count(count))) => Ok(*count),
        _ => unreachable!("a bulkhead shows its {name}"),
    }
}

// === impl Run ===

impl Run {
    /// Calls offered, answered, and turned away.
    pub fn totals(&self) -> [u64; 3] {
        let all = self.moments.iter();
        all.fold([0; 3], |[offered, answered, turned_away], moment| {
            [
                offered + moment.offered,
                answered + moment.answered,
                turned_away + moment.turned_away,
            ]
        })
    }

    /// Every call ended, in one of two ways, and left nothing behind.
    pub fn is_accounted_for(&self) -> bool {
        let [offered, answered, turned_away] = self.totals();
        offered == answered + turned_away && self.left_in_flight + self.left_waiting == 0
    }
}
