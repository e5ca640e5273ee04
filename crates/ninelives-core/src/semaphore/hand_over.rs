//! How free permits reach those that wait.
//!
//! Every change that may let somebody in ends here: a release, a growing limit, a close, a grant that was not taken, and a waiter
//! that has just joined. So does the news that no permit is out, for those who wait for it. Whoever comes
//! sets permits aside, marks the one whose turn it is, and wakes it with nothing held.

use alloc::boxed::Box;
use core::mem;

use super::Semaphore;
use super::line::State;
use super::step::Served;
use super::word::Word;

/// Goes on handing over when a waker panics: a permit that is free while somebody waits has nobody else to move it.
struct HandOver<'a>(&'a Semaphore);

// === impl Semaphore ===

impl Semaphore {
    /// Runs `idle` when somebody [watches](Self::watch_idle) and the last permit came back: on the thread that brought it, with nothing
    /// held. It may use this semaphore.
    #[must_use]
    pub fn on_idle(mut self, idle: impl Fn() + Send + Sync + 'static) -> Self {
        self.idle = Some(Box::new(idle));
        self
    }

    /// Whether no permit is out. If one is, [`on_idle`](Self::on_idle) is told once when, after that, none is: permits that are set aside
    /// or granted are out, and one that comes back and goes to a waiter at once stays out.
    ///
    /// Called again before that, it changes nothing: all who wait share one message.
    ///
    /// # Progress
    /// Lock-free.
    pub fn watch_idle(&self) -> bool {
        // What lies in stripes is out to the gate: before the look, so that the look is right, and after it, because it may have been
        // spread again before.
        self.end_spread();
        let idle = self.gate.watch();
        if !idle {
            self.end_spread();
        }
        idle
    }

    /// After a change of the word that may let somebody in.
    #[inline]
    pub(super) fn settle(&self, word: Word) {
        if word.concerns_others() {
            self.hand_over();
        }
    }

    /// Hands over what there is, then tells who waits until no permit is out, if none is.
    #[cold]
    pub(super) fn hand_over(&self) {
        self.let_in();
        // Afterwards: the permit of a waiter that had left was out until just now.
        if self.gate.rest()
            && let Some(idle) = &self.idle
        {
            idle();
        }
    }

    /// Hands free permits to the one whose turn it is, or the news of the end to the whole line, until nothing is left to hand over.
    fn let_in(&self) {
        let Some(line) = &self.line else { return };
        loop {
            self.gate.face_the_line();
            let Some(next) = line.next() else { return };
            let (word, served) = self.gate.serve(next.weight);
            let state = match served {
                Served::Reserved => State::Granted {
                    in_flight: word.used(),
                },
                // Whoever brings permits back looks at the line after this look at the word.
                Served::NotYet => return,
                Served::Overweight => State::Overweight {
                    limit: word.limit(),
                },
                Served::Closed => State::Closed,
            };
            if line.settle(&next, state) {
                let rest = HandOver(self);
                line.wake(&next);
                mem::forget(rest);
            } else if served == Served::Reserved {
                // The one who waited has left. Give the permits back as any caller would, and look again.
                self.gate.release(next.weight);
            }
        }
    }
}

// === impl HandOver ===

impl Drop for HandOver<'_> {
    fn drop(&mut self) {
        self.0.hand_over();
    }
}
