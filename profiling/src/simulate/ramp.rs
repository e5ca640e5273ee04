//! A backend that bears a fifth of the load: what an on/off breaker makes of it, and what a ramp does.
//!
//! Callers come at random, 100 a second. The backend is well as long as no more than 20 calls a second reach it, by a mean that forgets with
//! a second, and fails every call while it is above: failing is work, too. It answers after 20 ms. Both breakers open at five
//! failures in a row for five seconds; one tries one probe, the other climbs in stages of five seconds.

use std::collections::VecDeque;
use std::time::Duration;

use ninelives::ConfigError;
use ninelives_core::breaker::{Admission, Breaker, Limits, Outcome, Ramp, State, Ticket};
use ninelives_core::time::{ManualClock, Tick};

use super::{Figure, Findings};
use crate::plot::{Line, Panel, Plot};
use crate::rng::SplitMix64;

/// What a breaker and its backend did.
struct Course {
    /// Calls that were well and calls that failed, for each stretch of ten seconds.
    stretches: Vec<[u32; 2]>,
    /// When it opened, in seconds.
    openings: Vec<f64>,
    /// The longest time with callers and without an admission after the first opening, in seconds: open times apart.
    longest: f64,
}

struct Backend {
    load: f64,
    seen: f64,
}

const OFFERED: f64 = 100.0;
const BEARS: f64 = 20.0;
const ANSWERS_AFTER: Duration = Duration::from_millis(20);
const MINUTES: usize = 60;
const STRETCH: f64 = 10.0;
const STRETCHES: usize = MINUTES * 6;
/// The last third of the hour: what is settled by then.
const SETTLED: usize = STRETCHES * 2 / 3;

pub(super) fn run(seed: u64) -> Result<Findings, ConfigError> {
    let on_off = Limits::new(5, Duration::from_secs(5), 1)?;
    let ramp = on_off.with_ramp(Ramp::new());
    let courses = [("on/off", on_off), ("ramp", ramp)];
    let courses = courses.map(|(name, limits)| (name, course(&limits, seed)));
    let mut figures = Vec::new();
    for (name, course) in &courses {
        course.tell(name, &mut figures);
    }
    let panels = courses.map(|(name, course)| course.panel(name));
    Ok(Findings {
        seed,
        figures,
        plot: Plot {
            title: format!("100 calls a second, a backend that bears 20 (seed {seed})"),
            time: "minutes".to_owned(),
            panels: panels.into(),
        },
    })
}

fn course(limits: &Limits, seed: u64) -> Course {
    let (breaker, clock) = (Breaker::seeded(seed), ManualClock::new());
    let mut gaps = SplitMix64::new(seed);
    let mut backend = Backend {
        load: 0.0,
        seen: 0.0,
    };
    let mut out: VecDeque<(Tick, Ticket, Outcome)> = VecDeque::new();
    let mut course = Course {
        stretches: vec![[0; 2]; STRETCHES],
        openings: Vec::new(),
        longest: 0.0,
    };
    let (mut now, mut admitted) = (0.0, 0.0);
    loop {
        now -= (1.0 - gaps.unit()).ln() / OFFERED;
        let stretch = (now / STRETCH) as usize;
        if stretch >= STRETCHES {
            return course;
        }
        let arrival = Tick::ZERO.after(Duration::from_secs_f64(now));
        while let Some((at, ..)) = out.front()
            && *at <= arrival
        {
            let (at, ticket, outcome) = out.pop_front().expect("there is one");
            clock.set(at);
            let report = breaker.report(ticket, outcome, limits, &clock);
            if report
                .transition
                .is_some_and(|change| change.to == State::Open)
            {
                course.openings.push(at.as_nanos() as f64 / 1e9);
            }
        }
        clock.set(arrival);
        match breaker.admit(limits, &clock) {
            Admission::Admitted(ticket) | Admission::Probe { ticket, .. } => {
                let is_well = backend.bears(now);
                course.stretches[stretch][usize::from(!is_well)] += 1;
                let outcome = if is_well {
                    Outcome::Success
                } else {
                    Outcome::Failure
                };
                out.push_back((arrival.after(ANSWERS_AFTER), ticket, outcome));
                admitted = now;
            }
            Admission::Rejected(rejected) if rejected.state == State::Open => admitted = now,
            Admission::Rejected(_) => course.longest = course.longest.max(now - admitted),
        }
    }
}

// === impl Backend ===

impl Backend {
    /// A call comes: whether it is answered well.
    fn bears(&mut self, now: f64) -> bool {
        self.load = self.load * (self.seen - now).exp() + 1.0;
        self.seen = now;
        self.load <= BEARS
    }
}

// === impl Course ===

impl Course {
    fn tell(&self, name: &str, figures: &mut Vec<Figure>) {
        let settled = &self.stretches[SETTLED..];
        let sum = |of: usize| {
            settled
                .iter()
                .map(|calls| f64::from(calls[of]))
                .sum::<f64>()
        };
        let (well, failed) = (sum(0), sum(1));
        let seconds = settled.len() as f64 * STRETCH;
        let begun = SETTLED as f64 * STRETCH;
        let late = self.openings.iter().filter(|at| **at >= begun).count();
        let mut tell = |what: &str, value| {
            let what = format!("{name}: {what}");
            figures.push(Figure { what, value });
        };
        tell("openings in the hour", self.openings.len() as f64);
        tell("openings in its last third", late as f64);
        tell("calls answered a second, last third", well / seconds);
        tell(
            "share of calls that failed, last third",
            failed / (well + failed),
        );
        tell("longest wait for an admission, not open, s", self.longest);
    }

    fn panel(&self, name: &str) -> Panel {
        let line = |name: &str, of: usize| Line {
            name: name.to_owned(),
            points: (0_u32..)
                .zip(&self.stretches)
                .map(|(n, calls)| {
                    let minutes = (f64::from(n) + 0.5) * STRETCH / 60.0;
                    (minutes, f64::from(calls[of]) / STRETCH)
                })
                .collect(),
        };
        Panel {
            values: format!("{name}: calls a second"),
            lines: vec![line("answered", 0), line("failed", 1)],
        }
    }
}
