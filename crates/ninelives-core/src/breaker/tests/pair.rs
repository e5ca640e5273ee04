//! The breaker and the naive one, side by side: every input goes to both, and everything that can be seen is compared.

use std::vec::Vec;

use super::naive::{Answer, Mode, Naive, Now, Slip};
use super::*;
use crate::rng::SharedRng;

#[derive(Clone, Copy, Debug)]
pub(super) enum Input {
    Admit,
    /// The oldest ticket, or the newest.
    Report(bool, Outcome),
    Abandon(bool),
    Wait(u64),
    Back(u64),
    Trip,
    /// By the oldest ticket.
    TripUnder,
    Reset,
    ForceOpen,
    ForceClosed,
    Disable,
    Limits(Limits),
    /// What chance says from now on.
    Seed(u64),
}

/// Both breakers, and the tickets that are out.
pub(super) struct Pair {
    rig: Rig,
    naive: Naive,
    tickets: Vec<(Ticket, Slip)>,
    /// The changes of state that were reported, by their two ends.
    pub(super) changes: [[u32; 8]; 8],
}

// === impl Pair ===

impl Pair {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            rig: Rig {
                limits,
                ..Rig::new(1, SECOND, 1)
            },
            naive: Naive::new(),
            tickets: Vec::new(),
            changes: [[0; 8]; 8],
        }
    }

    /// A copy: the word, the clock, and tickets that are each used once in each copy.
    pub(super) fn fork(&self) -> Self {
        let breaker = Breaker::with(self.rig.breaker.word(), 0);
        let mut copy = Self::new(self.rig.limits);
        copy.rig.breaker = breaker;
        copy.rig.clock.now.set(self.rig.clock.now.get());
        copy.rig.seed.set(self.rig.seed.get());
        copy.naive = self.naive.clone();
        copy.tickets = self.tickets.iter().map(|(t, s)| (t.twin(), *s)).collect();
        copy
    }

    pub(super) fn run(&mut self, input: Input) {
        let limits = self.rig.limits;
        let now = Now {
            limits: &limits,
            nanos: u128::from(self.rig.clock.now.get()),
            random: SharedRng::from_seed(self.rig.seed.get()).next(),
        };
        let before = self.naive.state();
        let change = match input {
            Input::Admit => self.admit(now),
            Input::Report(oldest, outcome) => self.give_back(oldest, Some(outcome), now),
            Input::Abandon(oldest) => self.give_back(oldest, None, now),
            Input::Wait(nanos) => {
                self.rig.clock.pass(Duration::from_nanos(nanos));
                None
            }
            Input::Back(nanos) => {
                let now = self.rig.clock.now.get();
                self.rig.clock.now.set(now.saturating_sub(nanos));
                None
            }
            Input::Trip => {
                self.naive.trip(now);
                self.rig.trip()
            }
            Input::TripUnder => self.tickets.first().and_then(|(ticket, slip)| {
                self.naive.trip_under(*slip, now);
                self.rig.trip_under(ticket)
            }),
            Input::Reset => {
                self.naive.reset(now.nanos);
                self.rig.reset()
            }
            Input::ForceOpen => {
                self.naive.force(Mode::ForcedOpen);
                self.rig.breaker.force_open()
            }
            Input::ForceClosed => {
                self.naive.force(Mode::ForcedClosed);
                self.rig.breaker.force_closed()
            }
            Input::Disable => {
                self.naive.force(Mode::Disabled);
                self.rig.breaker.disable()
            }
            Input::Limits(limits) => {
                self.rig.limits = limits;
                None
            }
            Input::Seed(seed) => {
                self.rig.seed.set(seed);
                None
            }
        };
        let after = self.naive.state();
        let expected = (before != after).then_some(Transition {
            from: before,
            to: after,
        });
        assert_eq!(change, expected, "the transition of {input:?}");
        if let Some(Transition { from, to }) = change {
            self.changes[from as usize][to as usize] += 1;
        }
        self.compare();
    }

    fn admit(&mut self, now: Now<'_>) -> Option<Transition> {
        let word = self.rig.breaker.word();
        let would = self.rig.breaker.would_admit(now.limits, &self.rig.clock);
        assert_eq!(self.rig.breaker.word(), word);
        let by_chance = self.naive.state() == State::Ramping;
        let (answer, slip) = self.naive.admit(now);
        let (seen, ticket, change) = match self.rig.admit() {
            Admission::Admitted(ticket) => (Answer::Pass, Some(ticket), None),
            Admission::Probe { ticket, transition } => {
                let changed = transition.is_some();
                (Answer::Probe { changed }, Some(ticket), transition)
            }
            Admission::Rejected(rejected) => {
                let expected = if by_chance { Ok(()) } else { Err(rejected) };
                assert_eq!(would, expected);
                assert_eq!(rejected.state, self.naive.state());
                let rest = rejected.retry_after.map(|rest| rest.as_nanos());
                (Answer::Refused { rest }, None, None)
            }
        };
        assert_eq!(seen, answer);
        assert_eq!(would.is_ok(), by_chance || ticket.is_some());
        self.tickets.extend(ticket.zip(slip));
        change
    }

    fn give_back(
        &mut self,
        oldest: bool,
        outcome: Option<Outcome>,
        now: Now<'_>,
    ) -> Option<Transition> {
        let index = if oldest {
            0
        } else {
            self.tickets.len().checked_sub(1)?
        };
        if self.tickets.is_empty() {
            return None;
        }
        let (ticket, slip) = self.tickets.remove(index);
        let (late, changed) = self.naive.report(slip, outcome, now);
        let report = match outcome {
            Some(outcome) => self.rig.report(ticket, outcome),
            None => self.rig.breaker.abandon(ticket),
        };
        assert_eq!(report.late, late, "late: {slip:?} {outcome:?}");
        assert_eq!(report.transition.is_some(), changed);
        report.transition
    }

    fn compare(&self) {
        let view = self.rig.view();
        assert_eq!(view.state, self.naive.state());
        assert_eq!(view.openings, self.naive.openings);
        let counts = match &self.naive.mode {
            Mode::Closed { failures, .. } => [*failures, 0, 0, 0, 0, 0, 0, 0],
            Mode::Trying(probes) => [0, probes.out, probes.won, probes.lost, 0, 0, 0, 0],
            Mode::Ramping(stage) => {
                let number = stage.number as u32 + 1;
                [0, 0, 0, 0, number, stage.well, stage.failed, stage.setbacks]
            }
            _ => [0; 8],
        };
        let seen = [
            view.failures,
            view.probes_out,
            view.won,
            view.lost,
            view.stage,
            view.stage_well,
            view.stage_failed,
            view.setbacks,
        ];
        assert_eq!(seen, counts);
        for (ticket, slip) in &self.tickets {
            let current = self.naive.is_current(*slip);
            assert_eq!(self.rig.breaker.is_current(ticket), current, "{slip:?}");
        }
    }
}

pub(super) fn limits_of(threshold: u32, open_for: u64, probes: u32, lease: u64) -> Limits {
    let limits = Limits::new(threshold.max(1), Duration::from_nanos(open_for), probes)
        .and_then(|limits| limits.with_lease(Duration::from_nanos(lease)))
        .expect("the generator keeps to the ranges");
    if threshold == 0 {
        limits.without_threshold()
    } else {
        limits
    }
}

// === impl Ticket ===

impl Ticket {
    /// The same ticket for a copy of its breaker.
    fn twin(&self) -> Self {
        Self {
            id: self.id,
            granted: self.granted,
        }
    }
}
