//! The rows of the transition table, one by one.

use super::{DAY, GRAIN, at, limits, word};
use crate::budget::{Budget, Withdrawal, Word};
use Withdrawal::{Empty, Granted};

#[test]
fn a_new_budget_is_full() {
    let limits = limits(0.2, 10.0, 100);
    assert_eq!(Word::full(&limits), word(100.0, 0));
    assert_eq!(Budget::new(&limits).balance(&limits, at(0)), 100.0);
}

#[test]
fn a_deposit_adds_the_ratio() {
    let limits = limits(0.25, 10.0, 2);
    assert_eq!(word(0.0, 7).deposit(&limits), word(0.25, 7));
    assert_eq!(word(1.875, 7).deposit(&limits), word(2.0, 7));
    assert_eq!(word(1.75 + GRAIN, 7).deposit(&limits), word(2.0, 7));
}

#[test]
fn happy_path_writes_nothing() {
    let limits = limits(0.2, 10.0, 100);
    let full = word(100.0, 7);
    assert_eq!(full.deposit(&limits), full);
}

#[test]
fn a_refund_gives_one_token_back() {
    let limits = limits(0.25, 10.0, 4);
    assert_eq!(word(0.5, 7).refund(&limits), word(1.5, 7));
    let (taken, verdict) = word(3.0, 7).withdraw(&limits, at(7));
    assert_eq!(verdict, Granted);
    assert_eq!(taken.refund(&limits), word(3.0, 7));
}

#[test]
fn a_refund_stops_at_the_cap() {
    let limits = limits(0.25, 10.0, 4);
    assert_eq!(word(4.0, 7).refund(&limits), word(4.0, 7));
    assert_eq!(word(3.5, 7).refund(&limits), word(4.0, 7));
}

#[test]
fn a_lowered_cap_cuts_the_tokens() {
    let lowered = limits(0.25, 10.0, 3);
    let rich = word(80.0, 7);
    assert_eq!(rich.deposit(&lowered), word(3.0, 7));
    assert_eq!(rich.refund(&lowered), word(3.0, 7));
    assert_eq!(rich.withdraw(&lowered, at(7)), (word(2.0, 7), Granted));
    assert_eq!(rich.balance(&lowered, at(7)), 3.0);
}

#[test]
fn a_withdrawal_refills_first() {
    let limits = limits(0.0, 10.0, 4);
    assert_eq!(
        word(0.0, 7).withdraw(&limits, at(107)),
        (word(0.0, 107), Granted)
    );
    assert_eq!(
        word(0.5, 7).withdraw(&limits, at(207)),
        (word(1.5, 207), Granted)
    );
    assert_eq!(
        word(3.5, 7).withdraw(&limits, at(207)),
        (word(3.0, 207), Granted)
    );
}

#[test]
fn a_withdrawal_takes_one_token() {
    let limits = limits(0.0, 10.0, 4);
    assert_eq!(
        word(1.0, 7).withdraw(&limits, at(7)),
        (word(0.0, 7), Granted)
    );
    assert_eq!(
        word(4.0, 7).withdraw(&limits, at(7)),
        (word(3.0, 7), Granted)
    );
}

#[test]
fn less_than_one_token_is_empty() {
    let limits = limits(0.0, 10.0, 4);
    let short = word(1.0 - GRAIN, 7);
    assert_eq!(short.withdraw(&limits, at(7)), (short, Empty));
    assert_eq!(word(0.0, 7).withdraw(&limits, at(7)), (word(0.0, 7), Empty));
}

#[test]
fn empty_writes_nothing_and_forgets_no_time() {
    let limits = limits(0.0, 10.0, 4);
    let mut state = word(0.0, 0);
    for millis in 0..100 {
        let (next, verdict) = state.withdraw(&limits, at(millis));
        assert_eq!((next, verdict), (state, Empty), "at {millis} ms");
        state = next;
    }
    assert_eq!(state.withdraw(&limits, at(100)).1, Granted);
}

#[test]
fn a_stale_reading_refills_nothing_twice() {
    let limits = limits(0.0, 10.0, 4);
    for behind in [1, 999, 1_000] {
        let now = at(5_000 - behind);
        let (next, verdict) = word(1.5, 5_000).withdraw(&limits, now);
        assert_eq!(
            (next, verdict),
            (word(0.5, 5_000), Granted),
            "{behind} ms behind"
        );
        assert_eq!(
            next.withdraw(&limits, now),
            (next, Empty),
            "{behind} ms behind"
        );
        assert_eq!(next.balance(&limits, now), 0.5, "{behind} ms behind");
    }
}

#[test]
fn r09_a_clock_that_steps_back_is_followed() {
    let limits = limits(0.0, 10.0, 4);
    for behind in [1_001, 60_000, 3_600_000, DAY] {
        let stepped = 2 * DAY - behind;
        let had = word(1.5, 2 * DAY);
        let (next, verdict) = had.withdraw(&limits, at(stepped));
        assert_eq!(
            (next, verdict),
            (word(0.5, stepped), Granted),
            "{behind} ms"
        );
        // Empty too: the stamp goes back, or time would stand still until the clock is where it was.
        let had = word(0.5, 2 * DAY);
        let (next, verdict) = had.withdraw(&limits, at(stepped));
        assert_eq!((next, verdict), (word(0.5, stepped), Empty), "{behind} ms");
        assert_eq!(
            next.withdraw(&limits, at(stepped + 50)).1,
            Granted,
            "{behind} ms"
        );
        assert_eq!(had.balance(&limits, at(stepped)), 0.5, "{behind} ms");
    }
}

#[test]
fn a_stamp_more_than_a_day_ahead_is_idle_time() {
    let limits = limits(0.0, 10.0, 4);
    let now = 2 * DAY - DAY - 1;
    assert_eq!(
        word(0.0, 2 * DAY).withdraw(&limits, at(now)),
        (word(3.0, now), Granted)
    );
}

#[test]
fn the_stamp_wraps_without_a_seam() {
    let limits = limits(0.0, 10.0, 4);
    let before = u64::from(u32::MAX) - 49;
    let (next, verdict) = word(0.0, before).withdraw(&limits, at(before + 100));
    assert_eq!((next, verdict), (word(0.0, 50), Granted));
}

#[test]
fn looking_at_the_balance_changes_nothing() {
    let limits = limits(0.0, 10.0, 4);
    let budget = Budget::new(&limits);
    assert_eq!(budget.withdraw(&limits, at(1_000)), Granted);
    let before = budget.word();
    assert_eq!(budget.balance(&limits, at(1_050)), 3.5);
    assert_eq!(budget.balance(&limits, at(900_000)), 4.0);
    assert_eq!(budget.word(), before);
}

#[test]
fn debug_shows_the_decoded_word() {
    let text = std::format!("{:?}", word(1.5, 7));
    assert_eq!(text, "Word { tokens: 1.5, stamp: 7 }");
    let text = std::format!("{:?}", Budget::new(&limits(0.2, 0.0, 2)));
    assert_eq!(text, "Budget(Word { tokens: 2.0, stamp: 0 })");
}
