//! The checks and the sentences, over runs made up by hand.

use super::*;
use crate::book::{Book, Record};
use crate::breaker_watch::{BreakerState, Change};

/// A run of 20 s at 10 requests a second in which all laws hold: the bare side fails while its upstream is failing and
/// hangs while it is hanging; the other side is answered by the fallback then.
pub fn run() -> Summary {
    let length = Duration::from_secs(20);
    let forecast = Forecast::over(length);
    let (bare, protected) = (Book::new(length), Book::new(length));
    for n in 0..200_u64 {
        let due = Duration::from_millis(n * 100);
        let (phase, _) = forecast.at(due);
        let (wait, without, with) = match phase.name() {
            "failing" => (3, Outcome::Failed, Outcome::FallbackAfterTry),
            "hanging" => (11_000, Outcome::Hung, Outcome::FallbackAtOnce),
            _ => (5, Outcome::Answered, Outcome::Answered),
        };
        let latency = Duration::from_millis(wait);
        bare.write(Record {
            due,
            latency,
            outcome: without,
        });
        protected.write(Record {
            due,
            latency: latency.min(Duration::from_millis(7)),
            outcome: with,
        });
    }
    let sent = |answered, refused, dropped| Sent {
        attempts: answered + refused + dropped,
        answered,
        refused,
        broken: 0,
        dropped,
    };
    let received = |requests, while_down| {
        Some(Received {
            requests,
            while_down,
        })
    };
    let changes = [
        (0, BreakerState::Closed),
        (7, BreakerState::Open),
        (13, BreakerState::Closed),
    ]
    .map(|(at, state)| Change {
        at: Duration::from_secs(at),
        state,
    });
    Summary {
        flags: Flags {
            rps: 10,
            ..Flags::default()
        },
        forecast,
        driven: Driven {
            requests: 200,
            lasted: length,
            most_late: Duration::from_millis(1),
        },
        grace: Duration::from_secs(2),
        bare: Some(Side {
            pages: bare.read(),
            sent: sent(140, 30, 30),
            received: received(200, 60),
        }),
        bare_connections: 100,
        protected: Side {
            pages: protected.read(),
            sent: sent(140, 30, 0),
            received: received(170, 30),
        },
        policy: PolicyFigures {
            words: "a + b | <c>".to_owned(),
            seen: Seen {
                changes: changes.to_vec(),
                most_in_flight: 3,
                permits_given: 200,
                permits_back: 200,
                unheard: 0,
            },
            bulkhead_limit: 8,
            in_flight_at_end: 0,
        },
    }
}

fn broken(summary: &Summary) -> Vec<String> {
    let checks = summary.checks().into_iter();
    checks
        .filter(|check| !check.holds)
        .map(|check| check.name)
        .collect()
}

#[test]
fn all_laws_hold_in_a_run_that_adds_up() {
    assert_eq!(broken(&run()), Vec::<String>::new());
    assert_eq!(run().checks().len(), 9);
}

#[test]
fn a_request_without_an_outcome_breaks_a_law_on_both_sides() {
    let mut summary = run();
    summary.driven.requests += 1;
    let laws = [
        "without ninelives: requests in = outcomes out",
        "with ninelives: requests in = outcomes out",
    ];
    assert_eq!(broken(&summary), laws);
}

#[test]
fn an_attempt_without_an_end_breaks_a_law() {
    let mut summary = run();
    summary.protected.sent.attempts += 1;
    assert_eq!(
        broken(&summary),
        ["with ninelives: attempts sent = attempts ended"]
    );
}

#[test]
fn an_answer_that_did_not_reach_its_caller_breaks_a_law() {
    let mut summary = run();
    summary.protected.sent.answered += 1;
    summary.protected.sent.refused -= 1;
    assert_eq!(broken(&summary), ["with ninelives: no answer lost"]);
}

#[test]
fn an_upstream_that_saw_more_than_was_sent_or_less_than_it_answered_breaks_a_law() {
    for requests in [169, 171] {
        let mut summary = run();
        summary.protected.received = Some(Received {
            requests,
            while_down: 30,
        });
        assert_eq!(
            broken(&summary),
            ["with ninelives: answers <= received <= sent"],
            "{requests}"
        );
    }
}

#[test]
fn a_permit_that_did_not_come_back_breaks_a_law() {
    let mut summary = run();
    summary.policy.in_flight_at_end = 1;
    assert_eq!(
        broken(&summary),
        ["with ninelives: permits out = permits back"]
    );
}

#[test]
fn a_permit_that_was_given_and_never_ended_breaks_a_law_too() {
    let mut summary = run();
    summary.policy.seen.permits_back -= 1;
    assert_eq!(
        broken(&summary),
        ["with ninelives: permits out = permits back"]
    );
}

#[test]
fn events_that_were_not_heard_are_not_compared() {
    let mut summary = run();
    summary.policy.seen.permits_back -= 1;
    summary.policy.seen.unheard = 1;
    assert_eq!(broken(&summary), Vec::<String>::new());
}

#[test]
fn the_headline_says_what_happened_on_each_side() {
    let sentences = run().headline();
    assert_eq!(
        sentences[0],
        "Without ninelives 60 of 200 requests came to nothing, after up to 11.0 s."
    );
    assert_eq!(
        sentences[1],
        "With ninelives all 200 were answered, 60 by the fallback, the longest wait was 7.0 ms, and the upstream got \
         30 requests instead of 60 while it was down."
    );
    assert!(
        run().setting().contains("each down for 6 s of 20 s"),
        "{}",
        run().setting()
    );
}

#[test]
fn a_run_that_was_stopped_says_so_and_counts_only_the_time_it_had() {
    let mut summary = run();
    summary.driven.lasted = Duration::from_secs(7);
    assert!(
        summary
            .setting()
            .ends_with("; stopped early, 20 s were asked for"),
        "{}",
        summary.setting()
    );
    assert_eq!(summary.down_for(), Duration::from_secs(1));
}

#[test]
fn both_sides_recover_when_their_upstream_is_up_again() {
    let summary = run();
    assert_eq!(
        summary.recovered_after(&summary.protected),
        Some(Duration::ZERO)
    );
}

#[test]
fn a_machine_that_was_behind_is_named_as_such() {
    let mut summary = run();
    assert_eq!(summary.overload(), None);
    summary.driven.most_late = Duration::from_secs(3);
    let words = summary.overload().expect("behind");
    assert!(
        words.contains("up to 3.00 s after they were due"),
        "{words}"
    );
}

#[test]
fn a_side_without_failures_is_not_said_to_have_any() {
    let mut summary = run();
    summary.bare = Some(summary.protected.clone());
    let sentence = &summary.headline()[0];
    assert!(
        sentence.starts_with("Without ninelives all 200 were answered, "),
        "{sentence}"
    );
}
