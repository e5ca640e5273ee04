//! One test per row of the table on the page, by the pure step.

use crate::semaphore::step::{self, Admit, Returned, Served};
use crate::semaphore::word::{MAX_PERMITS, MAX_PLACES, Word};

fn word(used: u32, limit: u32, places: u32) -> Word {
    let mut word = Word::new(limit).more_out(used);
    for _ in 0..places {
        word = word.one_queued();
    }
    word
}

fn never() -> bool {
    panic!("nobody has a place, so nobody is asked")
}

#[test]
fn room_and_nobody_waiting_admits_without_asking_the_line() {
    let (next, admit) = step::enter(word(0, 1, 0), 1, 5, never);
    assert_eq!((next, admit), (word(1, 1, 0), Admit::Acquired));
}

#[test]
fn the_short_way_in_is_a_row_of_the_long_one() {
    for used in 0..3 {
        for places in 0..2 {
            for word in [word(used, 2, places), word(used, 2, places).closed()] {
                for weight in 1..4 {
                    let (next, admit) = step::enter(word, weight, 5, || false);
                    let short = (admit == Admit::Acquired).then_some(next);
                    assert_eq!(step::walk_in(word, weight), short, "{word:?}");
                }
            }
        }
    }
}

#[test]
fn the_short_way_out_is_a_row_of_the_long_one() {
    for used in 0..3 {
        for plain in [word(used, 2, 0), word(used, 2, 0).closed()] {
            for weight in 1..4 {
                let (next, returned) = step::release(plain, weight);
                let short = (returned == Returned::Free).then_some(next);
                assert_eq!(step::walk_out(plain, weight), short, "{plain:?}");
            }
        }
    }
}

#[test]
fn what_concerns_others_takes_the_long_way_out() {
    for word in [word(1, 2, 1), word(1, 2, 0).watched(true)] {
        assert_eq!(step::walk_out(word, 1), None);
    }
}

#[test]
fn room_and_only_settled_places_admits() {
    let (next, admit) = step::enter(word(0, 1, 3), 1, 5, || true);
    assert_eq!((next, admit), (word(1, 1, 3), Admit::Acquired));
}

#[test]
fn room_is_not_for_those_who_come_after_a_waiter() {
    let (next, admit) = step::enter(word(0, 1, 3), 1, 5, || false);
    assert_eq!((next, admit), (word(0, 1, 4), Admit::Queued));
}

#[test]
fn trying_never_queues() {
    let (next, admit) = step::enter(word(0, 1, 3), 1, 0, || false);
    assert_eq!((next, admit), (word(0, 1, 3), Admit::Full));
}

#[test]
fn full_takes_a_place() {
    let (next, admit) = step::enter(word(2, 2, 0), 1, 1, never);
    assert_eq!((next, admit), (word(2, 2, 1), Admit::Queued));
}

#[test]
fn full_line_rejects_and_writes_nothing() {
    let (next, admit) = step::enter(word(2, 2, 1), 1, 1, never);
    assert_eq!((next, admit), (word(2, 2, 1), Admit::Full));
}

#[test]
fn a_line_over_its_bound_takes_nobody() {
    let (next, admit) = step::enter(word(2, 2, 5), 1, 3, never);
    assert_eq!((next, admit), (word(2, 2, 5), Admit::Full));
}

#[test]
fn shrunk_below_in_flight_admits_nobody() {
    let (next, admit) = step::enter(word(8, 3, 0), 1, 0, never);
    assert_eq!((next, admit), (word(8, 3, 0), Admit::Full));
}

#[test]
fn closed_admits_nobody_and_writes_nothing() {
    let closed = word(0, 1, 0).closed();
    assert_eq!(step::enter(closed, 1, 5, never), (closed, Admit::Closed));
}

#[test]
fn too_little_room_takes_a_place() {
    let (next, admit) = step::enter(word(3, 5, 0), 3, 1, never);
    assert_eq!((next, admit), (word(3, 5, 1), Admit::Queued));
    let (next, admit) = step::enter(word(3, 5, 0), 2, 1, never);
    assert_eq!((next, admit), (word(5, 5, 0), Admit::Acquired));
}

#[test]
fn what_weighs_more_than_the_limit_is_told_so() {
    for word in [word(0, 2, 0), word(2, 2, 1)] {
        for capacity in [0, 5] {
            let told = step::enter(word, 3, capacity, never);
            assert_eq!(told, (word, Admit::Overweight));
        }
    }
    let paused = word(0, 0, 0);
    assert_eq!(step::enter(paused, u32::MAX, 0, never).1, Admit::Full);
    assert_eq!(step::enter(paused, u32::MAX, 5, never).1, Admit::Queued);
}

#[test]
fn serve_needs_room_for_all() {
    assert_eq!(
        step::serve(word(1, 3, 1), 2),
        (word(3, 3, 1), Served::Reserved)
    );
    assert_eq!(
        step::serve(word(2, 3, 1), 2),
        (word(2, 3, 1), Served::NotYet)
    );
    assert_eq!(
        step::serve(word(0, 0, 1), 2),
        (word(0, 0, 1), Served::NotYet)
    );
}

#[test]
fn a_turn_that_can_never_be_served_ends() {
    for word in [word(0, 2, 1), word(2, 2, 1), word(8, 2, 1)] {
        assert_eq!(step::serve(word, 3), (word, Served::Overweight));
    }
}

#[test]
fn serve_needs_an_open_gate() {
    let closed = word(0, 2, 1).closed();
    for weight in [1, 3] {
        assert_eq!(step::serve(closed, weight), (closed, Served::Closed));
    }
}

#[test]
fn release_gives_back_what_it_says() {
    let (next, returned) = step::release(word(2, 2, 1), 1);
    assert_eq!((next, returned), (word(1, 2, 1), Returned::Free));
    let (next, returned) = step::release(word(7, 2, 1), 5);
    assert_eq!((next, returned), (word(2, 2, 1), Returned::Free));
}

#[test]
fn release_after_close_does_not_reopen() {
    let (next, returned) = step::release(word(2, 2, 1).closed(), 1);
    assert_eq!((next, returned), (word(1, 2, 1).closed(), Returned::Free));
}

#[test]
fn surplus_release_is_remembered_and_never_wraps() {
    let mut now = word(1, 2, 0);
    for _ in 0..3 {
        let (next, returned) = step::release(now, 2);
        assert_eq!(returned, Returned::Surplus);
        assert_eq!((next.surplus(), next.used()), (1, 1));
        assert!(!next.is_closed());
        now = next;
    }
}

#[test]
fn vacate_frees_a_place_and_no_permit() {
    assert_eq!(step::vacate(word(1, 1, 2)).0, word(1, 1, 1));
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "a place was consumed twice")]
fn vacate_without_a_place_is_a_bug() {
    let _ = step::vacate(word(1, 1, 0));
}

#[test]
fn forgo_gives_place_and_permit_back_at_once() {
    let (next, returned) = step::forgo(word(2, 2, 2), 2);
    assert_eq!((next, returned), (word(0, 2, 1), Returned::Free));
}

#[test]
fn resize_touches_the_limit_alone() {
    let (next, old) = step::resize(word(8, 10, 4), 3);
    assert_eq!((next, old), (word(8, 3, 4), 10));
}

#[test]
fn resize_to_the_same_limit_writes_nothing() {
    assert_eq!(step::resize(word(1, 10, 0), 10).0, word(1, 10, 0));
}

#[test]
fn close_keeps_the_counts_and_writes_once() {
    let closed = step::close(word(2, 3, 1)).0;
    assert_eq!((closed.used(), closed.limit(), closed.places()), (2, 3, 1));
    assert!(closed.is_closed());
    assert_eq!(step::close(closed).0, closed);
}

#[test]
fn watching_an_idle_gate_writes_nothing() {
    for word in [word(0, 2, 0), word(0, 0, 3).closed()] {
        assert_eq!(step::watch(word), (word, true));
    }
}

#[test]
fn watching_is_remembered_once() {
    let watched = step::watch(word(1, 2, 1)).0;
    assert_eq!(watched, word(1, 2, 1).watched(true));
    assert_eq!(step::watch(watched), (watched, false));
    assert!(watched.concerns_others() && !word(1, 2, 0).concerns_others());
}

#[test]
fn rest_tells_once_and_only_when_idle() {
    let (idle, busy) = (word(0, 2, 1), word(1, 2, 1));
    assert_eq!(step::rest(idle.watched(true)), (idle, true));
    for word in [idle, busy, busy.watched(true)] {
        assert_eq!(step::rest(word), (word, false));
    }
}

#[test]
fn a_watched_gate_admits_as_any_other() {
    let watched = word(1, 2, 0).watched(true);
    assert_eq!(step::walk_in(watched, 1), Some(word(2, 2, 0).watched(true)));
    assert_eq!(step::release(watched, 1).0, word(0, 2, 0).watched(true));
}

#[test]
fn room_for_it_lets_permits_lie_in_stripes() {
    let roomy = word(2, 4, 0);
    assert_eq!(step::stripe(roomy, 2), (roomy.striped(), true));
    assert_eq!(step::stripe(roomy.striped(), 2), (roomy.striped(), true));
}

#[test]
fn without_room_for_it_striping_writes_nothing() {
    for plain in [word(2, 4, 1), word(3, 4, 0), word(0, 4, 0).closed()] {
        for word in [plain, plain.striped()] {
            assert_eq!(step::stripe(word, 1), (word, false));
        }
    }
    assert_eq!(step::stripe(word(2, 4, 0), 3), (word(2, 4, 0), false));
}

#[test]
fn who_comes_while_permits_lie_in_stripes_takes_the_long_way_in() {
    assert_eq!(step::walk_in(word(0, 2, 0).striped(), 1), None);
}

#[test]
fn who_goes_while_permits_lie_in_stripes_takes_the_long_way_out() {
    assert_eq!(step::walk_out(word(1, 2, 0).striped(), 1), None);
}

#[test]
fn a_striped_gate_counts_as_any_other() {
    let striped = word(1, 2, 0).striped();
    let (next, admit) = step::enter(striped, 1, 0, never);
    assert_eq!((next, admit), (word(2, 2, 0).striped(), Admit::Acquired));
    assert_eq!(step::release(striped, 1).0, word(0, 2, 0).striped());
}

#[test]
fn the_largest_counts_fit_their_fields() {
    let word = Word::from_bits(word(0, MAX_PERMITS, 0).bits() | u64::from(MAX_PERMITS));
    assert_eq!((word.used(), word.fits(1)), (MAX_PERMITS, false));
    assert_eq!(step::enter(word, 1, MAX_PLACES, never).1, Admit::Queued);
    assert_eq!(step::release(word, 1).0.used(), MAX_PERMITS - 1);
}
