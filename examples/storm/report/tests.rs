//! The page stands alone and shows what the figures say.

use super::*;
use crate::summary::tests::run;
use crate::table;

#[test]
fn the_page_fetches_nothing_and_runs_nothing() {
    let page = page(&run()).replace("http://www.w3.org/2000/svg", "");
    for sign in [
        "http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link",
    ] {
        assert!(!page.contains(sign), "{sign}");
    }
}

#[test]
fn the_page_is_made_for_light_and_for_dark() {
    let page = page(&run());
    assert!(
        page.contains("color-scheme: light dark") && page.contains("prefers-color-scheme: dark")
    );
}

#[test]
fn words_from_outside_are_escaped() {
    let page = page(&run());
    assert!(page.contains("a + b | &lt;c&gt;") && !page.contains("<c>"));
}

#[test]
fn every_phase_and_every_outcome_that_occurred_is_in_the_picture() {
    let page = page(&run());
    for name in ["healthy", "slow", "failing", "hanging", "recovering"] {
        assert!(
            page.contains(&format!("text-anchor=\"middle\">{name}</text>")),
            "{name}"
        );
    }
    for class in [
        "answered",
        "failed",
        "hung",
        "fallback_after_try",
        "fallback_at_once",
    ] {
        assert!(
            page.contains(&format!("<path class=\"{class}\"")),
            "{class}"
        );
    }
    assert!(!page.contains("<path class=\"rejected\""));
    assert!(page.contains("60 of 200") && page.contains("30 callers"));
}

#[test]
fn no_coordinate_is_out_of_the_picture_or_not_a_number() {
    let page = page(&run());
    assert!(!page.contains("NaN") && !page.contains("inf"));
    for (_, rest) in page
        .match_indices(" x=\"")
        .map(|(at, sign)| (at, &page[at + sign.len()..]))
    {
        let x: f64 = rest[..rest.find('"').expect("a closing quote")]
            .parse()
            .expect("a number");
        assert!((0.0..=canvas::Canvas::WIDTH).contains(&x), "{x}");
    }
}

#[test]
fn a_run_stopped_before_its_first_request_still_makes_a_page_and_a_table() {
    let mut summary = run();
    let length = std::time::Duration::from_secs(20);
    let empty = crate::book::Book::new(length).read();
    summary.driven = crate::driver::Driven {
        requests: 0,
        lasted: std::time::Duration::ZERO,
        most_late: std::time::Duration::ZERO,
    };
    summary.protected.pages = empty.clone();
    summary.bare.as_mut().expect("it ran").pages = empty;
    assert!(!page(&summary).contains("NaN"));
    assert!(table::plain(&summary).contains("requests"));
}

#[test]
fn the_figures_for_programs_are_those_of_the_page() {
    let figures = crate::json::report(&run());
    assert_eq!(figures["all_checks_hold"], true);
    assert_eq!(figures["bare"]["failed"], 60);
    assert_eq!(figures["bare"]["outcomes"]["hung"], 30);
    assert_eq!(figures["ninelives"]["upstream_received_while_down"], 30);
    assert_eq!(figures["settings"]["seed"], 42);
    assert_eq!(
        figures["ninelives"]["buckets"].as_array().map(Vec::len),
        Some(80)
    );
    assert_eq!(figures["policy"]["breaker_openings"], 1);
}

#[test]
fn the_table_has_a_line_for_each_column_and_a_column_for_each_side() {
    let table = table::plain(&run());
    assert_eq!(table.lines().count(), 1 + HEADS.len());
    let failed = table
        .lines()
        .find(|line| line.starts_with("failed"))
        .expect("a line");
    assert_eq!(
        failed.split_whitespace().collect::<Vec<_>>(),
        ["failed", "60", "0"]
    );
    let longest = table
        .lines()
        .find(|line| line.starts_with("max"))
        .expect("a line");
    assert_eq!(
        longest.split_whitespace().collect::<Vec<_>>(),
        ["max", "≥", "11.0", "s", "7.0", "ms"]
    );
}

#[test]
fn the_better_figure_of_the_two_is_marked_and_equal_ones_are_not() {
    let mut summary = run();
    let page_of_both = page(&summary);
    assert!(page_of_both.contains("<td class=\"bad\">60</td>"));
    assert!(page_of_both.contains("<td class=\"good\">0</td>"));
    summary.bare = Some(summary.protected.clone());
    let page_of_equals = page(&summary);
    assert!(
        !page_of_equals.contains("<td class=\"bad\">")
            && !page_of_equals.contains("<td class=\"good\">")
    );
}
