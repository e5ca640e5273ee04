//! Timeout, bulkhead, breaker and retry at once.

use ninelives::StreamingSink;

use super::{COUNTED_AND_ARMED, FLOOR, OURS, RESILIENCE, case};
use crate::echo::Echo;
use crate::floor;
use crate::stacks;
use crate::subject::{ANSWER, Case, Subject};

/// The names of the two cases that the claims are about.
pub const READY: &str = "stack, ready";
/// See [`READY`].
pub const PENDING: &str = "stack, pending once";

const TOWER_STACK: &str = "tower (no breaker; its limit waits)";
const TOWER_SHEDDING: &str = "tower (no breaker; its limit rejects)";

pub(super) fn cases() -> Vec<Case> {
    let (ready, pending) = (Echo::ready(), Echo::pending(1));
    vec![
        case(READY, true, silent(ready)),
        case(PENDING, true, silent(pending)),
        case("stack with events, ready", true, telling(ready)),
        case("stack with events, pending once", true, telling(pending)),
    ]
}

/// One of ours: a second one around the same layers would have the compiler share their code, and put less of it in line.
fn silent(inner: Echo) -> Vec<Subject> {
    vec![
        Subject::service(OURS, stacks::ours(inner), ANSWER),
        Subject::service(TOWER_STACK, stacks::tower(inner), ANSWER),
        Subject::service(TOWER_SHEDDING, stacks::tower_shedding(inner), ANSWER),
        Subject::service(RESILIENCE, stacks::resilience(inner), ANSWER),
        Subject::service(FLOOR, floor::stack(inner), ANSWER),
        Subject::service(COUNTED_AND_ARMED, floor::counted_stack(inner), ANSWER),
    ]
}

/// With one subscriber, who does not read: what is told is overwritten.
fn telling(inner: Echo) -> Vec<Subject> {
    let ours = StreamingSink::new(1024).unwrap();
    std::mem::forget(ours.subscribe());
    vec![Subject::service(
        OURS,
        stacks::ours_telling(ours, inner),
        ANSWER,
    )]
}
