//! The parts of a soak, each by itself. The whole is run by `cargo xtask soak`, with its plants.
#![allow(clippy::disallowed_methods)] // calls are charged from a moment of the system's clock

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
use ninelives::{ManualTimer, StreamingSink, Timer};
use profiling::rng::SplitMix64;
use profiling::soak::Job;
use profiling::soak::args::{Asked, UsageError, parse};
use profiling::soak::calls::{Call, Calls, End};
use profiling::soak::faults::Faults;
use profiling::soak::laws::{Law, Laws};
use profiling::soak::memory;
use profiling::soak::plant::Plant;
use profiling::soak::report::pictures::pictures;
use profiling::soak::sample::Sample;
use profiling::soak::tally::Tally;
use profiling::soak::timer::{Audited, Waits};
use profiling::soak::values::Values;
use profiling::soak::watched::Watched;

fn asked(line: &str) -> Result<Asked, UsageError> {
    parse(line.split_whitespace().map(str::to_owned))
}

fn job(line: &str) -> Job {
    match asked(line) {
        Ok(Asked::Run(job)) => job,
        other => panic!("{other:?}"),
    }
}

/// An hour in which memory is as `memory` says of each second.
fn hour(memory: impl Fn(f64) -> f64) -> Vec<Sample> {
    let sample = |number: u32| {
        let at = 10.0 * f64::from(number);
        Sample {
            at,
            ended: 20_000 * u64::from(number),
            memory: memory(at) as u64,
            p99: Duration::from_millis(90),
            ..Sample::default()
        }
    };
    (1..=360).map(sample).collect()
}

fn grows(memory: impl Fn(f64) -> f64) -> bool {
    let (laws, samples) = (Laws::new(1), hour(memory));
    let end = samples.last().unwrap().memory;
    memory::check(&laws, &samples, end);
    laws.are_broken()
}

#[test]
fn flags_reach_their_job() {
    assert_eq!(job(""), Job::default());
    let run = job("--seconds 30 --rate 100 --seed 7 --epoch 2 --report somewhere --plant task");
    assert_eq!(run.length, Duration::from_secs(30));
    assert_eq!((run.rate, run.seed), (100.0, 7));
    assert_eq!(run.epoch, Duration::from_secs(2));
    assert_eq!(run.report.unwrap().to_str(), Some("somewhere"));
    assert_eq!(run.plant, Some(Plant::Task));
    assert_eq!(job("--days 3").length, Duration::from_secs(3 * 86_400));
    assert_eq!(asked("--plants"), Ok(Asked::Prove));
    assert_eq!(asked("--help"), Ok(Asked::Help));
}

#[test]
fn a_wrong_flag_is_refused_by_name() {
    let refused = |line| asked(line).unwrap_err().to_string();
    assert_eq!(refused("--hours 3"), "unknown flag `--hours`");
    assert_eq!(refused("--seconds"), "`--seconds` needs a value");
    let range = "`--seconds 0`: it takes half a second to 1000 days";
    assert_eq!(refused("--seconds 0"), range);
    assert_eq!(refused("--rate NaN"), "`--rate NaN`: it takes 1 to 100000");
    assert!(refused("--plant weed").starts_with("no plant `weed`: there are permit, "));
}

#[test]
fn a_broken_law_says_where_to_come_here_again() {
    let laws = Laws::new(77);
    laws.turn();
    laws.turn();
    laws.same(Law::Permits, "permits out", 0, 0);
    assert!(!laws.are_broken());
    laws.same(Law::Permits, "permits out", 1, 0);
    assert!(laws.are_broken());
    assert_eq!(laws.count(Law::Permits), (2, 1));
    let said = laws.breaches()[0].to_string();
    assert!(
        said.starts_with("77:2 K2 (") && said.ends_with(": permits out: 1 and 0"),
        "{said}"
    );
}

#[test]
fn every_law_is_broken_by_a_plant_and_every_plant_has_a_name_of_its_own() {
    for law in Law::ALL {
        let mut laws = Plant::ALL.iter().filter_map(|plant| plant.law());
        assert!(laws.any(|number| number == law.number()), "{law:?}");
    }
    for plant in Plant::ALL {
        assert_eq!(plant.name().parse(), Ok(plant));
    }
}

#[test]
fn a_value_that_is_held_when_all_is_quiet_breaks_its_law_and_one_that_was_given_back_does_not() {
    let (laws, values) = (Laws::new(1), Arc::new(Values::new().unwrap()));
    let mut draws = SplitMix64::new(7);
    let held = values.hold();
    for _ in 0..1_000 {
        values.change(&mut draws, &laws);
    }
    assert!(!laws.are_broken(), "{:?}", laws.breaches());
    values.settled(&laws);
    assert_eq!(laws.count(Law::Versions).1, 1, "{:?}", laws.breaches());
    held.end(&laws, None);
    values.settled(&laws);
    assert_eq!(laws.breaches_in_all(), 1, "{:?}", laws.breaches());
}

#[test]
fn a_call_has_one_end_and_is_cancelled_if_nobody_says_which() {
    let whole = Arc::default();
    let calls = Calls::new(&whole);
    Call::begin(&calls, Instant::now(), None).end(End::Answered);
    drop(Call::begin(&calls, Instant::now(), None));
    let out = Call::begin(&calls, Instant::now(), None);
    assert_eq!(
        (calls.begun.get(), calls.ended(), calls.out.now()),
        (3, 2, 1)
    );
    drop(out);
    assert_eq!((calls.of(End::Answered), calls.of(End::Cancelled)), (1, 2));
    assert_eq!(
        (whole.ended(), whole.out.now(), whole.out.most()),
        (3, 0, 1)
    );
}

#[test]
fn a_wait_that_was_polled_is_armed_and_fires_or_is_disarmed() {
    let (timer, waits) = (ManualTimer::new(), Arc::<Waits>::default());
    let audited = Audited::new(timer.clone(), &waits);
    let mut cx = Context::from_waker(Waker::noop());
    drop(audited.sleep(Duration::from_secs(1)));
    let counts = || [&waits.armed, &waits.fired, &waits.disarmed, &waits.early].map(|n| n.get());
    assert_eq!(counts(), [0; 4]);
    {
        let mut over = pin!(audited.sleep(Duration::from_secs(1)));
        let mut left = pin!(audited.start(Duration::from_secs(2)).1);
        assert!(over.as_mut().poll(&mut cx).is_pending());
        assert!(left.as_mut().poll(&mut cx).is_pending());
        assert_eq!((counts(), waits.left()), ([2, 0, 0, 0], 2));
        timer.advance(Duration::from_secs(1));
        assert!(over.as_mut().poll(&mut cx).is_ready());
        assert!(left.as_mut().poll(&mut cx).is_pending());
    }
    assert_eq!((counts(), waits.left()), ([2, 1, 1, 0], 0));
}

#[test]
fn the_tally_counts_what_the_stream_is_told() {
    let tally = Tally::new(StreamingSink::new(64).unwrap(), None);
    let mut heard = tally.stream().subscribe();
    let name = "policy".into();
    let told = tally.attach(&name);
    for _ in 0..5 {
        told.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
    }
    while heard.try_recv().is_some() {}
    assert_eq!((tally.total(), heard.received()), (5, 5));
    assert_eq!(tally.told(&name).of(Kind::FallbackTaken), 5);
    assert_eq!(tally.told(&name).outcomes(), 0);
}

#[test]
fn the_faults_of_an_epoch_follow_from_its_seed() {
    let drawn = |seed| format!("{:?}", Faults::draw(&mut SplitMix64::new(seed)).unwrap());
    assert_eq!(drawn(3), drawn(3));
    assert_ne!(drawn(3), drawn(4));
    for seed in 0..2_000 {
        assert!(
            Faults::draw(&mut SplitMix64::new(seed)).is_ok(),
            "seed {seed}"
        );
    }
    assert!(Faults::all().is_ok());
}

#[test]
fn memory_may_wave_and_may_not_grow() {
    assert!(!grows(|_| 30e6));
    assert!(!grows(|at| 30e6 + 2e6 * (at / 60.0).sin()));
    assert!(
        !grows(|at| if at < 600.0 { 20e6 + 1e4 * at } else { 26e6 }),
        "a pool that fills"
    );
    assert!(
        grows(|at| 30e6 + 3e3 * at),
        "beyond a tenth and 8 MB at the end"
    );
    assert!(
        grows(|at| 80e6 + 3e3 * at),
        "within that, and never at rest"
    );
}

#[test]
fn the_pictures_are_pictures_and_a_day_is_no_larger_than_an_hour() {
    let hour = hour(|_| 30e6);
    let day: Vec<_> = hour.iter().cycle().take(8_640).copied().collect();
    for samples in [&hour, &day] {
        for (name, plot) in pictures(samples) {
            let svg = plot.svg();
            assert!(svg.len() < 60_000, "{name}: {} bytes", svg.len());
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
            let picture = roxmltree::Document::parse(&svg).unwrap();
            let lines = picture
                .descendants()
                .filter(|node| node.has_tag_name("polyline"));
            let asked: usize = plot.panels.iter().map(|panel| panel.lines.len()).sum();
            assert_eq!(lines.count(), asked, "{name}");
        }
    }
}

#[test]
fn a_sample_is_a_line_of_json() {
    let line = hour(|_| 30e6)[0].json();
    assert!(line.starts_with("{\"at\":10.0,\"epoch\":0,"), "{line}");
    assert!(
        line.contains("\"p99_us\":90000,") && line.ends_with("\"breaches\":0}"),
        "{line}"
    );
}
