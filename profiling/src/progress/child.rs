//! The process under test: two threads that do the operation of a subject, and one that says how far they are.

use std::error::Error;
use std::hint::spin_loop;
use std::io::{BufRead, Write, stdin, stdout};
use std::os::unix::process::parent_id;
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, AtomicUsize, Ordering};
use std::thread;

use crossbeam_utils::CachePadded;

use super::subjects::ALL;

/// What the threads share beside the subject. None of it is waited for while a thread is stopped.
#[derive(Default)]
struct Course {
    begun: AtomicBool,
    /// Threads that are past their first mark.
    marked: AtomicUsize,
    over: AtomicUsize,
    threads: [AtomicI32; 2],
    /// Operations done; a line of its own for each, else the counting would be the contention.
    done: [CachePadded<AtomicU64>; 2],
}

/// Operations of each thread that come first, unwatched: rings are made, caches filled.
const WARM_UP: u64 = 1_000;

/// Serves a tracer: says who the threads are, begins when told `go`, and says how many operations each has done when asked `?`. Ends with
/// its standard input, or when each thread has done its `operations`.
///
/// A system call that asks for the parent's number marks the beginning and the end of what is counted.
///
/// # Errors
/// The subject refused its settings; the pipes broke.
pub fn serve(name: &str, operations: Option<u64>) -> Result<(), Box<dyn Error>> {
    let subject = ALL
        .iter()
        .find(|subject| subject.name == name)
        .ok_or("no such subject")?;
    let course = Arc::new(Course::default());
    for (which, operation) in (subject.make)()?.into_iter().enumerate() {
        let course = Arc::clone(&course);
        thread::spawn(move || course.drive(which, operations.unwrap_or(u64::MAX), operation));
    }
    let mut out = stdout().lock();
    let [a, b] = course.names();
    writeln!(out, "{a} {b}")?;
    out.flush()?;
    for line in stdin().lock().lines() {
        match line?.as_str() {
            "go" => course.begun.store(true, Ordering::Release),
            "?" => {
                let [a, b] = course
                    .done
                    .each_ref()
                    .map(|done| done.load(Ordering::Acquire));
                writeln!(out, "{a} {b}")?;
                out.flush()?;
            }
            other => return Err(format!("asked {other:?}").into()),
        }
    }
    // The threads may be stopped or without end: nothing is joined.
    exit(0)
}

// === impl Course ===

impl Course {
    /// The kernel's names of the threads, once both have warmed up.
    fn names(&self) -> [i32; 2] {
        loop {
            let names = self
                .threads
                .each_ref()
                .map(|name| name.load(Ordering::Acquire));
            if names.iter().all(|name| *name != 0) {
                return names;
            }
            thread::yield_now();
        }
    }

    fn drive(&self, which: usize, operations: u64, mut operation: Box<dyn FnMut() + Send>) {
        (0..WARM_UP).for_each(|_| operation());
        self.threads[which].store(nix::unistd::gettid().as_raw(), Ordering::Release);
        while !self.begun.load(Ordering::Acquire) {
            spin_loop();
        }
        let _mark = parent_id();
        // Together, so that they are in each other's way from the first operation on.
        self.marked.fetch_add(1, Ordering::AcqRel);
        while self.marked.load(Ordering::Acquire) < 2 {
            spin_loop();
        }
        for nth in 1..=operations {
            operation();
            // Release: pairs with the Acquire of the count; the operation is over.
            self.done[which].store(nth, Ordering::Release);
        }
        let _mark = parent_id();
        self.over.fetch_add(1, Ordering::AcqRel);
        // The end of a thread drops things: after both are done.
        while self.over.load(Ordering::Acquire) < 2 {
            spin_loop();
        }
    }
}
