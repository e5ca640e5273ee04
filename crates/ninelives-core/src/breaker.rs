//! Circuit breaker: consecutive failures open it, probes close it, in one word.
//!
//! A caller asks [`admit`](Breaker::admit) and holds a [`Ticket`] until it knows the [`Outcome`]. The ticket remembers under which
//! epoch it was given: what it says later counts only if nothing has changed since. Time, limits and clock are arguments; the
//! functions in [`step`] decide, and [`Breaker`] swaps the word.
//!
//! ```
//! use core::time::Duration;
//! use ninelives_core::breaker::{Admission, Breaker, Limits, Outcome, State};
//! use ninelives_core::time::ManualClock;
//!
//! let (breaker, clock) = (Breaker::new(), ManualClock::new());
//! let limits = Limits::new(1, Duration::from_secs(30), 1)?;
//! let Admission::Admitted(ticket) = breaker.admit(&limits, &clock) else { panic!() };
//! breaker.report(ticket, Outcome::Failure, &limits, &clock);
//! let Admission::Rejected(rejected) = breaker.admit(&limits, &clock) else { panic!() };
//! assert_eq!(rejected.retry_after, Some(Duration::from_secs(30)));
//!
//! clock.advance(Duration::from_secs(30));
//! let Admission::Probe { ticket, .. } = breaker.admit(&limits, &clock) else { panic!() };
//! breaker.report(ticket, Outcome::Success, &limits, &clock);
//! assert_eq!(breaker.state(), State::Closed);
//! # Ok::<(), ninelives_core::limit::OutOfRange>(())
//! ```
//!
//! # Word
//! | bits   | field    | in            | meaning                                      | when it overflows                       |
//! |--------|----------|---------------|----------------------------------------------|-----------------------------------------|
//! | 0..3   | state    | all           | 0 closed, 1 open, 2 half-open, 3 latched, 4 forced open, 5 forced closed, 6 disabled | 7 cannot be: a panic |
//! | 3..17  | epoch    | all           | turns on every change of state, on reset, and when a lease is granted again | wraps: see `# Epochs` |
//! | 17..32 | failures | closed        | failures in a row                            | `Limits::new` refuses thresholds > 32767, and it opens there |
//! | 32..64 | since    | closed        | second of the clock in which it closed       | wraps after 136 years                   |
//! | 17..64 | deadline | open          | microsecond of the clock, rounded up         | wraps after 4.4 years: see `# Time`     |
//! | 17..23 | probes   | half-open     | tickets out                                  | `Limits::new` refuses > 63              |
//! | 23..29 | won      | half-open     | probes that succeeded                        | as above: it closes there               |
//! | 29..64 | granted  | half-open     | millisecond of the last grant, rounded up    | wraps after 1.1 years: see `# Time`     |
//!
//! # Transitions
//! | from        | input             | guard                   | to        | verdict         | test                                        |
//! |-------------|-------------------|-------------------------|-----------|-----------------|---------------------------------------------|
//! | closed      | admit             |                         | same word | admitted        | `happy_path_writes_nothing_and_reads_no_clock` |
//! | closed      | success           | no failures             | same word | in time         | `happy_path_writes_nothing_and_reads_no_clock` |
//! | closed      | success           | failures                | closed, 0 | in time         | `a_success_forgets_the_failures_before_it`  |
//! | closed      | failure           | below the threshold     | closed, +1 | in time        | `failures_in_a_row_open_it_at_the_threshold` |
//! | closed      | failure           | at the threshold        | open      | in time, opened | `b09_two_failures_at_the_threshold_make_one_transition` |
//! | closed      | failure           | and `open_for` >= 2^45 us | latched | in time, opened | `b16_the_longest_time_never_ends_by_itself` |
//! | closed      | failure           | no threshold            | same word | in time         | `without_a_threshold_failures_are_neither_counted_nor_written` |
//! | closed      | breach            |                         | open      | in time, opened | `a_breach_opens_whatever_the_count`         |
//! | closed      | ignored, abandon  |                         | same word | in time         | `an_ignored_outcome_leaves_the_count_as_it_is` |
//! | open        | admit             | before the deadline     | same word | rejected, rest  | `hc15_waiting_for_retry_after_is_exactly_enough` |
//! | open        | admit             | at the deadline         | half-open | probe           | `it_opens_for_the_whole_time_and_not_a_microsecond_more` |
//! | half-open   | admit             | a slot free             | half-open | probe           | `b02_the_second_caller_joins_and_resets_no_count` |
//! | half-open   | admit             | all taken               | same word | rejected, rest  | `b01_as_many_probes_as_allowed_and_one_transition` |
//! | half-open   | admit             | all taken, lease over   | half-open, next epoch | probe | `hc30_hc26_a_hung_probe_is_replaced_when_its_lease_is_over` |
//! | half-open   | success           | enough                  | closed    | in time, closed | `enough_successes_close_it`                 |
//! | half-open   | failure           |                         | open      | in time, opened | `hc83_a_failed_probe_opens_it_with_a_fresh_deadline` |
//! | half-open   | breach            |                         | open      | in time, opened | `a_probe_that_ends_in_a_breach_has_failed`  |
//! | half-open   | ignored, abandon  |                         | slot back | in time         | `b03_dropped_probe_gives_its_slot_back`     |
//! | half-open   | any outcome       | its own lease over      | slot back | late            | `a_report_after_its_own_lease_gives_the_slot_and_counts_nothing` |
//! | latched, forced open | admit    |                         | same word | rejected        | `b19_hc47_force_open_beats_every_call_in_flight` |
//! | forced closed, disabled | admit, any outcome |            | same word | admitted, in time | `hc46_forced_closed_and_disabled_admit_whatever_comes_back` |
//! | any         | any outcome       | ticket of another epoch | same word | late            | `b08_result_that_survives_a_whole_cycle_is_not_counted` |
//! | closed      | trip under        | ticket of this epoch    | open      |                 | `whoever_learns_of_a_breach_with_a_call_in_hand_opens_it_and_comes_late` |
//! | any         | trip under        | a probe's, or of another epoch | same word |          | `a_late_breach_cannot_open_what_has_closed_since` |
//! | any         | trip              |                         | open      |                 | `trip_opens_a_healthy_breaker`              |
//! | open        | trip              |                         | open, fresh deadline | no transition | `hc32_trip_while_open_renews_the_deadline_and_is_no_transition` |
//! | any         | reset             |                         | closed, next epoch |        | `reset_closes_from_every_state`             |
//! | any         | force, disable    |                         | that state |                | `one_command_ends_the_state_of_another`     |
//!
//! The table of every stage with every input is `breaker/table.txt`; a test prints it and compares.
//!
//! A slot is free while `probes + won < limits.probes()`. With no probe out one is always free: limits that shrank to what was
//! already won would otherwise leave nobody to decide. When they shrank below what is out, nobody new is admitted until it fits.
//! Every limit is read anew at each step; a time that already runs, an open time, keeps its end. So an open time of its own, as a
//! dependency asks for or as grows from opening to opening, is that of the limits of the one report that opens:
//! [`Limits::lengthened`].
//!
//! Limits come from a [`LimitsSource`], which may also say that the breaker is out of use: then no step is taken. Every call is
//! admitted unless it is forced open, tickets are given back without an outcome, and the word stays for the time after.
//!
//! # Rates
//! The word counts failures in a row and nothing else. Whoever keeps more, as the rates of a [`window`](crate::window), keeps it
//! under the ticket's [`term`](Ticket::term), so that every change of state begins afresh, and tells of it with a
//! [`Breach`](Outcome::Breach), which opens the breaker that gave the ticket and none that came after.
//!
//! # Epochs
//! A ticket is late unless it shows the word's own identity. Could a ticket outlive a wrap of the epoch and be taken?
//!
//! - A call's identity is (closed, epoch, since). For the same `since` the wrap, 16384 turns, must happen within one second (or after
//!   136 years). By outcomes, the epoch turns at most three times per `open_for`, closed to open to half-open to closed, and
//!   `open_for` is 1 ms or more: 3003 turns in a second.
//! - A probe's identity is (half-open, epoch), and its outcome counts only within its lease, which is at most 4096 times `open_for`:
//!   at most 3 * 4096 + 3 = 12291 turns. A lease that is granted again turns once more, and only when a whole lease is over.
//!
//! Commands turn it too: 16384 of them within one second, or within one lease, defeat this; `b12_a_wrap_within_one_second_by_hand_…`
//! shows that it would be noticed. So do limits changed back and forth within one lease.
//!
//! # Time
//! A deadline is never early, and late by less than a microsecond. What is left until it is a difference modulo 2^47 us; from 1 us to
//! `open_for` + 2^45 us it is believed, anything else has passed. So a clock that steps back by up to 1.1 years keeps it open until
//! the same deadline, and a breaker that nobody calls for more than three years (4.4 less 1.1, less `open_for`) may be open once more,
//! wrongly, until 4.4 years are over.
//! What a lengthened open time is longer than `open_for`, a clock may step back less.
//! A lease is read in the same way, in milliseconds modulo 2^35: a clock may step back by 12 days; a half-open breaker with every probe
//! lost, and nobody calling for a year, may hold its leases 12 days longer; a lease of 2^34 ms (198 days) or more never ends.
//!
//! # Orderings
//! The word guards no other memory, so every access is Relaxed: one location has one order, and each swap decides on the word it
//! replaces. Whoever tells others of a transition publishes that with means of its own.
//!
//! # Progress
//! Closed and well: wait-free, one load at admit and one at report. A refusal and every look: wait-free. What writes: lock-free, and
//! a lost swap means that another caller's has taken place. No recursion, no waiting.
//!
//! # Models
//! `loom-tests/tests/loom_breaker.rs`: L01 a late success cannot close, L02 a late failure cannot reopen, L03 no more probes than
//! slots, L04 a dropped probe returns its slot, L05 one transition and one deadline per opening, L06 no opening with an older deadline,
//! L07 commands and outcomes have one order, L08 a wrapped epoch is noticed; of two breaches one opens; and a hung probe and its successor never both count.
//!
//! # Not promised
//! That a ticket means anything to another breaker: debug builds panic where they can tell, release builds count nothing. That a lost
//! ticket is noticed before its lease is over. Exact counts across a change of limits. A thread that is stopped between its look at
//! the clock and its swap sets a deadline or a lease from the older time; a lease that is running is never shortened by it.

mod cell;
mod limits;
mod span;
pub mod step;
mod verdict;
mod word;

pub use cell::Breaker;
pub use limits::{Limits, LimitsSource};
pub use verdict::{Admission, Outcome, Rejected, Report, State, Ticket, Transition, View};
pub use word::Word;

#[cfg(test)]
mod tests;
