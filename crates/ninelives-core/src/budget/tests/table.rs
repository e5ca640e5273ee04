//! The whole table, printed: every kind of word by every kind of input, beside what a reviewer approved.

use std::fmt::Write;
use std::string::String;

use super::{DAY, GRAIN, at, limits, word};
use crate::budget::Word;

const STAMP: u64 = 3 * DAY;

#[test]
fn the_transition_table_is_the_one_that_was_reviewed() {
    let printed = print();
    let approved = include_str!("../table.txt");
    assert_eq!(printed, approved, "the table is now:\n{printed}");
}

fn print() -> String {
    let limits = limits(0.25, 10.0, 2);
    let words = [0.0, 0.5, 1.0 - GRAIN, 1.0, 1.5, 1.875, 2.0, 5.0];
    let times = [
        ("now", STAMP),
        ("1 ms on", STAMP + 1),
        ("100 ms on", STAMP + 100),
        ("1 s on", STAMP + 1_000),
        ("40 days on", STAMP + 40 * DAY),
        ("1 ms back", STAMP - 1),
        ("1 s back", STAMP - 1_000),
        ("1.001 s back", STAMP - 1_001),
        ("1 day back", STAMP - DAY),
        ("1 day 1 ms back", STAMP - DAY - 1),
    ];
    let mut text = String::from("ratio 0.25, 10 per second, cap 2\n");
    for tokens in words {
        let from = word(tokens, STAMP);
        writeln!(text, "\n{tokens} tokens").unwrap();
        let deposited = from.deposit(&limits);
        writeln!(text, "  {:<33}{}", "deposit", change(from, deposited)).unwrap();
        let refunded = from.refund(&limits);
        writeln!(text, "  {:<33}{}", "refund", change(from, refunded)).unwrap();
        for (name, millis) in times {
            let (next, verdict) = from.withdraw(&limits, at(millis));
            let change = change(from, next);
            let verdict = std::format!("{verdict:?}");
            writeln!(text, "  withdraw {name:<15} {verdict:<7}  {change}").unwrap();
            let stamps = [from.stamp(), millis as u32];
            assert!(stamps.contains(&next.stamp()), "{name}: {next:?}");
        }
    }
    text
}

fn change(from: Word, next: Word) -> String {
    if next == from {
        return String::from("same word");
    }
    let stamp = if next.stamp() == from.stamp() {
        "kept"
    } else {
        "now"
    };
    std::format!("{} tokens, stamp {stamp}", next.tokens())
}
