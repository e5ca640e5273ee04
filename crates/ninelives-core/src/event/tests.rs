use alloc::string::ToString;
use alloc::vec::Vec;
use core::time::Duration;

use super::packed::{ARMS, CAUSES, REASONS, STATES, VERDICTS};
use super::{CircuitState, Interest, Kind, PolicyEvent, PolicyId, Stamp};
use crate::time::Tick;

pub(super) const AT: Stamp = Stamp {
    policy: PolicyId::new(u32::MAX),
    time: Tick::from_nanos(u64::MAX - 1),
    sequence: 77,
    attempt: u16::MAX,
};
const LONG: Duration = Duration::from_nanos(u64::MAX - 2);

/// Every variant, with every value of its small fields and the extremes of its large ones.
pub(super) fn every_event() -> Vec<PolicyEvent> {
    use PolicyEvent::*;
    let mut events = Vec::from([
        RetryAttempt {
            at: AT,
            attempt: u32::MAX,
            delay: LONG,
        },
        RetryExhausted {
            at: AT,
            attempts: u32::MAX,
        },
        RetryBudgetExhausted {
            at: AT,
            attempts: 1,
        },
        CircuitRejected {
            at: AT,
            retry_after: Some(LONG),
        },
        CircuitRejected {
            at: AT,
            retry_after: Some(Duration::ZERO),
        },
        CircuitRejected {
            at: AT,
            retry_after: None,
        },
        BulkheadAcquired {
            at: AT,
            in_flight: u32::MAX,
            weight: u32::MAX - 1,
        },
        TimeoutOccurred {
            at: AT,
            elapsed: LONG,
            limit: Duration::from_nanos(1),
        },
        FallbackTaken { at: AT },
        RequestSuccess {
            at: AT,
            elapsed: LONG,
        },
        RequestCancelled {
            at: AT,
            elapsed: Duration::ZERO,
        },
    ]);
    for from in STATES {
        events.push(CircuitHalfOpen { at: AT, from });
        for to in STATES {
            events.push(CircuitOpened { at: AT, from, to });
            events.push(CircuitClosed { at: AT, from, to });
        }
    }
    events.extend(ARMS.map(|arm| ForkStarted { at: AT, arm }));
    events.extend(ARMS.map(|arm| ForkWon { at: AT, arm }));
    events.extend(REASONS.map(|reason| BulkheadRejected {
        at: AT,
        in_flight: 9,
        weight: 2,
        reason,
    }));
    for primary in VERDICTS {
        events.extend(VERDICTS.map(|shadow| ShadowEvent {
            at: AT,
            primary,
            shadow,
        }));
    }
    events.push(ShadowDropped {
        at: AT,
        allowance: LONG,
    });
    events.extend(CAUSES.map(|cause| RequestFailure {
        at: AT,
        elapsed: LONG,
        cause,
    }));
    events
}

#[test]
fn an_event_has_at_most_64_bytes() {
    assert!(
        size_of::<PolicyEvent>() <= 64,
        "{}",
        size_of::<PolicyEvent>()
    );
}

#[test]
pub(super) fn every_event_survives_its_words() {
    for event in every_event() {
        assert_eq!(PolicyEvent::unpack(&event.pack(), AT.sequence), Some(event));
    }
}

#[test]
fn the_words_tell_the_kind() {
    for event in every_event() {
        let only = Interest::NONE.with(event.kind());
        assert_eq!(Interest::of(&event.pack()), only);
    }
}

#[test]
fn every_kind_is_among_the_events_and_has_its_own_number_and_name() {
    for (number, kind) in Kind::ALL.into_iter().enumerate() {
        assert_eq!(kind as usize, number);
        assert!(
            every_event().iter().any(|event| event.kind() == kind),
            "{kind:?}"
        );
        assert_eq!(kind.name(), alloc::format!("{kind:?}"));
    }
}

#[test]
fn words_that_are_no_event_are_refused() {
    let mut words = PolicyEvent::FallbackTaken { at: AT }.pack();
    words[0] |= 0xff;
    assert_eq!(PolicyEvent::unpack(&words, 0), None);
    let mut words = PolicyEvent::ForkWon {
        at: AT,
        arm: ARMS[0],
    }
    .pack();
    words[0] |= 0xff00;
    assert_eq!(PolicyEvent::unpack(&words, 0), None);
}

#[test]
fn a_duration_past_584_years_saturates() {
    let event = PolicyEvent::RequestSuccess {
        at: AT,
        elapsed: Duration::MAX,
    };
    let Some(PolicyEvent::RequestSuccess { elapsed, .. }) = PolicyEvent::unpack(&event.pack(), 0)
    else {
        panic!("another event")
    };
    assert_eq!(elapsed, Duration::from_nanos(u64::MAX));
}

#[test]
fn the_longest_rest_of_a_rejection_is_not_taken_for_none() {
    for rest in [Duration::MAX, Duration::from_nanos(u64::MAX)] {
        let event = PolicyEvent::CircuitRejected {
            at: AT,
            retry_after: Some(rest),
        };
        let Some(PolicyEvent::CircuitRejected { retry_after, .. }) =
            PolicyEvent::unpack(&event.pack(), 0)
        else {
            panic!("another event")
        };
        assert_eq!(retry_after, Some(Duration::from_nanos(u64::MAX - 1)));
    }
}

#[test]
fn every_state_of_a_breaker_is_among_the_events() {
    /// The state behind this one. Without a row for each it does not compile.
    fn after(state: CircuitState) -> Option<CircuitState> {
        match state {
            CircuitState::Closed => Some(CircuitState::Open),
            CircuitState::Open => Some(CircuitState::HalfOpen),
            CircuitState::HalfOpen => Some(CircuitState::Latched),
            CircuitState::Latched => Some(CircuitState::ForcedOpen),
            CircuitState::ForcedOpen => Some(CircuitState::ForcedClosed),
            CircuitState::ForcedClosed => Some(CircuitState::Disabled),
            CircuitState::Disabled => Some(CircuitState::Ramping),
            CircuitState::Ramping => Some(CircuitState::MetricsOnly),
            CircuitState::MetricsOnly => None,
        }
    }
    let all = core::iter::successors(Some(CircuitState::Closed), |state| after(*state));
    assert!(all.eq(STATES));
}

#[test]
fn the_stamp_is_reached_without_a_match() {
    for event in every_event() {
        assert_eq!(event.stamp(), &AT);
        assert_eq!((event.policy(), event.time()), (AT.policy, AT.time));
        assert_eq!(event.attempt(), AT.attempt);
    }
}

#[test]
fn interest_is_a_set_of_kinds() {
    for kind in Kind::ALL {
        let only = Interest::NONE.with(kind);
        assert_eq!(only.with(kind), only);
        for other in Kind::ALL {
            assert_eq!(only.wants(other), kind == other);
        }
        assert!(!Interest::ALL.without(kind).wants(kind));
        assert!(only.union(Interest::OUTCOMES).wants(kind));
        assert_eq!(Interest::from_bits(only.bits()), only);
    }
    let outcomes = [
        Kind::RequestSuccess,
        Kind::RequestFailure,
        Kind::RequestCancelled,
    ];
    assert_eq!(
        outcomes.into_iter().collect::<Interest>(),
        Interest::OUTCOMES
    );
    assert_eq!(Interest::from_iter([]), Interest::NONE);
    assert_eq!(
        Interest::from(Kind::CircuitOpened),
        Interest::NONE.with(Kind::CircuitOpened)
    );
    assert!(Interest::ALL.meets(Interest::OUTCOMES) && !Interest::NONE.meets(Interest::ALL));
}

#[test]
fn one_attempt_is_told_as_one() {
    let at = Stamp::new(PolicyId::new(4), Tick::ZERO);
    let told = |attempts| PolicyEvent::RetryExhausted { at, attempts }.to_string();
    assert_eq!(told(1), "policy 4: gave up after 1 attempt");
    assert_eq!(told(2), "policy 4: gave up after 2 attempts");
}

#[test]
fn people_can_read_an_event() {
    let event = PolicyEvent::TimeoutOccurred {
        at: Stamp::new(PolicyId::new(4), Tick::ZERO),
        elapsed: Duration::from_millis(11),
        limit: Duration::from_millis(10),
    };
    assert_eq!(
        event.to_string(),
        "policy 4: timed out after 11ms (limit 10ms)"
    );
    let fell_back = |attempt| {
        let at = Stamp::new(PolicyId::new(4), Tick::ZERO).in_attempt(attempt);
        PolicyEvent::FallbackTaken { at }.to_string()
    };
    assert_eq!([fell_back(0), fell_back(1)], ["policy 4: fell back"; 2]);
    assert_eq!(fell_back(2), "policy 4: in attempt 2, fell back");
    for event in every_event() {
        let text = event.to_string();
        assert!(
            !text.ends_with('.') && text == text.to_lowercase(),
            "{text}"
        );
    }
}

#[test]
fn each_arm_cause_and_verdict_has_words_of_its_own() {
    let at = Stamp::new(PolicyId::new(1), Tick::ZERO);
    let elapsed = Duration::ZERO;
    let arms = ARMS.map(|arm| PolicyEvent::ForkWon { at, arm }.to_string());
    assert_eq!(arms, ["policy 1: left arm won", "policy 1: right arm won"]);
    let causes = CAUSES.map(|cause| PolicyEvent::RequestFailure { at, elapsed, cause }.to_string());
    let words = [
        "the service failed",
        "out of time",
        "rejected",
        "attempts used up",
        "every branch failed",
        "panicked",
    ];
    assert_eq!(
        causes,
        words.map(|why| alloc::format!("policy 1: failed after 0ns: {why}"))
    );
    let words = [
        "admitted",
        "rejected",
        "in time",
        "timed out",
        "tried again",
        "gave up",
        "forked",
        "did not fork",
    ];
    for (primary, said) in VERDICTS.into_iter().zip(words) {
        let shadow = primary;
        let event = PolicyEvent::ShadowEvent {
            at,
            primary,
            shadow,
        };
        assert_eq!(
            event.to_string(),
            alloc::format!("policy 1: {said}, shadow {said}")
        );
    }
}
