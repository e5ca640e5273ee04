//! The simulations keep what docs/benchmarks/backend.md says of them, whatever the seed.

use profiling::plot::{Line, Panel, Plot};
use profiling::simulate::{ALL, Asked, Findings, Simulation, UsageError, parse};

fn found(name: &str, seed: u64) -> Findings {
    Simulation::named(name).unwrap().run(seed).unwrap()
}

fn asked(line: &str) -> Result<Asked, UsageError> {
    parse(line.split_whitespace().map(str::to_owned))
}

#[test]
fn hc33_a_ramp_settles_where_an_on_off_breaker_flaps() {
    for seed in 1..=8 {
        let found = found("ramp", seed);
        let figure = |what| found.figure(what);
        assert!(figure("on/off: openings in the hour") > 500.0, "{found}");
        assert!(
            figure("on/off: openings in its last third") > 150.0,
            "{found}"
        );
        let flapping = figure("on/off: share of calls that failed, last third");
        assert!(flapping > 0.2, "{found}");
        assert!(figure("ramp: openings in the hour") <= 3.0, "{found}");
        assert_eq!(figure("ramp: openings in its last third"), 0.0, "{found}");
        let settled = figure("ramp: share of calls that failed, last third");
        assert!(settled < 0.03, "{found}");
        let answered = figure("ramp: calls answered a second, last third");
        assert!(answered > 9.5, "{found}");
        let flapping = figure("on/off: calls answered a second, last third");
        assert!(answered > 2.0 * flapping, "{found}");
        let wait = figure("ramp: longest wait for an admission, not open, s");
        assert!(wait <= 1.1, "never less than one a second: {found}");
    }
}

#[test]
fn r11_three_layers_of_retries_make_a_fifth_more_calls_and_not_27_for_each() {
    for seed in 1..=4 {
        let found = found("amplification", seed);
        let calls = |means: &str| {
            let mean = found.figure(&format!("{means}: calls for a request while it is down"));
            let worst = found.figure(&format!("{means}: the same, in the worst minute"));
            assert!(worst >= mean, "{found}");
            (mean, worst)
        };
        assert_eq!(calls("nothing"), (27.0, 27.0), "{found}");
        assert_eq!(calls("marks"), (3.0, 3.0), "{found}");
        let (each, _) = calls("a budget for each");
        assert!(
            (1.3..1.5).contains(&each),
            "one and a tenth, cubed: {found}"
        );
        let (shared, worst) = calls("marks and one budget");
        assert!(shared > 1.05 && worst <= 1.2, "{found}");
        // It still repeats what is worth it: one in a hundred calls fails.
        let lost = "marks and one budget: share of requests lost once it is back";
        assert!(found.figure(lost) < 0.002, "{found}");
    }
}

#[test]
fn a_seed_gives_the_same_findings_every_time_and_another_gives_others() {
    for simulation in ALL {
        let [first, again, other] = [7, 7, 8].map(|seed| simulation.run(seed).unwrap());
        assert_eq!(first.to_string(), again.to_string());
        assert_eq!(first.plot.svg(), again.plot.svg());
        assert_ne!(first.plot.svg(), other.plot.svg());
        assert!(first.to_string().starts_with("seed 7\n"));
    }
}

#[test]
fn every_plot_is_a_picture_with_its_lines_in_it() {
    for simulation in ALL {
        let plot = simulation.run(42).unwrap().plot;
        let svg = plot.svg();
        let picture = roxmltree::Document::parse(&svg).unwrap();
        let lines = picture.descendants().filter(|n| n.has_tag_name("polyline"));
        let drawn: Vec<_> = lines
            .map(|line| line.attribute("points").unwrap().split(' ').count())
            .collect();
        let asked = plot.panels.iter().flat_map(|panel| &panel.lines);
        let asked: Vec<_> = asked.map(|line| line.points.len()).collect();
        assert_eq!(drawn, asked, "{}", simulation.name);
        assert!(!svg.contains("NaN"), "{}", simulation.name);
    }
}

#[test]
fn a_plot_scales_to_its_largest_value_and_escapes_its_words() {
    let plot = Plot {
        title: "a < b & c".to_owned(),
        time: "s".to_owned(),
        panels: vec![Panel {
            values: "n".to_owned(),
            lines: vec![Line {
                name: "line".to_owned(),
                points: vec![(0.0, 0.0), (10.0, 4.0)],
            }],
        }],
    };
    let svg = plot.svg();
    assert!(svg.contains("a &lt; b &amp; c"));
    // From the bottom left to the top right of the panel.
    assert!(svg.contains("points=\"64.0,252.0 836.0,62.0\""), "{svg}");
}

#[test]
fn a_command_line_that_is_not_understood_says_why() {
    let refused = |line: &str| match asked(line) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("`{line}` was taken"),
    };
    assert_eq!(refused(""), "no `--scenario`");
    assert_eq!(refused("--scenario"), "`--scenario` needs a value");
    assert_eq!(refused("--loud"), "unknown flag `--loud`");
    assert_eq!(
        refused("--scenario ramp --seed x"),
        "`--seed x`: it takes a whole number"
    );
    assert!(refused("--scenario rump").starts_with("no scenario `rump`: there are ramp"));
    assert!(matches!(asked("--help"), Ok(Asked::Help)));
    assert!(matches!(asked("--list"), Ok(Asked::List)));
}

#[test]
fn a_plot_that_cannot_be_written_names_its_path() {
    let Ok(Asked::Run(job)) = asked("--scenario ramp --out /nowhere/at/all.svg") else {
        panic!("not understood")
    };
    let error = job.run().unwrap_err().to_string();
    assert!(error.starts_with("/nowhere/at/all.svg: "), "{error}");
}
