//! `report.json`: the figures of the report for programs.
//!
//! Times are in milliseconds; what is not known is `null`.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::book::Tally;
use crate::caller::Outcome;
use crate::summary::{Side, Summary};

/// The whole report.
pub fn report(summary: &Summary) -> Value {
    let checks = summary.checks();
    let flags = &summary.flags;
    let phases = summary.forecast.spans().iter().map(|span| {
        json!({ "name": span.phase.name(), "from_ms": ms(span.from), "to_ms": ms(span.to), "down": span.phase.is_down() })
    });
    let policy = &summary.policy;
    let changes = policy
        .seen
        .changes
        .iter()
        .map(|change| json!({ "at_ms": ms(change.at), "state": change.state.name() }));
    json!({
        "headline": summary.headline().join(" "),
        "settings": {
            "seconds": flags.seconds,
            "rps": flags.rps,
            "seed": flags.seed,
            "upstream": flags.upstream.as_ref().map(ToString::to_string),
            "grace_ms": ms(summary.grace),
            "bare_connections": summary.bare.as_ref().map(|_| summary.bare_connections),
            "policy": policy.words,
        },
        "requests_due": summary.driven.requests,
        "lasted_ms": ms(summary.driven.lasted),
        "begun_late_at_most_ms": ms(summary.driven.most_late),
        "overloaded": summary.overload().is_some(),
        "down_ms": ms(summary.down_for()),
        "phases": phases.collect::<Vec<_>>(),
        "bare": summary.bare.as_ref().map(|side| side_of(summary, side)),
        "ninelives": side_of(summary, &summary.protected),
        "policy": {
            "breaker_openings": policy.seen.openings(),
            "breaker_changes": changes.collect::<Vec<_>>(),
            "bulkhead_limit": policy.bulkhead_limit,
            "bulkhead_most_in_flight": policy.seen.most_in_flight,
            "bulkhead_in_flight_at_end": policy.in_flight_at_end,
        },
        "checks": checks.iter().map(|check| json!({ "name": check.name, "detail": check.detail, "holds": check.holds }))
            .collect::<Vec<_>>(),
        "all_checks_hold": checks.iter().all(|check| check.holds),
    })
}

fn side_of(summary: &Summary, side: &Side) -> Value {
    let all = side.pages.all();
    let width = side.pages.width();
    let buckets = side.pages.buckets().iter().zip(0_u32..).map(|(bucket, n)| {
        json!({
            "from_ms": ms(width * n),
            "outcomes": outcomes(&bucket.tally),
            "p50_ms": bucket.latency.quantile(0.5).map(ms),
            "p99_ms": bucket.latency.quantile(0.99).map(ms),
            "max_ms": bucket.latency.max().map(ms),
        })
    });
    json!({
        "requests": all.tally.total(),
        "answered": all.tally.total() - all.tally.failures(),
        "by_fallback": all.tally.fallbacks(),
        "failed": all.tally.failures(),
        "rejected_at_once": all.tally.turned_away(),
        "outcomes": outcomes(&all.tally),
        "p50_ms": all.latency.quantile(0.5).map(ms),
        "p99_ms": all.latency.quantile(0.99).map(ms),
        "max_ms": all.latency.max().map(ms),
        "attempts": {
            "sent": side.sent.attempts,
            "answered": side.sent.answered,
            "refused": side.sent.refused,
            "broken": side.sent.broken,
            "dropped": side.sent.dropped,
        },
        "upstream_received": side.received.map(|received| received.requests),
        "upstream_received_while_down": side.received.map(|received| received.while_down),
        "recovered_after_ms": summary.recovered_after(side).map(ms),
        "bucket_ms": ms(width),
        "buckets": buckets.collect::<Vec<_>>(),
    })
}

fn outcomes(tally: &Tally) -> Map<String, Value> {
    Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome.name().to_owned(), json!(tally.of(outcome))))
        .collect()
}

fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
