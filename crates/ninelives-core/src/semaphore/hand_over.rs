//! How free permits reach those that wait.
//!
//! Every change that may let somebody in ends here: a release, a growing limit, a close, a grant that was not taken, and a waiter
//! that has just joined. Whoever comes sets a permit aside, marks the first in the line, and wakes it with nothing held.

use core::mem;

use super::Semaphore;
use super::line::State;
use super::word::Word;

/// Goes on handing over when a waker panics: a permit that is free while somebody waits has nobody else to move it.
struct HandOver<'a>(&'a Semaphore);

// === impl Semaphore ===

impl Semaphore {
    /// After a change of the word that may let somebody in.
    #[inline]
    pub(super) fn settle(&self, word: Word) {
        if word.places() > 0 {
            self.hand_over();
        }
    }

    /// Hands free permits to the first in the line, or the news of the end to all of it, until nothing is left to hand over.
    #[cold]
    pub(super) fn hand_over(&self) {
        let line = self.line();
        loop {
            let word = self.gate.look();
            let state = if word.is_closed() {
                State::Closed
            } else if !word.has_room() || line.is_clear() {
                // Full: whoever gives a permit back looks at the line after this look at the word.
                return;
            } else if let (word, true) = self.gate.reserve() {
                State::Granted {
                    in_flight: word.used(),
                }
            } else {
                continue;
            };
            match line.settle_first(state) {
                Some(slot) => {
                    let rest = HandOver(self);
                    line.wake(slot);
                    mem::forget(rest);
                }
                None if state == State::Closed => return,
                // The one who waited has left. Give the permit back as any caller would, and look again.
                None => {
                    self.gate.release();
                }
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
