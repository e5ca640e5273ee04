//! The breaker as one would write it without words: plain fields, an epoch that never wraps, time that never wraps.

use super::*;

mod calls;
mod stages;

#[derive(Clone, Debug)]
pub(super) struct Naive {
    pub(super) mode: Mode,
    pub(super) openings: u32,
    epoch: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mode {
    Closed { failures: u32, since: u128 },
    Open { until: u128 },
    Trying(Trying),
    Ramping(Stage),
    Latched,
    ForcedOpen,
    ForcedClosed,
    Disabled,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trying {
    pub(super) out: u32,
    pub(super) won: u32,
    pub(super) lost: u32,
    granted: u128,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stage {
    pub(super) number: usize,
    pub(super) setbacks: u32,
    pub(super) well: u32,
    pub(super) failed: u32,
    /// The stage that failed.
    ceiling: Option<usize>,
    fell: bool,
    last: u128,
    end: u128,
}

/// What a step is given besides the input.
#[derive(Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) limits: &'a Limits,
    pub(super) nanos: u128,
    pub(super) random: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Slip {
    epoch: u64,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Call,
    Probe { at: u128 },
    Free,
}

#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Pass,
    Probe { changed: bool },
    Refused { rest: Option<u128> },
}

const NEVER: u128 = (1 << 45) * 1_000;

fn round_up(nanos: u128, to: u128) -> u128 {
    nanos.div_ceil(to) * to
}

// === impl Now ===

impl Now<'_> {
    fn longest(&self) -> u128 {
        let longest = self.limits.longest().as_nanos().min(NEVER - 1);
        (longest + self.spread(longest)).min(NEVER - 1)
    }

    fn spread(&self, nanos: u128) -> u128 {
        nanos * (self.limits.jitter() * 1e6).round() as u128 / 1_000_000
    }

    /// The time of the opening after `openings` others.
    fn open_for(&self, openings: u32) -> Option<u128> {
        let base = self.limits.open_for().as_nanos();
        if base >= NEVER {
            return None;
        }
        let factor = (self.limits.growth() * 1e6).round() as u128;
        let longest = self.limits.longest().as_nanos();
        let mut nanos = base;
        for _ in 0..openings {
            nanos = (nanos * factor / 1_000_000).min(longest);
        }
        let late = (self.spread(nanos) * (u128::from(self.random) + 1)) >> 64;
        Some((nanos + late).min(NEVER - 1))
    }
}

// === impl Naive ===

impl Naive {
    pub(super) fn new() -> Self {
        Self {
            mode: Mode::Closed {
                failures: 0,
                since: 0,
            },
            openings: 0,
            epoch: 0,
        }
    }

    pub(super) fn state(&self) -> State {
        match self.mode {
            Mode::Closed { .. } => State::Closed,
            Mode::Open { .. } => State::Open,
            Mode::Trying { .. } => State::HalfOpen,
            Mode::Ramping { .. } => State::Ramping,
            Mode::Latched => State::Latched,
            Mode::ForcedOpen => State::ForcedOpen,
            Mode::ForcedClosed => State::ForcedClosed,
            Mode::Disabled => State::Disabled,
        }
    }

    pub(super) fn trip(&mut self, now: Now<'_>) {
        let now = Now { random: 0, ..now };
        let others = self.openings.max(1) - 1;
        match (&self.mode, now.open_for(others)) {
            (Mode::Open { .. }, Some(nanos)) => {
                self.mode = Mode::Open {
                    until: round_up(now.nanos + nanos, 20_000),
                };
            }
            (Mode::Latched, None) => {}
            _ => self.open(now),
        }
    }

    pub(super) fn is_current(&self, slip: Slip) -> bool {
        slip.epoch == self.epoch
    }

    pub(super) fn trip_under(&mut self, slip: Slip, now: Now<'_>) {
        let closed = matches!(self.mode, Mode::Closed { .. });
        if slip.epoch == self.epoch && closed && !now.limits.is_metrics_only() {
            self.open(now);
        }
    }

    pub(super) fn reset(&mut self, now: u128) {
        self.openings = 0;
        self.close(now);
    }

    pub(super) fn force(&mut self, mode: Mode) {
        if self.mode != mode {
            self.openings = 0;
            self.enter(mode);
        }
    }

    fn open(&mut self, now: Now<'_>) {
        const UNIT: u128 = 2_000_000_000;
        if let Mode::Closed { since, .. } = self.mode
            && now.nanos / UNIT > since / UNIT + now.longest().div_ceil(UNIT)
        {
            self.openings = 0;
        }
        let open_for = now.open_for(self.openings);
        self.openings = (self.openings + 1).min(15);
        self.enter(match open_for {
            None => Mode::Latched,
            Some(nanos) => Mode::Open {
                until: round_up(now.nanos + nanos, 20_000),
            },
        });
    }

    fn close(&mut self, now: u128) {
        self.enter(Mode::Closed {
            failures: 0,
            since: now,
        });
    }

    fn try_again(&mut self, granted: u128) {
        self.enter(Mode::Trying(Trying {
            out: 1,
            won: 0,
            lost: 0,
            granted,
        }));
    }

    fn enter(&mut self, mode: Mode) {
        self.epoch += 1;
        self.mode = mode;
    }

    fn pass(&self, kind: Kind) -> (Answer, Option<Slip>) {
        let epoch = self.epoch;
        (Answer::Pass, Some(Slip { epoch, kind }))
    }
}

// === impl Slip ===

impl Slip {
    /// Of no epoch.
    const NONE: Self = Self {
        epoch: u64::MAX,
        kind: Kind::Free,
    };
}

// === impl Trying ===

impl Trying {
    fn has_room(&self, limits: &Limits) -> bool {
        self.out == 0 || self.out + self.won + self.lost < limits.probes()
    }
}
