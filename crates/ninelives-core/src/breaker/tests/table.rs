//! The whole transition table: every stage and every input, refusals included, beside a text that a reader can check.

use std::format;
use std::string::String;

use super::*;

/// Brings a fresh breaker to a stage; gives a ticket of that stage if there can be one.
type Stage = (&'static str, fn(&mut Rig) -> Option<Ticket>);
/// Does one thing with the stage's own ticket, or with one of an earlier epoch.
type Input = (&'static str, fn(&Rig, Ticket) -> String);

const STAGES: [Stage; 20] = [
    ("closed", |rig| Some(rig.call())),
    ("closed, one failure", |rig| {
        rig.fail();
        Some(rig.call())
    }),
    ("open", |rig| {
        rig.trip();
        None
    }),
    ("open, time over", |rig| {
        rig.trip();
        rig.clock.pass(SECOND * 10);
        None
    }),
    ("half-open, empty", |rig| {
        rig.trip();
        rig.clock.pass(SECOND * 10);
        let _ = rig.breaker.abandon(rig.probe());
        None
    }),
    ("half-open, one out", |rig| {
        rig.trip();
        rig.clock.pass(SECOND * 10);
        Some(rig.probe())
    }),
    ("half-open, two out", |rig| {
        rig.trip();
        rig.clock.pass(SECOND * 10);
        let _first = rig.probe();
        Some(rig.probe())
    }),
    ("half-open, one won", |rig| {
        rig.trip();
        rig.clock.pass(SECOND * 10);
        rig.report(rig.probe(), Outcome::Success);
        Some(rig.probe())
    }),
    ("half-open, lease over", |rig| {
        rig.trip();
        rig.clock.pass(SECOND * 10);
        let _first = rig.probe();
        let second = rig.probe();
        rig.clock.pass(SECOND * 10);
        Some(second)
    }),
    ("two of three, one lost", |rig| {
        rig.limits = Limits::new(2, SECOND * 10, 3).unwrap();
        rig.limits = rig.limits.with_needed(2).unwrap();
        rig.trip();
        rig.clock.pass(SECOND * 10);
        rig.report(rig.probe(), Outcome::Failure);
        Some(rig.probe())
    }),
    ("two of three, one each", |rig| {
        rig.limits = Limits::new(2, SECOND * 10, 3).unwrap();
        rig.limits = rig.limits.with_needed(2).unwrap();
        rig.trip();
        rig.clock.pass(SECOND * 10);
        rig.report(rig.probe(), Outcome::Failure);
        rig.report(rig.probe(), Outcome::Success);
        Some(rig.probe())
    }),
    ("ramping", |rig| {
        rig.ramp(1);
        Some(rig.probe())
    }),
    ("ramping, stage over", |rig| {
        rig.begin(1);
        rig.clock.pass(SECOND * 10);
        Some(rig.probe())
    }),
    ("ramping, stage 2", |rig| {
        rig.begin(1);
        rig.climb();
        Some(rig.lucky_probe())
    }),
    ("ramping, stage 6 over", |rig| {
        rig.begin(1);
        (0..5).for_each(|_| rig.climb());
        rig.clock.pass(SECOND * 10);
        Some(rig.lucky_probe())
    }),
    ("counts only, open", |rig| {
        rig.trip();
        rig.limits = rig.limits.with_metrics_only(true);
        None
    }),
    ("latched", |rig| {
        rig.limits = Limits::new(2, Duration::MAX, 2).unwrap();
        rig.trip();
        None
    }),
    ("forced open", |rig| {
        rig.breaker.force_open();
        None
    }),
    ("forced closed", |rig| {
        rig.breaker.force_closed();
        Some(rig.call())
    }),
    ("disabled", |rig| {
        rig.breaker.disable();
        Some(rig.call())
    }),
];

const ASKED: [Input; 6] = [
    ("admit", |rig, _| match rig.admit() {
        Admission::Admitted(_) => "admitted".into(),
        Admission::Probe { transition, .. } => format!("probe, {}", told(transition)),
        Admission::Rejected(rejected) => format!("rejected, {:?}", rejected.retry_after),
    }),
    ("trip", |rig, _| told(rig.trip())),
    ("reset", |rig, _| told(rig.reset())),
    ("force open", |rig, _| told(rig.breaker.force_open())),
    ("force closed", |rig, _| told(rig.breaker.force_closed())),
    ("disable", |rig, _| told(rig.breaker.disable())),
];

const REPORTED: [Input; 6] = [
    ("success", |rig, ticket| {
        heard(rig.report(ticket, Outcome::Success))
    }),
    ("failure", |rig, ticket| {
        heard(rig.report(ticket, Outcome::Failure))
    }),
    ("breach", |rig, ticket| {
        heard(rig.report(ticket, Outcome::Breach))
    }),
    ("trip under", |rig, ticket| told(rig.trip_under(&ticket))),
    ("ignored", |rig, ticket| {
        heard(rig.report(ticket, Outcome::Ignored))
    }),
    ("abandon", |rig, ticket| heard(rig.breaker.abandon(ticket))),
];

fn told(transition: Option<Transition>) -> String {
    match transition {
        Some(Transition { from, to }) => format!("{from:?} to {to:?}"),
        None => "no transition".into(),
    }
}

fn heard(report: Report) -> String {
    let late = if report.late { "late" } else { "in time" };
    format!("{late}, {}", told(report.transition))
}

/// A rig with a ticket of an epoch before the stage's.
fn aged() -> (Rig, Ticket) {
    let rig = Rig::new(2, SECOND * 10, 2);
    let old = rig.call();
    rig.reset();
    (rig, old)
}

fn row(stage: &Stage, what: &str, input: &Input, old: bool) -> Option<String> {
    let (mut rig, ancient) = aged();
    let own = (stage.1)(&mut rig);
    let ticket = if old { Some(ancient) } else { own };
    let before = rig.breaker.word();
    let answer = (input.1)(&rig, ticket?);
    let after = rig.breaker.word();
    let next = if before == after {
        "same word".into()
    } else {
        format!("{after:?}")
    };
    Some(format!(
        "{:<23}| {:<15}| {:<87}| {answer}\n",
        stage.0,
        format!("{what}{}", input.0),
        next,
    ))
}

#[test]
fn the_whole_table_is_as_written() {
    let mut table = String::new();
    for stage in &STAGES {
        let asked = ASKED.iter().filter_map(|input| row(stage, "", input, true));
        let own = REPORTED
            .iter()
            .filter_map(|input| row(stage, "", input, false));
        let old = REPORTED
            .iter()
            .filter_map(|input| row(stage, "old ", input, true));
        table.extend(asked.chain(own).chain(old));
        table.push('\n');
    }
    let expected = include_str!("../table.txt");
    let differs = table.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(
        table.trim_end() == expected.trim_end(),
        "the table changed, at {differs:?}; the whole:\n{table}"
    );
}
