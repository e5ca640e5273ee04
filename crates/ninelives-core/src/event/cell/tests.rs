use super::{INTEREST, SharedInterest, TURN, joined};
use crate::event::{Interest, Kind};

const OPENED: Interest = Interest::NONE.with(Kind::CircuitOpened);

#[test]
fn interest_is_the_union_of_those_that_joined() {
    let shared = SharedInterest::new();
    assert_eq!(shared.get(), Interest::NONE);
    shared.add(OPENED);
    shared.add(Interest::OUTCOMES);
    shared.add(OPENED);
    assert_eq!(shared.get(), OPENED.union(Interest::OUTCOMES));
    for kind in Kind::ALL {
        assert_eq!(shared.wants(kind), shared.get().wants(kind));
    }
}

#[test]
fn who_leaves_narrows_the_interest() {
    let shared = SharedInterest::new();
    shared.add(Interest::ALL);
    assert!(shared.narrow(shared.look(), OPENED));
    assert_eq!(shared.get(), OPENED);
    assert!(shared.narrow(shared.look(), Interest::NONE));
    assert_eq!(shared.get(), Interest::NONE);
}

#[test]
fn a_join_in_between_stops_a_narrowing() {
    let shared = SharedInterest::new();
    shared.add(OPENED);
    let seen = shared.look();
    shared.add(OPENED);
    assert!(
        !shared.narrow(seen, Interest::NONE),
        "the second one's interest was taken away"
    );
    assert_eq!(shared.get(), OPENED);
}

#[test]
fn a_narrowing_in_between_stops_another() {
    let shared = SharedInterest::new();
    shared.add(Interest::ALL);
    let seen = shared.look();
    assert!(shared.narrow(seen, OPENED));
    assert!(!shared.narrow(seen, Interest::NONE));
    assert_eq!(shared.get(), OPENED);
}

#[test]
fn the_turn_wraps_and_leaves_the_interest_alone() {
    let last = TURN.set(INTEREST.set(0, u64::from(OPENED.bits())), TURN.max());
    let next = joined(last, OPENED);
    assert_eq!(
        (TURN.get(next), INTEREST.get(next)),
        (0, INTEREST.get(last))
    );
}
