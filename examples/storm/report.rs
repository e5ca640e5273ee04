//! `report.html`: one file, readable offline, light or dark as its reader likes it.
//!
//! Everything is inline: no script, no font and no picture comes from elsewhere.

mod canvas;
mod latency;
mod outcomes;
mod plot;

use std::cmp::Ordering;
use std::fmt::Write;

use crate::book::Tally;
use crate::caller::Outcome;
use crate::summary::{Side, Summary};
use crate::table::{HEADS, MEANINGS, cells, shown};
use crate::words::{count, escaped, seconds};

const STYLE: &str = include_str!("report/style.css");

/// The columns whose figures are marked as good or bad: failed, longest wait, reached while down.
const MARKED: [usize; 3] = [3, 7, 8];

/// The page.
pub fn page(summary: &Summary) -> String {
    let headline: String = summary
        .headline()
        .iter()
        .map(|line| sentence(line))
        .collect();
    let setting = escaped(&summary.setting());
    let overload = summary.overload().map_or_else(String::new, |words| {
        format!("<p class=\"warning\">{words}</p>\n")
    });
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>ninelives: a storm</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <p class=\"eyebrow\">A storm. {setting}.</p>\n<h1>{headline}</h1>\n{overload}\
         <div class=\"card\">\n{}</div>\n<div class=\"card\">\n{}{}</div>\n<div class=\"facts\">\n{}{}</div>\n\
         </main>\n</body>\n</html>\n",
        table(summary),
        legend(summary),
        plot::picture(summary),
        policy(summary),
        checks(summary),
    )
}

/// A line of the headline; its first words, which name the side, are coloured like the side's figures.
fn sentence(line: &str) -> String {
    // A figure and its unit stay on one line.
    let line = escaped(line)
        .replace(" ms", "&nbsp;ms")
        .replace(" s,", "&nbsp;s,");
    let sides = [("Without ninelives", "bad"), ("With ninelives", "good")];
    let marked = sides.into_iter().find_map(|(name, class)| {
        let rest = line.strip_prefix(name)?;
        Some(format!("<b class=\"{class}\">{name}</b>{rest}"))
    });
    format!("<span>{}</span>", marked.unwrap_or(line))
}

fn table(summary: &Summary) -> String {
    let mut text = String::from("<table>\n<thead><tr><th></th>");
    for (head, meaning) in HEADS.iter().zip(MEANINGS).take(shown(summary)) {
        let _ = write!(text, "<th title=\"{meaning}\">{head}</th>");
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    let compared = compared(summary);
    for (n, (name, side)) in summary.sides().into_iter().enumerate() {
        let _ = write!(text, "<tr><th>{name}</th>");
        for (column, cell) in cells(summary, side).iter().enumerate().take(shown(summary)) {
            let class = MARKED.iter().position(|marked| *marked == column);
            let class = class.map_or("", |mark| compared[n][mark]);
            let _ = write!(text, "<td class=\"{class}\">{cell}</td>");
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n");
    text
}

/// For each side and marked column the class of its figure: the smaller is the better.
fn compared(summary: &Summary) -> [[&'static str; 3]; 2] {
    let Some(bare) = &summary.bare else {
        return [[""; 3]; 2];
    };
    let figures = |side: &Side| {
        let all = side.pages.all();
        let down = side.received.map_or(0, |received| received.while_down);
        let longest = all.latency.max().unwrap_or_default().as_micros();
        [u128::from(all.tally.failures()), longest, u128::from(down)]
    };
    let (without, with) = (figures(bare), figures(&summary.protected));
    let class = |one: u128, other: u128| match one.cmp(&other) {
        Ordering::Less => "good",
        Ordering::Equal => "",
        Ordering::Greater => "bad",
    };
    [
        std::array::from_fn(|n| class(without[n], with[n])),
        std::array::from_fn(|n| class(with[n], without[n])),
    ]
}

fn legend(summary: &Summary) -> String {
    let all: Vec<Tally> = summary
        .sides()
        .iter()
        .map(|(_, side)| side.pages.all().tally)
        .collect();
    let seen = Outcome::ALL
        .into_iter()
        .filter(|outcome| all.iter().any(|tally| tally.of(*outcome) > 0));
    let outcomes: Vec<_> = seen
        .map(|outcome| (outcome.name(), plot::label(outcome)))
        .collect();
    let breaker = [
        ("closed", "closed"),
        ("open", "open"),
        ("half-open", "half-open"),
    ];
    let waits = [("half", "p50"), ("most", "p99")];
    let mut text = String::new();
    for (group, entries) in [
        ("Requests", &outcomes[..]),
        ("Breaker", &breaker),
        ("Wait", &waits),
    ] {
        let _ = write!(text, "<span class=\"group\"><b>{group}</b>");
        for (class, label) in entries {
            let _ = write!(text, "<span><i class=\"{class}\"></i>{label}</span>");
        }
        text.push_str("</span>");
    }
    format!("<div class=\"legend\">{text}</div>\n")
}

fn policy(summary: &Summary) -> String {
    let figures = &summary.policy;
    let mut text = format!(
        "<div class=\"card\">\n<h2>The policy</h2>\n<pre>{}</pre>\n\
         <p>Times the breaker went from closed to open: {}. Bulkhead permits out at most: {} of {}.</p>\n",
        escaped(figures.words.trim_end()),
        figures.seen.openings(),
        figures.seen.most_in_flight,
        figures.bulkhead_limit,
    );
    if summary.bare.is_some() {
        let _ = writeln!(
            text,
            "<p>The bare client has no time limit and up to {} connections. What was still out {} after the last \
             request counts as failed, with the wait until then. Latency counts from when a request was due.</p>",
            count(summary.bare_connections as u64),
            seconds(summary.grace),
        );
    }
    text.push_str("</div>\n");
    text
}

fn checks(summary: &Summary) -> String {
    let mut text = String::from("<div class=\"card\">\n<h2>What must add up</h2>\n<ul>\n");
    for check in summary.checks() {
        let class = if check.holds { "holds" } else { "broken" };
        let (name, detail) = (escaped(&check.name), escaped(&check.detail));
        let _ = writeln!(text, "<li class=\"{class}\">{name}: {detail}</li>");
    }
    text.push_str("</ul>\n</div>\n");
    text
}

#[cfg(test)]
mod tests;
