//! Circuit breaker: consecutive failures open it, probes or a ramp close it, in one word.
//!
//! A caller asks [`admit`](Breaker::admit) and holds a [`Ticket`] until it knows the [`Outcome`]. The ticket remembers under which
//! epoch it was given: what it says later counts only if nothing has changed since. Time, limits and chance are arguments; the
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
//! | 0..3   | state    | all           | 0 closed, 1 open, 2 half-open, 3 latched, 4 forced open, 5 forced closed, 6 disabled, 7 ramping | cannot |
//! | 3..17  | epoch    | all           | turns on every change of state, on reset, with each stage, and when a lease is granted again | wraps: see `# Epochs` |
//! | 17..21 | openings | all           | openings without a recovery in between; 0 in a forced state | ends at 15               |
//! | 21..33 | failures | closed        | failures in a row                            | `Limits::new` refuses thresholds > 4095, and it opens there; what only counts ends there |
//! | 33..64 | since    | closed        | when it closed, in units of 2 s              | wraps after 136 years                   |
//! | 21..64 | deadline | open          | in units of 20 us, rounded up                | wraps after 5.5 years: see `# Time`     |
//! | 21..27 | probes   | half-open     | tickets out                                  | `Limits::new` refuses > 63              |
//! | 27..33 | won      | half-open     | probes that succeeded                        | as above: it closes there at the latest |
//! | 33..39 | lost     | half-open     | probes that failed                           | as above: it opens there at the latest  |
//! | 39..64 | granted  | half-open     | the last grant, in units of 10 ms, rounded up | wraps after 3.8 days: see `# Time`     |
//! | 21..24 | stage    | ramping       | 0 to 5                                       | cannot: after the last it closes        |
//! | 24..27 | ceiling  | ramping       | the stage that failed and was not passed since; 0 if none | cannot                     |
//! | 27..28 | fell     | ramping       | the stage was come to from above             | cannot                                  |
//! | 28..31 | setbacks | ramping       | stages that failed since there is a ceiling  | ends at 7                               |
//! | 31..37 | well     | ramping       | outcomes of this stage that were well        | both counts are halved                  |
//! | 37..43 | failed   | ramping       | outcomes of this stage that failed           | both counts are halved                  |
//! | 43..48 | last     | ramping       | the last admission, in units of 125 ms       | wraps after 4 s: see `# Time`           |
//! | 48..64 | end      | ramping       | of the stage, in units of 250 ms, rounded up | wraps after 4.5 hours: see `# Time`     |
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
//! | closed      | failure, breach   | it only counts          | closed, +1 | in time        | `it_counts_and_never_opens`                 |
//! | closed      | any that opens    | closed for `longest` before | open, openings 1 | in time, opened | `closed_for_the_longest_time_it_begins_anew` |
//! | open        | admit             | at the deadline         | half-open | probe           | `it_opens_for_the_whole_time_and_at_most_twenty_microseconds_more` |
//! | half-open   | admit             | a slot free             | half-open | probe           | `b02_the_second_caller_joins_and_resets_no_count` |
//! | half-open   | admit             | all taken               | same word | rejected, rest  | `b01_as_many_probes_as_allowed_and_one_transition` |
//! | half-open   | admit             | all taken, lease over   | half-open, next epoch | probe | `hc30_hc26_a_hung_probe_is_replaced_when_its_lease_is_over` |
//! | half-open   | success           | enough                  | closed    | in time, closed | `enough_successes_close_it`                 |
//! | half-open   | failure           | enough can follow       | half-open, lost +1 | in time | `hc87_two_of_three_close_it_whatever_the_third_says` |
//! | half-open   | failure           | too few are left        | open, openings +1 | in time, opened | `hc83_a_failed_probe_opens_it_with_a_fresh_deadline`, `hc87_it_opens_with_the_failure_after_which_too_few_are_left` |
//! | half-open   | breach            |                         | open      | in time, opened | `a_probe_that_ends_in_a_breach_has_failed`  |
//! | half-open   | ignored, abandon  |                         | slot back | in time         | `b03_dropped_probe_gives_its_slot_back`     |
//! | half-open   | any outcome       | its own lease over      | slot back | late            | `a_report_after_its_own_lease_gives_the_slot_and_counts_nothing` |
//! | open        | admit             | at the deadline, with a ramp | ramping, stage 0 | probe  | ramp: `each_stage_admits_its_share_by_chance` |
//! | ramping     | admit             | by chance, or a second after the last | last | probe    | ramp: `no_second_with_calls_in_it_passes_without_an_admission` |
//! | ramping     | admit             | else                    | same word | rejected, rest  | ramp: `whoever_comes_a_second_after_the_last_is_admitted_by_no_chance` |
//! | ramping     | admit             | the ramp was taken away | half-open | probe           | ramp: `a_ramp_taken_away_goes_on_as_half_open_and_one_given_waits_for_the_next_opening` |
//! | ramping     | success, failure  | too little heard, or healthy and not over | counted | in time | ramp: `a_stage_over_with_too_little_heard_goes_on` |
//! | ramping     | success, failure  | too many failed, stage 0 | open, openings +1 | in time, opened | ramp: `an_unhealthy_first_stage_opens_it_at_once` |
//! | ramping     | success, failure  | too many failed         | stage -1, setbacks +1, next epoch | in time | ramp: `an_unhealthy_later_stage_falls_to_the_one_before` |
//! | ramping     | success, failure  | the same, come to by climbing | and its ceiling | in time | ramp: `a_stage_that_fails_again_after_a_climb_is_the_new_ceiling` |
//! | ramping     | success, failure  | over and healthy        | stage +1, next epoch | in time | ramp: `a_healthy_stage_is_passed_when_its_time_is_over` |
//! | ramping     | success, failure  | over and healthy, stage 5 | closed  | in time, closed | ramp: `after_the_last_stage_it_is_closed`   |
//! | ramping     | ignored, abandon  |                         | same word | in time         | ramp: `hc29_hc88_ignored_and_dropped_calls_say_nothing` |
//! | ramping     | any outcome       | its lease over, or 15 minutes | same word | late      | ramp: `an_outcome_after_its_lease_or_a_quarter_of_an_hour_is_late` |
//! | open, half-open, ramping, latched | admit | it only counts | same word | admitted       | `open_it_admits_counts_nothing_and_keeps_its_state` |
//! | half-open, ramping | any outcome | it only counts        | slot back | in time         | `a_probe_that_is_out_decides_nothing_and_gives_its_slot_back` |
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
//! A slot is free while `probes + won + lost < limits.probes()`. With no probe out one is always free: limits that shrank to what
//! was already decided would otherwise leave nobody to decide. When they shrank below what is out, nobody new is admitted until it fits.
//! Every limit is read anew at each step; a time that already runs, an open time or a stage, keeps its end.
//!
//! # Openings
//! An opening lasts `open_for`, and with [`with_growth`](Limits::with_growth) longer each time, up to a longest; jitter comes on top.
//! The count of openings is in the word, and outlives its turns. A success of a probe does not end it, for a dependency that is well
//! with one call and not with all of them would then be tried at the same pace for ever; to have been closed for the longest open time
//! does, and so does a reset or a forced state. Nothing runs for that: who opens it looks at when it closed. An open time that a
//! dependency asks for is that of the limits of the one report that opens, and does not grow: [`Limits::lengthened`].
//!
//! # Ramp
//! With a [`Ramp`] it recovers in stages, which let a growing share of the calls through, by the random number that the step is given: a
//! call's [`Luck`], which is drawn once, by [`ask`](Breaker::ask) or else by `admit`.
//! Whoever comes a second after the last admission (from seven eighths of one on, for the units are coarse) is let through without
//! luck, so that no stage lasts for ever for want of outcomes, and calls that hang wedge nothing; and no stage hears the calls of
//! another, so that those which were out when one failed do not fail the next too.
//!
//! Shares, the least stage and its default, the open time, are those of seatbelt (oxidizer), which looks at a stage once, at its end, and
//! opens if it was unhealthy. Here it is looked at with each outcome, for a stage that fails should not last; and only the first
//! stage opens. Of a dependency that bears a tenth of the load, opening would make a wave that never ends; falling back by a stage, and
//! trying the next one half as often each time, settles where it can live. Which stage failed, its ceiling, is kept until it is passed: one
//! that fails right after a fall may only be paying for the one above it, and does not become the ceiling. Half failing is too much by default, as resilience4j judges
//! the calls of its half-open state.
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
//! - A call's identity is (closed, epoch, openings, since). For the same `since` the wrap, 16384 turns, must happen within two seconds
//!   (or after 136 years). By outcomes, the epoch turns at most three times per `open_for`, closed to open to half-open to closed, and
//!   `open_for` is 1 ms or more: 6003 turns in two seconds; and twice more a second by a stage that is passed and failed.
//! - A probe's identity is (half-open, epoch), and its outcome counts only within its lease, which is at most 4096 times `open_for`:
//!   at most 3 * 4096 + 3 = 12291 turns. A lease that is granted again turns once more, and only when a whole lease is over.
//! - A ramp's is (ramping, epoch), within the lease and a quarter of an hour: 12291 turns, and 1800 by stages, which last a second each
//!   before they are passed. A compile-time assertion adds them up.
//!
//! Commands turn it too: 16384 of them within two seconds, or within one lease, defeat this; `b12_a_wrap_within_two_seconds_by_hand_…`
//! shows that it would be noticed. So do limits changed back and forth within one lease.
//!
//! # Time
//! A deadline is never early, and late by less than 20 us. What is left until it is a difference modulo 2^43 units; up to the longest
//! open time and 2^45 us it is believed, anything else has passed. So a clock that steps back by up to 1.1 years keeps it open until
//! the same deadline, and a breaker that nobody calls for more than four years (5.5 less 1.1, less the open time) may be open once more,
//! wrongly, until 5.5 years are over.
//! What a lengthened open time is longer than the longest, a clock may step back less.
//!
//! A lease is read in the same way, in hundredths of a second modulo 2^25: it is granted again at most 20 ms after it is over; a clock may
//! step back by 11 hours; a half-open breaker with every probe lost, and nobody calling for three days, may hold its leases 11 hours
//! longer; a lease of 2^24 hundredths (46 hours) or more never ends, which is why the default is a day at most.
//!
//! A stage's end is late by less than 250 ms; a clock may step back by 34 minutes; in a ramp that nobody calls for more than three hours a
//! stage may last up to that much longer. The last admission of a ramp repeats every four seconds: after a whole number of them
//! without a call the first one that comes may wait for the rest of its second.
//!
//! # Orderings
//! The word guards no other memory, so every access is Relaxed: one location has one order, and each swap decides on the word it
//! replaces. Whoever tells others of a transition publishes that with means of its own. Beside the word is a generator of random numbers:
//! a counter that is drawn from before a step, and publishes nothing either.
//!
//! # Progress
//! Closed and well: wait-free, one load at admit and one at report. A refusal and every look: wait-free. What writes: lock-free, and
//! a lost swap means that another caller's has taken place. No recursion, no waiting.
//!
//! # Models
//! `loom-tests/tests/loom_breaker.rs`: L01 a late success cannot close, L02 a late failure cannot reopen, L03 no more probes than
//! slots, L04 a dropped probe returns its slot, L05 one transition and one deadline per opening, L06 no opening with an older deadline,
//! L07 commands and outcomes have one order, L08 a wrapped epoch is noticed; of two breaches one opens; and a hung probe and its successor
//! never both count; of some probes the last that can decides once; of two callers of a ramp's floor one is let through; a stage
//! is left once, and hears nobody of before.
//!
//! # Not promised
//! That a ramp admits exactly its share: a caller who asked while it was still open, and comes second, has no luck. That a ticket means anything to another breaker: debug builds panic where they can tell, release builds count nothing. That a lost
//! ticket is noticed before its lease is over. Exact counts across a change of limits. A thread that is stopped between its look at
//! the clock and its swap sets a deadline or a lease from the older time; a lease that is running is never shortened by it.

mod cell;
mod growth;
mod limits;
mod ramp;
mod recovery;
mod span;
pub mod step;
mod verdict;
mod word;

pub use cell::Breaker;
pub use limits::{Limits, LimitsSource};
pub use ramp::Ramp;
pub use verdict::{
    Admission, Asked, Luck, Outcome, Rejected, Report, State, Ticket, Transition, View,
};
pub use word::Word;

#[cfg(test)]
mod tests;
