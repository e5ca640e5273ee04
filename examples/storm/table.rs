//! The table of figures: the same cells on stdout and in the report.

use std::fmt::Write;

use crate::caller::Outcome;
use crate::summary::{Side, Summary};
use crate::words::{count, or_dash, time};

/// The columns that follow the side's name.
pub const HEADS: [&str; 10] = [
    "requests",
    "answered",
    "by fallback",
    "failed",
    "rejected at once",
    "p50",
    "p99",
    "max",
    "reached it while down",
    "recovered in",
];

/// What each column means, in the same order.
pub const MEANINGS: [&str; 10] = [
    "Requests that fell due.",
    "Requests whose caller got an answer, from the upstream or from the fallback.",
    "Those of the answered that got theirs from the fallback.",
    "Requests whose caller got nothing: errors, time limits, and those still out when the run ended.",
    "Requests the policy turned away before they were sent; with a fallback they are answered by it.",
    "Half of the requests took no longer, from when they were due until the caller had something.",
    "99 of 100 requests took no longer.",
    "The longest wait.",
    "Requests that arrived at the upstream while it was failing or hanging, retries included.",
    "From when the upstream was up again until, for a second, 95 % of the requests got its own answers.",
];

/// How many of the columns say something: the last two are about the storm.
pub const fn shown(summary: &Summary) -> usize {
    if summary.flags.upstream.is_some() {
        HEADS.len() - 2
    } else {
        HEADS.len()
    }
}

/// One side's cells.
pub fn cells(summary: &Summary, side: &Side) -> [String; 10] {
    let all = side.pages.all();
    let (tally, latency) = (all.tally, &all.latency);
    let hung = tally.of(Outcome::Hung);
    // The latency of a request that was still out at the end is a lower bound.
    let bound = |share: f64| {
        let text = or_dash(latency.quantile(share).map(time));
        if hung as f64 > (1.0 - share) * tally.total() as f64 {
            format!("≥ {text}")
        } else {
            text
        }
    };
    [
        count(tally.total()),
        count(tally.total() - tally.failures()),
        count(tally.fallbacks()),
        count(tally.failures()),
        count(tally.turned_away()),
        bound(0.5),
        bound(0.99),
        bound(1.0),
        or_dash(side.received.map(|received| count(received.while_down))),
        or_dash(summary.recovered_after(side).map(time)),
    ]
}

/// The table for stdout, a column to each side.
pub fn plain(summary: &Summary) -> String {
    let sides = summary.sides();
    let columns: Vec<_> = sides
        .iter()
        .map(|(name, side)| (name, cells(summary, side)))
        .collect();
    let mut text = format!("{:24}", "");
    for (name, _) in &columns {
        let _ = write!(text, "{name:>20}");
    }
    text.push('\n');
    for (row, head) in HEADS.iter().enumerate().take(shown(summary)) {
        let _ = write!(text, "{head:24}");
        for (_, cells) in &columns {
            let _ = write!(text, "{:>20}", cells[row]);
        }
        text.push('\n');
    }
    text
}
