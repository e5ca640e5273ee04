//! Two threads that tell events at the same time, against one of them alone, in turn.

#[path = "../at_once.rs"]
mod at_once;

use std::sync::mpsc;

use ninelives::emit::Sink;
use ninelives::{MonotonicClock, StreamingSink};
use tokio::sync::broadcast;

use super::subjects::{self, CAPACITY, STILL, emitting, name};
use at_once::Times;

/// Events that a thread tells in a round.
const TIMES: Times = Times(8000);
/// Room for what two threads tell in a round.
const ROOM: usize = 2 * TIMES.0;

/// Prints the time of one event, as the thread that tells it sees it.
pub fn run() {
    at_once::head(&format!("{} events", TIMES.0));
    let sink = StreamingSink::new(CAPACITY).expect("in range");
    let _reader = sink.subscribe();
    let still = sink.clone().with_clock(STILL).attach(&name());
    let both = [emitting(still.clone()), emitting(still)];
    TIMES.compare("ring, constant clock", both, || {});
    let timed = sink.with_clock(MonotonicClock::new()).attach(&name());
    let both = [emitting(timed.clone()), emitting(timed)];
    TIMES.compare("ring, MonotonicClock", both, || {});

    let (sender, _reader) = broadcast::channel(CAPACITY);
    let both = [sender.clone(), sender].map(subjects::broadcasting);
    TIMES.compare("tokio broadcast, full", both, || {});
    let (sender, reader) = mpsc::sync_channel(ROOM);
    let both = [sender.clone(), sender].map(subjects::trying);
    TIMES.compare("std mpsc, bounded, room", both, || {
        while reader.try_recv().is_ok() {}
    });
    let (sender, reader) = mpsc::channel();
    let both = [sender.clone(), sender].map(subjects::sending);
    TIMES.compare("std mpsc, unbounded", both, || {
        while reader.try_recv().is_ok() {}
    });
}
