//! What is compared: each page has the cases of one policy.

pub mod breaker;
pub mod bulkhead;
mod live;
mod race;
mod rate;
pub mod retry;
pub mod stack;
mod timeout;

use std::future::{Future, poll_fn};
use std::task::Poll;

use ninelives::{Timer, WheelTimer};

use crate::echo::{Echo, FAR, enter_runtime};
use crate::subject::{ANSWER, Case, Subject};
use crate::task::in_a_task;

/// Our name in the tables.
pub const OURS: &str = "ninelives";
const TOWER: &str = "tower";
/// What has all four, too.
pub const RESILIENCE: &str = "tower-resilience";
/// Ours again, where it waits.
pub const ON_TOKIO: &str = "ninelives (on tokio's timer)";
/// What is nobody's: each policy by [hand](crate::floor).
pub const FLOOR: &str = "floor";
const COUNTED: &str = "floor (counted owners)";
const ARMED: &str = "floor (tokio's timer)";
const COUNTED_AND_ARMED: &str = "floor (counted owners, tokio's timer)";
/// The peers with a column of their own in the short table.
pub const COLUMNS: [&str; 2] = [TOWER, RESILIENCE];

/// Does `work` in a task of a runtime that is entered for the rest of the process.
///
/// Something nearer than any timeout is waited for in it, on tokio's timer and on the wheel, so that arming a later one wakes nobody.
pub fn within<T: 'static>(work: impl FnOnce() -> T + 'static) -> T {
    let runtime = enter_runtime();
    runtime.block_on(rest());
    in_a_task(runtime, work)
}

/// Every case, for [`within`].
pub fn all() -> Vec<Case> {
    let mut cases = bare();
    cases.extend(timeout::cases());
    cases.extend(retry::cases());
    cases.extend(breaker::cases());
    cases.extend(bulkhead::cases());
    cases.extend(race::cases());
    cases.extend(rate::cases());
    cases.extend(live::cases());
    cases.extend(stack::cases());
    cases
}

/// Those in which a call owns a policy, for [`within`].
pub fn owning() -> Vec<Case> {
    let mut cases = retry::cases();
    cases.extend(breaker::cases());
    cases.extend(bulkhead::cases());
    cases.extend(stack::cases());
    cases
}

/// Arms a wait on the wheel, for good, and lets its driver go to rest.
async fn rest() {
    let mut nearer = Box::pin(WheelTimer.sleep(FAR / 2));
    let first = poll_fn(|cx| Poll::Ready(nearer.as_mut().poll(cx))).await;
    assert!(first.is_pending());
    std::mem::forget(nearer);
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
}

/// The inner service alone: what every other figure includes.
fn bare() -> Vec<Case> {
    let of = |name, inner| {
        case(
            name,
            false,
            vec![Subject::service("the service", inner, ANSWER)],
        )
    };
    vec![
        of("no policy, ready", Echo::ready()),
        of("no policy, pending once", Echo::pending(1)),
    ]
}

fn case(name: &'static str, ours: bool, subjects: Vec<Subject>) -> Case {
    Case {
        name,
        subjects,
        ours,
    }
}
