//! How long single calls take while others call too.

use std::hint::black_box;
use std::sync::Mutex;
use std::time::Instant;

use tower::Service;

use super::latencies::Latencies;
use super::subjects::call;
use super::together::together;

/// Calls of each thread.
const CALLS: u64 = 400_000;

/// Says what the rows are.
pub fn heading() {
    println!(
        "{CALLS} calls of each thread, each timed by two readings of the system's clock, which are in the figures; ns"
    );
    println!(
        "{:22} {:>7} {:>8} {:>8} {:>10} {:>12}",
        "", "threads", "p50", "p99", "p99.9", "max"
    );
}

/// Prints a row.
pub fn row<S>(name: &str, threads: usize, service: &S)
where
    S: Service<u64, Response = u64> + Clone + Send,
{
    let parts = Mutex::new(Vec::new());
    let callers = (0..threads).map(|_| {
        let (mut service, parts) = (service.clone(), &parts);
        move || {
            let mut mine = Latencies::new();
            for _ in 0..CALLS {
                let begun = Instant::now();
                black_box(call(&mut service));
                mine.add(begun.elapsed());
            }
            parts.lock().expect("nobody panics").push(mine);
        }
    });
    together(callers);
    let all = Latencies::summary(parts.into_inner().expect("nobody panics"));
    println!(
        "{name:22} {threads:>7} {:>8} {:>8} {:>10} {:>12}",
        all.quantile(0.5),
        all.quantile(0.99),
        all.quantile(0.999),
        all.max()
    );
}
