//! The tables: all figures, and the few that the README shows.

mod machine;
mod page;

use std::fmt::{self, Write};

use crate::cases;
use crate::paired::Interval;

pub use machine::Machine;
pub use page::{README, write};

/// What was measured of one subject.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose it is.
    pub peer: &'static str,
    /// Nanoseconds of a call.
    pub ns: f64,
    /// How many times as long as ours; `None` where we have nothing to compare.
    pub ratio: Option<Interval>,
    /// Instructions of a call, where they could be counted.
    pub instructions: Option<f64>,
    /// Allocations of a call, and their bytes, where they could be counted.
    pub allocations: Option<(f64, f64)>,
}

/// The subjects of one case, ours first.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Its name.
    pub case: &'static str,
    /// One row for each subject.
    pub rows: Vec<Row>,
}

/// A stack is to beat every peer's by so much: ready, and pending once.
const CLAIMS: [(&str, f64); 2] = [(cases::stack::READY, 10.0), (cases::stack::PENDING, 3.0)];

/// Every figure, as a table in Markdown.
pub fn full(measured: &[Measured]) -> String {
    let mut table = String::from(
        "| one call | whose | ns | to ours [95 %] | Ir | allocations (bytes) |\n|---|---|--:|--:|--:|--:|\n",
    );
    for Measured { case, rows } in measured {
        let mut name = *case;
        for row in rows {
            let (ns, ratio) = (Ns(row.ns), Ratio(row.ratio, row.peer == cases::OURS));
            let (ir, heap) = (Count(row.instructions), Heap(row.allocations));
            writeln!(
                table,
                "| {name} | {} | {ns} | {ratio} | {ir} | {heap} |",
                row.peer
            )
            .expect("a string takes all");
            name = "";
        }
    }
    table
}

/// Times of the cases that we have, beside the floor, and a column for each peer with many layers; of the others, the fastest.
pub fn short(measured: &[Measured]) -> String {
    let mut table = String::from(
        "| one call | ninelives | floor | tower | tower-resilience | fastest other |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for Measured { case, rows } in measured {
        let [ours, peers @ ..] = rows.as_slice() else {
            continue;
        };
        if ours.peer != cases::OURS {
            continue;
        }
        write!(table, "| {case} | {} ns", Ns(ours.ns)).expect("a string takes all");
        let (variants, mut others): (Vec<&Row>, _) = peers.iter().partition(|row| is_ours(row));
        for Row { peer, ns, .. } in variants {
            write!(table, ", {} ns{}", Ns(*ns), &peer[cases::OURS.len()..])
                .expect("a string takes all");
        }
        table.push_str(" |");
        for column in [cases::FLOOR].into_iter().chain(cases::COLUMNS) {
            let (of_column, rest) = others.into_iter().partition(|row| name(row) == column);
            others = rest;
            cell(&mut table, fastest(of_column), false);
        }
        cell(&mut table, fastest(others), true);
        table.push('\n');
    }
    table
}

/// The crate, without what is special about the subject.
fn name(row: &Row) -> &'static str {
    row.peer.split(" (").next().unwrap_or(row.peer)
}

fn is_ours(row: &Row) -> bool {
    name(row) == cases::OURS
}

fn is_floor(row: &Row) -> bool {
    name(row) == cases::FLOOR
}

fn fastest(rows: Vec<&Row>) -> Option<&Row> {
    rows.into_iter().min_by(|a, b| a.ns.total_cmp(&b.ns))
}

fn cell(table: &mut String, row: Option<&Row>, named: bool) {
    let written = match row {
        Some(row @ Row { ns, ratio, .. }) => {
            let name = if named { name(row) } else { "" };
            let times = ratio.map_or(f64::NAN, |ratio| ratio.middle);
            let mark = if times < 1.0 && !is_floor(row) {
                "**"
            } else {
                ""
            };
            write!(
                table,
                " {name}{}{mark}{} ns ({}x){mark} |",
                if named { " " } else { "" },
                Ns(*ns),
                Times(times)
            )
        }
        None => write!(table, " — |"),
    };
    written.expect("a string takes all");
}

/// Whether the stack beats every peer's as it should, a line for each of the two ways.
pub fn claims(measured: &[Measured]) -> String {
    let mut lines = String::new();
    for (name, wanted) in CLAIMS {
        let Some(stack) = measured.iter().find(|measured| measured.case == name) else {
            continue;
        };
        let (floors, rows): (Vec<&Row>, Vec<_>) = stack.rows.iter().partition(|row| is_floor(row));
        let floor = fastest(floors).map_or(f64::NAN, |floor| floor.ns);
        let peers = rows.into_iter().filter(|row| !is_ours(row));
        let holds = |row: &&Row| row.ratio.is_some_and(|ratio| ratio.low >= wanted);
        let (held, missed): (Vec<_>, Vec<_>) = peers.partition(holds);
        let answer = if missed.is_empty() { "Yes" } else { "No" };
        let [held, missed] = [held, missed].map(|rows| listed(&rows, floor));
        writeln!(
            lines,
            "* {name}: {wanted:.0} times as fast as every peer's? {answer}. At least: {held}. Not: {missed}."
        )
        .expect("a string takes all");
    }
    lines
}

fn listed(rows: &[&Row], floor: f64) -> String {
    let each = |row: &&Row| {
        let (ours, floor) = (Ratio(row.ratio, false), Times(row.ns / floor));
        format!("{} {ours}, {floor}x the floor", row.peer)
    };
    let rows: Vec<_> = rows.iter().map(each).collect();
    if rows.is_empty() {
        "none".to_string()
    } else {
        rows.join("; ")
    }
}

// === figures ===

struct Ns(f64);
struct Times(f64);
struct Ratio(Option<Interval>, bool);
struct Count(Option<f64>);
struct Heap(Option<(f64, f64)>);

impl fmt::Display for Ns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = usize::from(self.0 < 100.0);
        write!(f, "{:.digits$}", self.0)
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.0 < 9.95 { 2 } else { 1 };
        write!(f, "{:.digits$}", self.0)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(_, true) => f.write_str("1"),
            Self(None, _) => f.write_str("—"),
            Self(Some(ratio), _) => {
                let (low, high) = (Times(ratio.low), Times(ratio.high));
                write!(f, "{}x [{low}, {high}]", Times(ratio.middle))
            }
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(count) => write!(f, "{count:.0}"),
            None => f.write_str("not counted"),
        }
    }
}

impl fmt::Display for Heap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((0.0, _)) => f.write_str("0"),
            Some((times, bytes)) => write!(f, "{times:.0} ({bytes:.0})"),
            None => f.write_str("not counted"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(peer: &'static str, times: f64) -> Row {
        let ratio = Interval {
            low: times,
            middle: times,
            high: times,
        };
        Row {
            peer,
            ns: 50.0 * times,
            ratio: Some(ratio),
            instructions: None,
            allocations: None,
        }
    }

    fn said_beside(near: f64) -> String {
        let rows = vec![
            row(cases::OURS, 1.0),
            row("tower (no breaker)", near),
            row(cases::RESILIENCE, 20.0),
            row(cases::FLOOR, 0.4),
        ];
        claims(&[Measured {
            case: cases::stack::READY,
            rows,
        }])
    }

    #[test]
    fn a_peer_that_is_too_near_is_named_whatever_its_stack_is_of() {
        let near = said_beside(9.9);
        assert!(near.contains("every peer's? No. At least: tower-resilience 20.0x"));
        assert!(near.contains("Not: tower (no breaker) 9.90x"));
    }

    #[test]
    fn the_floor_is_no_peer() {
        let far = said_beside(10.0);
        assert!(far.contains("every peer's? Yes."));
        assert!(far.contains("Not: none."));
    }
}
