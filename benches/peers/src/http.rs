//! What each peer's stack adds to a real HTTP call over loopback, beside ours: `benches/overhead.rs` with all of them.

use std::process::ExitCode;

use ninelives::StreamingSink;
use ninelives::clock::FastClock;

use crate::loopback::Loopback;
use crate::overhead::{self, Company, Extent, Reader, Subject};
use crate::report::Machine;
use crate::stacks;

/// More subjects, around the bare service.
pub type More = fn(Loopback) -> Vec<Subject>;

const OURS: [&str; 4] = [
    "ninelives, events read",
    "ninelives, events read, on the processor's clock",
    "ninelives, no events",
    "ninelives, no events, on tokio's timer",
];

/// Measures ours, the peers and those `more`, as the flags say, and prints the tables.
pub fn main(lock: &str, more: More) -> ExitCode {
    match Extent::of(std::env::args()) {
        Ok(extent) => {
            println!("{}", Machine::here(lock));
            for company in Company::ALL {
                println!("{}", run(company, extent, more));
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(company: Company, extent: Extent, more: More) -> String {
    let runtime = overhead::runtime(company);
    runtime.block_on(async {
        let bare = overhead::loopback(company).await;
        let sink = StreamingSink::new(1024).expect("in range");
        let reader = Reader::of(&sink);
        let fast = sink.clone().with_clock(FastClock::new());
        let mut subjects = vec![
            Subject::new("bare", bare.clone()),
            Subject::new("bare again", bare.clone()),
            Subject::new(OURS[0], stacks::ours_telling(sink, bare.clone())),
            Subject::new(OURS[1], stacks::ours_telling(fast, bare.clone())),
            Subject::new(OURS[2], stacks::ours(bare.clone())),
            Subject::new(OURS[3], stacks::ours_on_tokio(bare.clone())),
            Subject::new("tower: timeout, limit, retry", stacks::tower(bare.clone())),
            Subject::new("tower-resilience", stacks::resilience(bare.clone())),
        ];
        subjects.extend(more(bare));
        let overheads = overhead::measure(subjects, extent).await;
        let (received, lost) = reader.stop();
        let table = overhead::report(company, extent, &overheads, &OURS);
        format!("{table}\nour events read: {received}, overwritten before: {lost}\n")
    })
}
