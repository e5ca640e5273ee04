//! Breakers, one operation after the other, and threads that use a real one.
//!
//! The time of an operation is its argument: each thread has a clock of its own, which only goes forward.

use std::thread;
use std::time::Duration;

use ninelives_core::breaker::{
    self, Admission, Breaker, Limits, Outcome, Report, Ticket, Transition,
};
use ninelives_core::time::{Clock, Tick};

use crate::record::Worker;
use crate::search::Machine;

/// What a breaker is.
pub struct Sequential {
    pub threshold: u32,
    pub open_for: u64,
    pub probes: u32,
    pub needed: u32,
}

/// What it knows: in which stage it is, which turn that is, and of which turn each ticket is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    stage: Stage,
    turn: u32,
    tickets: Vec<(u32, Option<u32>)>,
}

/// A stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    Closed { failures: u32 },
    Open { until: u64 },
    HalfOpen { out: u32, won: u32, lost: u32 },
    ForcedOpen,
    ForcedClosed,
}

#[derive(Clone, Debug)]
pub enum Op {
    Admit {
        who: u32,
        at: u64,
        got: Got,
    },
    Report {
        who: u32,
        at: u64,
        outcome: Outcome,
        said: Report,
    },
    Abandon {
        who: u32,
        said: Report,
    },
    Trip {
        at: u64,
        said: Option<Transition>,
    },
    Reset {
        said: Option<Transition>,
    },
    ForceOpen {
        said: Option<Transition>,
    },
    ForceClosed {
        said: Option<Transition>,
    },
    Look {
        state: breaker::State,
    },
}

/// What became of a call that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Got {
    Admitted,
    Probe { said: Option<Transition> },
    Rejected { by: breaker::State },
}

/// The time of one operation, in seconds. Whoever asks may have to wait: operations ask between their look at the word and their swap.
pub struct At {
    pub time: u64,
    pub yields: bool,
}

const OPERATIONS: usize = if cfg!(miri) { 4 } else { 7 };

// === impl Sequential ===

impl Sequential {
    /// The settings of the real one.
    pub fn limits(&self) -> Limits {
        let open_for = Duration::from_secs(self.open_for);
        let limits = Limits::new(self.threshold, open_for, self.probes);
        limits
            .and_then(|limits| limits.with_needed(self.needed))
            // No lease ends within a run.
            .and_then(|limits| limits.with_lease(Duration::from_secs(1_000)))
            .expect("in range")
    }

    fn opened(&self, at: u64) -> Stage {
        let until = at + self.open_for;
        Stage::Open { until }
    }

    fn admit(&self, state: &mut State, at: u64) -> (Got, Option<Option<u32>>) {
        let by = state.stage.name();
        let probe = |said| Got::Probe { said };
        match state.stage {
            Stage::Closed { .. } => (Got::Admitted, Some(Some(state.turn))),
            Stage::ForcedClosed => (Got::Admitted, Some(None)),
            Stage::Open { until } if at >= until => {
                let said = state.goes(Stage::HalfOpen {
                    out: 1,
                    won: 0,
                    lost: 0,
                });
                (probe(said), Some(Some(state.turn)))
            }
            Stage::HalfOpen { out, won, lost } if out == 0 || out + won + lost < self.probes => {
                let out = out + 1;
                state.stage = Stage::HalfOpen { out, won, lost };
                (probe(None), Some(Some(state.turn)))
            }
            Stage::Open { .. } | Stage::HalfOpen { .. } | Stage::ForcedOpen => {
                (Got::Rejected { by }, None)
            }
        }
    }

    fn report(&self, state: &mut State, outcome: Outcome, at: u64) -> Option<Transition> {
        let failed = matches!(outcome, Outcome::Failure);
        match state.stage {
            Stage::Closed { failures } if failed && failures + 1 >= self.threshold => {
                state.goes(self.opened(at))
            }
            Stage::Closed { failures } => {
                let failures = match outcome {
                    Outcome::Success => 0,
                    _ => failures + u32::from(failed),
                };
                state.stage = Stage::Closed { failures };
                None
            }
            Stage::HalfOpen {
                out,
                mut won,
                mut lost,
            } => {
                won += u32::from(outcome == Outcome::Success);
                lost += u32::from(failed);
                let out = out - 1;
                state.stage = Stage::HalfOpen { out, won, lost };
                if lost + self.needed > self.probes {
                    state.goes(self.opened(at))
                } else if won >= self.needed {
                    state.goes(Stage::Closed { failures: 0 })
                } else {
                    None
                }
            }
            Stage::Open { .. } | Stage::ForcedOpen | Stage::ForcedClosed => {
                unreachable!("it gives no tickets that count")
            }
        }
    }

    /// What a ticket that comes back does: nothing when its turn is over.
    fn returned(&self, state: &mut State, who: u32, outcome: Outcome, at: u64) -> Option<Report> {
        let place = state.tickets.iter().position(|(owner, _)| *owner == who)?;
        let (late, transition) = match state.tickets.remove(place).1 {
            None => (false, None),
            Some(turn) if turn != state.turn => (true, None),
            Some(_) => (false, self.report(state, outcome, at)),
        };
        Some(Report { late, transition })
    }
}

impl Machine for Sequential {
    type State = State;
    type Op = Op;

    fn first(&self) -> State {
        State {
            stage: Stage::Closed { failures: 0 },
            turn: 0,
            tickets: Vec::new(),
        }
    }

    fn after(&self, state: &State, op: &Op) -> Vec<State> {
        let mut state = state.clone();
        let legal = match *op {
            Op::Admit { who, at, got } => {
                let (answer, ticket) = self.admit(&mut state, at);
                state.tickets.extend(ticket.map(|turn| (who, turn)));
                answer == got
            }
            Op::Report {
                who,
                at,
                outcome,
                said,
            } => self.returned(&mut state, who, outcome, at) == Some(said),
            Op::Abandon { who, said } => {
                self.returned(&mut state, who, Outcome::Ignored, 0) == Some(said)
            }
            Op::Trip { at, said } => match &mut state.stage {
                Stage::Open { until } => {
                    *until = at + self.open_for;
                    said.is_none()
                }
                _ => state.goes(self.opened(at)) == said,
            },
            Op::Reset { said } => state.goes(Stage::Closed { failures: 0 }) == said,
            Op::ForceOpen { said } => state.is_forced(Stage::ForcedOpen) == said,
            Op::ForceClosed { said } => state.is_forced(Stage::ForcedClosed) == said,
            Op::Look { state: seen } => state.stage.name() == seen,
        };
        if legal { vec![state] } else { Vec::new() }
    }
}

// === impl State ===

impl State {
    /// A turn ends: tickets of before are late.
    fn goes(&mut self, stage: Stage) -> Option<Transition> {
        let (from, to) = (self.stage.name(), stage.name());
        self.stage = stage;
        self.turn += 1;
        (from != to).then_some(Transition { from, to })
    }

    fn is_forced(&mut self, stage: Stage) -> Option<Transition> {
        if self.stage == stage {
            return None;
        }
        self.goes(stage)
    }
}

// === impl Stage ===

impl Stage {
    const fn name(self) -> breaker::State {
        match self {
            Self::Closed { .. } => breaker::State::Closed,
            Self::Open { .. } => breaker::State::Open,
            Self::HalfOpen { .. } => breaker::State::HalfOpen,
            Self::ForcedOpen => breaker::State::ForcedOpen,
            Self::ForcedClosed => breaker::State::ForcedClosed,
        }
    }
}

// === impl Got ===

impl Got {
    /// An answer, and the ticket that came with it.
    pub fn of(admission: Admission) -> (Self, Option<Ticket>) {
        match admission {
            Admission::Admitted(ticket) => (Self::Admitted, Some(ticket)),
            Admission::Probe { ticket, transition } => {
                (Self::Probe { said: transition }, Some(ticket))
            }
            Admission::Rejected(rejected) => (Self::Rejected { by: rejected.state }, None),
        }
    }
}

// === impl At ===

impl Clock for At {
    fn now(&self) -> Tick {
        if self.yields {
            thread::yield_now();
        }
        Tick::from_nanos(self.time * 1_000_000_000)
    }
}

// === threads ===

/// Uses a breaker.
pub fn uses(breaker: &Breaker, limits: &Limits, worker: &mut Worker<'_, Op>) {
    let (mut tickets, mut numbers, mut at) = (Vec::new(), 0, 10);
    for _ in 0..OPERATIONS {
        at += worker.draw(3);
        let clock = At {
            time: at,
            yields: worker.draw(2) == 0,
        };
        match worker.draw(32) {
            0..12 => {
                numbers += 1;
                let who = 100 * worker.who as u32 + numbers;
                worker.does(|| {
                    let (got, ticket) = Got::of(breaker.admit(limits, &clock));
                    tickets.extend(ticket.map(|ticket| (who, ticket)));
                    Op::Admit { who, at, got }
                });
            }
            12..26 => {
                let outcome = match worker.draw(8) {
                    0..3 => Outcome::Success,
                    7 => Outcome::Ignored,
                    _ => Outcome::Failure,
                };
                if let Some((who, ticket)) = tickets.pop() {
                    worker.does(|| {
                        let said = breaker.report(ticket, outcome, limits, &clock);
                        Op::Report {
                            who,
                            at,
                            outcome,
                            said,
                        }
                    });
                }
            }
            26 | 27 => {
                if let Some((who, ticket)) = tickets.pop() {
                    worker.does(|| {
                        let said = breaker.abandon(ticket);
                        Op::Abandon { who, said }
                    });
                }
            }
            28 => worker.does(|| {
                let said = breaker.trip(limits, &clock);
                Op::Trip { at, said }
            }),
            29 => worker.does(|| Op::Reset {
                said: breaker.reset(&clock),
            }),
            30 if worker.draw(4) == 0 => worker.does(|| Op::ForceOpen {
                said: breaker.force_open(),
            }),
            30 if worker.draw(4) == 0 => worker.does(|| Op::ForceClosed {
                said: breaker.force_closed(),
            }),
            _ => worker.does(|| Op::Look {
                state: breaker.state(),
            }),
        }
    }
}
