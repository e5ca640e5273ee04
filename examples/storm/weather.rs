//! The storm: which phase it is, and what becomes of one attempt in it.
//!
//! Both upstreams ask the same two pure functions, so they go through the same weather. The phase depends on the
//! time since the start; all else depends on the seed, the request's index and the attempt alone.

use std::time::Duration;

use crate::rng::SplitMix64;

/// The share of attempts that are refused while the upstream is failing.
pub const FAILING_RATE: f64 = 0.9;
/// The share of attempts that are refused when it begins to recover; it decays to nothing.
pub const RECOVERING_RATE: f64 = 0.6;

/// What the upstream is going through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Answers in 2 to 8 ms.
    Healthy,
    /// Answers in 50 to 400 ms.
    Slow,
    /// Refuses nine attempts of ten with a quick 503.
    Failing,
    /// Accepts and never answers.
    Hanging,
    /// Answers in 2 to 30 ms and refuses ever fewer attempts.
    Recovering,
}

/// One phase and its place in the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// What the upstream goes through.
    pub phase: Phase,
    /// When it starts, from the start of the run.
    pub from: Duration,
    /// When it ends, from the start of the run.
    pub to: Duration,
}

/// The phases of a run in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    spans: Vec<Span>,
}

/// What becomes of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// 200 after this long.
    Answer(Duration),
    /// 503 after this long.
    Refuse(Duration),
    /// No answer until the client goes away.
    Hang,
}

// === impl Phase ===

impl Phase {
    /// Its name in the report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Slow => "slow",
            Self::Failing => "failing",
            Self::Hanging => "hanging",
            Self::Recovering => "recovering",
        }
    }

    /// Whether a well-behaved caller should leave the upstream alone now.
    pub const fn is_down(self) -> bool {
        matches!(self, Self::Failing | Self::Hanging)
    }
}

// === impl Forecast ===

impl Forecast {
    /// Where each phase ends, in percent of the run.
    const PLAN: [(Phase, u32); 6] = [
        (Phase::Healthy, 15),
        (Phase::Slow, 30),
        (Phase::Failing, 45),
        (Phase::Hanging, 60),
        (Phase::Recovering, 75),
        (Phase::Healthy, 100),
    ];

    /// The storm stretched over a run of this length.
    pub fn over(length: Duration) -> Self {
        let mut from = Duration::ZERO;
        let spans = Self::PLAN
            .into_iter()
            .map(|(phase, percent)| {
                let to = length * percent / 100;
                let span = Span { phase, from, to };
                from = to;
                span
            })
            .collect();
        Self { spans }
    }

    /// A run without a storm, against an upstream that has weather of its own.
    pub const fn unknown() -> Self {
        Self { spans: Vec::new() }
    }

    /// The phases in their order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The phase at this time and how much of it has passed, 0 to 1. Healthy once the run is over.
    pub fn at(&self, elapsed: Duration) -> (Phase, f64) {
        self.spans
            .iter()
            .find(|span| span.from <= elapsed && elapsed < span.to)
            .map_or((Phase::Healthy, 1.0), |span| {
                let passed = elapsed - span.from;
                (
                    span.phase,
                    passed.as_secs_f64() / (span.to - span.from).as_secs_f64(),
                )
            })
    }

    /// When the upstream came back from its last phase of being down.
    pub fn up_again(&self) -> Option<Duration> {
        self.spans
            .iter()
            .rev()
            .find(|span| span.phase.is_down())
            .map(|span| span.to)
    }
}

/// What becomes of an attempt that arrives `progress` of the way through `phase`.
pub fn fate(mut draws: SplitMix64, phase: Phase, progress: f64) -> Fate {
    let refused = draws.unit();
    let quick = millis(draws.between(1.0, 3.0));
    let healthy = millis(draws.between(2.0, 8.0));
    match phase {
        Phase::Healthy => Fate::Answer(healthy),
        Phase::Slow => Fate::Answer(millis(draws.between(50.0, 400.0))),
        Phase::Failing if refused < FAILING_RATE => Fate::Refuse(quick),
        Phase::Failing => Fate::Answer(healthy),
        Phase::Hanging => Fate::Hang,
        Phase::Recovering if refused < RECOVERING_RATE * (1.0 - progress).powi(2) => {
            Fate::Refuse(quick)
        }
        Phase::Recovering => Fate::Answer(millis(draws.between(2.0, 30.0 - 22.0 * progress))),
    }
}

fn millis(value: f64) -> Duration {
    Duration::from_secs_f64(value / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(phase: Phase, progress: f64) -> Vec<Fate> {
        (0..2000)
            .map(|index| fate(SplitMix64::of_attempt(42, index, 1), phase, progress))
            .collect()
    }

    fn refused(fates: &[Fate]) -> usize {
        fates
            .iter()
            .filter(|fate| matches!(fate, Fate::Refuse(_)))
            .count()
    }

    #[test]
    fn phases_follow_each_other_without_gap_and_fill_the_run() {
        let length = Duration::from_secs(20);
        let forecast = Forecast::over(length);
        let mut end = Duration::ZERO;
        for span in forecast.spans() {
            assert_eq!(span.from, end);
            assert!(span.to > span.from);
            end = span.to;
        }
        assert_eq!(end, length);
        assert_eq!(forecast.at(Duration::from_secs(10)).0, Phase::Hanging);
        assert_eq!(forecast.at(length).0, Phase::Healthy);
        assert_eq!(forecast.up_again(), Some(Duration::from_secs(12)));
    }

    #[test]
    fn an_attempt_meets_the_same_fate_for_the_same_seed_and_another_for_another() {
        let slow = |seed| fate(SplitMix64::of_attempt(seed, 9, 1), Phase::Slow, 0.5);
        assert_eq!(slow(1), slow(1));
        assert_ne!(slow(1), slow(2));
    }

    #[test]
    fn healthy_answers_in_two_to_eight_milliseconds_and_slow_in_fifty_to_four_hundred() {
        for (phase, low, high) in [(Phase::Healthy, 2, 8), (Phase::Slow, 50, 400)] {
            for fate in fates(phase, 0.5) {
                let Fate::Answer(after) = fate else {
                    panic!("{fate:?} while {phase:?}")
                };
                assert!(
                    after >= Duration::from_millis(low) && after <= Duration::from_millis(high),
                    "{after:?}"
                );
            }
        }
    }

    #[test]
    fn failing_refuses_nine_of_ten_and_hanging_never_answers() {
        let share = refused(&fates(Phase::Failing, 0.5));
        assert!((1740..1860).contains(&share), "{share} of 2000 refused");
        assert!(
            fates(Phase::Hanging, 0.5)
                .iter()
                .all(|fate| *fate == Fate::Hang)
        );
    }

    #[test]
    fn refusals_decay_while_recovering() {
        let counts = [0.0, 0.5, 1.0].map(|progress| refused(&fates(Phase::Recovering, progress)));
        assert!(counts[0] > counts[1] && counts[1] > 0, "{counts:?}");
        assert_eq!(counts[2], 0);
    }
}
