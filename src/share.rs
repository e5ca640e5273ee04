//! Shared ownership of a policy by its services and their calls, with a reference count for each service.
//!
//! A call may outlive its service, so it owns a reference to the policy. One reference count for all calls is a cache line that every core
//! writes twice per call; with two cores that costs more than everything else in a layer. So a service that is called more than once has
//! a count of its own, on a cache line that no other core writes as long as the service stays on its thread. A service that is called only once,
//! such as a clone for a single request, uses the count of the service it was cloned from, and allocates nothing.
//!
//! With the feature `membarrier` the calls of a service have a home: the thread on which the service takes its first stock of references, at its
//! second or third call. A call that ends on that thread returns its reference without a locked instruction. If the service is on another thread when
//! a stock is used up, that thread becomes its home. If it is still on the same one, it tells its policy, because it is likely to stay there.

use std::ops::Deref;
use std::sync::Arc;

#[cfg(not(feature = "membarrier"))]
use ninelives_core::weighted::Nowhere;
#[cfg(feature = "membarrier")]
use ninelives_core::weighted::{Lease, Threads};
use ninelives_core::weighted::{Unit, Weighted};

/// How calls come back to their service's count: where they are at home, or, without that power, by the count alone.
#[cfg(feature = "membarrier")]
type WayBack = Lease<Threads>;
#[cfg(not(feature = "membarrier"))]
type WayBack = Nowhere;

/// A service's part in its policy, and what it holds on to besides.
#[derive(Debug)]
pub(crate) struct Share<T, X = ()>(Weighted<Owned<T, X>, WayBack>);

/// A call's part in it. While it is out, the policy's state stays.
#[derive(Debug)]
pub(crate) struct Loan<T, X = ()>(Unit<Owned<T, X>, WayBack>);

/// What one count of owners owns.
#[derive(Debug)]
struct Owned<T, X> {
    whole: Arc<T>,
    beside: X,
    stays: fn(&T),
}

// === impl Share ===

impl<T> Share<T> {
    /// With a count of its own.
    pub(crate) fn new(whole: &Arc<T>) -> Self {
        Self::with(whole, ())
    }

    /// The same, of a policy that is told by `stays` when one service has used up a whole stock of calls, 65,536, at home.
    pub(crate) fn telling(whole: &Arc<T>, stays: fn(&T)) -> Self {
        Self::telling_with(whole, (), stays)
    }
}

impl<T, X: Clone> Share<T, X> {
    /// With a count of its own, that counts for `beside` too.
    pub(crate) fn with(whole: &Arc<T>, beside: X) -> Self {
        Self::telling_with(whole, beside, |_| ())
    }

    fn telling_with(whole: &Arc<T>, beside: X, stays: fn(&T)) -> Self {
        let whole = Arc::clone(whole);
        let owned = Owned {
            whole,
            beside,
            stays,
        };
        Self(Weighted::with_way_back(owned))
    }

    /// What it holds on to besides.
    #[inline]
    pub(crate) fn beside(&self) -> &X {
        &self.0.beside
    }

    /// Holds on to another from now on; calls that are out keep the one they have.
    pub(crate) fn hold(&mut self, beside: X) {
        *self = Self::telling_with(&self.0.whole, beside, self.0.stays);
    }

    /// For one call. The second one of a clone allocates its count.
    ///
    /// # Progress
    /// Wait-free, but for that allocation.
    #[inline]
    pub(crate) fn lend(&mut self) -> Loan<T, X> {
        match self.0.split() {
            Some(own) => Loan(own),
            None => self.settle(),
        }
    }

    #[cold]
    fn settle(&mut self) -> Loan<T, X> {
        // A clone has given away what it came with: from now on it counts for itself.
        // So does one whose thread is another by now.
        if self.0.is_first() && !self.0.is_abroad() {
            if self.0.is_at_home() {
                (self.0.stays)(&self.0.whole);
            }
            self.0.stock();
        } else {
            self.hold(self.0.beside.clone());
        }
        self.lend()
    }
}

/// A clone has not been called yet.
impl<T, X> Clone for Share<T, X> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T, X> Deref for Share<T, X> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0.whole
    }
}

// === impl Loan ===

impl<T> Clone for Loan<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T, X> Loan<T, X> {
    /// What it holds on to besides.
    #[inline]
    pub(crate) fn beside(&self) -> &X {
        &self.0.beside
    }
}

impl<T, X> Deref for Loan<T, X> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0.whole
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::thread;

    use super::*;

    /// Calls for which a stock is.
    const STOCK: usize = if cfg!(miri) { 2 } else { 1 << 16 };

    /// Whether both are of one count.
    fn alike<T, X>(share: &Share<T, X>, loan: &Loan<T, X>) -> bool {
        std::ptr::eq(&*share.0, &*loan.0)
    }

    #[test]
    fn a_clone_that_is_called_once_uses_the_count_it_was_cloned_with() {
        let first = Share::new(&Arc::new(1));
        let mut clone = first.clone();
        let loan = clone.lend();
        assert!(alike(&first, &loan));
        assert_eq!(*loan, 1);
    }

    #[test]
    fn from_its_second_call_on_a_clone_has_a_count_of_its_own() {
        let whole = Arc::new(1);
        let first = Share::new(&whole);
        let mut clone = first.clone();
        let loans = [clone.lend(), clone.lend(), clone.lend()];
        assert_eq!(
            loans.each_ref().map(|loan| alike(&first, loan)),
            [true, false, false]
        );
        assert!(alike(&clone, &loans[1]) && alike(&clone, &loans[2]));
        assert_eq!(Arc::strong_count(&whole), 3, "one for each count");
    }

    #[test]
    fn a_count_goes_with_its_service_and_the_last_of_its_calls() {
        let whole = Arc::new(1);
        let mut share = Share::new(&whole);
        let loans = [share.lend(), share.lend()];
        drop(share);
        let [first, second] = loans;
        drop(second);
        assert_eq!(Arc::strong_count(&whole), 2);
        drop(first);
        assert_eq!(Arc::strong_count(&whole), 1);
    }

    #[test]
    fn a_loan_keeps_what_was_held_on_to_when_it_was_lent() {
        let mut share = Share::with(&Arc::new(1), 7);
        let before = share.lend();
        share.hold(8);
        let after = share.clone().lend();
        assert_eq!((*before.beside(), *after.beside()), (7, 8));
        assert_eq!((*share.beside(), *share), (8, 1));
    }

    /// Calls, each of which ends before the next, until the service takes another stock.
    fn use_up(share: &mut Share<i32>) {
        for _ in 0..STOCK {
            drop(share.lend());
        }
    }

    #[test]
    fn a_service_that_goes_on_elsewhere_has_its_home_there_with_its_next_stock() {
        let whole = Arc::new(1);
        let mut share = Share::new(&whole);
        use_up(&mut share);
        let before = share.lend();
        let share = thread::spawn(move || {
            use_up(&mut share);
            share
        });
        let share = share.join().unwrap();
        #[cfg(feature = "membarrier")]
        assert_eq!(alike(&share, &before), !Threads::can_fence());
        #[cfg(not(feature = "membarrier"))]
        assert!(alike(&share, &before));
        drop(before);
        assert_eq!(Arc::strong_count(&whole), 2, "one count");
        drop(share);
        assert_eq!(Arc::strong_count(&whole), 1);
    }

    #[test]
    fn a_policy_is_told_when_a_service_has_used_up_a_stock_at_home() {
        thread_local!(static TOLD: Cell<u32> = const { Cell::new(0) });
        let mut share = Share::telling(&Arc::new(1), |_| TOLD.set(TOLD.get() + 1));
        drop(share.lend());
        drop(share.lend());
        assert_eq!(TOLD.get(), 0, "it has just come");
        use_up(&mut share);
        #[cfg(feature = "membarrier")]
        assert_eq!(TOLD.get(), u32::from(Threads::can_fence()));
        #[cfg(not(feature = "membarrier"))]
        assert_eq!(TOLD.get(), 0, "it has no home");
        thread::spawn(move || use_up(&mut share)).join().unwrap();
        assert!(TOLD.get() <= 1, "elsewhere it is not at home");
    }

    #[test]
    fn a_service_that_stays_keeps_its_count() {
        let whole = Arc::new(1);
        let mut share = Share::new(&whole);
        let first = share.lend();
        use_up(&mut share);
        use_up(&mut share);
        assert!(alike(&share, &first));
        assert_eq!(Arc::strong_count(&whole), 2);
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
