//! The operations that are looked at.

use std::num::{NonZeroU32, NonZeroU64};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives::emit::{Emitter, Kind as Event, PolicyEvent, Sink};
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives_core::breaker::{Admission, Breaker, Limits, Outcome};
use ninelives_core::budget::{self, Budget, Withdrawal};
use ninelives_core::semaphore::{Ask, Entry, Priority, Semaphore, Spot, Turn};
use ninelives_core::time::{ManualClock, Tick};
use ninelives_core::wheel::{Keeper, Wait, Wheel};
use ninelives_core::window::{CountWindow, Mark, Shape, Term, TimeWindow};
use tower::{Layer, Service};

use super::{Kind, Pair, Subject, locks};
use crate::backend::Backend;

/// Every subject, the controls first: without them the others show nothing.
pub const ALL: [Subject; 16] = [
    subject(
        "mutex",
        Kind::Sleeps,
        locks::mutex,
        "control: a number behind a lock of the standard library",
    ),
    subject(
        "spin",
        Kind::Spins,
        locks::spin,
        "control: a number behind a flag that is spun on",
    ),
    subject(
        "admit",
        Kind::Free,
        admit,
        "a breaker: admit and report, failures and successes in turn",
    ),
    subject(
        "turn",
        Kind::Free,
        turn,
        "a breaker that opens, probes and closes all the time",
    ),
    subject(
        "window",
        Kind::Free,
        window,
        "windows over time and over calls: record and read the rates",
    ),
    subject(
        "acquire",
        Kind::Free,
        acquire,
        "a semaphore of one permit: acquire and release",
    ),
    subject(
        "line",
        Kind::Free,
        line,
        "the line of that semaphore: enter, look, leave or take and release",
    ),
    subject(
        "stripes",
        Kind::Free,
        stripes,
        "a semaphore whose permits lie in two stripes: each thread in and out by both, and three permits at once, now and then",
    ),
    subject(
        "budget",
        Kind::Free,
        budget,
        "a budget for retries: deposit and withdraw",
    ),
    subject(
        "config",
        Kind::Free,
        config,
        "a live value: read, through a cache and without",
    ),
    subject(
        "change",
        Kind::Allocates,
        change,
        "a live value: one thread reads, the other changes it",
    ),
    subject(
        "changes",
        Kind::Allocates,
        changes,
        "a live value: both threads change it",
    ),
    subject(
        "emit",
        Kind::Free,
        emit,
        "events of two threads, for a subscriber that does not read",
    ),
    subject(
        "receive",
        Kind::Free,
        receive,
        "events: one thread emits, the other receives",
    ),
    subject(
        "arm",
        Kind::Free,
        arm,
        "the deadline wheel: arm and leave, and its keeper beside",
    ),
    subject(
        "call",
        Kind::Free,
        call,
        "a call through timeout, bulkhead, breaker and retry, with events",
    ),
];

const fn subject(
    name: &'static str,
    kind: Kind,
    make: fn() -> Result<Pair, ConfigError>,
    about: &'static str,
) -> Subject {
    Subject {
        name,
        about,
        kind,
        make,
    }
}

const MILLISECOND: Duration = Duration::from_millis(1);
const THREE: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

/// The same operation for both threads, on what they share. The number counts the operations of the thread.
fn both<T: Send + Sync + 'static>(shared: T, operation: fn(&T, u64)) -> Pair {
    let shared = Arc::new(shared);
    [(); 2].map(|()| {
        let (shared, mut nth) = (Arc::clone(&shared), 0);
        Box::new(move || {
            nth += 1;
            operation(&shared, nth);
        }) as _
    })
}

fn admit() -> Result<Pair, ConfigError> {
    let limits = Limits::new(1_000, MILLISECOND, 1)?;
    Ok(both((Breaker::new(), limits, ManualClock::new()), judge))
}

fn turn() -> Result<Pair, ConfigError> {
    let limits = Limits::new(1, MILLISECOND, 2)?;
    Ok(both(
        (Breaker::new(), limits, ManualClock::new()),
        |shared, nth| {
            shared.2.advance(MILLISECOND / 4);
            judge(shared, nth);
        },
    ))
}

fn judge((breaker, limits, clock): &(Breaker, Limits, ManualClock), nth: u64) {
    let outcome = match nth % 4 {
        0 => Outcome::Failure,
        _ => Outcome::Success,
    };
    if let Admission::Admitted(ticket) | Admission::Probe { ticket, .. } =
        breaker.admit(limits, clock)
    {
        breaker.report(ticket, outcome, limits, clock);
    }
}

fn window() -> Result<Pair, ConfigError> {
    let time = TimeWindow::new(Shape::new(Duration::from_secs(1), 10, 1)?);
    Ok(both(
        (time, CountWindow::new(20)?, CountWindow::new(500)?),
        |(time, few, many), nth| {
            let (term, mark) = (
                Term::new(1),
                Mark {
                    failed: nth % 3 == 0,
                    slow: false,
                },
            );
            let now = Tick::from_nanos(nth * 1_000_000);
            time.record(0, term, now, mark, || true);
            few.record(term, mark, || true);
            many.record(term, mark, || true);
            std::hint::black_box((time.rates(term, now), few.rates(term), many.rates(term)));
        },
    ))
}

fn acquire() -> Result<Pair, ConfigError> {
    Ok(both(Semaphore::new(1)?, |semaphore, _| {
        if let Entry::Acquired { .. } = semaphore.try_acquire() {
            semaphore.release();
        }
    }))
}

fn stripes() -> Result<Pair, ConfigError> {
    Ok(both(
        Semaphore::new(4)?.striped_at_once(2),
        |semaphore, nth| {
            let stripe = (nth % 2) as u32;
            // Three of four: stripes are shut, and what lies in them is carried back.
            let weight = if nth % 64 == 0 {
                THREE
            } else {
                NonZeroU32::MIN
            };
            let ask = Ask::new(weight, Priority::Normal);
            if let Entry::Acquired { .. } = semaphore.try_acquire_from(|| Spot::at(stripe), ask) {
                semaphore.release_to(|| Spot::at(stripe), weight.get());
            }
        },
    ))
}

fn line() -> Result<Pair, ConfigError> {
    Ok(both(
        Semaphore::with_line(1, 4)?,
        |semaphore, _| match semaphore.enter() {
            Entry::Acquired { .. } => semaphore.release(),
            Entry::Waiting(place) => match semaphore.poll_place(&place, Waker::noop()) {
                Poll::Ready(Turn::Granted { .. }) => {
                    semaphore.take(place);
                    semaphore.release();
                }
                _ => {
                    let _ = semaphore.leave(place);
                }
            },
            _ => {}
        },
    ))
}

fn budget() -> Result<Pair, ConfigError> {
    let limits = budget::Limits::new(0.5, 10.0, 100)?;
    Ok(both(
        (Budget::new(&limits), limits),
        |(budget, limits), nth| {
            budget.deposit(limits);
            let taken = budget.withdraw(limits, Tick::from_nanos(nth * 1_000));
            if nth % 2 == 0 && matches!(taken, Withdrawal::Granted) {
                budget.refund(limits);
            }
        },
    ))
}

fn config() -> Result<Pair, ConfigError> {
    let value = Adaptive::new(7_u64);
    Ok([(); 2].map(|()| reader(&value)))
}

fn change() -> Result<Pair, ConfigError> {
    let value = Adaptive::new(7_u64);
    Ok([reader(&value), writer(value)])
}

fn changes() -> Result<Pair, ConfigError> {
    let value = Adaptive::new(7_u64);
    Ok([writer(value.clone()), writer(value)])
}

fn reader(value: &Adaptive<u64>) -> Box<dyn FnMut() + Send> {
    let (value, mut cache) = (value.clone(), value.cache());
    Box::new(move || {
        std::hint::black_box(*cache.load() + *value.get());
    })
}

fn writer(value: Adaptive<u64>) -> Box<dyn FnMut() + Send> {
    Box::new(move || {
        std::hint::black_box(value.update(|old| old.wrapping_add(1)).is_ok());
    })
}

fn emit() -> Result<Pair, ConfigError> {
    let sink = StreamingSink::new(64)?;
    let emitter = sink.attach(&Name::from("progress"));
    Ok(both(
        (emitter, sink.subscribe()),
        |(emitter, _subscriber), _| tell(emitter),
    ))
}

fn receive() -> Result<Pair, ConfigError> {
    let sink = StreamingSink::new(64)?;
    let emitter = sink.attach(&Name::from("progress"));
    let mut events = sink.subscribe();
    let receive = move || {
        std::hint::black_box(events.try_recv());
    };
    Ok([Box::new(move || tell(&emitter)), Box::new(receive)])
}

fn tell(emitter: &impl Emitter) {
    emitter.tell(Event::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
}

fn arm() -> Result<Pair, ConfigError> {
    let wheel = Arc::new(Wheel::new());
    let mut keeper = Keeper::new();
    let _opened = wheel.open(NonZeroU64::MIN);
    let armed = Arc::clone(&wheel);
    let (mut nth, mut now) = (0_u64, 0_u64);
    let arm = move || {
        nth += 1;
        let span = Wait::Span(1 + nth % 3);
        if let Ok(entry) = armed.arm(span, 0, || nth, Waker::noop()) {
            std::hint::black_box(entry.poll(Waker::noop()));
            entry.leave();
        }
    };
    let keep = move || {
        now += 1;
        keeper.pass(&wheel, || Tick::from_nanos(now));
    };
    Ok([Box::new(arm), Box::new(keep)])
}

fn call() -> Result<Pair, ConfigError> {
    let sink = StreamingSink::new(64)?;
    let subscriber = Arc::new(sink.subscribe());
    let service = crate::scenario::stack::stack(sink)?.layer(Backend::new().failing(64));
    let rates = CircuitBreakerConfig::by_failure_rate(0.5, MILLISECOND, 1)?;
    let rates = CircuitBreakerLayer::new(rates.with_time_window(MILLISECOND * 100)?)?;
    let rates = rates.layer(Backend::new());
    Ok([(); 2].map(|()| {
        let (mut service, subscriber, mut nth) = (service.clone(), Arc::clone(&subscriber), 0);
        let mut once = Some(rates.clone());
        Box::new(move || {
            nth += 1;
            // A window asks for the thread's stripe, which the C library locks and allocates for, once a thread. Else that would be
            // wherever the two first meet.
            if let Some(mut rates) = once.take() {
                ask(&mut rates, nth);
            }
            ask(&mut service, nth);
            std::hint::black_box(&subscriber);
        }) as _
    }))
}

/// One call, polled once.
fn ask<S: Service<u64>>(service: &mut S, request: u64) {
    let mut cx = Context::from_waker(Waker::noop());
    if let Poll::Ready(Ok(())) = service.poll_ready(&mut cx) {
        let answer = pin!(service.call(request)).poll(&mut cx);
        std::hint::black_box(answer.is_ready());
    }
}
