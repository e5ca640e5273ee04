//! One epoch: guests come, the load goes on, all becomes quiet, the laws are checked.

mod busy;
mod remains;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ninelives::chaos::ChaosLayer;
use ninelives::{StreamingSink, WheelTimer};
use tokio::sync::watch;

use super::client::Client;
use super::faults::Faults;
use super::laws::Law;
use super::listen::Listeners;
use super::load::Load;
use super::order::Fault;
use super::run::Run;
use super::stacks::{self, Chaos, Stack};
use super::tally::Tally;
use super::tuner::{Baseline, Tuner};
use super::watched::Watched;
use crate::rng::SplitMix64;

use busy::Busy;
pub use remains::Remains;

/// How long it may take until all is quiet.
const QUIET: Duration = Duration::from_secs(5);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(5);

impl Run {
    /// Runs one epoch, for at most so long.
    pub(super) async fn epoch(&mut self, length: Duration) -> Result<(), Box<dyn Error>> {
        let epoch = self.laws.turn();
        let mut draws = SplitMix64::of_attempt(self.job.seed, epoch, 1);
        // So that a short run sees everything too, and a long one never lives without some of it for long.
        let faults = match epoch % 4 {
            1 => Faults::all()?,
            _ => Faults::draw(&mut draws)?,
        };
        self.backend.behave(faults.manners);
        let stream = StreamingSink::new(faults.ring)?;
        let tally = Tally::new(stream, self.job.plant);
        let house = Listeners::new(&self.tally);
        let visited = Listeners::new(&tally);
        self.reset();
        let guests = stacks::guests(&self.site("", &tally), &mut draws)?;
        let baseline = Baseline::of(&self.registry);

        let chaos: Chaos = ChaosLayer::new(faults.chaos, draws.next(), || Fault::Injected);
        let before = self.depth(&guests);
        let sent = self.sent.calls.get();
        let stacks: Arc<Vec<Stack>> = Arc::new(guests);
        let (stop, stopped) = watch::channel(false);
        let load = {
            let client = Client::new(self.backend.address(), &self.sent);
            let all = self.house.iter().chain(stacks.iter());
            let guarded = all.map(|stack| (stack.guard(&client, &chaos), Arc::clone(&stack.calls)));
            let load = Load {
                guarded: guarded.collect(),
                rate: self.job.rate,
                gusts: faults.gusts,
                cuts: faults.cuts,
                seed: draws.next(),
                first: self.next,
                pulse: Arc::clone(&self.pulse),
                values: Arc::clone(&self.values),
                laws: Arc::clone(&self.laws),
                held_back: Arc::clone(&self.held_back),
                plant: self.job.plant,
            };
            tokio::spawn(load.run(stopped.clone()))
        };
        let tuner = SplitMix64::new(draws.next());
        let tuner = Tuner::new(&self.registry, tuner, &self.tried, self.job.plant);
        let all = [Arc::clone(&self.house), Arc::clone(&stacks)];
        let busy = Busy {
            stacks: all,
            values: Arc::clone(&self.values),
            laws: Arc::clone(&self.laws),
            faults,
            stopped,
        };
        let tuning = tokio::spawn(busy.clone().tune(tuner, draws.next()));
        let sabotage = tokio::spawn(busy.clone().sabotage(self.job.plant));
        let visiting = tokio::spawn(busy.visit(tally.clone()));

        self.watch(length, &stacks, &chaos, &tally).await;
        let _ = stop.send(true); // whoever is gone need not be told
        self.next = load.await?;
        tuning.await?;
        sabotage.await?;
        visiting.await?;

        self.hush().await;
        let laws = &self.laws;
        let back = baseline.put_back(&self.registry);
        laws.hold(Law::Versions, back.is_ok(), || {
            format!("settings cannot be put back: {back:?}")
        });
        let all = self.house.iter().chain(stacks.iter());
        for watched in all.flat_map(|stack| &stack.watched) {
            watched.settled(laws);
        }
        self.values.settled(laws);
        let deep = self.depth(&stacks) - before;
        laws.same(
            Law::Attempts,
            "calls out of the stacks, and into chaos",
            deep,
            chaos.counts().calls,
        );
        let sent = self.sent.calls.get() - sent;
        laws.same(
            Law::Attempts,
            "calls out of chaos, and sent",
            chaos.counts().passed,
            sent,
        );
        laws.same(
            Law::Attempts,
            "sent, and ended",
            self.sent.calls.get(),
            self.sent.ended(),
        );
        self.timers();
        self.injected += injected(&chaos);

        let heard = [house.end(&self.laws).await, visited.end(&self.laws).await];
        self.heard(heard);
        self.visited += tally.total();
        drop((stacks, tally, chaos));
        self.remains(baseline.len()).await;
        Ok(())
    }

    /// Looks each second, until the time is over or somebody ends the run.
    async fn watch(&mut self, length: Duration, guests: &[Stack], chaos: &Chaos, tally: &Tally) {
        let end = Instant::now() + length;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.is_over() {
                return;
            }
            let mut over = self.over.clone();
            tokio::select! {
                () = tokio::time::sleep(left.min(Duration::from_secs(1))) => {}
                _ = over.changed() => return,
            }
            for watched in self
                .house
                .iter()
                .chain(guests)
                .flat_map(|stack| &stack.watched)
            {
                watched.bounds(&self.laws);
            }
            self.values.bounds(&self.laws);
            // Some for each call that ever was out at a time; a few more may be counted while others are being armed.
            let (waits, most) = (self.waits(), 8 * self.whole.out.most() + 64);
            self.laws.hold(Law::Remains, waits <= most, || {
                format!("{waits} waits are armed, and {most} may be")
            });
            self.sample(injected(chaos), tally.total());
        }
    }

    /// Waits until nothing is out.
    async fn hush(&self) {
        let begin = Instant::now();
        let seen = self.backend.seen();
        let noise = || {
            [
                ("requests out", self.sent.out.now()),
                ("requests in the backend", seen.inside.now()),
                ("connections", seen.connections.now()),
            ]
        };
        while noise().iter().any(|(_, count)| *count > 0) {
            if begin.elapsed() > QUIET {
                let held = format!("not quiet after {QUIET:?}: {:?}", noise());
                return self.laws.hold(Law::Remains, false, || held);
            }
            self.pulse.up();
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Ends what commands did to circuits.
    fn reset(&self) {
        for policy in self.registry.policies() {
            if policy.kind() == "circuit_breaker" {
                let done = policy.command("reset");
                self.laws
                    .hold(Law::Versions, done.is_ok(), || format!("a reset: {done:?}"));
            }
        }
    }

    fn timers(&self) {
        for (name, waits) in [("wheel", &self.wheel), ("tokio", &self.tokio)] {
            let over = waits.fired.get() + waits.disarmed.get();
            let what = format!("waits on the {name} timer, armed and over");
            self.laws.same(Law::Remains, &what, waits.armed.get(), over);
            let what = format!("waits on the {name} timer that were over before their time");
            self.laws.same(Law::Remains, &what, waits.early.get(), 0);
        }
        let armed = WheelTimer.armed() as u64;
        self.laws
            .same(Law::Remains, "entries in the wheel", armed, 0);
    }

    /// What there is between two epochs is what there was after the first.
    async fn remains(&mut self, policies: usize) {
        let expected = match self.remained {
            Some(remained) => remained,
            None => Remains::least().await,
        };
        self.remained = Some(expected);
        let begin = Instant::now();
        while Remains::now() != expected && begin.elapsed() < QUIET {
            self.pulse.up();
            tokio::time::sleep(LOOK).await;
        }
        let now = Remains::now();
        self.laws.hold(Law::Remains, now == expected, || {
            format!("{now:?}, and after the first epoch {expected:?}")
        });
        let left = self.registry.policies().len();
        let most = self.policies.min(policies);
        self.laws.same(
            Law::Remains,
            "policies that are registered",
            left as u64,
            most as u64,
        );
        self.pulse.up();
    }

    fn depth(&self, guests: &[Stack]) -> u64 {
        let all = self.house.iter().chain(guests);
        all.map(|stack| stack.bottom.passed().calls.get()).sum()
    }
}

fn injected(chaos: &Chaos) -> u64 {
    let counts = chaos.counts();
    counts.panics + counts.hangs + counts.errors + counts.late + counts.unready
}
