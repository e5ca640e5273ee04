//! What is compared: each page has the cases of one policy.

pub(crate) mod breaker;
pub(crate) mod bulkhead;
mod race;
mod rate;
pub(crate) mod retry;
pub mod stack;
mod timeout;

use crate::echo::{Echo, enter_runtime};
use crate::subject::{ANSWER, Case, Subject};

/// Our name in the tables.
pub const OURS: &str = "ninelives";
const TOWER: &str = "tower";
const RESILIENCE: &str = "tower-resilience";
const PUBLISHED: &str = "ninelives 0.2";
/// The peers with a column of their own in the short table.
pub const COLUMNS: [&str; 3] = [TOWER, RESILIENCE, PUBLISHED];

/// Every case. Enters the runtime that they need for the rest of the process.
pub fn all() -> Vec<Case> {
    enter_runtime();
    let mut cases = bare();
    cases.extend(timeout::cases());
    cases.extend(retry::cases());
    cases.extend(breaker::cases());
    cases.extend(bulkhead::cases());
    cases.extend(race::cases());
    cases.extend(rate::cases());
    cases.extend(stack::cases());
    cases
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
