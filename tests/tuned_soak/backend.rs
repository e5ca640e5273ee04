//! A backend that takes its time, fails and hangs for a while, and counts.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use ninelives::prelude::*;
use tower::Service;

#[derive(Clone)]
pub struct Backend {
    timer: ManualTimer,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    started: AtomicU64,
    ended: AtomicU64,
    dropped: AtomicU64,
    inside: AtomicU64,
    most_inside: AtomicU64,
}

/// A call that is inside until it ends or is dropped.
struct Inside {
    counts: Arc<Counts>,
    ended: bool,
}

// === impl Backend ===

impl Backend {
    pub fn new(timer: ManualTimer) -> Self {
        Self {
            timer,
            counts: Arc::default(),
        }
    }

    pub fn service(
        self,
    ) -> impl Service<u32, Response = u32, Error = u32, Future = impl Future + Send> + Clone + Send
    {
        tower::service_fn(move |request| self.clone().answer(request))
    }

    async fn answer(self, request: u32) -> Result<u32, u32> {
        let inside = Inside::new(&self.counts);
        let takes = match request % 20 {
            0..8 => 0,
            8..18 => u64::from(request % 15),
            _ => 300,
        };
        if takes > 0 {
            let until = self.timer.now().after(Duration::from_millis(takes));
            self.timer.sleep_until(until).await;
        }
        inside.end();
        if request.is_multiple_of(3) {
            Err(request)
        } else {
            Ok(request)
        }
    }

    pub fn started(&self) -> u64 {
        self.counts.started.load(SeqCst)
    }

    pub fn assert_all_ended(&self, most: u64) {
        let counts = &self.counts;
        let ended = counts.ended.load(SeqCst) + counts.dropped.load(SeqCst);
        assert_eq!(self.started(), ended, "calls of the backend");
        assert_eq!(counts.inside.load(SeqCst), 0);
        let most_inside = counts.most_inside.load(SeqCst);
        assert!((1..=most).contains(&most_inside), "{most_inside} at once");
    }
}

// === impl Inside ===

impl Inside {
    fn new(counts: &Arc<Counts>) -> Self {
        counts.started.fetch_add(1, SeqCst);
        let inside = counts.inside.fetch_add(1, SeqCst) + 1;
        counts.most_inside.fetch_max(inside, SeqCst);
        Self {
            counts: Arc::clone(counts),
            ended: false,
        }
    }

    fn end(mut self) {
        self.ended = true;
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.counts.inside.fetch_sub(1, SeqCst);
        let way = if self.ended {
            &self.counts.ended
        } else {
            &self.counts.dropped
        };
        way.fetch_add(1, SeqCst);
    }
}
