use core::time::Duration;

use super::super::tests::{AT, every_event};
use super::super::{Kind, PolicyEvent, PolicyId, Stamp};
use crate::event::{Arm, BulkheadRejection, CircuitState, FailureCause, Verdict};
use crate::time::Tick;

fn json(event: &PolicyEvent) -> std::string::String {
    serde_json::to_string(event).unwrap()
}

fn read(text: &str) -> Result<PolicyEvent, std::string::String> {
    use std::string::ToString;
    serde_json::from_str(text).map_err(|error| error.to_string())
}

const NOW: Stamp = Stamp {
    policy: PolicyId::new(3),
    time: Tick::from_nanos(1_000),
    sequence: 7,
    attempt: 0,
};

#[test]
fn every_event_survives_json() {
    for event in every_event() {
        assert_eq!(read(&json(&event)), Ok(event));
    }
}

#[test]
fn each_kind_has_the_json_form_of_the_table() {
    use PolicyEvent::*;
    let two = Duration::from_nanos(2);
    let (closed, open) = (CircuitState::Closed, CircuitState::ForcedOpen);
    let (at, attempt, attempts, in_flight) = (NOW, 2, 3, 4);
    let weight = 1;
    let golden: [(PolicyEvent, &str); 20] = [
        (
            RetryAttempt {
                at,
                attempt,
                delay: two,
            },
            r#""RetryAttempt",*,"attempt":2,"delay_ns":2"#,
        ),
        (
            RetryExhausted { at, attempts },
            r#""RetryExhausted",*,"attempts":3"#,
        ),
        (
            RetryBudgetExhausted { at, attempts },
            r#""RetryBudgetExhausted",*,"attempts":3"#,
        ),
        (
            CircuitOpened {
                at,
                from: closed,
                to: open,
            },
            r#""CircuitOpened",*,"from":"Closed","to":"ForcedOpen""#,
        ),
        (
            CircuitHalfOpen {
                at,
                from: CircuitState::Open,
            },
            r#""CircuitHalfOpen",*,"from":"Open""#,
        ),
        (
            CircuitClosed {
                at,
                from: CircuitState::HalfOpen,
                to: closed,
            },
            r#""CircuitClosed",*,"from":"HalfOpen","to":"Closed""#,
        ),
        (
            CircuitRejected {
                at,
                retry_after: Some(two),
            },
            r#""CircuitRejected",*,"retry_after_ns":2"#,
        ),
        (
            CircuitRejected {
                at,
                retry_after: None,
            },
            r#""CircuitRejected",*"#,
        ),
        (
            BulkheadAcquired {
                at,
                in_flight,
                weight,
            },
            r#""BulkheadAcquired",*,"in_flight":4"#,
        ),
        (
            BulkheadAcquired {
                at,
                in_flight,
                weight: 3,
            },
            r#""BulkheadAcquired",*,"in_flight":4,"weight":3"#,
        ),
        (
            BulkheadRejected {
                at,
                in_flight,
                weight,
                reason: BulkheadRejection::TimedOut,
            },
            r#""BulkheadRejected",*,"in_flight":4,"reason":"TimedOut""#,
        ),
        (
            TimeoutOccurred {
                at,
                elapsed: Duration::from_millis(11),
                limit: two,
            },
            r#""TimeoutOccurred",*,"elapsed_ns":11000000,"limit_ns":2"#,
        ),
        (FallbackTaken { at }, r#""FallbackTaken",*"#),
        (
            ForkStarted { at, arm: Arm::Left },
            r#""ForkStarted",*,"arm":"Left""#,
        ),
        (
            ForkWon {
                at,
                arm: Arm::Right,
            },
            r#""ForkWon",*,"arm":"Right""#,
        ),
        (
            RequestSuccess { at, elapsed: two },
            r#""RequestSuccess",*,"elapsed_ns":2"#,
        ),
        (
            RequestFailure {
                at,
                elapsed: two,
                cause: FailureCause::AllFailed,
            },
            r#""RequestFailure",*,"elapsed_ns":2,"cause":"AllFailed""#,
        ),
        (
            RequestCancelled { at, elapsed: two },
            r#""RequestCancelled",*,"elapsed_ns":2"#,
        ),
        (
            ShadowEvent {
                at,
                primary: Verdict::InTime,
                shadow: Verdict::TimedOut,
            },
            r#""ShadowEvent",*,"primary":"InTime","shadow":"TimedOut""#,
        ),
        (
            ShadowDropped { at, allowance: two },
            r#""ShadowDropped",*,"allowance_ns":2"#,
        ),
    ];
    for kind in Kind::ALL {
        assert!(
            golden.iter().any(|(event, _)| event.kind() == kind),
            "{kind:?}"
        );
    }
    for (event, form) in golden {
        let stamp = r#""policy":3,"time_ns":1000,"sequence":7"#;
        let form = std::format!(r#"{{"kind":{}}}"#, form.replace('*', stamp));
        assert_eq!(json(&event), form);
        assert_eq!(read(&form), Ok(event));
    }
}

#[test]
fn an_event_within_an_attempt_says_which_and_any_other_does_not() {
    let form = r#"{"kind":"FallbackTaken","policy":3,"time_ns":1000,"sequence":7,"in_attempt":2}"#;
    let at = NOW.in_attempt(2);
    assert_eq!(json(&PolicyEvent::FallbackTaken { at }), form);
    assert_eq!(read(form), Ok(PolicyEvent::FallbackTaken { at }));
    let form = r#"{"policy":3,"time_ns":1000,"sequence":7,"in_attempt":2}"#;
    assert_eq!(serde_json::to_string(&at).unwrap(), form);
    assert_eq!(serde_json::from_str::<Stamp>(form).unwrap(), at);
}

#[test]
fn a_stamp_is_written_as_it_stands_in_an_event() {
    let form = r#"{"policy":3,"time_ns":1000,"sequence":7}"#;
    assert_eq!(serde_json::to_string(&NOW).unwrap(), form);
    assert_eq!(serde_json::from_str::<Stamp>(form).unwrap(), NOW);
    assert_eq!(serde_json::to_string(&AT.policy).unwrap(), "4294967295");
}

#[test]
fn the_order_of_fields_and_unknown_ones_do_not_matter() {
    let text = r#"{"later":[1],"elapsed_ns":2,"time_ns":1000,"policy":3,"kind":"RequestSuccess"}"#;
    let at = Stamp { sequence: 0, ..NOW };
    let elapsed = Duration::from_nanos(2);
    assert_eq!(read(text), Ok(PolicyEvent::RequestSuccess { at, elapsed }));
}

#[test]
fn what_is_no_event_is_refused_by_name() {
    let missing = read(r#"{"kind":"TimeoutOccurred","policy":3,"time_ns":1,"elapsed_ns":2}"#);
    assert!(missing.unwrap_err().contains("limit_ns"));
    let unknown = read(r#"{"kind":"NextYears","policy":3,"time_ns":1}"#);
    assert!(unknown.unwrap_err().contains("NextYears"));
    assert!(read(r#"{"kind":"FallbackTaken","policy":-3,"time_ns":1}"#).is_err());
}
