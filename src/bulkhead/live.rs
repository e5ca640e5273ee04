//! The settings of a bulkhead: as it was made, or live.

use std::sync::Arc;

use super::config::{in_range, permits};
use super::demand::Rank;
use super::idle::Permits;
use super::mode::Mode;
use super::{BulkheadConfig, BulkheadLayer, Queue, Queued, Reject, shadow};
use crate::adaptive::Adaptive;
use crate::deadline::Manner;
use crate::error::ConfigError;
use crate::settings::{Live, Settings};

/// `M`, `K` and `W` as they were, and live settings.
type LiveLayer<M, K, W> = BulkheadLayer<M, K, Live<BulkheadConfig<<M as Mode>::Rule>>, W>;

/// The same of one with a line.
type LiveLine<T, P, D, K, W> = LiveLayer<Queued<T, P, D>, K, W>;

// === impl BulkheadLayer ===

impl<M: Mode, K, W> BulkheadLayer<M, K, BulkheadConfig<M::Rule>, W> {
    /// The settings now, with the limit that [`resize`](Self::resize) set last.
    pub fn config(&self) -> BulkheadConfig<M::Rule> {
        let Ok(config) = self.settings.with_max_concurrent(self.limit()) else {
            unreachable!("a limit that is in force is in its range")
        };
        config
    }

    /// Changes the limit at once, for all that share this bulkhead, and gives the old one. Calls in flight go on; growing lets
    /// exactly the waiters in that fit; 0 pauses it.
    ///
    /// # Errors
    /// A limit above 1,048,575; nothing has changed.
    pub fn resize(&self, max_concurrent: usize) -> Result<usize, ConfigError> {
        let limit = permits(max_concurrent)?;
        self.permits.semaphore.resize(limit).map(|old| old as usize)
    }

    /// The same with permits of its own, which follow `adaptive`.
    fn following(self, adaptive: &Adaptive<BulkheadConfig<M::Rule>>) -> LiveLayer<M, K, W>
    where
        M::Rule: 'static,
    {
        let places = self.permits.semaphore.places();
        let mut permits = Permits::new(self.limit() as u32, places, M::CLASSES);
        permits.shadow = Some(shadow::door(adaptive));
        let weak = Arc::downgrade(&permits.semaphore);
        adaptive.follow(move |config| {
            let limit = config.max_concurrent() as u32;
            weak.upgrade()
                .is_some_and(|semaphore| semaphore.resize(limit).is_ok())
        });
        BulkheadLayer {
            permits,
            settings: Live::new(adaptive),
            name: self.name,
            mode: self.mode,
            sink: self.sink,
            weigh: self.weigh,
        }
    }
}

impl<K, W> BulkheadLayer<Reject, K, BulkheadConfig, W> {
    /// The same bulkhead with settings that may change while it is in use; it begins with those it has. Its permits are its own:
    /// clones made before keep theirs.
    pub fn live(self) -> LiveLayer<Reject, K, W> {
        let adaptive = Adaptive::new(self.config());
        self.following(&adaptive)
    }

    /// The same bulkhead with the settings that `adaptive` has, now and later. Its permits are its own: clones made before keep
    /// theirs.
    pub fn tuned_by(self, adaptive: &Adaptive<BulkheadConfig>) -> LiveLayer<Reject, K, W> {
        self.following(adaptive)
    }
}

impl<T, P: Rank, D: Manner, K, W> BulkheadLayer<Queued<T, P, D>, K, BulkheadConfig<Queue>, W> {
    /// The same bulkhead with settings that may change while it is in use; it begins with those it has. Its permits and its line
    /// are its own: clones made before keep theirs.
    ///
    /// A change to more in line than there are places is refused with the numbers; see
    /// [`with_line_capacity`](Self::with_line_capacity).
    pub fn live(self) -> LiveLine<T, P, D, K, W> {
        let places = self.permits.semaphore.places();
        let made = Adaptive::with_validation(self.config(), move |config| fits(config, places));
        let Ok(adaptive) = made else {
            unreachable!("a line has the places that its settings need")
        };
        self.following(&adaptive)
    }

    /// The same bulkhead with the settings that `adaptive` has, now and later. Its permits and its line are its own: clones made
    /// before keep theirs.
    ///
    /// Later values of `adaptive` are not checked here: if one lets more calls wait than there are places, only as many as there are can
    /// wait. Give it [`check`](Self::check) as its validation, and such a value is refused, as [`live`](Self::live) does.
    ///
    /// # Errors
    /// What [`check`](Self::check) says of the settings that `adaptive` has now; it is not followed then.
    pub fn tuned_by(
        self,
        adaptive: &Adaptive<BulkheadConfig<Queue>>,
    ) -> Result<LiveLine<T, P, D, K, W>, ConfigError> {
        self.check(&adaptive.get())?;
        Ok(self.following(adaptive))
    }
}

impl<T, P: Rank, D: Manner, K, C, W> BulkheadLayer<Queued<T, P, D>, K, C, W> {
    /// The places in line that were allocated: the most that may ever wait at once.
    pub fn line_capacity(&self) -> usize {
        self.permits.semaphore.places() as usize
    }

    /// Whether there is a place for all that `config` lets wait.
    ///
    /// # Errors
    /// A `max_waiting` above [`line_capacity`](Self::line_capacity).
    pub fn check(&self, config: &BulkheadConfig<Queue>) -> Result<(), ConfigError> {
        fits(config, self.permits.semaphore.places())
    }
}

impl<M: Mode, K, W> LiveLayer<M, K, W> {
    /// The live settings.
    pub fn settings(&self) -> &Adaptive<BulkheadConfig<M::Rule>> {
        self.settings.adaptive()
    }

    /// The settings now.
    pub fn config(&self) -> BulkheadConfig<M::Rule> {
        self.settings.current()
    }

    /// Changes the limit in the [settings](Self::settings), at once and for all that have them, and gives the old one. 0 is a pause.
    ///
    /// # Errors
    /// A limit above 1,048,575, or what the settings' own validation says; nothing has changed.
    pub fn resize(&self, max_concurrent: usize) -> Result<usize, ConfigError> {
        permits(max_concurrent)?;
        let mut old = 0;
        self.settings().update(|config| {
            old = config.max_concurrent();
            config
                .with_max_concurrent(max_concurrent)
                .unwrap_or(*config)
        })?;
        Ok(old)
    }
}

fn fits(config: &BulkheadConfig<Queue>, places: u32) -> Result<(), ConfigError> {
    let max_waiting = config.queue().max_waiting();
    in_range("max_waiting", max_waiting, 1, places).map(|_| ())
}
