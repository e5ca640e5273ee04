//! The whole transition table, refusals included, against the text beside this page.

use std::fmt::Write as _;
use std::string::String;

use crate::semaphore::step;
use crate::semaphore::word::Word;

/// `used/limit+places`, and what else there is to say.
fn state(word: Word) -> String {
    let mut text = std::format!("{}/{}+{}", word.used(), word.limit(), word.places());
    if word.is_closed() {
        text.push_str(" closed");
    }
    if word.is_striped() {
        text.push_str(" striped");
    }
    if word.surplus() > 0 {
        write!(text, " surplus {}", word.surplus()).expect("a string takes it");
    }
    if word.is_watched() {
        text.push_str(" watched");
    }
    text
}

fn words() -> impl Iterator<Item = Word> {
    let plain = (0..24).map(|n| {
        let (used, limit, places, closed) = (n % 3, n / 3 % 2 + 1, n / 6 % 2, n / 12 == 1);
        let mut word = Word::new(limit).more_out(used);
        for _ in 0..places {
            word = word.one_queued();
        }
        if closed { word.closed() } else { word }
    });
    let watched = (0..4).map(|n| {
        let word = Word::new(1).watched(true);
        let word = if n % 2 == 0 { word } else { word.more_out(1) };
        if n < 2 { word } else { word.one_queued() }
    });
    let striped = [
        Word::new(2),
        Word::new(2).more_out(2),
        Word::new(2).more_out(1).one_queued(),
        Word::new(2).more_out(1).closed(),
    ];
    plain.chain(watched).chain(striped.map(Word::striped))
}

fn table() -> String {
    let mut out = String::new();
    for word in words() {
        writeln!(out, "{}", state(word)).expect("a string takes it");
        let mut row = |input: &str, next: Word, verdict: &dyn std::fmt::Debug| {
            let next = if next == word {
                "unchanged".into()
            } else {
                state(next)
            };
            writeln!(out, "    {input:<16} {next:<22} {verdict:?}").expect("a string takes it");
        };
        for (input, weight, capacity, clear) in [
            ("try", 1, 0, false),
            ("try, clear", 1, 0, true),
            ("enter of 1", 1, 1, false),
            ("enter of 2", 1, 2, false),
            ("enter, clear", 1, 2, true),
            ("try two", 2, 0, false),
            ("enter two of 2", 2, 2, false),
        ] {
            let (next, verdict) = step::enter(word, weight, capacity, || clear);
            row(input, next, &verdict);
        }
        for (name, weight) in [("", 1), (" two", 2)] {
            let (next, verdict) = step::serve(word, weight);
            row(&std::format!("serve{name}"), next, &verdict);
            let (next, verdict) = step::release(word, weight);
            row(&std::format!("release{name}"), next, &verdict);
            if word.places() > 0 {
                let (next, verdict) = step::forgo(word, weight);
                row(&std::format!("forgo{name}"), next, &verdict);
            }
        }
        if word.places() > 0 {
            row("vacate", step::vacate(word).0, &());
        }
        for limit in 0..3 {
            let (next, verdict) = step::resize(word, limit);
            row(&std::format!("resize {limit}"), next, &verdict);
        }
        row("close", step::close(word).0, &());
        let (next, verdict) = step::watch(word);
        row("watch", next, &verdict);
        let (next, verdict) = step::rest(word);
        row("rest", next, &verdict);
        let (next, verdict) = step::stripe(word, 1);
        row("stripe", next, &verdict);
    }
    out
}

#[test]
fn transition_table_is_as_written() {
    let now = table();
    let written = include_str!("../table.txt");
    assert!(
        now == written,
        "the table changed; if that is meant, semaphore/table.txt becomes:\n{now}"
    );
}
