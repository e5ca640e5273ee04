//! Requests as spans of `tracing`. Needs the feature `tracing`.
//!
//! | span | around | fields |
//! |---|---|---|
//! | `ninelives.policy` | one request in one policy | `ninelives.policy` (the name), `ninelives.policy.id`, `error.type` |
//! | `ninelives.attempt` | one attempt of a retry, inside its policy's span | `ninelives.attempt` (1 is the first) |
//!
//! Both are of level `INFO` and target `ninelives`. `error.type` is OpenTelemetry's name: `inner`, `timeout`, `rejected`, `exhausted`,
//! `all_failed` or `panicked`; an answered request has none, and a dropped one neither. A span is entered while its policy's code, or
//! code inside it, is being polled, so spans of the inner service are its children.
//!
//! # Cost
//! Nobody listens to the level: one look at tracing's level for each request and attempt. Somebody does: what the subscriber takes.
//!
//! # Examples
//! ```
//! use ninelives::prelude::*;
//! use ninelives::telemetry::SpanSink;
//! # fn main() -> Result<(), ConfigError> {
//! let policy = Policy(BulkheadLayer::new(8)?.named("api")).with_sink(SpanSink);
//! # let _ = policy;
//! # Ok(())
//! # }
//! ```

use std::sync::LazyLock;

use tracing::field::Empty;
use tracing::{Span as TracingSpan, info_span};

use super::names::Names;
use crate::clock::Tick;
use crate::emit::{Emitter, FailureCause, Kind, PolicyEvent, PolicyId, Sink, Span};
use crate::name::Name;

/// Puts a span of `tracing` around each request in each policy, and around each attempt. See the [page](self).
///
/// It tells no events: put it beside another sink as a pair, `(sink, SpanSink)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanSink;

/// Makes the spans of one policy.
#[derive(Clone, Copy, Debug)]
pub struct SpanEmitter {
    policy: PolicyId,
}

/// The spans of one request.
#[derive(Debug)]
pub struct RequestSpan {
    policy: TracingSpan,
    attempt: TracingSpan,
    inside: bool,
    // On this thread. Not so after a panic inside, in which the poll has left them.
    entered: bool,
}

/// Names of the policies that a span sink was attached to, of all span sinks: they are one.
static NAMES: LazyLock<Names> = LazyLock::new(Names::default);

// === impl SpanSink ===

impl Sink for SpanSink {
    type Emitter = SpanEmitter;

    fn attach(&self, name: &Name) -> SpanEmitter {
        NAMES.remember(name);
        SpanEmitter { policy: name.id() }
    }
}

// === impl SpanEmitter ===

impl Emitter for SpanEmitter {
    type Span = RequestSpan;

    const TELLS: bool = false;

    #[inline]
    fn start(&self, _now: impl Fn() -> Tick) -> RequestSpan {
        let policy = info_span!(
            target: "ninelives",
            "ninelives.policy",
            ninelives.policy = Empty,
            ninelives.policy.id = self.policy.get(),
            error.r#type = Empty,
        );
        if !policy.is_disabled()
            && let Some(name) = NAMES.find(self.policy)
        {
            policy.record("ninelives.policy", name.as_str());
        }
        RequestSpan::around(policy)
    }

    #[inline]
    fn wants(&self, _kind: Kind) -> bool {
        false
    }

    #[inline]
    fn policy(&self) -> PolicyId {
        self.policy
    }

    #[inline]
    fn now(&self) -> Tick {
        Tick::ZERO
    }

    #[inline]
    fn emit(&self, _event: PolicyEvent) {}
}

// === impl RequestSpan ===

impl RequestSpan {
    #[inline]
    const fn around(policy: TracingSpan) -> Self {
        Self {
            policy,
            attempt: TracingSpan::none(),
            inside: false,
            entered: false,
        }
    }

    /// Enters the spans, or leaves them.
    #[inline]
    fn enter(&mut self, entered: bool) {
        if self.entered == entered {
            return;
        }
        self.entered = entered;
        if entered {
            enter(&self.policy);
            enter(&self.attempt);
        } else {
            exit(&self.attempt);
            exit(&self.policy);
        }
    }
}

impl Span for RequestSpan {
    #[inline]
    fn start(_wanted: bool, _now: impl FnOnce() -> Tick) -> Self {
        Self::around(TracingSpan::none())
    }

    #[inline]
    fn take(&mut self) -> Option<Tick> {
        None
    }

    #[inline]
    fn mark(&mut self, inside: bool) {
        self.inside = inside;
        self.enter(inside);
    }

    #[inline]
    fn is_marked(&self) -> bool {
        self.inside
    }

    #[inline]
    fn set_inside(&mut self, inside: bool) {
        self.enter(inside);
    }

    #[inline]
    fn unwound(&mut self) {
        self.enter(false);
    }

    #[inline]
    fn attempt(&mut self, number: u32) {
        self.attempt_over();
        if !self.policy.is_disabled() {
            self.attempt = info_span!(
                target: "ninelives",
                parent: &self.policy,
                "ninelives.attempt",
                ninelives.attempt = number,
            );
            if self.entered {
                enter(&self.attempt);
            }
        }
    }

    #[inline]
    fn attempt_over(&mut self) {
        if self.entered {
            exit(&self.attempt);
        }
        self.attempt = TracingSpan::none();
    }

    #[inline]
    fn ended(&mut self, cause: Option<FailureCause>) {
        if let Some(cause) = cause {
            self.policy.record("error.type", kind_of_error(cause));
        }
    }
}

/// A request that was dropped within a call leaves its spans.
impl Drop for RequestSpan {
    #[inline]
    fn drop(&mut self) {
        self.mark(false);
    }
}

#[inline]
fn enter(span: &TracingSpan) {
    span.with_subscriber(|(id, subscriber)| subscriber.enter(id));
}

#[inline]
fn exit(span: &TracingSpan) {
    span.with_subscriber(|(id, subscriber)| subscriber.exit(id));
}

const fn kind_of_error(cause: FailureCause) -> &'static str {
    match cause {
        FailureCause::Timeout => "timeout",
        FailureCause::Rejected => "rejected",
        FailureCause::Exhausted => "exhausted",
        FailureCause::AllFailed => "all_failed",
        FailureCause::Panicked => "panicked",
        _ => "inner",
    }
}
