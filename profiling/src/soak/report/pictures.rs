//! The pictures: throughput, latency, memory, faults.

use crate::plot::{Line, Panel, Plot};
use crate::soak::sample::{Sample, per_second};
use crate::soak::slope::thinned;

/// Points of a line, so that a day is no larger than an hour.
const MOST: usize = 400;

/// The pictures, with the names of their files.
pub fn pictures(samples: &[Sample]) -> Vec<(&'static str, Plot)> {
    let samples = thinned(samples, MOST);
    let minutes = |sample: &Sample| sample.at / 60.0;
    let level = |name: &str, of: &dyn Fn(&Sample) -> f64| Line {
        name: name.to_owned(),
        points: samples
            .iter()
            .map(|sample| (minutes(sample), of(sample)))
            .collect(),
    };
    let rate = |name: &str, of: &dyn Fn(&Sample) -> u64| Line {
        name: name.to_owned(),
        points: samples
            .windows(2)
            .map(|pair| {
                let (before, now) = (&pair[0], &pair[1]);
                let grown = per_second(of(before), of(now), before.at, now.at);
                (minutes(now), grown)
            })
            .collect(),
    };
    let panel = |values: &str, lines: Vec<Line>| Panel {
        values: values.to_owned(),
        lines,
    };
    let plot = |title: &str, panels: Vec<Panel>| Plot {
        title: title.to_owned(),
        time: "minutes".to_owned(),
        panels,
    };
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    vec![
        (
            "throughput.svg",
            plot(
                "calls",
                vec![panel(
                    "calls a second",
                    vec![
                        rate("ended", &|s| s.ended),
                        rate("answered", &|s| s.answered),
                        rate("rejected", &|s| s.rejected),
                    ],
                )],
            ),
        ),
        (
            "latency.svg",
            plot(
                "latency of calls, from when each was due",
                vec![
                    panel("half of them, ms", vec![level("p50", &|s| millis(s.p50))]),
                    panel("99 of 100, ms", vec![level("p99", &|s| millis(s.p99))]),
                ],
            ),
        ),
        (
            "memory.svg",
            plot(
                "what the process has",
                vec![
                    panel(
                        "resident, MB",
                        vec![level("memory", &|s| s.memory as f64 / 1e6)],
                    ),
                    panel(
                        "of each",
                        vec![
                            level("files", &|s| s.files as f64),
                            level("tasks", &|s| s.tasks as f64),
                            level("armed waits", &|s| s.waits as f64),
                        ],
                    ),
                ],
            ),
        ),
        (
            "faults.svg",
            plot(
                "what went wrong",
                vec![
                    panel(
                        "a second",
                        vec![
                            rate("injected", &|s| s.injected),
                            rate("refused", &|s| s.refused),
                            rate("given up", &|s| s.given_up),
                        ],
                    ),
                    panel(
                        "a second",
                        vec![
                            rate("broken connections", &|s| s.broken),
                            rate("changes of settings", &|s| s.changes),
                        ],
                    ),
                ],
            ),
        ),
    ]
}
