//! Allocations of a call, one line for each subject: times, bytes. Its counter slows every allocation, so it is a program of its own.

use peers::cases;

const WARM: u32 = 256;
const CALLS: u32 = 1_000;

fn main() {
    for mut subject in cases::all().into_iter().flat_map(|case| case.subjects) {
        subject.call(WARM);
        let seen = allocation_counter::measure(|| subject.call(CALLS));
        let of_a_call = |all: u64| all as f64 / f64::from(CALLS);
        println!(
            "{}\t{}",
            of_a_call(seen.count_total),
            of_a_call(seen.bytes_total)
        );
    }
}
