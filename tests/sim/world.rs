//! One run: clients, policies, a backend and a clock, all moved by one thread in an order that is drawn.

mod look;

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use ninelives::bulkhead::Priority;
use ninelives::prelude::*;
use ninelives::registry::{PolicyHandle, Registry, RegistryError};
use ninelives::{Carried, Deadline};

use crate::backend::{Backend, PANIC};
use crate::drive::Seeded;
use crate::order::{Call, End, Order};
use crate::stacks::{KINDS, Site, Stack};
use crate::tally::Tally;
use crate::tasks::{Flag, Task, make};
use crate::trace::Trace;
use crate::values::COMMANDS;
use crate::{MOST, Plant, ms, values};

/// A run.
pub struct World {
    draws: Seeded,
    timer: ManualTimer,
    backend: Backend,
    registry: Registry,
    stacks: Vec<Stack>,
    tasks: Vec<Task>,
    next: u64,
    wakes: Rc<Cell<u64>>,
    passed: bool,
    plant: Option<Plant>,
    pub tally: Tally,
    pub trace: Trace,
}

/// A law that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub seed: u64,
    pub step: usize,
    pub what: String,
}

/// Calls that are out at a time.
const CROWD: usize = 24;
/// Steps after the last call has begun.
const TAIL: usize = 400;

// === impl World ===

impl World {
    pub fn new(seed: u64, plant: Option<Plant>, told: bool) -> Self {
        let mut draws = Seeded::new(seed);
        let (timer, registry) = (ManualTimer::new(), Registry::new());
        let tally = Tally::new(&timer);
        let backend = Backend::new(seed ^ 0x5eed, &timer);
        let first = draws.below(KINDS.len());
        let mut site = Site {
            draws: &mut draws,
            timer: &timer,
            tally: &tally,
            registry: &registry,
            backend: &backend,
            plant,
        };
        // Two neighbours in the list of kinds.
        let kinds = KINDS.iter().cycle().skip(first).take(2);
        let built = kinds.map(|build| build(&mut site).unwrap());
        let stacks = built.collect();
        Self {
            draws,
            timer,
            backend,
            registry,
            stacks,
            tasks: Vec::new(),
            next: 0,
            wakes: Rc::default(),
            passed: false,
            plant,
            tally,
            trace: Trace::new(told),
        }
    }

    /// So many steps, and then until nobody is out; every law after every step.
    pub fn run(&mut self, seed: u64, steps: usize) -> Result<(), Breach> {
        for step in 0..steps + TAIL {
            self.step(step < steps);
            let looked = self.look();
            looked.map_err(|what| Breach { seed, step, what })?;
            if step >= steps && self.tasks.is_empty() {
                break;
            }
        }
        self.trace
            .note(format_args!("{} are given up", self.tasks.len()));
        self.tasks.clear();
        let step = steps + TAIL;
        let end = self.look().and_then(|()| self.rest());
        end.map_err(|what| Breach { seed, step, what })
    }

    /// Every count of every stack, for the figures of many runs.
    pub fn ends(&self, end: End) -> u64 {
        self.stacks.iter().map(|stack| stack.calls.of(end)).sum()
    }

    fn step(&mut self, begins: bool) {
        let woken = self.woken();
        match self.draws.below(100) {
            0..25 if begins && self.tasks.len() < CROWD => self.begin(),
            25..75 if !woken.is_empty() => {
                let chosen = woken[self.draws.below(woken.len())];
                self.poll(chosen);
            }
            // Nobody woke it: a future is polled whenever its owner likes.
            75..78 if !self.tasks.is_empty() => {
                let chosen = self.draws.below(self.tasks.len());
                self.poll(chosen);
            }
            78..80 if !self.tasks.is_empty() => {
                let chosen = self.draws.below(self.tasks.len());
                self.cancel(chosen);
            }
            80..83 => self.change(),
            83 => {
                let long = ms(200 + self.draws.below(3_000) as u64);
                self.pass(long);
            }
            84 if self.draws.below(20) == 0 => self.pass(ms(3_600_000)),
            _ if woken.is_empty() || self.draws.below(3) == 0 => {
                let short = ms(self.draws.below(12) as u64);
                self.pass(short);
            }
            _ => {
                let chosen = woken[self.draws.below(woken.len())];
                self.poll(chosen);
            }
        }
    }

    fn begin(&mut self) {
        let chosen = self.draws.below(self.stacks.len());
        let order = self.order();
        let low = order.priority == Priority::Low;
        let stack = &self.stacks[chosen];
        let call = Call::begin(&stack.calls);
        let leaks = self.plant == Some(Plant::Outcome) && self.draws.below(100) == 0;
        let call = make(stack.guarded(), order, call, leaks);
        self.trace
            .note(format_args!("{} begins: {}", self.next, stack.name));
        self.tasks.push(Task {
            call: Box::pin(call),
            flag: Flag::new(),
            number: self.next,
            stack: chosen,
            low,
            came: false,
        });
        self.next += 1;
    }

    fn order(&mut self) -> Order {
        let carried = match self.draws.below(3) {
            0 => {
                let rest = ms(self.draws.below(150) as u64);
                Carried::NOTHING.with_deadline(Deadline::after(self.timer.now(), rest))
            }
            _ => Carried::NOTHING,
        };
        let priorities = [
            Priority::Low,
            Priority::Normal,
            Priority::High,
            Priority::Critical,
        ];
        Order {
            weight: 1 + self.draws.below(4),
            priority: priorities[self.draws.below(4)],
            carried,
        }
    }

    fn poll(&mut self, chosen: usize) {
        // Whoever waits and was told that it is too heavy by now is passed, and woken.
        let alone = self.woken() == [chosen];
        let task = &mut self.tasks[chosen];
        let line = self.stacks[task.stack].line.as_ref();
        let newcomer = !std::mem::replace(&mut task.came, true);
        // A higher class may pass a lower one.
        let line = line.filter(|(_, classes)| newcomer && alone && (task.low || !classes));
        let before = line.map(|(line, _)| line());
        task.flag.lower();
        let waker = Waker::from(Arc::clone(&task.flag));
        let mut cx = Context::from_waker(&waker);
        // Unwind safety: a call that panicked is dropped here and now.
        let polled = catch_unwind(AssertUnwindSafe(|| task.call.as_mut().poll(&mut cx)));
        if let (Some((true, came)), Some((_, now))) = (before, line.map(|(line, _)| line())) {
            self.passed |= now > came;
        }
        let number = task.number;
        let end = match polled {
            Ok(Poll::Pending) => return self.trace.note(format_args!("{number} waits")),
            Ok(Poll::Ready(end)) => end,
            Err(payload) => {
                let planned = payload.downcast_ref::<&str>() == Some(&PANIC);
                assert!(planned, "a panic that nobody planned");
                End::Panicked
            }
        };
        self.trace.note(format_args!("{number} is over: {end:?}"));
        drop(self.tasks.swap_remove(chosen));
    }

    fn cancel(&mut self, chosen: usize) {
        let task = self.tasks.swap_remove(chosen);
        self.trace.note(format_args!("{} is dropped", task.number));
    }

    fn pass(&mut self, time: std::time::Duration) {
        self.trace.note(format_args!("{time:?} pass"));
        self.timer.advance(time);
        if self.plant == Some(Plant::Wake) {
            // A wake that never comes.
            let woken = self.woken();
            self.wakes.set(self.wakes.get() + woken.len() as u64);
            if let Some(last) = woken.last().filter(|_| self.wakes.get() % 7 == 3) {
                self.tasks[*last].flag.lower();
            }
        }
    }

    fn change(&mut self) {
        let policies = self.registry.policies();
        let chosen = self.draws.below(policies.len() + 1);
        let Some(policy) = policies.get(chosen) else {
            let stack = &self.stacks[self.draws.below(self.stacks.len())];
            let tried = self.draws.below(stack.shadows.len() + 1);
            if let Some(shadow) = stack.shadows.get(tried) {
                shadow(&mut self.draws);
                self.trace
                    .note(format_args!("shadow {tried} of {}", stack.name));
            }
            return;
        };
        let said = match self.tune(policy) {
            Ok(()) => "changed",
            Err(RegistryError::Parameter { .. } | RegistryError::NoPrevious { .. }) => "refused",
            Err(error) => panic!("{error}"),
        };
        self.trace.note(format_args!("{} {said}", policy.kind()));
    }

    fn tune(&mut self, policy: &PolicyHandle) -> Result<(), RegistryError> {
        let one = [values::draw(&mut self.draws, policy, MOST)];
        match self.draws.below(10) {
            0 => policy.rollback().map(drop),
            1 => {
                let lasts = ms(self.draws.below(60) as u64);
                policy.set_for(&one, lasts, self.timer.clone()).map(drop)
            }
            2..5 if policy.kind() == "circuit_breaker" => {
                policy.command(COMMANDS[self.draws.below(COMMANDS.len())])
            }
            _ => policy.set(&one).map(drop),
        }
    }

    /// The places of the tasks that are woken.
    fn woken(&self) -> Vec<usize> {
        let places = 0..self.tasks.len();
        places
            .filter(|place| self.tasks[*place].flag.is_up())
            .collect()
    }

    fn sum(&self, of: impl Fn(&Stack) -> u64) -> u64 {
        self.stacks.iter().map(of).sum()
    }
}

// === impl Breach ===

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, step, what } = self;
        write!(
            f,
            "seed {seed}, step {step}: {what}; NINELIVES_SEED={seed} runs it again"
        )
    }
}
