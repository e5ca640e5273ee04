//! Events as flat records, for serde. The page has the table.

use core::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    Arm, BulkheadRejection, CircuitState, FailureCause, Kind, PolicyEvent, PolicyId, Stamp, Verdict,
};
use crate::time::{Tick, saturating_nanos};

mod stamp;

/// Every field that an event can have.
#[derive(Serialize, Deserialize)]
struct Record {
    kind: Kind,
    policy: PolicyId,
    time_ns: u64,
    #[serde(default)]
    sequence: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    in_attempt: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay_ns: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<CircuitState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<CircuitState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after_ns: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_flight: Option<u32>,
    // Left out when it is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<BulkheadRejection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    elapsed_ns: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit_ns: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arm: Option<Arm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<FailureCause>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    primary: Option<Verdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shadow: Option<Verdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allowance_ns: Option<u64>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's way of asking
const fn is_zero(attempt: &u16) -> bool {
    *attempt == 0
}

// === impl Record ===

impl Record {
    const fn empty(kind: Kind, at: &Stamp) -> Self {
        Self {
            kind,
            policy: at.policy,
            time_ns: at.time.as_nanos(),
            sequence: at.sequence,
            in_attempt: at.attempt,
            attempt: None,
            attempts: None,
            delay_ns: None,
            from: None,
            to: None,
            retry_after_ns: None,
            in_flight: None,
            weight: None,
            reason: None,
            elapsed_ns: None,
            limit_ns: None,
            arm: None,
            cause: None,
            primary: None,
            shadow: None,
            allowance_ns: None,
        }
    }

    fn of(event: &PolicyEvent) -> Self {
        let mut record = Self::empty(event.kind(), event.stamp());
        match *event {
            PolicyEvent::RetryAttempt { attempt, delay, .. } => {
                record.attempt = Some(attempt);
                record.delay_ns = Some(saturating_nanos(delay));
            }
            PolicyEvent::RetryExhausted { attempts, .. }
            | PolicyEvent::RetryBudgetExhausted { attempts, .. } => {
                record.attempts = Some(attempts);
            }
            PolicyEvent::CircuitOpened { from, to, .. }
            | PolicyEvent::CircuitClosed { from, to, .. } => {
                record.from = Some(from);
                record.to = Some(to);
            }
            PolicyEvent::CircuitHalfOpen { from, .. } => record.from = Some(from),
            PolicyEvent::CircuitRejected { retry_after, .. } => {
                record.retry_after_ns = retry_after.map(saturating_nanos);
            }
            PolicyEvent::BulkheadAcquired {
                in_flight, weight, ..
            } => {
                record.in_flight = Some(in_flight);
                record.weight = (weight != 1).then_some(weight);
            }
            PolicyEvent::BulkheadRejected {
                in_flight,
                weight,
                reason,
                ..
            } => {
                record.in_flight = Some(in_flight);
                record.weight = (weight != 1).then_some(weight);
                record.reason = Some(reason);
            }
            PolicyEvent::TimeoutOccurred { elapsed, limit, .. } => {
                record.elapsed_ns = Some(saturating_nanos(elapsed));
                record.limit_ns = Some(saturating_nanos(limit));
            }
            PolicyEvent::FallbackTaken { .. } => {}
            PolicyEvent::ForkStarted { arm, .. } | PolicyEvent::ForkWon { arm, .. } => {
                record.arm = Some(arm);
            }
            PolicyEvent::RequestSuccess { elapsed, .. }
            | PolicyEvent::RequestCancelled { elapsed, .. } => {
                record.elapsed_ns = Some(saturating_nanos(elapsed));
            }
            PolicyEvent::RequestFailure { elapsed, cause, .. } => {
                record.elapsed_ns = Some(saturating_nanos(elapsed));
                record.cause = Some(cause);
            }
            PolicyEvent::ShadowEvent {
                primary, shadow, ..
            } => {
                record.primary = Some(primary);
                record.shadow = Some(shadow);
            }
            PolicyEvent::ShadowDropped { allowance, .. } => {
                record.allowance_ns = Some(saturating_nanos(allowance));
            }
        }
        record
    }

    fn event<E: de::Error>(self) -> Result<PolicyEvent, E> {
        let at = Stamp {
            policy: self.policy,
            time: Tick::from_nanos(self.time_ns),
            sequence: self.sequence,
            attempt: self.in_attempt,
        };
        let from = || need(self.from, "from");
        let to = || need(self.to, "to");
        let elapsed = || need(self.elapsed_ns, "elapsed_ns").map(Duration::from_nanos);
        let attempts = || need(self.attempts, "attempts");
        let in_flight = || need(self.in_flight, "in_flight");
        let weight = self.weight.unwrap_or(1);
        let arm = || need(self.arm, "arm");
        Ok(match self.kind {
            Kind::RetryAttempt => PolicyEvent::RetryAttempt {
                at,
                attempt: need(self.attempt, "attempt")?,
                delay: Duration::from_nanos(need(self.delay_ns, "delay_ns")?),
            },
            Kind::RetryExhausted => PolicyEvent::RetryExhausted {
                at,
                attempts: attempts()?,
            },
            Kind::RetryBudgetExhausted => PolicyEvent::RetryBudgetExhausted {
                at,
                attempts: attempts()?,
            },
            Kind::CircuitOpened => PolicyEvent::CircuitOpened {
                at,
                from: from()?,
                to: to()?,
            },
            Kind::CircuitHalfOpen => PolicyEvent::CircuitHalfOpen { at, from: from()? },
            Kind::CircuitClosed => PolicyEvent::CircuitClosed {
                at,
                from: from()?,
                to: to()?,
            },
            Kind::CircuitRejected => PolicyEvent::CircuitRejected {
                at,
                retry_after: self.retry_after_ns.map(Duration::from_nanos),
            },
            Kind::BulkheadAcquired => PolicyEvent::BulkheadAcquired {
                at,
                in_flight: in_flight()?,
                weight,
            },
            Kind::BulkheadRejected => PolicyEvent::BulkheadRejected {
                at,
                in_flight: in_flight()?,
                weight,
                reason: need(self.reason, "reason")?,
            },
            Kind::TimeoutOccurred => PolicyEvent::TimeoutOccurred {
                at,
                elapsed: elapsed()?,
                limit: Duration::from_nanos(need(self.limit_ns, "limit_ns")?),
            },
            Kind::FallbackTaken => PolicyEvent::FallbackTaken { at },
            Kind::ForkStarted => PolicyEvent::ForkStarted { at, arm: arm()? },
            Kind::ForkWon => PolicyEvent::ForkWon { at, arm: arm()? },
            Kind::RequestSuccess => PolicyEvent::RequestSuccess {
                at,
                elapsed: elapsed()?,
            },
            Kind::RequestFailure => PolicyEvent::RequestFailure {
                at,
                elapsed: elapsed()?,
                cause: need(self.cause, "cause")?,
            },
            Kind::RequestCancelled => PolicyEvent::RequestCancelled {
                at,
                elapsed: elapsed()?,
            },
            Kind::ShadowEvent => PolicyEvent::ShadowEvent {
                at,
                primary: need(self.primary, "primary")?,
                shadow: need(self.shadow, "shadow")?,
            },
            Kind::ShadowDropped => PolicyEvent::ShadowDropped {
                at,
                allowance: Duration::from_nanos(need(self.allowance_ns, "allowance_ns")?),
            },
        })
    }
}

fn need<T, E: de::Error>(field: Option<T>, name: &'static str) -> Result<T, E> {
    field.ok_or_else(|| E::missing_field(name))
}

// === impl PolicyEvent ===

impl Serialize for PolicyEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Record::of(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PolicyEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Record::deserialize(deserializer)?.event()
    }
}

#[cfg(test)]
mod tests;
