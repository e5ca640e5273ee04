//! A stack under load while every parameter of it changes at random by name, thousands of times: every law of conservation holds.
//!
//! Threads drive the calls by hand, in the time of a manual timer; seeds are printed when it fails; it ends after so many operations.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

mod backend;
mod books;
#[path = "../support/drive.rs"]
mod drive;
mod tuner;
#[path = "../support/values.rs"]
mod values;

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use backend::Backend;
use books::Books;
use drive::Seeded;
use ninelives::prelude::*;
use ninelives::registry::Registry;
use tower::{Layer, Service};
use tuner::Tuner;

/// Calls of each of three threads, and changes of two.
const CALLS: usize = 3_000;
const CHANGES: usize = 4_000;
/// Steps of the load between two changes of a tuner.
const STEPS: u64 = 6;
/// The largest limit that a bulkhead is ever given.
const MOST: u64 = 24;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Counts a thread that has ended, however it did: nobody waits for one that has failed.
struct Done<'a>(&'a AtomicU64);

/// What became of the calls of all threads.
#[derive(Default)]
struct Calls {
    issued: AtomicU64,
    ended: AtomicU64,
    dropped: AtomicU64,
    /// Steps of the load and changes so far, and threads of either that are done: so that neither runs away from the other.
    steps: AtomicU64,
    changes: AtomicU64,
    loads_done: AtomicU64,
    tuners_done: AtomicU64,
}

#[test]
fn hc44_hc70_every_parameter_changes_at_random_under_load_and_every_law_holds() {
    let timer = ManualTimer::new();
    let books = Books::new();
    let budget = RetryBudget::new(0.5, 50.0, 100).unwrap();
    let timeout = TimeoutLayer::new(ms(80)).unwrap();
    let timeout = timeout.with_timer(timer.clone()).named("timeout").live();
    let config = CircuitBreakerConfig::new(10, ms(20), 3).unwrap();
    let breaker = CircuitBreakerLayer::with_clock(config, timer.clone()).unwrap();
    let breaker = breaker.named("breaker").with_sink(books.sink()).live();
    let bulkhead = BulkheadLayer::queued(8, 16, ms(40)).unwrap();
    let bulkhead = bulkhead.with_timer(timer.clone()).named("bulkhead").live();
    let retry = RetryPolicy::builder()
        .backoff(Backoff::exponential(ms(1)).with_max(ms(50)).unwrap())
        .with_budget(budget.clone())
        .with_seed(7)
        .with_timer(timer.clone());
    let retry = retry.build().unwrap().into_layer().named("retry").live();

    let registry = Registry::new();
    let tokens = budget.named("tokens", timer.clone());
    registry.register(&timeout).unwrap();
    registry.register(&breaker).unwrap();
    registry.register(&bulkhead).unwrap();
    registry.register(&retry).unwrap();
    registry.register(&tokens).unwrap();
    let ids = [
        timeout.name(),
        breaker.name(),
        bulkhead.name(),
        retry.name(),
    ];
    let ids = ids.map(|name| name.id());

    let backend = Backend::new(timer.clone());
    let policy = Policy(timeout.with_sink(books.sink()))
        + Policy(breaker.clone())
        + Policy(bulkhead.clone().with_sink(books.sink()))
        + Policy(retry.with_sink(books.sink()));
    let service = policy.layer(backend.clone().service());
    let calls = Calls::default();
    thread::scope(|scope| {
        let tuners = [1, 2].map(|seed| {
            let tuner = Tuner::new(seed, registry.clone(), timer.clone());
            let calls = &calls;
            scope.spawn(move || tuner.run(CHANGES, calls))
        });
        for seed in 11..14 {
            let (service, timer, calls) = (service.clone(), &timer, &calls);
            scope.spawn(move || load(seed, service, timer, calls));
        }
        let [one, two] = tuners.map(|tuner| tuner.join().unwrap());
        assert!(one.taken + two.taken > CHANGES as u64, "{one:?} {two:?}");
        assert!(one.refused > 100 && two.refused > 100, "{one:?} {two:?}");
        // Calls may wait in line for ever, for a bulkhead that is paused.
        tuner::open_up(&registry);
    });

    let [issued, ended, dropped] =
        [&calls.issued, &calls.ended, &calls.dropped].map(|count| count.load(SeqCst));
    assert_eq!(issued, 3 * CALLS as u64);
    assert_eq!(issued, ended + dropped, "calls");
    assert_eq!(
        (bulkhead.in_flight(), bulkhead.waiting()),
        (0, 0),
        "permits"
    );
    assert_eq!(breaker.view().probes_out, 0, "tickets");
    assert_eq!(timer.armed(), 0, "timers");
    backend.assert_all_ended(MOST);
    books.assert_balanced(ids, issued, backend.started());
}

/// Calls at random: started, polled, dropped, while time goes on.
fn load<S>(seed: u64, mut service: S, timer: &ManualTimer, calls: &Calls)
where
    S: Service<u32, Response = u32>,
{
    let _done = Done(&calls.loads_done);
    let mut seeded = Seeded::new(seed);
    let mut out: Vec<Pin<Box<S::Future>>> = Vec::new();
    let mut left = CALLS;
    let mut rounds = 0_u64;
    while left > 0 || !out.is_empty() {
        rounds += 1;
        calls.step();
        assert!(rounds < 5_000_000, "stuck with {} calls", out.len());
        match seeded.below(16) {
            0..3 if left > 0 && out.len() < 12 => {
                left -= 1;
                calls.issued.fetch_add(1, SeqCst);
                out.push(drive::start(&mut service, seeded.below(1_000) as u32));
            }
            3 | 4 => timer.advance(ms(seeded.below(6) as u64)),
            5 if !out.is_empty() && seeded.below(8) == 0 => {
                drop(out.swap_remove(seeded.below(out.len())));
                calls.dropped.fetch_add(1, SeqCst);
            }
            _ if !out.is_empty() => {
                let chosen = seeded.below(out.len());
                if drive::poll(&mut out[chosen]).is_ready() {
                    drop(out.swap_remove(chosen));
                    calls.ended.fetch_add(1, SeqCst);
                }
            }
            _ => {}
        }
    }
}

// === impl Done ===

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

// === impl Calls ===

impl Calls {
    /// Before a step of the load: waits while it is far ahead of the changes.
    fn step(&self) {
        let step = self.steps.fetch_add(1, SeqCst);
        while step > STEPS * (self.changes.load(SeqCst) + 20) && self.tuners_done.load(SeqCst) < 2 {
            thread::yield_now();
        }
    }

    /// Before a change: waits while the changes are ahead of the load.
    fn change(&self) {
        let change = self.changes.fetch_add(1, SeqCst);
        while change > self.steps.load(SeqCst) / STEPS + 20 && self.loads_done.load(SeqCst) < 3 {
            thread::yield_now();
        }
    }
}
