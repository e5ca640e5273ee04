//! Histograms side by side.

use super::latencies::Summary;

/// What one event may take, in nanoseconds.
const LIMIT: u64 = 10_000;

/// Prints how many took how long, a row for each power of two.
pub fn print(columns: &[&Summary], names: &[&str]) {
    let row = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:>18}")).collect();
        println!("{name:>22}{cells}");
    };
    let of = |cell: &dyn Fn(&Summary) -> u64| -> Vec<String> {
        columns
            .iter()
            .map(|column| cell(column).to_string())
            .collect()
    };
    row("ns", names.iter().map(|name| (*name).to_string()).collect());
    let longest = columns.iter().map(|column| column.max()).max().unwrap_or(1);
    for bits in 0..=longest.ilog2() {
        let (from, to) = (1 << bits, 2 << bits);
        let cells = of(&|column| column.between(from, to));
        if cells.iter().any(|cell| cell != "0") {
            row(&format!("{from}..{to}"), cells);
        }
    }
    let shares = [
        ("p50", 0.5),
        ("p99", 0.99),
        ("p99.99", 0.9999),
        ("p99.9999", 0.999_999),
    ];
    for (name, share) in shares {
        row(name, of(&|column| column.quantile(share)));
    }
    row("max", of(&Summary::max));
    row(
        "above 10 us",
        of(&|column| column.between(LIMIT + 1, u64::MAX)),
    );
    row("all", of(&Summary::total));
}
