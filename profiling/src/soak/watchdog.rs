//! The watchdog: says what it sees, and ends the process, when nothing goes on any more.

use std::process;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::count::Count;

/// How long nothing may go on.
pub const LIMIT: Duration = Duration::from_secs(5);
/// The exit code of a run that stands still.
pub const STUCK: i32 = 4;

const LOOK: Duration = Duration::from_millis(250);

/// Watches from now on, on a thread of its own, for as long as somebody holds the pulse.
pub fn watch(pulse: &Arc<Count>, said: impl Fn() -> String + Send + 'static) {
    let pulse = Arc::downgrade(pulse);
    thread::spawn(move || {
        if stands_still(&pulse) {
            eprintln!("nothing went on for {LIMIT:?}\n{}", said());
            process::exit(STUCK);
        }
    });
}

fn stands_still(pulse: &Weak<Count>) -> bool {
    let (mut seen, mut since) = (0, Instant::now());
    let mut looked = Instant::now();
    loop {
        thread::sleep(LOOK);
        let Some(pulse) = pulse.upgrade() else {
            return false;
        };
        let now = pulse.get();
        // A watchdog that slept itself, as on a machine that was suspended, has seen nothing.
        let slept = looked.elapsed() > 4 * LOOK;
        looked = Instant::now();
        if now != seen || slept {
            (seen, since) = (now, looked);
        } else if since.elapsed() >= LIMIT {
            return true;
        }
    }
}
