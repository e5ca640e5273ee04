//! When a word has room for stripes, and stripes alone: who looks with an old view does nothing, and the last era has no end.

use super::super::super::stripes::{Given, Look, Stripes};
use super::super::super::word::Word;
use super::super::super::{MAX_PERMITS, Spot};
use super::{come, full, line, opened, stripes};

/// So many stripes, open.
fn open(count: u32) -> Stripes {
    let stripes = Stripes::new(count);
    stripes.open(stripes.phase());
    assert!(stripes.phase().is_open());
    stripes
}

/// Whether so many can be laid there.
fn lays(stripes: &Stripes, stripe: u32, weight: u32) -> bool {
    stripes.give(Spot::at(stripe), weight) == Given::Laid
}

#[test]
fn half_free_is_roomy_and_less_is_not() {
    for (limit, most) in [(8, 4), (5, 2), (2, 1)] {
        assert!(Word::new(limit).more_out(most).is_roomy(1));
        assert!(!Word::new(limit).more_out(most + 1).is_roomy(1));
    }
}

#[test]
fn roomy_is_as_many_free_as_there_are_stripes() {
    let word = Word::new(8).more_out(3);
    assert!(word.is_roomy(5) && !word.is_roomy(6));
    assert!(!Word::new(0).is_roomy(1), "a pause has no room");
    assert!(!Word::new(2).more_out(5).is_roomy(1), "nor has less");
}

#[test]
fn who_is_closed_or_waited_for_is_not_roomy() {
    let word = Word::new(8);
    for word in [word.closed(), word.one_queued(), word.watched(true)] {
        assert!(!word.is_roomy(1), "{word:?}");
    }
}

#[test]
fn at_first_stripes_are_shut_and_known_to_be_empty() {
    let stripes = Stripes::new(2);
    let phase = stripes.phase();
    assert!(phase.is_swept() && !phase.is_open());
    assert!(!lays(&stripes, 0, 1) && !stripes.take(Spot::at(0), 1));
}

#[test]
fn who_opens_in_an_era_that_is_over_opens_nothing() {
    let stripes = Stripes::new(2);
    let seen = stripes.phase();
    let shut = stripes.shut();
    stripes.open(seen);
    assert_eq!(stripes.phase(), shut);
    assert!(!lays(&stripes, 0, 1));
}

#[test]
fn open_stripes_are_not_opened_again() {
    let stripes = open(2);
    let phase = stripes.phase();
    stripes.open(phase);
    assert_eq!(stripes.phase(), phase);
}

#[test]
fn stripes_that_are_shut_already_keep_their_era_unless_those_who_look_must_lose() {
    let stripes = Stripes::new(2);
    let first = stripes.phase();
    assert_eq!(stripes.close(), first);
    assert_ne!(stripes.shut(), first);
    assert!(!stripes.phase().is_open() && !stripes.phase().is_swept());
}

#[test]
fn a_stripe_that_was_shut_takes_no_permit_and_gives_none() {
    let stripes = open(2);
    assert!(lays(&stripes, 0, 2));
    assert_eq!(stripes.empty(stripes.close()), (2, true));
    for stripe in 0..2 {
        assert!(!lays(&stripes, stripe, 1) && !stripes.take(Spot::at(stripe), 1));
    }
    assert_eq!(stripes.permits(), 0);
}

#[test]
fn what_is_laid_into_a_stripe_before_it_is_shut_is_swept_with_the_rest() {
    let stripes = open(2);
    assert!(lays(&stripes, 0, 1));
    let phase = stripes.close();
    assert!(lays(&stripes, 0, 1), "nobody has been there");
    assert!(!lays(&stripes, 1, 1), "nobody had opened that one");
    assert_eq!(stripes.empty(phase), (2, true));
}

#[test]
fn who_goes_through_stripes_in_an_era_that_is_over_takes_nothing() {
    let stripes = open(2);
    let old = stripes.close();
    stripes.open(old);
    assert!(lays(&stripes, 0, 1));
    assert_eq!(stripes.empty(old), (0, false));
    assert_eq!(stripes.take_anywhere(old, 1), Look::TooLate);
    assert!(stripes.take(Spot::at(0), 1));
}

#[test]
fn who_marks_an_era_that_is_over_marks_nothing() {
    let stripes = open(2);
    let old = stripes.close();
    let shut = stripes.shut();
    stripes.mark_swept(old);
    assert_eq!(stripes.phase(), shut);
    stripes.mark_swept(shut);
    assert!(stripes.phase().is_swept());
}

#[test]
fn a_look_through_all_finds_the_first_that_has_as_many() {
    let stripes = open(3);
    assert!(lays(&stripes, 0, 1) && lays(&stripes, 1, 2) && lays(&stripes, 2, 3));
    let phase = stripes.close();
    assert_eq!(stripes.take_anywhere(phase, 2), Look::Taken);
    assert!(!lays(&stripes, 1, 1), "it came by the second");
    assert!(lays(&stripes, 2, 1), "and not by the third");
    assert_eq!(stripes.take_anywhere(phase, 5), Look::Nowhere);
    assert!(!lays(&stripes, 2, 1), "now they are all shut");
    assert_eq!(stripes.permits(), 5);
}

#[test]
fn what_is_left_in_a_stripe_that_is_shut_is_found_by_a_look_alone() {
    let stripes = open(1);
    assert!(lays(&stripes, 0, 2));
    let phase = stripes.close();
    assert_eq!(stripes.take_anywhere(phase, 1), Look::Taken);
    assert!(!stripes.take(Spot::at(0), 1));
    assert_eq!(stripes.take_anywhere(phase, 1), Look::Taken);
}

#[test]
fn a_stripe_gives_all_that_was_asked_for_or_nothing() {
    let stripes = open(1);
    assert!(lays(&stripes, 0, 2));
    assert!(!stripes.take(Spot::at(0), 3));
    assert!(stripes.take(Spot::at(0), 2));
}

#[test]
fn what_does_not_fit_into_a_stripe_is_not_laid_there() {
    let stripes = open(1);
    assert!(lays(&stripes, 0, 1));
    assert!(!lays(&stripes, 0, MAX_PERMITS) && !lays(&stripes, 0, u32::MAX));
    assert!(lays(&stripes, 0, MAX_PERMITS - 1));
    assert_eq!(stripes.permits(), MAX_PERMITS);
}

#[test]
fn after_the_last_era_stripes_stay_shut_for_good() {
    let stripes = Stripes::near_the_end(1);
    stripes.open(stripes.phase());
    assert!(lays(&stripes, 0, 1));
    let last = stripes.shut();
    assert_eq!(stripes.empty(last), (1, true));
    stripes.open(last);
    assert_eq!((stripes.close(), stripes.shut()), (last, last));
    assert!(!lays(&stripes, 0, 1));
    stripes.mark_swept(last);
    stripes.open(stripes.phase());
    assert!(stripes.phase().is_swept() && !stripes.phase().is_open());
}

#[test]
fn who_shuts_the_last_but_two_skips_the_one_that_is_open() {
    let stripes = Stripes::near_the_end(1);
    let seen = stripes.phase();
    let last = stripes.shut();
    stripes.open(seen);
    stripes.open(last);
    assert_eq!(stripes.shut(), last);
}

#[test]
fn after_the_last_era_the_gate_alone_decides() {
    let mut semaphore = line(4, 8);
    semaphore.stripes = Some(Stripes::near_the_end(2));
    let semaphore = opened(semaphore);
    assert!(semaphore.watch_idle(), "which shuts them");
    semaphore.spread_if_roomy(semaphore.gate.load());
    assert!(!stripes(&semaphore).phase().is_open());
    for _ in 0..3 {
        let _ = come(&semaphore, 0, 4);
        assert_eq!(come(&semaphore, 1, 1), full(4, 4));
        semaphore.release_to(|| Spot::at(0), 4);
        assert_eq!(semaphore.gate.load().used(), 0);
    }
}
