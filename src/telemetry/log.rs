//! Events as events of `tracing`. Needs the feature `tracing`.
//!
//! | level | kinds |
//! |---|---|
//! | `WARN` | `RetryExhausted`, `RetryBudgetExhausted`, `CircuitOpened`, `CircuitRejected`, `BulkheadRejected`, `TimeoutOccurred`, `RequestFailure`, `ShadowDropped` |
//! | `DEBUG` | all others |
//!
//! The target is `ninelives`, and the message is the event's text. The fields are `kind`, `policy` (the name), `policy_id`, and those
//! that the event has: `in_attempt` (that of the retry around the policy), `attempt`, `attempts`, `delay_ms`, `from`, `to`, `retry_after_ms`, `in_flight`, `weight` (where it is not 1), `reason`, `elapsed_ms`, `limit_ms`, `arm`, `cause`, `primary`, `shadow`, `allowance_ms`.
//! Milliseconds are `f64`.
//!
//! # Where it sits
//! Given to a policy, it writes on the request's path, and a request waits for whatever the tracing subscriber does: right for a program
//! whose subscriber is quick, or filters nearly all. Else put it behind a [`Pump`](super::Pump); there it knows the policy's number, but not its name.
//!
//! # Cost
//! An event of a level that nobody listens to is not made: one look at tracing's level and call site.

mod fields;

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use ninelives_core::tally::Tally;
use tower_service::Service;
use tracing::{Level, enabled};

use crate::clock::{Clock, MonotonicClock, Tick};
use crate::emit::{Emitter, Kind, PolicyEvent, PolicyId, Sink, Timed};
use crate::name::Name;
use fields::Fields;

/// Writes events to whoever subscribed to `tracing`. See the [page](self).
///
/// An event that comes while this thread is writing one, from a tracing subscriber that uses policies itself, is left out and counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSink;

/// Writes the events of one policy.
#[derive(Clone, Debug)]
pub struct LogEmitter {
    name: Name,
}

/// Events left out, of all log sinks.
static SUPPRESSED: Tally = Tally::new();

thread_local! {
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, this thread is writing.
struct Writing;

// === impl LogSink ===

impl LogSink {
    /// The sink. All values of this type are the same sink.
    pub const fn new() -> Self {
        Self
    }

    /// Events that were left out, in this process, because they came while their thread was writing another one.
    pub fn suppressed() -> u64 {
        SUPPRESSED.get()
    }
}

impl Sink for LogSink {
    type Emitter = LogEmitter;

    fn attach(&self, name: &Name) -> LogEmitter {
        LogEmitter { name: name.clone() }
    }
}

impl Service<PolicyEvent> for LogSink {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        if is_enabled(event.kind()) {
            write(None, &event);
        }
        ready(Ok(()))
    }
}

// === impl LogEmitter ===

impl Emitter for LogEmitter {
    type Span = Timed;

    #[inline]
    fn wants(&self, kind: Kind) -> bool {
        is_enabled(kind)
    }

    #[inline]
    fn policy(&self) -> PolicyId {
        self.name.id()
    }

    #[inline]
    fn now(&self) -> Tick {
        MonotonicClock.now()
    }

    fn emit(&self, event: PolicyEvent) {
        write(Some(self.name.as_str()), &event);
    }
}

// === impl Writing ===

impl Writing {
    /// None: this thread writes already, or is ending.
    fn begin() -> Option<Self> {
        let busy = WRITING.try_with(|writing| writing.replace(true));
        // Made only then: the drop of one that is not wanted would take the mark away.
        (busy == Ok(false)).then(|| Self)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // An error: the thread is ending, and its mark is gone already.
        let _ = WRITING.try_with(|writing| writing.set(false));
    }
}

/// Writes the event, unless this thread is writing one already.
fn write(policy: Option<&str>, event: &PolicyEvent) {
    match Writing::begin() {
        Some(_writing) => Fields::of(event).write(policy, event, is_warning(event.kind())),
        None => SUPPRESSED.add(1),
    }
}

const fn is_warning(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::RetryExhausted
            | Kind::RetryBudgetExhausted
            | Kind::CircuitOpened
            | Kind::CircuitRejected
            | Kind::BulkheadRejected
            | Kind::TimeoutOccurred
            | Kind::RequestFailure
            | Kind::ShadowDropped
    )
}

#[inline]
fn is_enabled(kind: Kind) -> bool {
    if is_warning(kind) {
        enabled!(target: "ninelives", Level::WARN)
    } else {
        enabled!(target: "ninelives", Level::DEBUG)
    }
}
