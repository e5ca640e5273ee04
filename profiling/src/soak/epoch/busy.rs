//! What goes on beside the load: settings change, threads come and go.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
use tokio::sync::watch;

use crate::rng::SplitMix64;
use crate::soak::faults::Faults;
use crate::soak::laws::Laws;
use crate::soak::stacks::Stack;
use crate::soak::tally::Tally;
use crate::soak::tuner::Tuner;

/// Changes settings until it is to stop.
pub async fn tune(
    mut tuner: Tuner,
    faults: Faults,
    stacks: [Arc<Vec<Stack>>; 2],
    laws: Arc<Laws>,
    seed: u64,
    mut stopped: watch::Receiver<bool>,
) {
    let mut draws = SplitMix64::new(seed);
    let all: Vec<&Stack> = stacks.iter().flat_map(|stacks| stacks.iter()).collect();
    while faults.changes > 0.0 && !*stopped.borrow_and_update() {
        let mean = 1.0 / faults.changes;
        let wait = Duration::from_secs_f64(draws.between(0.0, 2.0 * mean));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopped.changed() => break,
        }
        tuner.change(&laws);
        if faults.shadows {
            (all[draws.next() as usize % all.len()].shadow)(&mut draws);
        }
    }
}

/// Threads that come, tell a few events and go: each needs a ring for so long.
pub async fn visit(tally: Tally, rate: f64, mut stopped: watch::Receiver<bool>) {
    let told = tally.attach(&"visitor".into());
    let mut visitors = Vec::new();
    while rate > 0.0 && !*stopped.borrow_and_update() {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs_f64(1.0 / rate)) => {}
            _ = stopped.changed() => break,
        }
        let told = told.clone();
        visitors.push(thread::spawn(move || {
            for _ in 0..100 {
                told.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
            }
        }));
    }
    for visitor in visitors {
        let _ = visitor.join(); // one that panicked was seen by the law of panics
    }
}
