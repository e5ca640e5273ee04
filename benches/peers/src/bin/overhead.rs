//! What each peer's stack adds to a real HTTP call over loopback, beside ours: `benches/overhead.rs` with all of them.

#![allow(clippy::disallowed_methods)]

use std::process::ExitCode;

use ninelives::StreamingSink;
use ninelives::clock::FastClock;
use ninelives_0_2::prelude as published;
use peers::loopback::Loopback;
use peers::overhead::{self, Company, Extent, Reader, Subject};
use peers::report::Machine;
use peers::stacks;

const OURS: [&str; 3] = [
    "ninelives, events read",
    "ninelives, events read, on the processor's clock",
    "ninelives, no events",
];

fn main() -> ExitCode {
    match Extent::of(std::env::args()) {
        Ok(extent) => {
            println!("{}", Machine::here());
            for company in [Company::Nearer, Company::Alone] {
                println!("{}", run(company, extent));
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(company: Company, extent: Extent) -> String {
    let runtime = overhead::runtime(company);
    runtime.block_on(async {
        let bare = Loopback::start().await.expect("loopback");
        let sink = StreamingSink::new(1024).expect("in range");
        let reader = Reader::of(&sink);
        let heard = published::StreamingSink::new(1024);
        let unread = heard.subscribe();
        let subjects = [
            Subject::new("bare", bare.clone()),
            Subject::new("bare again", bare.clone()),
            Subject::new(OURS[0], stacks::ours_telling(sink.clone(), bare.clone())),
            Subject::new(
                OURS[1],
                stacks::ours_telling(sink.with_clock(FastClock::new()), bare.clone()),
            ),
            Subject::new(OURS[2], stacks::ours(bare.clone())),
            Subject::new("tower: timeout, limit, retry", stacks::tower(bare.clone())),
            Subject::new("tower-resilience", stacks::resilience(bare.clone())),
            Subject::new(
                "ninelives 0.2, no events",
                stacks::published(published::NullSink, bare.clone()),
            ),
            Subject::new(
                "ninelives 0.2, events to one receiver",
                stacks::published(heard, bare),
            ),
        ];
        let overheads = overhead::measure(&subjects, extent).await;
        drop(unread);
        let (received, lost) = reader.stop();
        let table = overhead::report(company, extent, &overheads, &OURS);
        format!("{table}\nour events read: {received}, overwritten before: {lost}\n")
    })
}
