//! The open-loop load: requests fall due by a fixed schedule, whatever became of those before them.
//!
//! Latency is charged from when a request was due, so a caller that had to wait for the client, the pool or the
//! scheduler is not flattered. Both sides get each request at the same moment.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::book::{Book, Record};
use crate::caller::{Caller, Outcome};

/// The schedule of one run.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Requests a second.
    pub rps: u32,
    /// Length of the run.
    pub length: Duration,
    /// How long requests may still be out after it; then they count as hung.
    pub grace: Duration,
}

/// One side and its book.
#[derive(Clone)]
pub struct Lane {
    /// Makes the requests.
    pub caller: Arc<dyn Caller>,
    /// Takes the outcomes.
    pub book: Arc<Book>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Driven {
    /// Requests that fell due, on each lane.
    pub requests: u64,
    /// How long requests fell due: shorter than the run when it was stopped.
    pub lasted: Duration,
    /// The longest that a request was begun after it was due: what the machine was behind, on either lane.
    pub most_late: Duration,
}

/// What every request of a run has in common.
#[derive(Clone)]
struct Round {
    start: Instant,
    cutoff: watch::Receiver<bool>,
    late: Arc<AtomicU64>,
    // The other end learns when the last request is in.
    _out: mpsc::Sender<()>,
}

// === impl Load ===

impl Load {
    /// How many requests fall due in the whole run.
    pub const fn total(&self) -> u64 {
        self.rps as u64 * self.length.as_secs()
    }

    /// When the request with this index falls due.
    pub fn due(&self, index: u64) -> Duration {
        let (rps, within) = (u64::from(self.rps), index % u64::from(self.rps));
        Duration::from_secs(index / rps) + Duration::from_nanos(within * 1_000_000_000 / rps)
    }

    /// Drives all lanes until the run is over or `stop` completes, then waits for what is still out.
    ///
    /// Every request that fell due is in its lane's book when this returns.
    pub async fn drive(
        &self,
        start: Instant,
        lanes: &[Lane],
        stop: impl Future<Output = ()>,
    ) -> Driven {
        let (cut, cutoff) = watch::channel(false);
        let (out, mut all_in) = mpsc::channel::<()>(1);
        let late = Arc::new(AtomicU64::new(0));
        let round = Round {
            start,
            cutoff,
            late: Arc::clone(&late),
            _out: out,
        };
        let mut stop = pin!(stop);
        let mut index = 0;
        while index < self.total() {
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = sleep_until(start + self.due(index)) => {}
            }
            let now = start.elapsed();
            while index < self.total() && self.due(index) <= now {
                for lane in lanes {
                    tokio::spawn(round.clone().one(lane.clone(), index, self.due(index)));
                }
                index += 1;
            }
        }
        let lasted = if index == self.total() {
            self.length
        } else {
            start.elapsed()
        };
        drop(round);
        tokio::select! {
            _ = all_in.recv() => {}
            () = sleep(self.grace) => {}
        }
        // Ends the requests that are still out; each writes itself down and drops its sender.
        cut.send_replace(true);
        all_in.recv().await;
        // Relaxed: every writer has dropped its sender, and the channel's end was seen.
        let most_late = Duration::from_micros(late.load(Ordering::Relaxed));
        Driven {
            requests: index,
            lasted,
            most_late,
        }
    }
}

// === impl Round ===

impl Round {
    async fn one(mut self, lane: Lane, index: u64, due: Duration) {
        let late = self.start.elapsed().saturating_sub(due).as_micros();
        // Relaxed: see where it is read.
        self.late
            .fetch_max(u64::try_from(late).unwrap_or(u64::MAX), Ordering::Relaxed);
        let outcome = tokio::select! {
            biased;
            outcome = lane.caller.call(index) => outcome,
            _ = self.cutoff.wait_for(|cut| *cut) => Outcome::Hung,
        };
        let latency = self.start.elapsed().saturating_sub(due);
        lane.book.write(Record {
            due,
            latency,
            outcome,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::Pin;

    use super::*;

    /// Answers even requests after 20 ms and never answers odd ones.
    struct EveryOther;

    impl Caller for EveryOther {
        fn call(&self, index: u64) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
            Box::pin(async move {
                if index % 2 == 1 {
                    pending::<()>().await;
                }
                sleep(Duration::from_millis(20)).await;
                Outcome::Answered
            })
        }
    }

    fn load(rps: u32) -> Load {
        Load {
            rps,
            length: Duration::from_secs(3),
            grace: Duration::from_secs(2),
        }
    }

    fn lane() -> Lane {
        Lane {
            caller: Arc::new(EveryOther),
            book: Arc::new(Book::new(Duration::from_secs(3))),
        }
    }

    #[test]
    fn requests_fall_due_evenly_and_the_last_before_the_end() {
        for rps in [1, 3, 500, 20_000] {
            let load = load(rps);
            assert_eq!(load.due(0), Duration::ZERO);
            assert_eq!(load.due(u64::from(rps) * 2), Duration::from_secs(2));
            assert!(load.due(load.total() - 1) < load.length);
            assert!(load.due(load.total()) >= load.length);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_request_is_in_the_book_and_the_unanswered_count_as_hung() {
        let lane = lane();
        let driven = load(100)
            .drive(Instant::now(), std::slice::from_ref(&lane), pending())
            .await;
        assert_eq!(
            (driven.requests, driven.lasted),
            (300, Duration::from_secs(3))
        );
        // The paused clock wakes sleepers at whole milliseconds.
        assert!(driven.most_late <= Duration::from_millis(1), "{driven:?}");
        let pages = lane.book.read();
        let tally = pages.all().tally;
        assert_eq!(
            (tally.of(Outcome::Answered), tally.of(Outcome::Hung)),
            (150, 150)
        );
        // The second request was due at 10 ms; the last at 2.99 s and the grace ends 2 s after it.
        let longest = pages.all().latency.max().expect("requests were made");
        assert!(
            longest >= Duration::from_millis(4900) && longest <= Duration::from_millis(5000),
            "{longest:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_ends_the_schedule_and_keeps_the_books_whole() {
        let lane = lane();
        let stop = sleep(Duration::from_millis(1004));
        let driven = load(100)
            .drive(Instant::now(), std::slice::from_ref(&lane), stop)
            .await;
        assert!((100..=102).contains(&driven.requests), "{driven:?}");
        assert!(driven.lasted < Duration::from_millis(1100), "{driven:?}");
        assert_eq!(lane.book.tally().total(), driven.requests);
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_stopped_before_it_begins_makes_no_request() {
        let lane = lane();
        let driven = load(100)
            .drive(Instant::now(), std::slice::from_ref(&lane), ready(()))
            .await;
        assert_eq!((driven.requests, lane.book.tally().total()), (0, 0));
    }
}
