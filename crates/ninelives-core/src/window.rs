//! Windows: what the last calls, or the calls of the last moments, were like.
//!
//! A [`CountWindow`] keeps the last so many outcomes, a [`TimeWindow`] those of the last so much time; both answer with [`Rates`],
//! and [`Thresholds`] say what is too much, in whole numbers. Nothing here opens a circuit: who keeps one asks for the verdict
//! and passes it on. Outcomes are kept under a [`Term`], the stretch of time in which a circuit was closed: a new one begins with
//! nothing, in no time, and what comes late from the one before counts in no other.
//!
//! ```
//! use core::time::Duration;
//! use ninelives_core::time::Tick;
//! use ninelives_core::window::{Mark, Shape, Share, Term, Thresholds, TimeWindow, Verdict};
//!
//! let window = TimeWindow::new(Shape::new(Duration::from_secs(10), 10, 1)?);
//! let thresholds = Thresholds::new(4)?.with_failed(Share::new(0.5)?);
//! let (term, mut now) = (Term::new(1), Tick::ZERO);
//! for mark in [Mark::SUCCESS, Mark::FAILURE, Mark::SUCCESS, Mark::FAILURE] {
//!     now = now.after(Duration::from_secs(1));
//!     window.record(0, term, now, mark, || true);
//! }
//! assert_eq!(thresholds.verdict(&window.rates(term, now)), Verdict::Failing);
//! assert_eq!(window.rates(Term::new(2), now).total, 0);
//! # Ok::<(), ninelives_core::limit::OutOfRange>(())
//! ```
//!
//! # Words
//! Of a slot of time there are four, for its calls, the failed, the slow, and those that began in it and are out:
//!
//! | bits   | field | meaning                                            | when it overflows                                 |
//! |--------|-------|----------------------------------------------------|---------------------------------------------------|
//! | 0..22  | count | how many                                           | the slot counts no more: its shares stay as they are |
//! | 22..36 | epoch | low bits of the stretch                            | see `# Stamps`                                    |
//! | 36..64 | lap   | how often the ring of slots had gone round         | wraps: see `# Stamps`                             |
//!
//! Of a count window there is one up to 24 outcomes; above, one for the sums and one for each place of a ring:
//!
//! | word   | bits   | field   | meaning                                        | when it overflows                        |
//! |--------|--------|---------|------------------------------------------------|------------------------------------------|
//! | few    | 0..49  | history | two bits for each outcome, the newest lowest; a one above the oldest | cannot: the oldest leave |
//! | few    | 49..63 | epoch   | low bits of the stretch                        | see `# Stamps`                           |
//! | sums   | 0..48  | total, failed, slow | 16 bits each, of both signs        | cannot: 16384 places, and 16384 threads on their way |
//! | sums   | 48..62 | epoch   | low bits of the stretch                        | see `# Stamps`                           |
//! | place  | 0..3   | mark    | failed, slow, taken                            | cannot                                   |
//! | place  | 3..49  | term    | the stretch                                    | as the number that its keeper gives      |
//!
//! # Transitions
//! A word of the stretch and time that an outcome is of takes it, whoever still counts. A word of another stretch or time is put to
//! the outcome's own, in the same swap that counts it, if `current` says that its stretch still is the one that counts: there is no
//! reset to lose. Only where words differ is anybody asked, so stretches need no order, and clocks that step back cannot spoil one.
//! The table of every word with every input is `window/table.txt`; a test prints it and compares. Tests of each row:
//!
//! | input, guard                                | next                    | test                                                       |
//! |---------------------------------------------|-------------------------|------------------------------------------------------------|
//! | outcome, slot of then                       | one more                | `every_kind_of_outcome_is_counted`                         |
//! | outcome, slot of then and full              | same words              | `b13_a_full_slot_keeps_its_shares_and_reaches_no_neighbour` |
//! | outcome, slot of before                     | one, and no failures    | `a_slot_that_comes_round_begins_at_one`                    |
//! | outcome, slot ahead by a lap, or a second   | same words              | `an_outcome_that_is_older_than_the_window_is_dropped_not_put_in_place_of_newer_ones` |
//! | outcome, slot further ahead                 | one: the clock went back | `hc91_a_clock_that_steps_back_an_hour_is_followed_at_once` |
//! | outcome, another stretch, which is over     | one                     | `hc34_a_new_stretch_begins_with_nothing`                   |
//! | outcome, another stretch, its own is over   | same words              | `a_late_outcome_counts_in_no_later_stretch_and_removes_nothing_of_it` |
//! | call begins, call ends                      | one more, one less      | `hc37_calls_that_hang_are_slow_without_any_completion`     |
//! | call ends, slot gone on                     | same word               | `a_call_that_comes_back_after_its_slot_has_gone_on_takes_nobody_elses_place` |
//! | outcome of few, of many                     | the last so many        | `hc40_the_last_outcomes_are_exact_at_every_size`           |
//! | forget                                      | nothing, if of then     | `the_low_bits_of_a_stretch_that_come_again_bring_back_nothing_that_was_forgotten` |
//!
//! # How exact
//! * Time: a window of `slots` slots looks at the slot that is being filled and those before it, so it covers its length less up to
//!   one slot. The slot of a moment is found by a multiplication, so one may be shorter than asked by the part that it is of 2^64 ns:
//!   of a second, by a nanosecond in 18 s; of three days, by 4 s; where it begins drifts by as much. With nobody on the way
//!   it is exact; a thread on the way is one outcome more or less. A look whose clock was read longer ago than a slot may miss the
//!   oldest slot of a stripe. An outcome that is as old as the ring, of 32 slots, is dropped.
//! * Few: exact, always.
//! * Many: exact when all have come to rest: what leaves a place is taken from the sums by whoever takes the place. On the way each
//!   thread is one outcome more or less in each sum. When one is held for a whole round of the ring, an outcome stays for a round
//!   longer and another goes as much earlier; so it is when one comes late from another stretch.
//! * A look never shows more failures, or more slow calls, than calls.
//!
//! # When to look
//! An outcome that succeeds in time lowers every rate, so a look after each failed or slow one, and no other, finds every rate that
//! rises, at the call that raises it ([`Mark::raises`]). What it does not find is a success that brings the total to its minimum, and
//! time that takes successes away: the next failure does. Calls that hang raise a rate in silence: look when
//! [`Entry::turned`] says that a slot is new.
//!
//! # Stamps
//! A slot that nobody writes for exactly 2^28 laps of 32 slots, in one stretch, would be taken for one of now, until it is a window
//! older: 3 days for a window of 1 ms in 31 slots, 9 days in ten, 272 years for 10 s in ten. A slot of another stretch whose number
//! has the same 14 low bits would be taken for one of this, if the number had gone on by 2^14 within a lap. The one word of few, and
//! the sums of many, have no lap: there it is any time, if the number had gone on by a multiple of 2^14 and no outcome had come on
//! the way. So whoever sees a circuit open calls [`CountWindow::forget`]. Places of the ring bear the whole number.
//!
//! A thread may be behind by a lap, or a second if that is longer, and is late then, not the clock. So a clock that steps back by less
//! than that may cost the outcomes of as much time; one that steps back further is followed at once. What was counted at a time that
//! the clock shows again counts again then, where nobody wrote since.
//!
//! # Orderings
//! The words of a slot are swapped with Release, failures after their call, and read with Acquire, failures first: so no look sees a
//! failure without its call. Whoever finds a word of another stretch asks behind an Acquire fence, which pairs with the swap that
//! put it there: so the answer is no older than what the writer of that word knew, and a late one is told the truth.
//!
//! # Progress
//! Recording is lock-free: a lost swap means that another thread's has taken place, and on a stripe of one's own there is none.
//! Looking is wait-free. No allocation but in `new` and `resized`.
//!
//! # Models
//! `loom-tests/tests/loom_window.rs`: no outcome is lost, in a slot, at its turn, in few, in many; no look sees more failures than
//! calls; nothing late gets into the next stretch; calls that are out are conserved.
//!
//! # Not promised
//! That a thread that was held for longer than a lap and a second takes nothing with it: it may put one slot of its stripe back.
//! That an [`Entry`] means anything to another window. Which of two outcomes at the same moment is the older.

pub mod count;
mod rates;
mod term;
pub mod time;

pub use count::CountWindow;
pub use rates::{Mark, Rates, Share, Thresholds, Verdict};
pub use term::Term;
pub use time::{Entry, Lane, Shape, TimeWindow};

#[cfg(test)]
mod tests;
