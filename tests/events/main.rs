//! What policies tell their sinks: each request's outcome once, and each thing that happened on the way.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "../support/backend.rs"]
mod backend;
#[path = "../support/contract.rs"]
mod contract;
#[path = "../support/drive.rs"]
mod drive;
#[path = "../support/kit.rs"]
mod kit;

mod attempts;
mod breaker;
mod bulkhead;
mod cases;
mod interest;
mod moments;
mod operators;
mod outcomes;
mod recorder;
mod retry;
mod sinks;
mod threads;
mod timeout;
#[path = "../support/upset.rs"]
mod upset;

use std::time::Duration;

use ninelives::emit::{FailureCause, PolicyEvent, PolicyId};
use ninelives::prelude::*;

pub type Sink = MemorySink<ManualTimer>;

pub const MS: Duration = Duration::from_millis(1);

/// A sink on this timer's clock.
pub fn sink_on(timer: &ManualTimer) -> Sink {
    MemorySink::with_capacity(1024)
        .unwrap()
        .with_clock(timer.clone())
}

/// What was told since the last look.
pub fn told<C>(sink: &MemorySink<C>) -> Vec<PolicyEvent> {
    let events = sink.events();
    sink.clear();
    events
}

/// What was told since the last look is this; gives it.
#[macro_export]
macro_rules! assert_told {
    ($sink:expr, $pattern:pat $(if $guard:expr)?) => {{
        let events = $crate::told(&$sink);
        assert!(matches!(events[..], $pattern $(if $guard)?), "{events:?}");
        events
    }};
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Success,
    Failure(FailureCause),
    Cancelled,
}

/// The outcomes among `events`, with who told each and the time from the call.
pub fn ends(events: &[PolicyEvent]) -> Vec<(PolicyId, End, Duration)> {
    let end = |event: &PolicyEvent| match *event {
        PolicyEvent::RequestSuccess { elapsed, .. } => Some((End::Success, elapsed)),
        PolicyEvent::RequestFailure { elapsed, cause, .. } => Some((End::Failure(cause), elapsed)),
        PolicyEvent::RequestCancelled { elapsed, .. } => Some((End::Cancelled, elapsed)),
        _ => None,
    };
    let told = |event| end(event).map(|(end, elapsed)| (event.policy(), end, elapsed));
    events.iter().filter_map(told).collect()
}

/// The one outcome among `events`.
#[track_caller]
pub fn end(events: &[PolicyEvent]) -> (End, Duration) {
    match ends(events)[..] {
        [(_, end, elapsed)] => (end, elapsed),
        _ => panic!("not one outcome: {events:?}"),
    }
}
