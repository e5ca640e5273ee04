//! Threads that begin at once.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// Runs each on a thread of its own: the time from the first one's beginning to the last one's end. Starting the threads is not in it.
pub fn together<W: FnOnce() + Send>(works: impl ExactSizeIterator<Item = W>) -> Duration {
    let line = Barrier::new(works.len());
    let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let begin = |work: W| {
            let line = &line;
            scope.spawn(move || {
                line.wait();
                let begun = Instant::now();
                work();
                (begun, Instant::now())
            })
        };
        let threads: Vec<_> = works.map(begin).collect();
        let spans = threads.into_iter().map(|thread| thread.join());
        spans.map(|span| span.expect("it does not panic")).collect()
    });
    let begun = spans.iter().map(|span| span.0).min();
    let done = spans.iter().map(|span| span.1).max();
    match (begun, done) {
        (Some(begun), Some(done)) => done - begun,
        _ => Duration::ZERO,
    }
}
