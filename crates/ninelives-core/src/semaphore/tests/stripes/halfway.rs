//! Changes of the gate's word that another thread has seen before what lies in stripes was carried back.

use super::{come, full, laid, stripes};
use crate::semaphore::Entry;

#[test]
fn who_sees_the_end_gets_nothing_from_a_stripe() {
    let semaphore = laid(4, [1, 1]);
    semaphore.gate.close();
    assert!(semaphore.snapshot().closed);
    assert_eq!(come(&semaphore, 0, 1), Entry::Closed);
    assert_eq!(stripes(&semaphore).permits(), 2);
}

#[test]
fn who_sees_a_limit_below_what_is_held_gets_nothing_from_a_stripe() {
    let semaphore = laid(4, [1, 1]);
    semaphore.gate.resize(2);
    assert_eq!(come(&semaphore, 0, 1), full(2, 2));
    assert_eq!(stripes(&semaphore).permits(), 0, "the gate has them");
}

#[test]
fn who_sees_a_limit_above_what_is_held_gets_what_is_left_of_it() {
    let semaphore = laid(4, [1, 1]);
    semaphore.gate.resize(3);
    assert!(matches!(come(&semaphore, 0, 1), Entry::Acquired { .. }));
    assert_eq!(come(&semaphore, 0, 1), full(3, 3));
}

#[test]
fn who_sees_a_place_taken_has_what_lies_in_stripes_come_to_the_gate() {
    let semaphore = laid(4, [1, 1]);
    let (word, _) = semaphore.gate.enter(4, 8, || false);
    assert_eq!(word.places(), 1, "and nobody is in the line yet");
    assert!(matches!(come(&semaphore, 0, 1), Entry::Acquired { .. }));
    assert_eq!(
        (stripes(&semaphore).permits(), semaphore.gate.load().used()),
        (0, 3)
    );
}
