//! What every service of a bulkhead has in common: the permits, the settings, and whom it tells.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use ninelives_core::semaphore::Semaphore;

use super::BulkheadConfig;
use super::idle::Permits;
use super::mode::Rule;
use crate::settings::{Beside, Settings};
use crate::share::Share;
use crate::stripe::spot;

/// Where calls come in.
pub(super) struct Door<Q: Rule, M, C: Settings<BulkheadConfig<Q>>, W> {
    pub(super) semaphore: Share<Semaphore>,
    pub(super) emitter: M,
    pub(super) shadow: C::Beside<Arc<Semaphore>>,
    pub(super) settings: C,
    pub(super) reader: C::Reader,
    pub(super) weigh: W,
    rule: PhantomData<Q>,
}

// === impl Door ===

impl<Q: Rule, M, C: Settings<BulkheadConfig<Q>>, W> Door<Q, M, C, W> {
    pub(super) fn new(permits: &Permits, settings: C, weigh: W, emitter: M) -> Self {
        Self {
            // A thread that nobody meets keeps permits, too, where that is possible.
            semaphore: Share::telling(&permits.semaphore, |semaphore| semaphore.spread_for(spot())),
            emitter,
            shadow: Beside::holding(permits.shadow.clone()),
            reader: settings.reader(),
            settings,
            weigh,
            rule: PhantomData,
        }
    }
}

impl<Q: Rule, M: Clone, C: Settings<BulkheadConfig<Q>>, W: Clone> Clone for Door<Q, M, C, W> {
    fn clone(&self) -> Self {
        Self {
            semaphore: self.semaphore.clone(),
            emitter: self.emitter.clone(),
            shadow: Beside::holding(self.shadow.held().cloned()),
            settings: self.settings.clone(),
            reader: self.reader.clone(),
            weigh: self.weigh.clone(),
            rule: PhantomData,
        }
    }
}

impl<Q: Rule, M, C: Settings<BulkheadConfig<Q>>, W> fmt::Debug for Door<Q, M, C, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Door").field(&*self.semaphore).finish()
    }
}
