//! What goes on beside the load: settings change, threads come and go.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
use tokio::sync::watch;

use crate::rng::SplitMix64;
use crate::soak::faults::Faults;
use crate::soak::laws::Laws;
use crate::soak::plant::Plant;
use crate::soak::stacks::Stack;
use crate::soak::tally::Tally;
use crate::soak::tuner::Tuner;
use crate::soak::values::Values;

/// What whoever is busy beside the load has to do with, until it is to stop.
#[derive(Clone)]
pub struct Busy {
    /// The stacks of the house, and the guests.
    pub stacks: [Arc<Vec<Stack>>; 2],
    /// The live value that calls hold.
    pub values: Arc<Values>,
    /// The laws.
    pub laws: Arc<Laws>,
    /// What goes wrong.
    pub faults: Faults,
    /// Whether it is to stop.
    pub stopped: watch::Receiver<bool>,
}

/// Between two moments of a plant that goes on all the time.
const BEAT: Duration = Duration::from_millis(1);

// === impl Busy ===

impl Busy {
    /// Changes settings.
    pub async fn tune(mut self, mut tuner: Tuner, seed: u64) {
        let mut draws = SplitMix64::new(seed);
        let (changes, shadows) = (self.faults.changes, self.faults.shadows);
        if changes == 0.0 {
            return;
        }
        // Their distance is twice the mean at most.
        while !self
            .stops_within(Duration::from_secs_f64(draws.between(0.0, 2.0 / changes)))
            .await
        {
            tuner.change(&self.laws);
            self.values.change(&mut draws, &self.laws);
            if shadows {
                let all: Vec<&Stack> = self.all().collect();
                (all[draws.next() as usize % all.len()].shadow)(&mut draws);
            }
        }
    }

    /// Threads that come, tell a few events and go: each needs a ring for so long.
    pub async fn visit(mut self, tally: Tally) {
        let (told, rate) = (tally.attach(&"visitor".into()), self.faults.visitors);
        let mut visitors = Vec::new();
        while rate > 0.0 && !self.stops_within(Duration::from_secs_f64(1.0 / rate)).await {
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

    /// Breaks what this plant breaks in a stack, whenever it can.
    pub async fn sabotage(mut self, plant: Option<Plant>) {
        let Some(plant) = plant else { return };
        while !self.stops_within(BEAT).await {
            for watched in self.all().flat_map(|stack| &stack.watched) {
                watched.sabotage(plant);
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = &Stack> {
        self.stacks.iter().flat_map(|stacks| stacks.iter())
    }

    /// Waits for so long; true when it is to stop.
    async fn stops_within(&mut self, wait: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(wait) => *self.stopped.borrow_and_update(),
            _ = self.stopped.changed() => true,
        }
    }
}
