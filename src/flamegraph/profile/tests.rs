use std::time::Duration;

use super::Profile;
use crate::flamegraph::sampler::{Call, Samples, Stack};
use crate::flamegraph::{FlameError, Sampling};

/// Samples of one thread; the outermost frame first.
pub(in crate::flamegraph) fn sampled(stacks: &[(&[&str], u64)]) -> Result<Profile, FlameError> {
    sampled_on("worker;1", stacks)
}

fn sampled_on(thread: &str, stacks: &[(&[&str], u64)]) -> Result<Profile, FlameError> {
    let stacks = stacks.iter().map(|(frames, count)| Stack {
        thread: thread.to_owned(),
        calls: frames.iter().rev().map(|name| call(name)).collect(),
        count: *count,
    });
    let samples = Samples {
        stacks: stacks.collect(),
        took: Duration::from_millis(1500),
    };
    Profile::new(samples, Sampling::new())
}

fn call(name: &str) -> Call {
    Call {
        name: name.to_owned(),
        file: None,
    }
}

#[test]
fn stacks_that_differ_only_in_the_instrument_are_one() {
    let lane = "ninelives::flamegraph::apart::lane";
    let profile = sampled(&[
        (&["main", lane, "a::b"], 2),
        (&["main", lane, lane, "a::b"], 3),
        (&["main"], 1),
    ]);
    let profile = profile.unwrap();
    assert_eq!(profile.folded(), "worker,1;main 1\nworker,1;main;a::b 5\n");
    assert_eq!(profile.samples(), 6);
    let stacks: Vec<(Vec<&str>, u64)> = profile
        .stacks()
        .map(|(stack, count)| (stack.collect(), count))
        .collect();
    assert_eq!(stacks[1], (vec!["worker,1", "main", "a::b"], 5));
}

#[test]
fn a_root_takes_away_what_lies_below_it_and_no_sample() {
    let profile = sampled(&[
        (&["main", "run", "a::call", "a::call", "x"], 1),
        (&["main", "other", "a::call", "a::call", "x"], 2),
        (&["main", "park"], 4),
        (&["main", "a::call"], 8),
        (&[], 16),
    ]);
    let rooted = profile.unwrap().rooted_at("a::call");
    assert_eq!(
        rooted.folded(),
        "worker,1 16\nworker,1;a::call 8\nworker,1;a::call;a::call;x 3\nworker,1;main;park 4\n"
    );
}

#[test]
fn no_samples_are_an_error() {
    assert!(matches!(sampled(&[]), Err(FlameError::NoSamples)));
    assert!(matches!(
        sampled(&[(&["main"], 0)]),
        Err(FlameError::NoSamples)
    ));
}

#[cfg(all(
    any(target_os = "linux", target_os = "macos"),
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#[test]
fn equal_samples_make_the_same_graph_and_the_library_has_colours_in_it() {
    let stacks: [(&[&str], u64); 2] = [
        (&["main", "ninelives::timeout::f"], 2),
        (&["main", "std::other"], 3),
    ];
    let [one, other] = [0, 1].map(|_| sampled(&stacks).unwrap().svg("a < b").unwrap());
    assert_eq!(one, other);
    assert!(one.contains("a &lt; b"));
    assert!(one.contains("5 samples in 1.5 s, 99 Hz of processor time"));
    assert_eq!(one.matches("rgb(245,180,60)").count(), 1);
    assert_eq!(one.matches("rgb(208,208,208)").count(), 4);
    let single = sampled(&[(&["main"], 1)]).unwrap().svg("one").unwrap();
    assert!(single.contains(">1 sample in 1.5 s, 99 Hz of processor time"));
}

#[cfg(all(
    any(target_os = "linux", target_os = "macos"),
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#[test]
fn what_no_browser_opens_is_in_no_graph_whatever_threads_and_titles_are_called() {
    let profile = sampled_on("\u{1b}[1m;a\r\nb\u{1}", &[(&["main"], 1)]).unwrap();
    assert_eq!(profile.folded(), " [1m,a  b ;main 1\n");
    let svg = profile.svg("\u{1} title\n").unwrap();
    let is_fit = |c: char| !c.is_control() || c == '\n' || c == '\t';
    assert_eq!(svg.chars().find(|c| !is_fit(*c)), None);
}
