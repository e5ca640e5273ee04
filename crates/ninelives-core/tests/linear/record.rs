//! Histories of real runs: threads that do drawn operations on one object, each with the moments at which it began and ended.

use std::fmt::Debug;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use ninelives_core::rng::SharedRng;

use crate::search::{Machine, Seen, order};

/// Moments, each given once.
#[derive(Default)]
pub struct Moments(AtomicU64);

/// What one thread draws from, and writes into.
pub struct Worker<'a, O> {
    pub who: usize,
    pub draws: SharedRng,
    moments: &'a Moments,
    seen: Vec<Seen<O>>,
}

/// A kind of runs.
pub struct Runs {
    /// What all draws come from.
    pub seed: u64,
    pub runs: u64,
    /// Two threads, and in every other run more, up to so many.
    pub workers: usize,
}

/// Looks between two naps.
const SPINS: u64 = if cfg!(miri) { 1 } else { 512 };

// === impl Moments ===

impl Moments {
    /// Does it, and writes down when.
    pub fn see<O>(&self, who: usize, act: impl FnOnce() -> O) -> Seen<O> {
        // SeqCst: what has ended before another one begins is before it for both of them, as it is for whoever waited for it.
        let began = self.0.fetch_add(1, Ordering::SeqCst);
        let op = act();
        let ended = self.0.fetch_add(1, Ordering::SeqCst);
        Seen {
            who,
            began,
            ended,
            op,
        }
    }
}

// === impl Worker ===

impl<O> Worker<'_, O> {
    /// Less than `many`.
    pub fn draw(&self, many: u64) -> u64 {
        self.draws.next() % many
    }

    /// Does it, a moment after what came before.
    pub fn does(&mut self, act: impl FnOnce() -> O) {
        (0..self.draw(40)).for_each(|_| spin_loop());
        self.seen.push(self.moments.see(self.who, act));
    }
}

// === impl Runs ===

impl Runs {
    /// Runs `script` on each of the threads with an object of its own for each run, then `end` when all are done, and fails if the history
    /// of one run has no legal order.
    pub fn hold<M, C>(
        &self,
        machine: &M,
        object: impl Fn() -> C,
        script: impl Fn(&C, &mut Worker<'_, M::Op>) + Sync,
        end: impl Fn(&C) -> M::Op,
    ) where
        M: Machine,
        M::Op: Debug + Send,
        C: Sync,
    {
        let mut met = 0;
        for run in 0..self.runs {
            let (object, moments) = (object(), Moments::default());
            let mut history = self.history(run, &object, &moments, &script);
            met += u64::from(overlap(&history));
            history.push(moments.see(self.workers, || end(&object)));
            if let Err(illegal) = order(machine, &history) {
                panic!("seed {}, run {run}: {illegal}", self.seed);
            }
        }
        println!("{met} of {} runs had operations that overlap", self.runs);
    }

    fn history<C: Sync, O: Send>(
        &self,
        run: u64,
        object: &C,
        moments: &Moments,
        script: &(impl Fn(&C, &mut Worker<'_, O>) + Sync),
    ) -> Vec<Seen<O>> {
        let workers = 2 + (run as usize) % (self.workers - 1);
        let here = AtomicUsize::new(0);
        let work = |who: usize| {
            let seed = self.seed ^ (run << 8) ^ who as u64;
            let mut worker = Worker {
                who,
                draws: SharedRng::from_seed(seed),
                moments,
                seen: Vec::new(),
            };
            here.fetch_add(1, Ordering::SeqCst);
            // Awake, so that they meet; and now and then asleep, where there are fewer processors than threads.
            for look in 1_u64.. {
                if here.load(Ordering::SeqCst) == workers {
                    break;
                }
                match look % SPINS {
                    0 => thread::yield_now(),
                    _ => spin_loop(),
                }
            }
            script(object, &mut worker);
            worker.seen
        };
        thread::scope(|scope| {
            let work = &work;
            let workers = (0..workers).map(|who| scope.spawn(move || work(who)));
            let workers: Vec<_> = workers.collect();
            let seen = workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap());
            seen.collect()
        })
    }
}

/// Whether one operation began before another one of another thread had ended.
fn overlap<O>(history: &[Seen<O>]) -> bool {
    let pairs = history
        .iter()
        .flat_map(|a| history.iter().map(move |b| (a, b)));
    let mut pairs = pairs.filter(|(a, b)| a.who != b.who);
    pairs.any(|(a, b)| a.began < b.began && b.began < a.ended)
}
