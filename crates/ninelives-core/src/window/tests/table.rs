//! What every word makes of every input, beside a text that a reader can check.

use std::format;
use std::string::String;

use super::*;
use crate::window::count::{Recent, Seat, Sum, step as counting};
use crate::window::time::{Stamp, Word, step as timing};

const OLD: Term = Term::new(1);
const NOW: Term = Term::new(2);
/// Laps that a thread may be behind.
const PATIENCE: u64 = 3;

fn stamp(term: Term, lap: u64) -> Stamp {
    Stamp::new(term, lap)
}

fn line<W: PartialEq + core::fmt::Debug, V: core::fmt::Debug>(
    table: &mut String,
    (stage, word): (&str, W),
    input: &str,
    (next, verdict): (W, V),
) {
    let next = if next == word {
        "same word".into()
    } else {
        format!("{next:?}")
    };
    table.push_str(&format!(
        "{stage:<22}| {input:<20}| {next:<40}| {verdict:?}\n"
    ));
}

/// A slot's word, and one more or one less of lap 100 in stretch 2.
fn of_slots(table: &mut String) {
    let here = stamp(NOW, 100);
    let stages = [
        ("never written", Word::EMPTY),
        ("of then", Word::of(here, 7)),
        ("of then, full", Word::of(here, Word::FULL)),
        ("of the lap before", Word::of(stamp(NOW, 99), 7)),
        ("of another stretch", Word::of(stamp(OLD, 100), 7)),
        ("one lap ahead", Word::of(stamp(NOW, 101), 7)),
        ("as far as patience", Word::of(stamp(NOW, 103), 7)),
        ("further ahead", Word::of(stamp(NOW, 104), 7)),
        ("ahead, and nothing", Word::of(stamp(NOW, 101), 0)),
        (
            "half a wrap before",
            Word::of(stamp(NOW, 100 + (1 << 27)), 7),
        ),
    ];
    for stage in stages {
        for (input, current) in [("add, current", true), ("add, over", false)] {
            line(
                table,
                stage,
                input,
                timing::add(stage.1, here, PATIENCE, current),
            );
        }
        for (input, current) in [("turn, current", true), ("turn, over", false)] {
            let next = timing::turn(stage.1, here, PATIENCE, current);
            line(table, stage, input, (next, ()));
        }
        line(table, stage, "remove", (timing::remove(stage.1, here), ()));
        table.push('\n');
    }
}

/// The words of the count windows, and a failure of stretch 2.
fn of_counts(table: &mut String) {
    let mark = Mark::FAILURE;
    let recent = |term| {
        let marks = [Mark::SUCCESS, Mark::FAILURE, Mark::SLOW];
        marks
            .iter()
            .fold(Recent::of(term), |word, mark| word.push(4, *mark))
    };
    let stages = [
        ("few, none", Recent::of(NOW)),
        ("few, three", recent(NOW)),
        ("few, full", recent(NOW).push(4, Mark::SLOW_FAILURE)),
        ("few, another stretch", recent(OLD)),
    ];
    for stage in stages {
        for (input, current) in [("failure, current", true), ("failure, over", false)] {
            line(
                table,
                stage,
                input,
                counting::push(stage.1, 4, NOW, mark, current),
            );
        }
    }
    table.push('\n');
    let stages = [
        ("place, never taken", Seat::EMPTY),
        ("place, taken", Seat::of(NOW, Mark::SLOW)),
        ("place, the same", Seat::of(NOW, mark)),
        ("place, other stretch", Seat::of(OLD, mark)),
    ];
    for stage in stages {
        for (input, current) in [("failure, current", true), ("failure, over", false)] {
            line(
                table,
                stage,
                input,
                counting::sit(stage.1, NOW, mark, current),
            );
        }
    }
    table.push('\n');
    let stages = [
        ("sum, none", Sum::of(NOW)),
        ("sum, one slow", Sum::of(NOW).turned(Mark::SLOW, None)),
        ("sum, other stretch", Sum::of(OLD).turned(Mark::SLOW, None)),
    ];
    let olds = [
        ("no one", None),
        ("slow", Some(Mark::SLOW)),
        ("failed", Some(mark)),
    ];
    for stage in stages {
        for (input, old) in olds {
            for (current, when) in [(true, "current"), (false, "over")] {
                let input = format!("for {input}, {when}");
                line(
                    table,
                    stage,
                    &input,
                    counting::turn(stage.1, NOW, mark, old, current),
                );
            }
        }
    }
}

#[test]
fn the_whole_table_is_as_written() {
    let mut table = String::new();
    of_slots(&mut table);
    of_counts(&mut table);
    let expected = include_str!("../table.txt");
    let differs = table.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(
        table.trim_end() == expected.trim_end(),
        "the table changed, at {differs:?}; the whole:\n{table}"
    );
}

#[test]
fn a_slot_asks_exactly_where_the_answer_matters() {
    let here = stamp(NOW, 100);
    for lap in 90..120 {
        for term in [OLD, NOW] {
            for count in [0, 1, Word::FULL] {
                let word = Word::of(stamp(term, lap), count);
                let add = |current| timing::add(word, here, PATIENCE, current);
                let asks = timing::asks(word, here, PATIENCE);
                assert_eq!(add(true) != add(false), asks, "{word:?}");
            }
        }
    }
}
