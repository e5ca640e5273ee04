//! When a request came and when it was done: one reading of the clock for all layers that it passes at the same moment.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives::compose::{PolicyLayer, Tells};
use ninelives::prelude::*;
use ninelives::{ManualTimer, Tick};
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower::{Layer, Service};

use crate::backend::{Ask, Backend, Broken, Gate};
use crate::drive::{done, panics, poll, start};
use crate::{End, MS, ends, sink_on, told};

/// A clock that stands still and counts who looks.
#[derive(Clone, Default)]
struct Looks(Arc<AtomicUsize>);

// === impl Looks ===

impl Looks {
    fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

impl Clock for Looks {
    fn now(&self) -> Tick {
        self.0.fetch_add(1, Ordering::SeqCst);
        Tick::ZERO
    }
}

fn bulkhead() -> Policy<BulkheadLayer> {
    Policy(BulkheadLayer::new(9).unwrap())
}

/// A layer from elsewhere that takes a millisecond before the call.
fn before(timer: &ManualTimer) -> MapRequestLayer<impl Fn(Ask) -> Ask + Clone + use<>> {
    let timer = timer.clone();
    MapRequestLayer::new(move |ask| {
        timer.advance(MS);
        ask
    })
}

/// One that takes two after it.
fn after(timer: &ManualTimer) -> MapResponseLayer<impl Fn(()) + Clone + use<>> {
    let timer = timer.clone();
    MapResponseLayer::new(move |()| timer.advance(2 * MS))
}

/// How long each policy says that an answered call took, the innermost first.
fn elapsed<S: Service<Ask>>(sink: &crate::Sink, service: &mut S) -> Vec<Duration> {
    assert!(done(start(service, Ask::Answer)).is_ok());
    let ends = ends(&told(sink)).into_iter();
    ends.map(|(_, end, elapsed)| {
        assert_eq!(end, End::Success);
        elapsed
    })
    .collect()
}

#[test]
fn a_stack_reads_the_clock_once_on_the_way_in_and_once_on_the_way_out() {
    let looks = Looks::default();
    let sink = MemorySink::new().with_clock(looks.clone());
    let timeout = TimeoutLayer::new(MS).unwrap();
    let breaker = CircuitBreakerLayer::new(CircuitBreakerConfig::new(3, MS, 1).unwrap()).unwrap();
    let retry = RetryPolicy::builder().build().unwrap().into_layer();
    let policy = Policy(timeout) + bulkhead() + Policy(breaker) + Policy(retry);
    let mut service = policy.with_sink(sink.clone()).layer(Backend::default());
    for call in 0..3 {
        assert!(done(start(&mut service, Ask::Answer)).is_ok());
        assert_eq!(looks.take(), 2, "call {call}");
    }
    assert_eq!(told(&sink).len(), 3 * 5, "four outcomes, and a permit");
}

#[test]
fn calls_after_one_another_are_told_with_readings_of_their_own() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let mut service = bulkhead().with_sink(sink.clone()).layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    timer.advance(MS);
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    let times: Vec<_> = told(&sink).iter().map(|event| event.time()).collect();
    assert_eq!(times[2].since(times[1]), MS);
}

#[test]
fn the_time_that_the_service_takes_is_seen_by_every_layer() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let policy = (bulkhead() + bulkhead()).with_sink(sink.clone());
    let service = after(&timer).layer(before(&timer).layer(Backend::default()));
    assert_eq!(elapsed(&sink, &mut policy.layer(service)), [3 * MS; 2]);
}

#[test]
fn the_time_that_a_layer_from_elsewhere_takes_is_seen_by_the_layers_around_it() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let foreign = Policy::tower(after(&timer)) + Policy::tower(before(&timer));
    let policy = (bulkhead() + foreign + bulkhead()).with_sink(sink.clone());
    let mut service = policy.layer(Backend::default());
    assert_eq!(elapsed(&sink, &mut service), [Duration::ZERO, 3 * MS]);
}

#[test]
fn so_it_is_when_the_layers_were_stacked_by_hand() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let told_bulkhead = || BulkheadLayer::new(9).unwrap().with_sink(sink.clone());
    let inner = told_bulkhead().layer(Backend::default());
    let mut service = told_bulkhead().layer(after(&timer).layer(before(&timer).layer(inner)));
    assert_eq!(elapsed(&sink, &mut service), [Duration::ZERO, 3 * MS]);
}

#[test]
fn the_time_that_the_first_arm_takes_in_its_call_is_seen_by_the_second() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let race = Policy::tower(before(&timer)) & Policy::tower(before(&timer));
    let mut service = race.with_sink(sink.clone()).layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    let begun = |event: &PolicyEvent| matches!(event, PolicyEvent::ForkStarted { .. });
    let times: Vec<_> = told(&sink).into_iter().filter(begun).collect();
    assert_eq!(times[1].time().since(times[0].time()), MS);
}

#[test]
fn a_panic_before_the_inner_policy_noticed_leaves_nothing_to_the_next_request() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let silent = Policy(
        BulkheadLayer::new(9)
            .unwrap()
            .weighted_by(|ask: &Ask| match ask {
                Ask::PanicInCall => panic!("planted"),
                _ => 1,
            }),
    );
    let mut service = (bulkhead().with_sink(sink.clone()) + silent).layer(Backend::default());
    assert!(panics(|| start(&mut service, Ask::PanicInCall)));
    timer.advance(MS);
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    let times: Vec<_> = told(&sink).iter().map(|event| event.time()).collect();
    let [_, panicked, acquired, ..] = times[..] else {
        panic!("{times:?}")
    };
    assert_eq!(acquired.since(panicked), MS);
}

#[test]
fn a_call_that_is_dropped_later_is_told_with_the_time_of_its_drop() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let policy = (bulkhead() + bulkhead()).with_sink(sink.clone());
    let mut call = start(
        &mut policy.layer(Backend::default()),
        Ask::At(Gate::default()),
    );
    assert!(poll(&mut call).is_pending());
    timer.advance(MS);
    drop(call);
    let ends = ends(&told(&sink));
    assert_eq!(ends.len(), 2);
    assert!(
        ends.iter()
            .all(|&(_, end, elapsed)| end == End::Cancelled && elapsed == MS)
    );
}

#[test]
fn two_sinks_with_clocks_of_their_own_do_not_mix_them_up() {
    let (early, late) = (ManualTimer::new(), ManualTimer::new());
    late.advance(MS);
    let (outer, inner) = (sink_on(&late), sink_on(&early));
    let policy = bulkhead().with_sink(outer.clone()) + bulkhead().with_sink(inner.clone());
    assert!(done(start(&mut policy.layer(Backend::default()), Ask::Answer)).is_ok());
    let time = |sink: &crate::Sink| told(sink)[0].time();
    assert_eq!(time(&outer).since(time(&inner)), MS);
}

#[test]
fn a_policy_that_answers_by_itself_leaves_nothing_to_the_next_request() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let policy = (bulkhead() + Policy::respond(|_: Ask| ())).with_sink(sink.clone());
    let mut service = policy.layer(Backend::default());
    for _ in 0..2 {
        let mut calls = [(); 2].map(|()| {
            let call = start(&mut service, Ask::Answer);
            timer.advance(MS);
            call
        });
        for call in &mut calls {
            assert!(poll(call).is_ready());
        }
        let taken: Vec<_> = ends(&told(&sink)).iter().map(|end| end.2).collect();
        assert_eq!(taken, [2 * MS, MS]);
    }
}

#[test]
fn the_time_that_a_policy_takes_that_answers_by_itself_is_seen_by_the_fallback() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let slow = timer.clone();
    let respond = Policy::respond(move |_: Ask| slow.advance(MS));
    let policy = (bulkhead() | respond).with_sink(sink.clone());
    let mut service = policy.layer(Backend::default());
    assert!(done(start(&mut service, Ask::Fail)).is_ok());
    let taken: Vec<_> = ends(&told(&sink)).iter().map(|end| end.2).collect();
    assert_eq!(taken, [Duration::ZERO, MS]);
}

/// A layer of one's own that turns every request away.
#[derive(Clone)]
struct Refuse;

impl Tells for Refuse {
    type Kept = ();
}

impl<S> PolicyLayer<S> for Refuse {
    type Service = Self;

    fn wrap(&self, _inner: S) -> Self {
        Self
    }
}

impl Service<Ask> for Refuse {
    type Response = ();
    type Error = ResilienceError<Broken>;
    type Future = Ready<Result<(), Self::Error>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _ask: Ask) -> Self::Future {
        ready(Err(ResilienceError::Inner(Broken)))
    }
}

#[test]
fn a_layer_of_ones_own_that_passes_nothing_on_leaves_nothing_to_the_next_request() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let told_bulkhead = BulkheadLayer::new(9).unwrap().with_sink(sink.clone());
    let policy = Policy(told_bulkhead) + Policy(Refuse);
    let mut service = policy.layer(Backend::default());
    for _ in 0..3 {
        assert!(done(start(&mut service, Ask::Answer)).is_err());
        timer.advance(MS);
    }
    let taken: Vec<_> = ends(&told(&sink)).iter().map(|end| end.2).collect();
    assert_eq!(taken, [Duration::ZERO; 3]);
}
