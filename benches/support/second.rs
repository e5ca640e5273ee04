//! The part of a second in which a reading of the clock always takes the same instructions.

use std::thread;
use std::time::{Duration, Instant};

/// How much of a second a benchmark may take from here to its end, under callgrind.
const ROOM: Duration = Duration::from_millis(400);

/// Waits for the next second of the clock, if this one is nearly over.
///
/// The difference of two readings borrows from the seconds if the later one has fewer nanoseconds, which takes three instructions more: without
/// this, a benchmark that reads the clock takes them now and then.
pub fn early_in_a_second() {
    let rest = Duration::from_secs(1).saturating_sub(into_the_second());
    if rest < ROOM {
        thread::sleep(rest);
    }
}

/// How far the clock of `Instant` is into its second. Only its debug output says so; where that is another one, nothing is waited for.
fn into_the_second() -> Duration {
    let now = format!("{:?}", Instant::now());
    let nanos = now.split("tv_nsec: ").nth(1);
    let digits = nanos.map(|nanos| nanos.trim_end_matches([' ', '}']));
    Duration::from_nanos(digits.and_then(|digits| digits.parse().ok()).unwrap_or(0))
}
