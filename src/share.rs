//! What the services of a policy and their calls own together, counted apart for each service.
//!
//! A call outlives its service's borrow, so it owns what it needs of the policy, and to own is to count. One count for all is a cache line
//! that every core writes twice a call: on two cores that costs more than all else that a layer does. So a service that is called more
//! than once counts its calls on a line of its own, which no other core writes while it stays where it is. A service that is called
//! once, as the clone for a single request, shares the count of the one that it was cloned from, and allocates nothing.

use std::ops::Deref;
use std::sync::Arc;

use crossbeam_utils::CachePadded;

/// A service's part in its policy.
#[derive(Debug)]
pub(crate) struct Share<T> {
    own: Counted<T>,
    calls: Calls,
}

/// A call's part in it. While it is out, the policy's state stays.
#[derive(Debug)]
pub(crate) struct Loan<T>(Counted<T>);

/// One count of owners, far from others, and what they own.
type Counted<T> = Arc<CachePadded<Arc<T>>>;

/// How often a service was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Calls {
    Never,
    Once,
    /// And it has a count of its own.
    Often,
}

// === impl Share ===

impl<T> Share<T> {
    /// With a count of its own.
    pub(crate) fn new(whole: &Arc<T>) -> Self {
        Self {
            own: counted(whole),
            calls: Calls::Often,
        }
    }

    /// For one call. The second one of a clone allocates its count.
    ///
    /// # Progress
    /// Wait-free, but for that allocation.
    #[inline]
    pub(crate) fn lend(&mut self) -> Loan<T> {
        if self.calls != Calls::Often {
            self.settle();
        }
        Loan(Arc::clone(&self.own))
    }

    #[cold]
    fn settle(&mut self) {
        self.calls = match self.calls {
            Calls::Never => Calls::Once,
            Calls::Once | Calls::Often => {
                self.own = counted(&self.own);
                Calls::Often
            }
        };
    }
}

fn counted<T>(whole: &Arc<T>) -> Counted<T> {
    Arc::new(CachePadded::new(Arc::clone(whole)))
}

/// A clone has not been called yet.
impl<T> Clone for Share<T> {
    fn clone(&self) -> Self {
        Self {
            own: Arc::clone(&self.own),
            calls: Calls::Never,
        }
    }
}

impl<T> Deref for Share<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.own
    }
}

// === impl Loan ===

impl<T> Deref for Loan<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners<T>(share: &Share<T>) -> usize {
        Arc::strong_count(&share.own)
    }

    #[test]
    fn a_clone_that_is_called_once_uses_the_count_it_was_cloned_with() {
        let first = Share::new(&Arc::new(1));
        let mut clone = first.clone();
        let loan = clone.lend();
        assert_eq!((owners(&first), *loan), (3, 1));
    }

    #[test]
    fn from_its_second_call_on_a_clone_has_a_count_of_its_own() {
        let whole = Arc::new(1);
        let first = Share::new(&whole);
        let mut clone = first.clone();
        drop(clone.lend());
        let loans = [clone.lend(), clone.lend()];
        assert_eq!((owners(&first), owners(&clone)), (1, 3));
        assert_eq!(Arc::strong_count(&whole), 3, "one for each count");
        drop(loans);
        assert_eq!(owners(&clone), 1);
    }

    #[test]
    fn what_is_shared_lives_as_long_as_the_last_loan() {
        let whole = Arc::new(1);
        let known = Arc::downgrade(&whole);
        let loan = Share::new(&whole).lend();
        drop(whole);
        assert!(known.upgrade().is_some());
        drop(loan);
        assert!(known.upgrade().is_none());
    }
}
