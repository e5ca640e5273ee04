//! How a unit that ends is counted: by the count of its block, or elsewhere for the time being.

/// How units come back to their block, but by its count. Each block keeps one.
///
/// # Safety
/// What is freed, and when, hangs on what it promises. So nobody outside of the crate can name it, but for models.
pub trait WayBack: Send + Sync + 'static {
    /// Whether a block's first owner has a stock from the beginning, before it is known where its calls are made.
    const STOCKED: bool;

    /// Of a block that is being made.
    fn new() -> Self;

    /// Leads here from now on, if it leads nowhere yet. By the first owner.
    fn open(&self);

    /// Whether it leads to another thread than this one. Asked by the first owner.
    fn is_abroad(&self) -> bool;

    /// Whether it leads to this thread. Asked by the first owner.
    fn is_at_home(&self) -> bool;

    /// Counts a unit that is given back here; if it does not, the unit is counted elsewhere. A unit that was counted holds its block no longer.
    fn take_back(&self) -> bool;

    /// Closes it, and says how many units have come back for the first owner to count; none if that cannot be known. `is_last` says whether
    /// nobody else is left if so many have come back. By the first owner, once.
    fn close(&self, is_last: impl FnOnce(u64) -> bool) -> Option<u64>;
}

/// By the count alone: nothing else is kept, and nothing asked.
#[derive(Clone, Copy, Debug)]
pub struct Nowhere;

// === impl Nowhere ===

impl WayBack for Nowhere {
    const STOCKED: bool = true;

    #[inline]
    fn new() -> Self {
        Self
    }

    #[inline]
    fn open(&self) {}

    #[inline]
    fn is_abroad(&self) -> bool {
        false
    }

    #[inline]
    fn is_at_home(&self) -> bool {
        false
    }

    #[inline]
    fn take_back(&self) -> bool {
        false
    }

    #[inline]
    fn close(&self, _: impl FnOnce(u64) -> bool) -> Option<u64> {
        Some(0)
    }
}
