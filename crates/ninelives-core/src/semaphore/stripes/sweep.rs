//! Going through all stripes, for permits that are not in the caller's own.

use super::Stripes;
use super::lane::Called;
use super::word::{Phase, Stripe};
use crate::semaphore::verdict::Spot;

/// What a look through all stripes came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::semaphore) enum Look {
    /// The permits are the caller's.
    Taken,
    /// No stripe has as many.
    Nowhere,
    /// No stripe has as many, but threads keep some.
    Kept,
    /// Meanwhile a later era began.
    TooLate,
}

// === impl Stripes ===

impl Stripes {
    /// Takes permits out of whatever stripe has as many, and shuts those it comes by. After `Nowhere` they are all shut.
    pub(in crate::semaphore) fn take_anywhere(&self, phase: Phase, weight: u32) -> Look {
        let part = |shut: Stripe| shut.without(weight).unwrap_or(shut);
        self.sweep(phase, part, |_| true)
    }

    /// Shuts all stripes and takes out what lies in them; false when meanwhile a later era began.
    pub(in crate::semaphore) fn empty(&self, phase: Phase) -> (u32, bool) {
        let mut permits = 0;
        let all = |shut: Stripe| shut.without(shut.permits()).unwrap_or(shut);
        let look = self.sweep(phase, all, |taken| {
            permits += taken;
            false
        });
        (permits, look != Look::TooLate)
    }

    /// `take` says what is left of a stripe that is shut, and `is_enough`, of what was taken there, whether that is all that is wanted.
    fn sweep(
        &self,
        phase: Phase,
        take: impl Fn(Stripe) -> Stripe,
        mut is_enough: impl FnMut(u32) -> bool,
    ) -> Look {
        match self.sweep_lying(phase, &take, &mut is_enough) {
            // What threads keep is asked for last, because that interrupts them.
            Look::Kept => self.call_in(phase),
            look => return look,
        }
        match self.sweep_lying(phase, &take, &mut is_enough) {
            // What nobody else can have is out.
            Look::Kept => Look::Nowhere,
            look => look,
        }
    }

    fn sweep_lying(
        &self,
        phase: Phase,
        take: impl Fn(Stripe) -> Stripe,
        mut is_enough: impl FnMut(u32) -> bool,
    ) -> Look {
        let mut nowhere = Look::Nowhere;
        for lane in &self.lanes {
            let taken = lane.change(|seen| {
                if seen.is_later_than(phase) {
                    return (seen, Err(Look::TooLate));
                }
                if seen.is_kept() {
                    return (seen, Err(Look::Kept));
                }
                let shut = seen.moved_to(phase);
                let rest = take(shut);
                (rest, Ok(shut.permits() - rest.permits()))
            });
            match taken {
                Ok(permits) if permits > 0 && is_enough(permits) => return Look::Taken,
                Ok(_) => {}
                Err(Look::Kept) => nowhere = Look::Kept,
                Err(look) => return look,
            }
        }
        nowhere
    }

    /// Closes, and has what a thread keeps laid into the caller's stripe. It stays there for whoever needs it, and is out at no time.
    #[cold]
    pub(in crate::semaphore) fn end_keeping(&self, spot: Spot) -> Phase {
        let (phase, lane) = (self.close(), self.lane(spot));
        let fenced = lane.call(phase) == Called::Unsettled && self.all_pass_a_fence();
        lane.bring(phase, fenced);
        phase
    }

    /// Has what threads keep laid into their stripes, after the others were shut.
    fn call_in(&self, phase: Phase) {
        // All are called before the fence.
        let called = self.lanes.iter().map(|lane| lane.call(phase));
        let unsettled = called.filter(|&called| called == Called::Unsettled).count() > 0;
        let fenced = unsettled && self.all_pass_a_fence();
        for lane in &self.lanes {
            lane.bring(phase, fenced);
        }
    }
}
