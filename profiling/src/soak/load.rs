//! The load: calls at their times, whatever became of those before; some are dropped at some poll.

use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::FutureExt;
use ninelives::bulkhead::Priority;
use ninelives::{Carried, Clock, Deadline, TokioTimer};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::{Service, ServiceExt};

use super::calls::{Call, Calls, End};
use super::count::Count;
use super::laws::Laws;
use super::order::Order;
use super::plant::Plant;
use super::stacks::Guarded;
use super::values::Values;
use crate::rng::SplitMix64;

/// The load of one epoch.
pub struct Load {
    /// What is called, with its books.
    pub guarded: Vec<(Guarded, Arc<Calls>)>,
    /// Calls a second.
    pub rate: f64,
    /// The share of calls with which a gust begins.
    pub gusts: f64,
    /// The share of calls that are dropped.
    pub cuts: f64,
    /// The seed of the epoch.
    pub seed: u64,
    /// The number of the first call.
    pub first: u64,
    /// Counts everything that goes on.
    pub pulse: Arc<Count>,
    /// What each call holds, beside what its policies hold.
    pub values: Arc<Values>,
    /// Where it is written down when a call saw what it must not see.
    pub laws: Arc<Laws>,
    /// Calls that were not made: too many were out.
    pub held_back: Arc<Count>,
    /// What is broken on purpose.
    pub plant: Option<Plant>,
}

/// A call that is given up at some poll.
struct Cut<F> {
    call: Pin<Box<F>>,
    left: u32,
}

/// No caller waits longer.
const PATIENCE: Duration = Duration::from_secs(1);
/// Calls that are out at a time.
const MOST_OUT: usize = 4_096;
/// How long the calls that are out at the end may go on.
const DRAIN: Duration = Duration::from_millis(700);
const TICK: Duration = Duration::from_millis(1);

// === impl Load ===

impl Load {
    /// Loads until it is to stop, lets the calls that are out end for a while, and gives up the rest. The number of the next call.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) -> u64 {
        let mut draws = SplitMix64::new(self.seed);
        let mut out = JoinSet::new();
        let mut next = self.first;
        let begin = Instant::now();
        // Until this many are due, and then all of them at once for one stack.
        let mut gust: Option<(u64, usize)> = None;
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        while !*stopped.borrow_and_update() {
            ticks.tick().await;
            let due = (begin.elapsed().as_secs_f64() * self.rate) as u64 + self.first;
            while next < due {
                let mut chosen = draws.next() as usize % self.guarded.len();
                let mut at =
                    begin + Duration::from_secs_f64((next - self.first) as f64 / self.rate);
                if let Some((until, stack)) = gust {
                    if due < until {
                        break;
                    }
                    (chosen, at) = (stack, Instant::now());
                    gust = gust.filter(|(until, _)| next + 1 < *until);
                } else if draws.unit() < self.gusts {
                    gust = Some((next + 20 + draws.next() % 100, chosen));
                    continue;
                }
                if out.len() < MOST_OUT {
                    self.call(next, chosen, at, &mut draws, &mut out);
                } else {
                    self.held_back.up();
                }
                next += 1;
            }
            while out.try_join_next().is_some() {}
            if self.plant == Some(Plant::Stuck) && next > self.first + 500 {
                std::future::pending::<()>().await;
            }
        }
        let drained = async { while out.join_next().await.is_some() {} };
        // Whoever is out then is given up.
        let _ = tokio::time::timeout(DRAIN, drained).await;
        out.shutdown().await;
        next
    }

    fn call(
        &self,
        index: u64,
        chosen: usize,
        due: Instant,
        draws: &mut SplitMix64,
        out: &mut JoinSet<()>,
    ) {
        let (guarded, calls) = &self.guarded[chosen];
        let service = guarded.clone();
        let order = order(index, draws);
        let left = match draws.unit() < self.cuts {
            true => (draws.next() % 8) as u32,
            false => u32::MAX,
        };
        let plant = self.plant.map(|plant| (plant, index));
        let call = Call::begin(calls, due, plant);
        let pulse = Arc::clone(&self.pulse);
        let (held, laws) = (self.values.hold(), Arc::clone(&self.laws));
        out.spawn(async move {
            make(service, order, left, call, plant).await;
            held.end(&laws, plant);
            pulse.up();
        });
    }
}

async fn make(
    mut service: Guarded,
    order: Order,
    left: u32,
    call: Call,
    plant: Option<(Plant, u64)>,
) {
    let made = async {
        let answer = match service.ready().await {
            Ok(ready) => {
                call.calls().called.up();
                let answer = ready.call(order);
                match plant {
                    Some((Plant::Permit, number)) if Plant::Permit.strikes(number) => {
                        let mut answer = Box::pin(answer);
                        let first = poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx))).await;
                        std::mem::forget(answer);
                        match first {
                            Poll::Ready(answer) => answer,
                            Poll::Pending => return None,
                        }
                    }
                    _ => answer.await,
                }
            }
            Err(error) => Err(error),
        };
        Some(End::of(&answer))
    };
    let cut = Cut {
        call: Box::pin(made),
        left,
    };
    // Unwind safety: nobody uses the service after a panic, and the books are counts.
    let cut = AssertUnwindSafe(cut).catch_unwind();
    match tokio::time::timeout(PATIENCE, cut).await {
        Ok(Ok(Some(end))) => call.end(end),
        Ok(Ok(None)) | Err(_) => call.end(End::Cancelled),
        Ok(Err(_)) => call.end(End::Panicked),
    }
}

fn order(index: u64, draws: &mut SplitMix64) -> Order {
    let carried = match draws.next() % 4 {
        0 => {
            let rest = Duration::from_micros(draws.next() % 300_000);
            Carried::NOTHING.with_deadline(Deadline::after(TokioTimer.now(), rest))
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
        index,
        weight: 1 + (draws.next() % 6) as usize,
        priority: priorities[(draws.next() % 4) as usize],
        carried,
    }
}

// === impl Cut ===

impl<F: Future<Output = Option<End>>> Future for Cut<F> {
    type Output = Option<End>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<End>> {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            // What is inside is dropped with this future, at once.
            None => return Poll::Ready(None),
        }
        self.call.as_mut().poll(cx)
    }
}
