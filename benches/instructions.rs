//! Instructions that one call takes: the bare service, each layer around it, and the stack.
//!
//! Each function measures one call of a service that was built and called before. `budgets.toml` holds what each may take above
//! the bare service; `cargo xtask instructions` runs both. Without valgrind and the runner of the locked version it skips.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/second.rs"]
mod second;
#[path = "support/subjects.rs"]
mod subjects;

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use iai_callgrind::{library_benchmark, library_benchmark_group, main};
use ninelives::TokioTimer;
use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
use ninelives::name::Name;
use ninelives::prelude::RetryPolicy;
use ninelives::{Adaptive, Clock, StreamingSink, Subscriber, Tick};

use ninelives_core::window::{CountWindow, Mark, Shape, Term, TimeWindow};
use second::early_in_a_second;
use subjects::{Echo, Subject, call, enter_runtime};
use tower::Service;

/// What policies wait on here; `instructions_wheel.rs` has the wheel, on which they wait by default.
type Waits = TokioTimer;
const TIMER: Waits = TokioTimer;

/// One call, behind a pointer: the same few instructions around every subject, the bare service included.
type Call = &'static mut dyn FnMut() -> Option<u64>;

const ANSWER: Option<u64> = Some(7);

fn at_once<S: Subject>(subject: fn() -> S) -> Call {
    warm(made(subject), Echo::ready(), ANSWER)
}

fn after_one_wait<S: Subject>(subject: fn() -> S) -> Call {
    warm(made(subject), Echo::pending(1), ANSWER)
}

/// A window over the last hundred calls is full by then.
fn after_a_hundred<S: Subject>(subject: fn() -> S) -> Call {
    let call = at_once(subject);
    (0..100).for_each(|_| assert_eq!(call(), ANSWER));
    call
}

fn in_vain<S: Subject>(subject: fn() -> S) -> Call {
    warm(made(subject), Echo::failing(), None)
}

fn turned_away<S: Subject>(subject: fn() -> S) -> Call {
    warm(made(subject), Echo::ready(), None)
}

fn made<S: Subject>(subject: fn() -> S) -> S {
    early_in_a_second();
    subject()
}

fn warm<S: Subject>(subject: S, inner: Echo, expected: Option<u64>) -> Call {
    enter_runtime();
    let mut service = subject.layer(inner);
    // Leaked, so that no drop of the service is counted.
    let once: Call = Box::leak(Box::new(move || call(&mut service)));
    for _ in 0..3 {
        assert_eq!(once(), expected);
    }
    black_box(once)
}

#[library_benchmark]
#[bench::ready(at_once(subjects::raw))]
#[bench::pending(after_one_wait(subjects::raw))]
#[bench::bearing(at_once(subjects::bearing))]
#[bench::failing(in_vain(subjects::raw))]
fn raw(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::timeout))]
#[bench::pending_on_tokio(after_one_wait(subjects::timeout))]
#[bench::live(at_once(subjects::timeout_live))]
#[bench::shadowed(at_once(subjects::timeout_shadowed))]
#[bench::deadline(at_once(subjects::timeout_deadline))]
#[bench::deadline_pending_on_tokio(after_one_wait(subjects::timeout_deadline))]
fn timeout(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::retry))]
#[bench::pending(after_one_wait(subjects::retry))]
#[bench::live(at_once(subjects::retry_live))]
#[bench::heard(told())]
#[bench::over_results(at_once(subjects::retry_over_results))]
#[bench::heeding(at_once(subjects::retry_heeding))]
fn retry(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::breaker))]
#[bench::pending(after_one_wait(subjects::breaker))]
#[bench::open(turned_away(subjects::open_breaker))]
#[bench::live(at_once(subjects::breaker_live))]
#[bench::shadowed(at_once(subjects::breaker_shadowed))]
#[bench::live_open(turned_away(subjects::breaker_live_open))]
#[bench::ramping(at_once(subjects::breaker_ramping))]
#[bench::open_unmoved(turned_away(subjects::breaker_open_unmoved))]
#[bench::forced_open(turned_away(subjects::breaker_forced_open))]
#[bench::ramp_rejecting(turned_away(subjects::breaker_ramp_rejecting))]
#[bench::failing(in_vain(subjects::breaker_patient))]
#[bench::windowed(at_once(subjects::breaker_windowed))]
#[bench::windowed_failing(in_vain(subjects::breaker_windowed))]
#[bench::windowed_open(turned_away(subjects::breaker_windowed_open))]
#[bench::windowed_live(at_once(subjects::breaker_windowed_live))]
#[bench::counted(after_a_hundred(subjects::breaker_counted))]
#[bench::slow(at_once(subjects::breaker_slow))]
fn breaker(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::bulkhead))]
#[bench::pending(after_one_wait(subjects::bulkhead))]
#[bench::full(turned_away(subjects::full_bulkhead))]
#[bench::queued(at_once(subjects::queued_bulkhead))]
#[bench::live(at_once(subjects::bulkhead_live))]
#[bench::live_queued(at_once(subjects::queued_bulkhead_live))]
#[bench::shadowed(at_once(subjects::bulkhead_shadowed))]
#[bench::weighted(at_once(subjects::weighted_bulkhead))]
#[bench::weighted_full(turned_away(subjects::weighted_full_bulkhead))]
#[bench::weighted_queued(at_once(subjects::weighted_queued_bulkhead))]
#[bench::overweight(turned_away(subjects::overweight_bulkhead))]
#[bench::prioritized(at_once(subjects::prioritized_bulkhead))]
#[bench::line_full(turned_away(subjects::line_full_bulkhead))]
#[bench::prioritized_full(turned_away(subjects::prioritized_full_bulkhead))]
#[bench::heeding(at_once(subjects::heeding_bulkhead))]
#[bench::waited(in_line(subjects::narrow_bulkhead()))]
#[bench::waited_in_class(in_line(subjects::narrow_bulkhead().prioritized_by(subjects::class)))]
fn bulkhead(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::fallback))]
#[bench::pending(after_one_wait(subjects::fallback))]
fn fallback(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::fork_join))]
#[bench::pending(after_one_wait(subjects::fork_join))]
#[bench::live(at_once(subjects::fork_join_live))]
#[bench::staggered(at_once(subjects::staggered))]
#[bench::staggered_pending_on_tokio(after_one_wait(subjects::staggered))]
#[bench::budgeted(at_once(subjects::fork_join_budgeted))]
#[bench::heeding(at_once(subjects::fork_join_heeding))]
fn fork_join(call: Call) -> Option<u64> {
    call()
}

#[library_benchmark]
#[bench::ready(at_once(subjects::stack))]
#[bench::pending_on_tokio(after_one_wait(subjects::stack))]
fn stack(call: Call) -> Option<u64> {
    call()
}

/// One call that finds the only permit taken, arms its timer in line, and is served once the permit is back: all of it, and the call
/// that had the permit.
fn in_line<S: Subject>(bulkhead: S) -> Call {
    early_in_a_second();
    enter_runtime();
    let mut holding = bulkhead.layer(Echo::ready());
    let mut waiting = bulkhead.layer(Echo::ready());
    let once: Call = Box::leak(Box::new(move || {
        let cx = &mut Context::from_waker(Waker::noop());
        let held = holding.call(7);
        let mut call = pin!(waiting.call(black_box(7)));
        if call.as_mut().poll(cx).is_ready() {
            return None; // nothing to wait for
        }
        drop(held);
        match call.poll(cx) {
            Poll::Ready(answer) => answer.ok(),
            Poll::Pending => None,
        }
    }));
    for _ in 0..3 {
        assert_eq!(once(), ANSWER);
    }
    black_box(once)
}

/// A retry with a subscriber to everything, on a clock that costs nothing.
fn told() -> Call {
    let sink = StreamingSink::new(1024).expect("in range");
    Box::leak(Box::new(sink.subscribe()));
    let builder = RetryPolicy::builder().max_attempts(3).with_timer(TIMER);
    let retry = builder.build().expect("in range").into_layer();
    warm(
        retry.with_sink(sink.with_clock(Still)),
        Echo::ready(),
        ANSWER,
    )
}

/// One event told by an emitter behind a pointer, with a time that costs nothing.
type Tell = &'static mut dyn FnMut();

/// The clock of the events: an event's own price, without that of the system's clock.
#[derive(Clone, Copy)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Tick {
        Tick::ZERO
    }
}

/// Tells events to a ring of 1024, after so many others.
fn heard(before: u32) -> Tell {
    tell(before, |sink| Some(sink.subscribe()))
}

fn unheard() -> Tell {
    tell(0, |_| None)
}

fn tell(before: u32, listen: fn(&StreamingSink<Still>) -> Option<Subscriber>) -> Tell {
    let sink = StreamingSink::new(1024).expect("in range");
    let sink = sink.with_clock(Still);
    let emitter = sink.attach(&Name::from("policy"));
    let listener = listen(&sink);
    let mut in_flight = 0;
    let once: Tell = Box::leak(Box::new(move || {
        black_box(&listener);
        in_flight += 1;
        emitter.tell(Kind::BulkheadAcquired, |at| PolicyEvent::BulkheadAcquired {
            at,
            in_flight,
            weight: 1,
        });
    }));
    (0..before).for_each(|_| once());
    black_box(once)
}

#[library_benchmark]
#[bench::unwanted(unheard())]
#[bench::room(heard(3))]
#[bench::full(heard(5000))]
#[bench::lasting(with_a_duration())]
fn event(tell: Tell) {
    tell();
}

/// A clock that stands, where the compiler does not see it: a look at it is one load.
#[derive(Clone, Copy)]
struct Standing(&'static AtomicU64);

impl Clock for Standing {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// Tells events with a duration in them.
fn with_a_duration() -> Tell {
    let sink = StreamingSink::new(1024).expect("in range");
    let listener = sink.subscribe();
    let clock = Standing(black_box(Box::leak(Box::new(AtomicU64::new(9)))));
    let emitter = sink.with_clock(clock).attach(&Name::from("policy"));
    let since = black_box(Tick::ZERO);
    let once: Tell = Box::leak(Box::new(move || {
        black_box(&listener);
        emitter.tell(Kind::RequestSuccess, |at| PolicyEvent::RequestSuccess {
            at,
            elapsed: at.time.since(since),
        });
    }));
    (0..3).for_each(|_| once());
    black_box(once)
}

/// One read of a value behind a pointer.
type Read = &'static mut dyn FnMut() -> u64;

fn of_plain() -> Read {
    let value = Box::new(7);
    reading(move || *black_box(&value).as_ref())
}

fn of_cached() -> Read {
    let mut cache = Adaptive::new(7).cache();
    reading(move || *black_box(&mut cache).load())
}

fn of_live() -> Read {
    let live = Adaptive::new(7);
    reading(move || *black_box(&live).get())
}

fn reading(read: impl FnMut() -> u64 + 'static) -> Read {
    let once: Read = Box::leak(Box::new(read));
    for _ in 0..3 {
        assert_eq!(once(), 7);
    }
    black_box(once)
}

#[library_benchmark]
#[bench::plain(of_plain())]
#[bench::cached(of_cached())]
#[bench::live(of_live())]
fn read(read: Read) -> u64 {
    read()
}

/// One outcome that is kept, or one look at what was kept, behind a pointer.
type Keep = &'static mut dyn FnMut() -> u64;

fn keeping(keep: impl FnMut() -> u64 + 'static) -> Keep {
    let once: Keep = Box::leak(Box::new(keep));
    for _ in 0..3 {
        once();
    }
    black_box(once)
}

fn of_nothing() -> Keep {
    keeping(|| black_box(1))
}

/// Ten slots of a second, on sixteen stripes.
fn of_time(mark: Mark) -> Keep {
    let window = time_window();
    keeping(move || {
        let (stripe, term, now) = black_box((3, Term::new(7), Tick::from_nanos(5_500_000_000)));
        u64::from(window.record(stripe, term, now, black_box(mark), || true))
    })
}

fn of_rates() -> Keep {
    let window = time_window();
    keeping(move || {
        let (term, now) = black_box((Term::new(7), Tick::from_nanos(5_500_000_000)));
        window.rates(term, now).total
    })
}

fn time_window() -> TimeWindow {
    TimeWindow::new(Shape::new(Duration::from_secs(10), 10, 16).expect("in range"))
}

/// Full of successes.
fn of_count(size: u32, mark: Mark) -> Keep {
    let window = CountWindow::new(size).expect("in range");
    for _ in 0..size {
        window.record(Term::new(7), Mark::SUCCESS, || true);
    }
    keeping(move || {
        let term = black_box(Term::new(7));
        u64::from(window.record(term, black_box(mark), || true))
    })
}

#[library_benchmark]
#[bench::nothing(of_nothing())]
#[bench::time(of_time(Mark::SUCCESS))]
#[bench::time_failed(of_time(Mark::FAILURE))]
#[bench::time_rates(of_rates())]
#[bench::few(of_count(20, Mark::SUCCESS))]
#[bench::few_failed(of_count(20, Mark::FAILURE))]
#[bench::many(of_count(100, Mark::SUCCESS))]
#[bench::many_failed(of_count(100, Mark::FAILURE))]
fn window(keep: Keep) -> u64 {
    keep()
}

library_benchmark_group!(
    name = windows;
    benchmarks = window
);

library_benchmark_group!(
    name = adaptive;
    benchmarks = read
);

library_benchmark_group!(
    name = telemetry;
    benchmarks = event
);

library_benchmark_group!(
    name = layers;
    benchmarks = raw, timeout, retry, breaker, bulkhead, fallback, fork_join, stack
);

main!(
    library_benchmark_groups = layers,
    telemetry,
    adaptive,
    windows
);
