//! An event as fields of `tracing`.

use std::time::Duration;

use ninelives_core::event::CircuitState;
use tracing::field::{DebugValue, debug};
use tracing::{Level, event};

use crate::emit::{Arm, BulkheadRejection, FailureCause, PolicyEvent, Verdict};

/// What an event has; `tracing` leaves a `None` out.
#[derive(Default)]
pub(super) struct Fields {
    in_attempt: Option<u16>,
    attempt: Option<u32>,
    attempts: Option<u32>,
    delay_ms: Option<f64>,
    from: Option<DebugValue<CircuitState>>,
    to: Option<DebugValue<CircuitState>>,
    retry_after_ms: Option<f64>,
    in_flight: Option<u32>,
    weight: Option<u32>,
    reason: Option<DebugValue<BulkheadRejection>>,
    elapsed_ms: Option<f64>,
    limit_ms: Option<f64>,
    arm: Option<DebugValue<Arm>>,
    cause: Option<DebugValue<FailureCause>>,
    primary: Option<DebugValue<Verdict>>,
    shadow: Option<DebugValue<Verdict>>,
    allowance_ms: Option<f64>,
}

// === impl Fields ===

impl Fields {
    pub(super) fn of(event: &PolicyEvent) -> Self {
        let in_attempt = Some(event.attempt()).filter(|attempt| *attempt > 0);
        let mut fields = Self {
            in_attempt,
            ..Self::default()
        };
        match *event {
            PolicyEvent::RetryAttempt { attempt, delay, .. } => {
                fields.attempt = Some(attempt);
                fields.delay_ms = Some(millis(delay));
            }
            PolicyEvent::RetryExhausted { attempts, .. }
            | PolicyEvent::RetryBudgetExhausted { attempts, .. } => {
                fields.attempts = Some(attempts);
            }
            PolicyEvent::CircuitOpened { from, to, .. }
            | PolicyEvent::CircuitClosed { from, to, .. } => {
                fields.from = Some(debug(from));
                fields.to = Some(debug(to));
            }
            PolicyEvent::CircuitHalfOpen { from, .. } => fields.from = Some(debug(from)),
            PolicyEvent::CircuitRejected { retry_after, .. } => {
                fields.retry_after_ms = retry_after.map(millis);
            }
            PolicyEvent::BulkheadAcquired {
                in_flight, weight, ..
            } => {
                fields.in_flight = Some(in_flight);
                fields.weight = (weight != 1).then_some(weight);
            }
            PolicyEvent::BulkheadRejected {
                in_flight,
                weight,
                reason,
                ..
            } => {
                fields.in_flight = Some(in_flight);
                fields.weight = (weight != 1).then_some(weight);
                fields.reason = Some(debug(reason));
            }
            PolicyEvent::TimeoutOccurred { elapsed, limit, .. } => {
                fields.elapsed_ms = Some(millis(elapsed));
                fields.limit_ms = Some(millis(limit));
            }
            PolicyEvent::ForkStarted { arm, .. } | PolicyEvent::ForkWon { arm, .. } => {
                fields.arm = Some(debug(arm));
            }
            PolicyEvent::RequestSuccess { elapsed, .. }
            | PolicyEvent::RequestCancelled { elapsed, .. } => {
                fields.elapsed_ms = Some(millis(elapsed));
            }
            PolicyEvent::RequestFailure { elapsed, cause, .. } => {
                fields.elapsed_ms = Some(millis(elapsed));
                fields.cause = Some(debug(cause));
            }
            PolicyEvent::ShadowEvent {
                primary, shadow, ..
            } => {
                fields.primary = Some(debug(primary));
                fields.shadow = Some(debug(shadow));
            }
            PolicyEvent::ShadowDropped { allowance, .. } => {
                fields.allowance_ms = Some(millis(allowance));
            }
            // It has none, and an event of a later core has those that this page does not know.
            _ => {}
        }
        fields
    }

    pub(super) fn write(self, policy: Option<&str>, what: &PolicyEvent, warns: bool) {
        // The level is part of a call site, so there are two.
        macro_rules! write {
            ($level:expr) => {
                event!(
                    target: "ninelives",
                    $level,
                    kind = what.kind().name(),
                    policy,
                    policy_id = what.policy().get(),
                    in_attempt = self.in_attempt,
                    attempt = self.attempt,
                    attempts = self.attempts,
                    delay_ms = self.delay_ms,
                    from = self.from,
                    to = self.to,
                    retry_after_ms = self.retry_after_ms,
                    in_flight = self.in_flight,
                    weight = self.weight,
                    reason = self.reason,
                    elapsed_ms = self.elapsed_ms,
                    limit_ms = self.limit_ms,
                    arm = self.arm,
                    cause = self.cause,
                    primary = self.primary,
                    shadow = self.shadow,
                    allowance_ms = self.allowance_ms,
                    "{what}"
                )
            };
        }
        if warns {
            write!(Level::WARN);
        } else {
            write!(Level::DEBUG);
        }
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
