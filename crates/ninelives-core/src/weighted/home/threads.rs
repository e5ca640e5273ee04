//! The threads of a process, as what comes home needs them.

use core::cell::Cell;
use std::sync::OnceLock;
use std::thread_local;

use super::{Home, Homes, Vacancies};
use crate::sequence::Sequence;

/// The threads of this process. They have homes where one thread can make the others pass a fence: on Linux, since 4.14.
#[derive(Clone, Copy, Debug)]
pub enum Threads {}

/// No thread's number.
const NONE: u64 = 0;

static NUMBERS: Sequence = Sequence::new();

static VACANCIES: Vacancies = Vacancies::new();

static CAN_FENCE: OnceLock<bool> = OnceLock::new();

/// Set once a fence was refused that was granted before.
static REFUSED: OnceLock<()> = OnceLock::new();

thread_local! {
    // A cell without a drop: it is there as long as the thread is, and found without a look, where thread-locals are the system's own, as on Linux.
    static NUMBER: Cell<u64> = const { Cell::new(NONE) };
}

/// This thread's number, which it gets now if it has none; none if it `may` not have a home.
fn numbered(may: bool) -> u64 {
    match NUMBER.get() {
        _ if !may => NONE,
        NONE => {
            let number = NUMBERS.next();
            NUMBER.set(number);
            number
        }
        here => here,
    }
}

// === impl Threads ===

impl Threads {
    /// This thread's number, which no other thread has or will have; 0 if it has none, as it was no service's home yet.
    #[inline]
    pub fn number() -> u64 {
        NUMBER.get()
    }

    /// Has every thread of the process pass a full fence between the beginning and the end of this; or says that they did not, and no thread
    /// is given a home from then on.
    pub fn pass_a_fence() -> bool {
        let passed = fence::all();
        if !passed {
            REFUSED.get_or_init(|| ());
        }
        passed
    }

    /// Whether they can be made to pass a fence. The first one who asks, which is at the latest whoever makes the first service, asks the system,
    /// which may take milliseconds if there are other threads already; others who ask meanwhile wait.
    ///
    /// A process that gives up the right to ask for fences later (seccomp) keeps for good what would have needed one to be freed, and gives no
    /// thread a home any more. A filter that kills who asks kills it.
    pub fn can_fence() -> bool {
        *CAN_FENCE.get_or_init(fence::prepare) && REFUSED.get().is_none()
    }
}

/// A thread's number is given once, and kept on that thread. A home is leased after it was given back.
impl Homes for Threads {
    #[inline]
    fn here() -> u64 {
        Self::number()
    }

    fn arrive() -> u64 {
        numbered(Self::can_fence())
    }

    fn lease() -> Option<&'static Home> {
        Self::can_fence().then(|| VACANCIES.lease())
    }

    fn give_back(home: &'static Home) {
        VACANCIES.give_back(home);
    }

    fn barrier() -> bool {
        Self::pass_a_fence()
    }
}
/// By the system: an interrupt to each processor that runs a thread of this process.
#[cfg(all(target_os = "linux", not(miri)))]
mod fence {
    use rustix::thread::{MembarrierCommand, membarrier};

    pub(super) fn prepare() -> bool {
        membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok()
    }

    pub(super) fn all() -> bool {
        membarrier(MembarrierCommand::PrivateExpedited).is_ok()
    }
}

/// Under Miri each thread passes a fence by itself.
#[cfg(miri)]
mod fence {
    use crate::sync::light_fence;

    pub(super) fn prepare() -> bool {
        true
    }

    pub(super) fn all() -> bool {
        light_fence();
        true
    }
}

#[cfg(not(any(target_os = "linux", miri)))]
mod fence {
    pub(super) fn prepare() -> bool {
        false
    }

    pub(super) fn all() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::thread;

    use super::*;

    #[test]
    fn a_thread_has_a_number_of_its_own_once_it_has_arrived() {
        let numbers = || {
            let before = Threads::here();
            let arrived = Threads::arrive();
            assert_eq!((before, Threads::here()), (NONE, arrived));
            assert_eq!(Threads::arrive(), arrived);
            arrived
        };
        let threads = [(); 3].map(|()| thread::spawn(numbers));
        let seen: BTreeSet<u64> = threads.map(|thread| thread.join().unwrap()).into();
        assert_eq!(seen.len(), if Threads::can_fence() { 3 } else { 1 });
    }

    #[test]
    fn a_thread_that_has_a_number_arrives_nowhere_once_fences_are_refused() {
        let numbers = thread::spawn(|| [numbered(true), numbered(false), Threads::here()]);
        let [given, refused, kept] = numbers.join().unwrap();
        assert_eq!((refused, kept), (NONE, given));
        assert_ne!(given, NONE);
    }

    #[test]
    fn who_can_be_prepared_can_be_made_to_pass_a_fence() {
        assert_eq!(Threads::barrier(), Threads::can_fence());
    }

    #[test]
    fn two_that_lease_have_homes_of_their_own() {
        let homes = [Threads::lease(), Threads::lease()];
        let [Some(one), Some(other)] = homes else {
            assert!(!Threads::can_fence() && homes.iter().all(Option::is_none));
            return;
        };
        assert!(!std::ptr::eq(one, other));
        [one, other].into_iter().for_each(Threads::give_back);
    }
}
