//! The number of the tenant.

use crate::sync::{AtomicU64, Ordering};

/// Who has a place; see the [page](super).
#[derive(Debug)]
pub struct Tenancy {
    tenant: AtomicU64,
}

// === impl Tenancy ===

impl Tenancy {
    /// A place that `tenant` has, whose number is above 0.
    pub fn of(tenant: u64) -> Self {
        Self {
            tenant: AtomicU64::new(tenant),
        }
    }

    /// Whether `tenant` has it.
    #[inline]
    pub fn is(&self, tenant: u64) -> bool {
        // Relaxed: see the page; who asks was told of the place by its tenant.
        self.tenant.load(Ordering::Relaxed) == tenant
    }

    /// Gives it to `tenant`, if nobody has it.
    #[must_use = "when false, somebody else has the place"]
    pub fn take(&self, tenant: u64) -> bool {
        // Acquire: pairs with the Release in `leave`; the place is as it was left. Relaxed on failure: nothing is read.
        self.tenant
            .compare_exchange(0, tenant, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    /// The tenant leaves, and has put the place in order.
    pub fn leave(&self) {
        // Release: pairs with the Acquire in `take`.
        self.tenant.store(0, Ordering::Release);
    }
}
