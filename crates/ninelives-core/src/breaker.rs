//! Circuit breaker: consecutive failures open it, successful probes or a ramp close it. Its state is one word.
//!
//! A caller asks [`admit`](Breaker::admit) for a [`Ticket`], and reports the call's [`Outcome`] with it. The ticket carries the epoch in
//! which it was issued, and the outcome counts only if the state has not changed since. Time, limits and random numbers are arguments:
//! the pure functions in [`step`] decide, and [`Breaker`] applies their decision with a compare-and-swap.
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
//! | 3..17  | epoch    | all           | incremented by every change of state, reset and change of stage, and when a lease is granted again | wraps: see `# Epochs` |
//! | 17..21 | openings | all           | openings without a recovery in between; 0 in a forced state | saturates at 15          |
//! | 21..33 | failures | closed        | consecutive failures                         | `Limits::new` refuses thresholds > 4095, and it opens there; with metrics only it saturates |
//! | 33..64 | since    | closed        | when it closed, in units of 2 s              | wraps after 136 years                   |
//! | 21..64 | deadline | open          | in units of 20 us, rounded up                | wraps after 5.5 years: see `# Time`     |
//! | 21..27 | probes   | half-open     | probes in flight                             | `Limits::new` refuses > 63              |
//! | 27..33 | won      | half-open     | probes that succeeded                        | cannot: it closes at 63 at the latest   |
//! | 33..39 | lost     | half-open     | probes that failed                           | cannot: it opens at 63 at the latest    |
//! | 39..64 | granted  | half-open     | when the last probe was admitted, in units of 10 ms, rounded up | wraps after 3.8 days: see `# Time` |
//! | 21..24 | stage    | ramping       | 0 to 5                                       | cannot: after the last it closes        |
//! | 24..27 | ceiling  | ramping       | the stage that failed and has not been passed since; 0 if none | cannot                |
//! | 27..28 | fell     | ramping       | this stage was entered from the one above    | cannot                                  |
//! | 28..31 | setbacks | ramping       | failed stages since there has been a ceiling | saturates at 7                          |
//! | 31..37 | well     | ramping       | successes in this stage                      | both counts are halved                  |
//! | 37..43 | failed   | ramping       | failures in this stage                       | both counts are halved                  |
//! | 43..48 | last     | ramping       | the last admission, in units of 125 ms       | wraps after 4 s: see `# Time`           |
//! | 48..64 | end      | ramping       | end of the stage, in units of 250 ms, rounded up | wraps after 4.5 hours: see `# Time` |
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
//! | closed      | failure           | without a threshold     | same word | in time         | `without_a_threshold_failures_are_neither_counted_nor_written` |
//! | closed      | breach            |                         | open      | in time, opened | `a_breach_opens_whatever_the_count`         |
//! | closed      | ignored, abandon  |                         | same word | in time         | `an_ignored_outcome_leaves_the_count_as_it_is` |
//! | open        | admit             | before the deadline     | same word | rejected, time left | `hc15_waiting_for_retry_after_is_exactly_enough` |
//! | closed      | failure, breach   | metrics only            | closed, +1 | in time        | `it_counts_and_never_opens`                 |
//! | closed      | any that opens    | after `longest` closed  | open, openings 1 | in time, opened | `closed_for_the_longest_time_it_begins_anew` |
//! | open        | admit             | at the deadline         | half-open | probe           | `it_opens_for_the_whole_time_and_at_most_twenty_microseconds_more` |
//! | half-open   | admit             | a slot free             | half-open | probe           | `b02_the_second_caller_joins_and_resets_no_count` |
//! | half-open   | admit             | no slot free            | same word | rejected, time left | `b01_as_many_probes_as_allowed_and_one_transition` |
//! | half-open   | admit             | no slot free, lease over | half-open, next epoch | probe | `hc30_hc26_a_hung_probe_is_replaced_when_its_lease_is_over` |
//! | half-open   | success           | enough                  | closed    | in time, closed | `enough_successes_close_it`                 |
//! | half-open   | failure           | enough can still succeed | half-open, lost +1 | in time | `hc87_two_of_three_close_it_whatever_the_third_says` |
//! | half-open   | failure           | too few can still succeed | open, openings +1 | in time, opened | `hc83_a_failed_probe_opens_it_with_a_fresh_deadline`, `hc87_it_opens_with_the_failure_after_which_too_few_are_left` |
//! | half-open   | breach            |                         | open      | in time, opened | `a_probe_that_ends_in_a_breach_has_failed`  |
//! | half-open   | ignored, abandon  |                         | slot back | in time         | `b03_dropped_probe_gives_its_slot_back`     |
//! | half-open   | any outcome       | after its own lease     | slot back | late            | `a_report_after_its_own_lease_gives_the_slot_and_counts_nothing` |
//! | open        | admit             | at the deadline, with a ramp | ramping, stage 0 | probe  | ramp: `each_stage_admits_its_share_by_chance` |
//! | ramping     | admit             | drawn, or a second after the last | last | probe        | ramp: `no_second_with_calls_in_it_passes_without_an_admission` |
//! | ramping     | admit             | otherwise               | same word | rejected, time left | ramp: `whoever_comes_a_second_after_the_last_is_admitted_by_no_chance` |
//! | ramping     | admit             | the limits have no ramp any more | half-open | probe           | ramp: `a_ramp_taken_away_goes_on_as_half_open_and_one_given_waits_for_the_next_opening` |
//! | ramping     | success, failure  | too few outcomes, or healthy and not over | counted | in time | ramp: `a_stage_over_with_too_little_heard_goes_on` |
//! | ramping     | success, failure  | too many failed, stage 0 | open, openings +1 | in time, opened | ramp: `an_unhealthy_first_stage_opens_it_at_once` |
//! | ramping     | success, failure  | too many failed         | stage -1, setbacks +1, next epoch | in time | ramp: `an_unhealthy_later_stage_falls_to_the_one_before` |
//! | ramping     | success, failure  | the same, entered from below | and ceiling = stage | in time | ramp: `a_stage_that_fails_again_after_a_climb_is_the_new_ceiling` |
//! | ramping     | success, failure  | over and healthy        | stage +1, next epoch | in time | ramp: `a_healthy_stage_is_passed_when_its_time_is_over` |
//! | ramping     | success, failure  | over and healthy, stage 5 | closed  | in time, closed | ramp: `after_the_last_stage_it_is_closed`   |
//! | ramping     | ignored, abandon  |                         | same word | in time         | ramp: `hc29_hc88_ignored_and_dropped_calls_say_nothing` |
//! | ramping     | any outcome       | after its lease, or 15 minutes | same word | late      | ramp: `an_outcome_after_its_lease_or_a_quarter_of_an_hour_is_late` |
//! | open, half-open, ramping, latched | admit | metrics only | same word | admitted       | `open_it_admits_counts_nothing_and_keeps_its_state` |
//! | half-open, ramping | any outcome | metrics only          | slot back | in time         | `a_probe_that_is_out_decides_nothing_and_gives_its_slot_back` |
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
//! `breaker/table.txt` lists every state with every input; a test prints it and compares.
//!
//! "Time left" is the rejection's `retry_after`. "Metrics only" is [`Limits::with_metrics_only`]: while closed it
//! counts and never opens; in any other state it admits every call, unless it is forced open, and keeps that state.
//!
//! # Probes
//! A slot is free while `probes + won + lost < limits.probes()`. While no probe is in flight, one slot is always free: otherwise limits
//! lowered to the number already decided would leave a half-open breaker that nothing can decide. If they are lowered below the number in flight,
//! no new probe is admitted until it fits. Each step reads the limits anew; an open time or a stage that has begun keeps its end.
//!
//! # Openings
//! An opening lasts `open_for`. [`with_growth`](Limits::with_growth) makes each one longer than the last, up to a maximum, and jitter is
//! added on top. The number of openings is part of the word and survives changes of state. A successful probe does not reset it, because a
//! dependency that can serve one call but not the full load would then be retried at the same pace for ever. It starts again once the breaker
//! has been closed for the maximum open time, or by a reset or a forced state. No timer runs for that: the step that opens the breaker compares
//! with the time at which it closed. An open time that the dependency asked for ([`Limits::lengthened`]) applies to one opening and does not grow.
//!
//! # Ramp
//! With a [`Ramp`] the breaker recovers in stages that admit a growing share of the calls. A call is admitted if its random number, its
//! [`Luck`], is below the share; it is drawn once, by [`ask`](Breaker::ask) or else by `admit`. A call that comes a second or more
//! after the last admission is admitted in any case (from 7/8 s on, because the unit of time is coarse). So a stage cannot last for ever for
//! lack of outcomes, nor can calls that hang block it. A stage counts only the outcomes of calls that it admitted: calls that
//! were in flight when one stage failed do not fail the next one, too.
//!
//! The shares, the minimum length of a stage and its default, the open time, are seatbelt's (oxidizer). Seatbelt evaluates a stage once, at its end,
//! and opens if it was unhealthy. Here a stage is evaluated with each outcome, so that an unhealthy one ends early, and only the first stage opens
//! the breaker: if a dependency bears a tenth of the load, opening would repeat the same rise and fall without end. Going back one stage, and
//! waiting twice as long before each new attempt, settles at the load that the dependency bears. The stage that failed is the ceiling until it
//! is passed. A stage that fails right after a step down does not become the ceiling, because it may only suffer from the load of the one
//! above. The default failure rate of one half is the one by which resilience4j evaluates its half-open state.
//!
//! # Limits
//! A [`LimitsSource`] supplies them, and may also take the breaker out of use. Then no step is taken: every call is admitted unless the
//! breaker is forced open, tickets are returned without an outcome, and the word stays as it is for later.
//!
//! # Rates
//! The word counts consecutive failures only. More elaborate statistics, such as the rates of a [`window`](crate::window), are kept outside, under the
//! ticket's [`term`](Ticket::term), so that they start anew with every change of state. They open the breaker by the outcome
//! [`Breach`](Outcome::Breach), which affects only the term in which the ticket was issued.
//!
//! # Epochs
//! An outcome is late unless its ticket matches the word's identity. Can a ticket outlive a whole cycle of the epoch, 16384 increments, and match
//! again?
//!
//! - A ticket issued while closed matches on (closed, epoch, openings, since). `since` stays equal for two seconds (or after 136 years), so the whole cycle
//!   would have to fit into two seconds. Outcomes increment the epoch at most three times per `open_for` (closed, open, half-open, closed),
//!   and `open_for` is at least 1 ms: 6003 increments in two seconds, and at most two more per second by stages that pass and fail.
//! - A probe matches on (half-open, epoch), and counts only within its lease, which is at most 4096 times `open_for`: at most
//!   3 * 4096 + 3 = 12291 increments. Granting a lease again adds one, and happens only after a whole lease.
//! - A ramp's ticket matches on (ramping, epoch), within its lease and a quarter of an hour: 12291 increments, and 1800 by stages, which last
//!   at least a second before they pass. A compile-time assertion checks the sum.
//!
//! Commands increment it, too: 16384 of them within two seconds, or within one lease, defeat this, as do limits that are changed back and forth
//! within one lease. `b12_a_wrap_within_two_seconds_by_hand_…` shows the effect.
//!
//! # Time
//! The open deadline is never early, and late by less than 20 us. The time left is a difference modulo 2^43 units. Values up to the maximum
//! open time plus 2^45 us count as time left; anything else means that the deadline has passed. So a clock may step back by up to 1.1 years
//! (less whatever a lengthened open time exceeds the maximum by) without moving the deadline. The price: a breaker that is not called for more than four
//! years (5.5 less 1.1, less the open time) may appear open again until 5.5 years have passed.
//!
//! A lease is computed in the same way, in units of 10 ms modulo 2^25. It is granted again at most 20 ms after its end, and a clock may step back by 11
//! hours. If all probes of a half-open breaker are lost and nobody calls it for three days, its leases may last up to 11 hours longer. A lease of 2^24 units
//! (46 hours) or more never ends, which is why the default is at most a day.
//!
//! A stage ends less than 250 ms late, and a clock may step back by 34 minutes. If a ramping breaker is not called for more than three hours, its
//! stage may last up to 34 minutes longer. The time of the last admission repeats every four seconds: after an idle time of a multiple of four
//! seconds, the first call may have to wait for the rest of its second.
//!
//! # Orderings
//! The word guards no other memory, so every access is Relaxed: a single location has a single modification order, and each swap decides
//! on the value that it replaces. A caller that announces a transition must publish it by its own means. The second atomic is a generator of
//! random numbers: a counter that is read before a step, and publishes nothing either.
//!
//! # Progress
//! While closed and without failures: wait-free, one load in `admit` and one in `report`. Rejections and views: wait-free. Every other operation is
//! lock-free: a swap fails only because another thread's swap succeeded. Nothing waits or recurses.
//!
//! # Models
//! `loom-tests/tests/loom_breaker.rs`: L01 a late success cannot close; L02 a late failure cannot reopen; L03 no more probes than
//! slots; L04 a dropped probe returns its slot; L05 one transition and one deadline per opening; L06 no opening with an older deadline;
//! L07 commands and outcomes have a single order; L08 a wrapped epoch is noticed. Also: of two breaches one opens; a hung probe and its
//! successor never both count; of several probes only the one that decides causes the transition; of two callers after an idle second of a ramp one is
//! admitted; a stage is left once, and counts no outcome of an earlier one.
//!
//! # Not promised
//! - That a ramp admits exactly its share: a call that saw the breaker open and lost the swap to the first probe has no random number, and is rejected.
//! - That a ticket reported to another breaker is detected: debug builds panic where they can tell, release builds count nothing.
//! - That a lost ticket is noticed before its lease is over.
//! - Exact counts across a change of limits.
//! - A deadline from the latest reading of the clock: a thread that is descheduled between its reading and its swap uses the older one. It never
//!   shortens a running lease.

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
