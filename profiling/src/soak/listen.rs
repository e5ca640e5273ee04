//! Whoever hears the events: one who is quick, and three who are slow, fail, and panic.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives::telemetry::PumpHandle;
use ninelives::{PolicyEvent, Pump, Subscriber};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::Service;

use super::count::Count;
use super::laws::{Law, Laws};
use super::tally::Tally;

/// Listeners of one stream, for one epoch.
pub struct Listeners {
    tally: Tally,
    since: u64,
    stop: watch::Sender<bool>,
    quick: JoinHandle<Subscriber>,
    pumps: Vec<Pumped>,
}

/// What the listeners did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heard {
    /// Events.
    pub emitted: u64,
    /// Those that the quick one received.
    pub received: u64,
    /// Those that the quick one was too late for.
    pub lost: u64,
    /// Those that the pumps delivered, all together.
    pub delivered: u64,
    /// Those that the pumps did not.
    pub missed: u64,
}

struct Pumped {
    bad: Bad,
    handle: PumpHandle,
    task: JoinHandle<()>,
    taken: Arc<Count>,
}

/// How a sink is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
    Slow,
    Fails,
    Panics,
}

/// A bad sink.
struct Sink {
    bad: Bad,
    number: u64,
    taken: Arc<Count>,
}

/// What a sink of this page says when it panics.
pub const PANIC: &str = "soak: a sink panics";

// === impl Listeners ===

impl Listeners {
    /// Listens from now on: while all is quiet.
    pub fn new(tally: &Tally) -> Self {
        let (stop, stopped) = watch::channel(false);
        let stream = tally.stream();
        let since = tally.total();
        let quick = tokio::spawn(hear(stream.subscribe(), stopped));
        let pumps = [Bad::Slow, Bad::Fails, Bad::Panics].map(|bad| {
            let taken = Arc::<Count>::default();
            let sink = Sink {
                bad,
                number: 0,
                taken: Arc::clone(&taken),
            };
            let pump = Pump::new(stream.subscribe(), sink)
                .with_event_timeout(Duration::from_millis(2))
                .with_drain_deadline(Duration::from_millis(100));
            let (handle, task) = pump.start();
            let task = tokio::spawn(task);
            Pumped {
                bad,
                handle,
                task,
                taken,
            }
        });
        Self {
            tally: tally.clone(),
            since,
            stop,
            quick,
            pumps: pumps.into(),
        }
    }

    /// Ends, while all is quiet, and looks whether everybody knows of every event.
    pub async fn end(self, laws: &Laws) -> Heard {
        let emitted = self.tally.total() - self.since;
        let mut heard = Heard {
            emitted,
            ..Heard::default()
        };
        let _ = self.stop.send(true); // whoever is gone need not be told
        match self.quick.await {
            Ok(mut quick) => {
                while quick.try_recv().is_some() {}
                laws.same(
                    Law::Events,
                    "left behind by a subscriber",
                    quick.backlog(),
                    0,
                );
                (heard.received, heard.lost) = (quick.received(), quick.lost());
                let known = quick.received() + quick.lost() + quick.filtered();
                laws.same(
                    Law::Events,
                    "emitted, and known to a subscriber",
                    emitted,
                    known,
                );
            }
            Err(error) => laws.hold(Law::Events, false, || format!("a subscriber: {error}")),
        }
        for pumped in self.pumps {
            pumped.end(emitted, laws, &mut heard).await;
        }
        heard
    }
}

/// Receives until it is to stop.
async fn hear(mut subscriber: Subscriber, mut stopped: watch::Receiver<bool>) -> Subscriber {
    loop {
        tokio::select! {
            _ = subscriber.recv() => {}
            _ = stopped.changed() => return subscriber,
        }
        // The waker of `recv` is for the first of many.
        for _ in 0..256 {
            if subscriber.try_recv().is_none() {
                break;
            }
        }
        tokio::task::yield_now().await;
    }
}

// === impl Pumped ===

impl Pumped {
    async fn end(self, emitted: u64, laws: &Laws, heard: &mut Heard) {
        let (bad, taken) = (self.bad, self.taken);
        let report = self.handle.shutdown().await;
        let _ = self.task.await; // it is over: the report says so
        heard.delivered += report.delivered;
        heard.missed += report.missed();
        laws.same(
            Law::Events,
            &format!("emitted, and known to the pump of a sink that is bad: {bad:?}"),
            emitted,
            report.emitted(),
        );
        let ended = report.delivered
            + report.failed
            + report.timed_out
            + report.panicked
            + report.undelivered;
        laws.same(
            Law::Events,
            &format!("received by a pump ({bad:?}), and accounted for"),
            report.received,
            ended,
        );
        laws.same(
            Law::Events,
            &format!("taken by a sink ({bad:?}), and delivered"),
            taken.get(),
            report.delivered,
        );
    }
}

// === impl Sink ===

impl Service<PolicyEvent> for Sink {
    type Response = ();
    type Error = &'static str;
    type Future = Pin<Box<dyn Future<Output = Result<(), &'static str>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.number += 1;
        match self.bad {
            Bad::Fails if self.number.is_multiple_of(11) => Poll::Ready(Err("not ready")),
            Bad::Panics if self.number.is_multiple_of(997) => panic!("{PANIC}"),
            _ => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, _: PolicyEvent) -> Self::Future {
        let (bad, number, taken) = (self.bad, self.number, Arc::clone(&self.taken));
        if bad == Bad::Panics && number.is_multiple_of(499) {
            panic!("{PANIC}");
        }
        Box::pin(async move {
            match bad {
                // Now and then so slow that it runs into the pump's limit.
                Bad::Slow if number.is_multiple_of(16) => {
                    tokio::time::sleep(Duration::from_millis(number % 5)).await;
                }
                Bad::Fails if number.is_multiple_of(7) => return Err("failed"),
                Bad::Panics if number.is_multiple_of(251) => panic!("{PANIC}"),
                _ => {}
            }
            taken.up();
            Ok(())
        })
    }
}
