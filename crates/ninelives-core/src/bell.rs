//! Wakes readers that sleep, at the price of one load for a producer while nobody does.
//!
//! Many producers write somewhere that readers look at; nobody waits for anybody. A reader that finds nothing and wants to sleep has
//! a [`Bell`]; all readers share one [`Alarm`], a set of the kinds that somebody sleeps for. A producer that has written something of
//! kind `k` looks whether the alarm is armed for `k`, and only then rings every bell.
//!
//! # Words
//! | word     | meaning                                                          | written by                   | when it overflows |
//! |----------|------------------------------------------------------------------|------------------------------|-------------------|
//! | `wanted` | one bit for each kind that a sleeper waits for; 0: nobody sleeps | who sleeps, who rings        | cannot            |
//! | `rung`   | since the reader armed last, its bell was rung                   | who rings (set), the reader  | cannot            |
//!
//! # Transitions
//! | of    | call     | guard                    | to             | verdict            | test                                       |
//! |-------|----------|--------------------------|----------------|--------------------|--------------------------------------------|
//! | alarm | arm      |                          | with the kinds |                    | `an_alarm_is_armed_for_what_sleepers_want` |
//! | alarm | is armed | a kind of these is in it | same word      | true               | `an_alarm_is_armed_for_what_sleepers_want` |
//! | alarm | is armed | none is                  | same word      | false              | `an_alarm_is_armed_for_what_sleepers_want` |
//! | alarm | answer   | armed                    | 0              | true: ring them all | `one_producer_answers_an_alarm`            |
//! | alarm | answer   | 0                        | 0              | false              | `one_producer_answers_an_alarm`            |
//! | bell  | ring     |                          | rung           | wakes who rests    | `a_ring_is_remembered_until_it_is_quieted` |
//! | bell  | quiet    |                          | not rung       |                    | `a_ring_is_remembered_until_it_is_quieted` |
//! | bell  | rest     |                          | same word      | the newest waker   | `the_newest_waker_is_woken`                |
//! | bell  | leave    |                          | same word      | no waker           | `who_has_left_is_not_woken`                |
//!
//! # How to sleep
//! A ring costs the producer a wake. So a reader that may look late naps and looks, as often as it likes, before it begins; a producer knows
//! nothing of that.
//!
//! 1. Look. Nothing: [`rest`](Bell::rest), [`quiet`](Bell::quiet), [`arm`](Alarm::arm), and look again.
//! 2. Still nothing: sleep for a grace of a millisecond at most, then look again.
//! 3. Still nothing: sleep until woken.
//!
//! Polled in between, `rest` with the new waker, then ask [`is_rung`](Bell::is_rung): if so, begin again with 1; if not, the alarm
//! stands as it was armed, or a ring for it is under way and will wake this waker.
//!
//! # How to ring
//! Write. Then, if [`is_armed`](Alarm::is_armed) for what was written and [`answer`](Alarm::answer) says true, ring every bell. All of
//! them: `answer` clears the alarm for all. A reader that was woken in vain begins again.
//!
//! # Orderings
//! Sleeping is "arm, then look"; producing is "write, then look at the alarm". If neither is to miss the other, both need a full fence
//! in between. The sleeper has it, in `arm`. The producer has none, because it would cost each event more than all the rest: so its
//! write may still be on its way to memory when its look at the alarm, a moment earlier, found nobody. Nothing else can go wrong,
//! and this is what the grace is for: a processor hands its writes on as fast as it can, in far less than a microsecond, and a thread that
//! is suspended has handed on what it wrote. The language's memory model knows no such bound, so this page does not call it a proof:
//! the second look is one millisecond after the arming, a thousand times later. A write that comes after the arming was seen rings.
//! With a fence of the producer's own between write and look, the first two looks are enough, and the model shows it.
//!
//! `arm` and `answer` are read-modify-writes of one word, each both Acquire and Release: of a sleeper and a producer that answered, the later
//! one in the word's order sees what the earlier one did before. So the producer finds the waker of whoever it took the alarm from,
//! and a sleeper that arms after an answer finds what was written before that answer.
//!
//! # Progress
//! Everything here is wait-free, `ring` as far as the waker is. A producer pays one load while no sleeper wants its kind.
//!
//! # Models
//! `loom-tests/tests/loom_bell.rs`: a fenced producer never misses a sleeper; without the fence the look after the grace finds it; a
//! reader that is polled in between is woken by its new waker; two producers, one answer; L20 a waker that is left is dropped once.
//!
//! # Not promised
//! That nobody is woken in vain. That a reader whose grace is cut short, by a timer that does not wait, is woken for what was written in
//! the very moment of its arming.

mod cell;

pub use cell::{Alarm, Bell};

#[cfg(test)]
mod tests;
