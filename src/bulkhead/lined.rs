//! What makes bulkheads with a line.

use std::time::Duration;

use ninelives_core::semaphore::Priority;

use super::config::places;
use super::demand::{By, Rank, Same};
use super::idle::Permits;
use super::{BulkheadConfig, BulkheadLayer, Queue, Queued};
use crate::deadline::{Heeding, Manner, Unheeding};
use crate::error::ConfigError;
use crate::timer::WheelTimer;

// === impl BulkheadLayer ===

impl BulkheadLayer<Queued> {
    /// At most `max_concurrent` calls in flight; `max_waiting` more may wait in line, each for at most `max_wait`, first come
    /// first served. A place in line is free again once its caller has taken its permit up.
    ///
    /// # Errors
    /// A number outside 1 to 1,048,575, or a wait of zero.
    pub fn queued(
        max_concurrent: usize,
        max_waiting: usize,
        max_wait: Duration,
    ) -> Result<Self, ConfigError> {
        let config = BulkheadConfig::new(max_concurrent)?.with_queue(max_waiting, max_wait)?;
        Ok(Self::from_queue_config(config))
    }

    /// A bulkhead with a line with these settings.
    pub fn from_queue_config(config: BulkheadConfig<Queue>) -> Self {
        let places = config.queue().max_waiting() as u32;
        let mode = Queued {
            timer: WheelTimer,
            prioritize: Same,
            manner: Unheeding,
        };
        Self::made(config, places, mode)
    }
}

impl<T, P: Rank, D: Manner, K, W> BulkheadLayer<Queued<T, P, D>, K, BulkheadConfig<Queue>, W> {
    /// Makes a line with room for `capacity` calls, of which the settings let `max_waiting` wait: so that a
    /// [live](Self::live) bulkhead may let more wait later. About 40 bytes each, allocated now. The permits and the line start
    /// afresh: clones made before keep theirs.
    ///
    /// # Errors
    /// A `capacity` outside `max_waiting` to 1,048,575.
    pub fn with_line_capacity(mut self, capacity: usize) -> Result<Self, ConfigError> {
        let config = self.config();
        let least = config.queue().max_waiting() as u32;
        let places = places("line_capacity", capacity, least)?;
        self.permits = Permits::new(config.max_concurrent() as u32, places, P::CLASSES);
        Ok(self)
    }
}

impl<T, D: Manner, K, W> BulkheadLayer<Queued<T, Same, D>, K, BulkheadConfig<Queue>, W> {
    /// Lets calls wait in classes, by the priority that `priority` gives each request: see [Classes](super#classes). The permits and
    /// the line start afresh: clones made before keep theirs.
    ///
    /// `priority` runs in `call`, once for each request.
    pub fn prioritized_by<Req, F>(
        mut self,
        priority: F,
    ) -> BulkheadLayer<Queued<T, By<F>, D>, K, BulkheadConfig<Queue>, W>
    where
        F: Fn(&Req) -> Priority + Clone,
    {
        let (limit, places) = (self.limit() as u32, self.permits.semaphore.places());
        self.permits = Permits::new(limit, places, true);
        self.in_mode(|mode| Queued {
            timer: mode.timer,
            prioritize: By(priority),
            manner: mode.manner,
        })
    }
}

impl<T, P: Rank, D: Manner, K, C, W> BulkheadLayer<Queued<T, P, D>, K, C, W> {
    /// Measures the maximum wait on another timer.
    pub fn with_timer<U>(self, timer: U) -> BulkheadLayer<Queued<U, P, D>, K, C, W> {
        self.in_mode(|mode| Queued {
            timer,
            prioritize: mode.prioritize,
            manner: mode.manner,
        })
    }
}

impl<T, P: Rank, K, C, W> BulkheadLayer<Queued<T, P>, K, C, W> {
    /// Heeds the [deadline](crate::deadline) that each request carries: see [Deadlines](super#deadlines). The permits and the line are the
    /// same. Requests must be [`Carries`], on the clock of this bulkhead's timer.
    ///
    /// [`Carries`]: crate::deadline::Carries
    pub fn heeding_requests(self) -> BulkheadLayer<Queued<T, P, Heeding>, K, C, W> {
        self.in_mode(|mode| Queued {
            timer: mode.timer,
            prioritize: mode.prioritize,
            manner: Heeding,
        })
    }
}
