//! What the whole stack, with its events read, adds to a real HTTP call over loopback.
//!
//! `--rounds N` for another number of rounds, `--quick` for a few: whether it runs, not what it costs. The claim that is printed: the
//! upper end of the 95 % interval is below 1 %. All peers beside it: `cargo xtask peers --overhead`.

#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/echo.rs"]
#[allow(dead_code, reason = "the benchmarks of a call use the rest of it")]
mod echo;
#[path = "support/loopback.rs"]
mod loopback;
#[path = "support/overhead.rs"]
mod overhead;
#[path = "support/paired.rs"]
#[allow(dead_code, reason = "the comparison with peers uses the rest of it")]
mod paired;
#[path = "support/quantiles.rs"]
mod quantiles;

use std::process::ExitCode;

use ninelives::prelude::*;
use tower::{Layer, ServiceBuilder};

use echo::FAR;
use overhead::{Company, Extent, Reader, Subject};

const OURS: [&str; 4] = [
    "ninelives, events read",
    "ninelives, no events",
    "ninelives on tokio's timer, events read",
    "ninelives on tokio's timer, no events",
];

fn main() -> ExitCode {
    match Extent::of(std::env::args()) {
        Ok(extent) => {
            for company in Company::ALL {
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
    let inner = || {
        let breaker = CircuitBreakerConfig::new(5, FAR, 1).expect("in range");
        let retry = RetryPolicy::builder().max_attempts(3).build();
        Policy(BulkheadLayer::new(64).expect("in range"))
            + Policy(CircuitBreakerLayer::new(breaker).expect("in range"))
            + Policy(retry.expect("in range").into_layer())
    };
    let timeout = || TimeoutLayer::new(FAR).expect("in range");
    let stack = || Policy(timeout()) + inner();
    let on_tokio = || Policy(timeout().with_timer(TokioTimer)) + inner();
    let runtime = overhead::runtime(company);
    runtime.block_on(async {
        let bare = overhead::loopback(company).await;
        let sink = StreamingSink::new(1024).expect("in range");
        let reader = Reader::of(&sink);
        let tower = ServiceBuilder::new().timeout(FAR).concurrency_limit(64);
        let subjects = vec![
            Subject::new("bare", bare.clone()),
            Subject::new("bare again", bare.clone()),
            Subject::new(OURS[0], stack().with_sink(sink.clone()).layer(bare.clone())),
            Subject::new(OURS[1], stack().layer(bare.clone())),
            Subject::new(OURS[2], on_tokio().with_sink(sink).layer(bare.clone())),
            Subject::new(OURS[3], on_tokio().layer(bare.clone())),
            Subject::new("tower: timeout, limit", tower.service(bare)),
        ];
        let overheads = overhead::measure(subjects, extent).await;
        let (received, lost) = reader.stop();
        let table = overhead::report(company, extent, &overheads, &OURS);
        format!("{table}\nevents read: {received}, overwritten before: {lost}\n")
    })
}
