//! What nobody wants is not made.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ninelives::Tick;
use ninelives::emit::PolicyEvent as Told;
use ninelives::emit::{Interest, Kind};
use ninelives::prelude::*;
use tower::{Layer, Service};

use crate::MS;
use crate::backend::{Ask, Backend};
use crate::drive::{done, poll, start};
use crate::recorder::Recorder;

/// Lets requests end in every way, in every policy, and every kind of event happen.
fn everything_happens(recorder: &Recorder) {
    let timer = ManualTimer::new();
    let timeout = || Policy(TimeoutLayer::new(MS).unwrap().with_timer(timer.clone()));
    let budget = RetryBudget::new(0.0, 0.0, 1).unwrap();
    let retry = RetryPolicy::builder()
        .max_attempts(2)
        .backoff(Backoff::constant(MS))
        .with_budget(budget)
        .with_timer(timer.clone());
    let retry = Policy(retry.build().unwrap().into_layer());
    let config = CircuitBreakerConfig::new(3, MS, 1).unwrap();
    let breaker = CircuitBreakerLayer::with_clock(config, timer.clone()).unwrap();
    let breaker = breaker.with_sink(recorder.clone());
    let bulkhead = BulkheadLayer::new(1).unwrap().with_sink(recorder.clone());
    let queue = BulkheadLayer::queued(1, 1, MS)
        .unwrap()
        .with_timer(timer.clone());
    let queue = queue.with_sink(recorder.clone());
    let race = (timeout() & timeout()).with_timer(timer.clone());
    let fallback = timeout() | timeout();

    ends_in_every_way(&timer, timeout().with_sink(recorder.clone()));
    ends_in_every_way(&timer, retry.with_sink(recorder.clone()));
    ends_in_every_way(&timer, Policy(bulkhead.clone()));
    ends_in_every_way(&timer, Policy(queue.clone()));
    ends_in_every_way(&timer, race.with_sink(recorder.clone()));
    ends_in_every_way(&timer, fallback.with_sink(recorder.clone()));
    ends_in_every_way(&timer, Policy(breaker.clone()));
    breaker.reset();
    breaker.trip();
    let mut service = breaker.layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_err());
    timer.advance(MS);
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    bulkhead.resize(0).unwrap();
    queue.close();
    assert!(done(start(&mut bulkhead.layer(Backend::default()), Ask::Answer)).is_err());
    assert!(done(start(&mut queue.layer(Backend::default()), Ask::Answer)).is_err());
    shadows_speak(&timer, recorder);
}

/// A shadow disagrees; another one is dropped. The number of calls is the same each time, wherever in them it is dropped.
fn shadows_speak(timer: &ManualTimer, recorder: &Recorder) {
    let limit = |limit| TimeoutConfig::new(limit).unwrap();
    let layer = TimeoutLayer::new(MS).unwrap().with_timer(timer.clone());
    let layer = layer.with_sink(recorder.clone()).live();
    let mut service = layer.layer(Backend::default());
    let mut late = || {
        let mut call = start(&mut service, Ask::Hang);
        assert!(poll(&mut call).is_pending());
        timer.advance(MS);
        assert!(poll(&mut call).is_ready());
    };
    layer.settings().set_shadow(limit(MS * 2)).unwrap();
    late();
    let clock = Ticking::default();
    layer
        .settings()
        .set_shadow_within(limit(MS), Duration::ZERO, clock)
        .unwrap();
    (0..1024).for_each(|_| late());
}

/// Reads a nanosecond later each time.
#[derive(Default)]
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn ends_in_every_way<L>(timer: &ManualTimer, policy: L)
where
    L: Layer<Backend>,
    L::Service: Service<Ask, Response = ()>,
{
    let mut service = policy.layer(Backend::default());
    drop(start(&mut service, Ask::Answer));
    for ask in [Ask::Answer, Ask::Fail, Ask::Hang, Ask::Fail] {
        let mut call = start(&mut service, ask);
        for _ in 0..3 {
            if poll(&mut call).is_ready() {
                break;
            }
            timer.advance(MS);
        }
    }
    let mut service = AssertUnwindSafe(service);
    assert!(catch_unwind(move || done(start(&mut *service, Ask::PanicInPoll))).is_err());
}

#[test]
fn with_every_kind_wanted_every_kind_comes() {
    let recorder = Recorder::wanting(Interest::ALL);
    everything_happens(&recorder);
    let events = recorder.events();
    for kind in Kind::ALL {
        assert!(
            events.iter().any(|event| event.kind() == kind),
            "no {kind:?}"
        );
    }
}

#[test]
fn with_no_kind_wanted_no_clock_is_read_and_no_event_made() {
    let recorder = Recorder::default();
    everything_happens(&recorder);
    assert_eq!((recorder.reads(), recorder.events()), (0, vec![]));
}

#[test]
fn with_one_kind_wanted_that_kind_alone_comes_and_costs_its_readings() {
    let all = Recorder::wanting(Interest::ALL);
    everything_happens(&all);
    let all = all.events();
    let of = |kinds: Interest| all.iter().filter(|event| kinds.wants(event.kind())).count();
    for kind in Kind::ALL {
        let recorder = Recorder::wanting(Interest::NONE.with(kind));
        everything_happens(&recorder);
        let events = recorder.events();
        assert!(
            events.iter().all(|event| event.kind() == kind),
            "{kind:?}: {events:?}"
        );
        assert_eq!(events.len(), of(Interest::NONE.with(kind)), "{kind:?}");
        // One reading an event; for an outcome one at the start too, when nobody knows yet which it will be.
        let starts = if Interest::OUTCOMES.wants(kind) {
            of(Interest::OUTCOMES)
        } else {
            0
        };
        assert_eq!(recorder.reads(), events.len() + starts, "{kind:?}");
    }
}

#[test]
fn an_outcome_that_was_not_wanted_from_the_start_is_not_told() {
    let recorder = Recorder::default();
    let layer = TimeoutLayer::new(MS).unwrap().with_sink(recorder.clone());
    let mut service = layer.layer(Backend::default());
    let call = start(&mut service, Ask::Answer);
    recorder.want(Interest::ALL);
    assert!(done(call).is_ok());
    assert_eq!(recorder.events(), []);
    let call = start(&mut service, Ask::Answer);
    recorder.want(Interest::NONE);
    assert!(done(call).is_ok());
    assert_eq!(recorder.events(), [], "nobody wants it any more");
    recorder.want(Interest::NONE.with(Kind::RequestSuccess));
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    assert!(matches!(
        recorder.events()[..],
        [Told::RequestSuccess { .. }]
    ));
}

#[test]
fn a_pair_of_emitters_gives_each_what_it_wants() {
    use ninelives::emit::{Emitter, Sink};
    let name = ninelives::name::Name::from("both");
    let (left, right) = (
        Recorder::wanting(Interest::NONE.with(Kind::FallbackTaken)),
        Recorder::wanting(Interest::NONE.with(Kind::RetryExhausted)),
    );
    let both = (left.attach(&name), right.attach(&name));
    both.tell(Kind::FallbackTaken, |at| Told::FallbackTaken { at });
    both.tell(Kind::RetryExhausted, |at| Told::RetryExhausted {
        at,
        attempts: 1,
    });
    both.tell(Kind::ForkWon, |_| panic!("nobody wants it"));
    assert!(matches!(left.events()[..], [Told::FallbackTaken { .. }]));
    assert!(matches!(right.events()[..], [Told::RetryExhausted { .. }]));
    assert_eq!(
        (left.reads(), right.reads()),
        (2, 0),
        "the first one's clock stamps both"
    );
}
