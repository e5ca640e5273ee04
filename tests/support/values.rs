//! Values for the parameters of policies, drawn at random: in range for the most part.

use std::time::Duration;

use ninelives::parameters::{Domain, Parameter, Value};
use ninelives::registry::PolicyHandle;

use crate::drive::Seeded;

/// Those that wait without end only for what comes anyhow.
const MAY_BE_FOR_EVER: [&str; 5] = [
    "timeout",
    "recovery_timeout",
    "probe_lease",
    "max_wait",
    "max_duration",
];

/// Commands of a breaker: resets often enough that no forced state lasts for long.
pub const COMMANDS: [&str; 7] = [
    "reset",
    "trip",
    "reset",
    "force_open",
    "reset",
    "force_closed",
    "disable",
];

/// A parameter of this policy and a value for it; a count is `most` at most, where it is in range.
pub fn draw(seeded: &mut Seeded, policy: &PolicyHandle, most: u64) -> (&'static str, Value) {
    let schema = policy.schema();
    let parameter = &schema[seeded.below(schema.len())];
    (parameter.name(), value(seeded, parameter, most))
}

fn value(seeded: &mut Seeded, parameter: &Parameter, most: u64) -> Value {
    let kind = seeded.below(20);
    if parameter.is_optional() && kind < 5 {
        return Value::None;
    }
    match parameter.domain() {
        Domain::Count { min, max } => match kind {
            0 => Value::Count(max + 1),
            1 => Value::Count(min),
            _ => Value::Count((min + seeded.below(16) as u64).min(most)),
        },
        Domain::Duration { min, .. } => match kind {
            0 if min > Duration::ZERO => Value::Duration(Duration::ZERO),
            1 if MAY_BE_FOR_EVER.contains(&parameter.name()) => Duration::MAX.into(),
            _ => Duration::from_millis(1 + seeded.below(60) as u64).into(),
        },
        Domain::Ratio { min, max } => match kind {
            0 => Value::Ratio(f64::NAN),
            1 => Value::Ratio(min),
            _ => Value::Ratio((min + seeded.below(4) as f64 / 2.0).min(max)),
        },
        Domain::Flag => Value::Flag(kind < 5),
        Domain::Choice(words) => Value::Choice(words[seeded.below(words.len())]),
        other => panic!("no values for {other:?}"),
    }
}
