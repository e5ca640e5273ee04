//! The law: what is free, in flight and in line adds up after every operation, as a plain list of calls says it must.

use std::collections::VecDeque;
use std::sync::Arc;

use super::drive::{Seeded, Wakes};
use super::*;

const STEP: Duration = Duration::from_secs(6);
const OPERATIONS: u32 = 100_000;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// In line; with the time of its first poll.
    Waiting(Option<Duration>),
    /// Its turn came and it does not know yet.
    Granted(Option<Duration>),
    Running,
}

struct Alive {
    number: u64,
    call: Call<Queueing>,
    gate: Gate,
    stage: Stage,
    wakes: Arc<Wakes>,
    waker: std::task::Waker,
}

/// The bulkhead, and beside it what it should be.
struct Twin {
    rig: Line,
    places: usize,
    limit: usize,
    alive: Vec<Alive>,
    line: VecDeque<u64>,
    calls: u64,
    now: Duration,
    /// How often each end was met: answered, cancelled, timed out, turned away.
    ends: [u32; 4],
}

#[test]
fn s01_hc49_free_and_in_flight_and_in_line_add_up_through_random_operations() {
    for seed in 0..3 {
        let mut dice = Seeded::new(seed);
        let mut twin = Twin::new(1 + dice.below(4), 1 + dice.below(6));
        for _ in 0..OPERATIONS / 3 + 1 {
            twin.operate(&mut dice);
            twin.compare();
        }
        for (end, times) in twin.ends.iter().enumerate() {
            assert!(*times > 100, "end {end} was met {times} times");
        }
        twin.close();
    }
}

// === impl Twin ===

impl Twin {
    fn new(limit: usize, places: usize) -> Self {
        Self {
            rig: Line::new(limit, places),
            places,
            limit,
            alive: Vec::new(),
            line: VecDeque::new(),
            calls: 0,
            now: Duration::ZERO,
            ends: [0; 4],
        }
    }

    fn operate(&mut self, dice: &mut Seeded) {
        let pick = dice.below(self.alive.len().max(1));
        match dice.below(16) {
            0..5 => self.call(),
            5..8 if !self.alive.is_empty() => self.poll(pick),
            8..11 if !self.alive.is_empty() => {
                self.alive[pick].gate.answer();
                self.poll(pick);
            }
            11 if !self.alive.is_empty() => {
                self.ends[1] += 1;
                self.remove(pick);
            }
            13 if dice.below(4) == 0 => {
                self.limit = dice.below(6);
                self.rig.layer.resize(self.limit).unwrap();
                self.hand_over();
            }
            14 | 15 => {
                self.now += STEP;
                self.rig.timer.advance(STEP);
            }
            _ => {}
        }
    }

    fn call(&mut self) {
        let gate = Gate::new();
        let mut call = self.rig.call(Ask::At(gate.clone()));
        let in_flight = self.in_flight();
        let stage = if in_flight < self.limit && self.line.is_empty() {
            Stage::Running
        } else if self.taken() < self.places {
            self.line.push_back(self.calls);
            Stage::Waiting(None)
        } else {
            self.ends[3] += 1;
            let Poll::Ready(Err(ResilienceError::Bulkhead {
                in_flight: told,
                max,
                ..
            })) = poll(&mut call)
            else {
                panic!("let in beside {in_flight} of {}", self.limit)
            };
            assert_eq!((told, max), (in_flight, self.limit));
            return;
        };
        assert_eq!(gate.began(), stage == Stage::Running);
        let (wakes, waker) = Wakes::new();
        self.alive.push(Alive {
            number: self.calls,
            call,
            gate,
            stage,
            wakes,
            waker,
        });
        self.calls += 1;
    }

    fn poll(&mut self, index: usize) {
        let now = self.now;
        let alive = &mut self.alive[index];
        let answer = poll_with(&mut alive.call, &alive.waker);
        match alive.stage {
            Stage::Waiting(Some(since)) if now - since >= WAIT => {
                let Poll::Ready(Err(ResilienceError::BulkheadTimeout { waited, .. })) = answer
                else {
                    panic!("its time was over: {answer:?}")
                };
                assert_eq!(waited, now - since);
                self.ends[2] += 1;
                self.remove(index);
                return;
            }
            Stage::Waiting(since) => {
                alive.stage = Stage::Waiting(since.or(Some(now)));
                assert!(!alive.gate.began());
            }
            Stage::Granted(_) => {
                alive.stage = Stage::Running;
                assert!(alive.gate.began());
            }
            Stage::Running => {}
        }
        if answer.is_ready() {
            assert_eq!(answer, Poll::Ready(Ok(())));
            assert_eq!(alive.stage, Stage::Running);
            self.ends[0] += 1;
            // The call is done: its permit is free before its future is dropped.
            let done = self.alive.swap_remove(index);
            self.hand_over();
            self.compare();
            drop(done);
        }
    }

    fn remove(&mut self, index: usize) {
        let gone = self.alive.swap_remove(index);
        self.line.retain(|number| *number != gone.number);
        drop(gone);
        self.hand_over();
    }

    fn hand_over(&mut self) {
        while self.in_flight() < self.limit
            && let Some(number) = self.line.pop_front()
        {
            for alive in &mut self.alive {
                if alive.number == number
                    && let Stage::Waiting(since) = alive.stage
                {
                    alive.stage = Stage::Granted(since);
                    // Who was polled before is woken now.
                    assert_eq!(alive.wakes.count() > 0, since.is_some());
                }
            }
        }
    }

    fn in_flight(&self) -> usize {
        let waits = |alive: &&Alive| !matches!(alive.stage, Stage::Waiting(_));
        self.alive.iter().filter(waits).count()
    }

    /// Places in line: those who wait, and those who do not know of their turn.
    fn taken(&self) -> usize {
        let sits = |alive: &&Alive| alive.stage != Stage::Running;
        self.alive.iter().filter(sits).count()
    }

    fn compare(&self) {
        let in_flight = self.in_flight();
        let free = self.limit.saturating_sub(in_flight);
        assert_eq!(self.rig.now(), (in_flight, free, self.taken()));
        assert!(free == 0 || self.line.is_empty());
        let armed = self.alive.iter().filter(|alive| match alive.stage {
            Stage::Waiting(since) | Stage::Granted(since) => {
                since.is_some_and(|since| self.now - since < WAIT)
            }
            Stage::Running => false,
        });
        assert_eq!(self.rig.timer.armed(), armed.count());
    }

    /// The end: who waits is told, who had a turn keeps it, and nothing is left.
    fn close(mut self) {
        self.rig.layer.close();
        for alive in &mut self.alive {
            let answer = poll(&mut alive.call);
            let told = matches!(answer, Poll::Ready(Err(ResilienceError::BulkheadClosed)));
            assert_eq!(told, matches!(alive.stage, Stage::Waiting(_)));
        }
        self.alive.clear();
        let Line {
            layer,
            timer,
            backend,
            ..
        } = &self.rig;
        assert_eq!(
            (layer.in_flight(), layer.waiting(), timer.armed()),
            (0, 0, 0)
        );
        assert_eq!(backend.running(), 0);
    }
}
