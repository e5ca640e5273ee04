//! Stops of one thread, and whether the other one goes on.

use std::fmt;
use std::hint::spin_loop;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::ptrace::Options;

use super::args::Job;
use super::proc::Process;
use super::trace::{resume, seize, stop};
use super::{Kind, Subject, Trouble};
use crate::rng::SplitMix64;

/// What came of the stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stalls {
    /// Stops.
    pub(super) stops: u64,
    /// Those during which the peer did nothing.
    pub(super) blocked: u64,
    /// Those during which the peer had no processor: not judged.
    pub(super) starved: u64,
}

/// Operations that the peer must do while the other one stands.
const OPERATIONS: u64 = 200;
/// How long a peer does nothing before it is looked at.
const PATIENCE: Duration = Duration::from_millis(400);
/// Hundredths of a second of a processor within which a peer that only spins is found out.
const RAN: u64 = 5;
/// How long a peer may do nothing for want of a processor.
const STARVED: Duration = Duration::from_secs(10);
/// The longest time between two stops, in turns of a loop.
const APART: u64 = 30_000;
/// Stops of a control that are enough.
const CAUGHT: u64 = 3;

/// Stops each of the threads in turn.
pub(super) fn look(
    job: &Job,
    subject: &Subject,
    random: &mut SplitMix64,
) -> Result<Stalls, Trouble> {
    let mut process = Process::start(subject, None)?;
    for thread in process.threads {
        seize(thread, Options::PTRACE_O_EXITKILL)?;
    }
    process.begin()?;
    // They begin together: whoever were stopped before that would be waited for.
    while process.done()?.contains(&0) {
        thread::sleep(Duration::from_millis(1));
    }
    let mut stalls = Stalls::default();
    let is_control = matches!(subject.kind, Kind::Sleeps | Kind::Spins);
    for nth in 0..job.stops {
        for _ in 0..random.next() % APART {
            spin_loop();
        }
        let victim = (nth % 2) as usize;
        stop(process.threads[victim]).map_err(Trouble::Lost)?;
        stalls.add(watch(&mut process, 1 - victim)?);
        resume(process.threads[victim]).map_err(Trouble::Lost)?;
        if is_control && stalls.blocked == CAUGHT {
            break;
        }
    }
    Ok(stalls)
}

/// How a stop went.
enum Seen {
    WentOn,
    Blocked,
    Starved,
}

/// Looks at the peer until it has done enough, or shows that it does not.
fn watch(process: &mut Process, peer: usize) -> Result<Seen, Trouble> {
    let first = process.done()?[peer];
    let (mut last, mut moved) = (first, Instant::now());
    let mut before = process.standing(process.threads[peer])?;
    loop {
        let done = process.done()?[peer];
        if done - first >= OPERATIONS {
            return Ok(Seen::WentOn);
        }
        let now = process.standing(process.threads[peer])?;
        if done != last {
            (last, moved, before) = (done, Instant::now(), now);
        }
        let idle = moved.elapsed();
        if idle > PATIENCE && (now.asleep || now.ran >= before.ran + RAN) {
            return Ok(Seen::Blocked);
        }
        if idle > STARVED {
            return Ok(Seen::Starved);
        }
        if idle > Duration::from_millis(1) {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

// === impl Stalls ===

impl Stalls {
    fn add(&mut self, seen: Seen) {
        self.stops += 1;
        match seen {
            Seen::WentOn => {}
            Seen::Blocked => self.blocked += 1,
            Seen::Starved => self.starved += 1,
        }
    }

    /// Whether the peer went on each time, or had no processor in one of a hundred at most.
    pub(super) const fn are_free(&self) -> bool {
        self.blocked == 0 && self.starved * 100 <= self.stops
    }
}

impl fmt::Display for Stalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>5} stops, {} blocked", self.stops, self.blocked)?;
        match self.starved {
            0 => Ok(()),
            some => write!(f, ", {some} without a processor"),
        }
    }
}
