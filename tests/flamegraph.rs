//! A profiler in a process: one at a time, and graphs of what it saw.
//!
//! Nothing is timed: a run is over when there are enough samples.

#![allow(missing_docs, clippy::disallowed_types)]

use std::future::{Future, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use ninelives::flamegraph::{Apart, FlameError, Profile, Profiler, Sampling, apart};

/// One profiler at a time.
static ONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether this platform can sample: where it cannot, it says so.
fn started() -> Option<Profiler> {
    match Profiler::start(Sampling::new().with_rate(997).unwrap()) {
        Ok(profiler) => Some(profiler),
        Err(FlameError::Unsupported) => {
            if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
                panic!("there is a sampler here");
            }
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[inline(never)]
fn squares(from: u64) -> u64 {
    (from..from + 20_000).map(|n| black_box(n) * n).sum()
}

/// Samples of squares, so many at least.
fn sampled(enough: u64) -> Option<Profile> {
    let profiler = started()?;
    while profiler.samples().unwrap() < enough {
        for _ in 0..100 {
            apart(|| black_box(squares(black_box(1))));
        }
    }
    Some(profiler.stop().unwrap())
}

#[test]
fn samples_name_the_function_that_was_busy_and_not_the_instrument() {
    let _one = alone();
    let Some(profile) = sampled(20) else { return };
    assert!(profile.samples() >= 20);
    assert_eq!(profile.sampling().rate(), 997);
    assert!(!profile.duration().is_zero());
    let folded = profile.folded();
    assert!(folded.contains("flamegraph::squares"), "{folded}");
    assert!(!folded.contains("flamegraph::apart"), "{folded}");
    assert!(!folded.contains("Option"), "{folded}");
    let frames: u64 = profile.stacks().map(|(_, count)| count).sum();
    assert_eq!(frames, profile.samples());
    let svg = profile.svg("squares").unwrap();
    assert!(svg.starts_with("<?xml") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains("flamegraph::squares"));
}

/// Two halves that are inlined into one function, and call none: nothing but the place in it tells them apart.
#[inline(never)]
fn halves(mut n: u64) -> u64 {
    n = first_half(n);
    second_half(n)
}

#[inline(always)]
fn first_half(mut n: u64) -> u64 {
    let mut left = 50_000;
    while left > 0 {
        left -= 1;
        n = (n << 3) ^ left;
    }
    n
}

#[inline(always)]
fn second_half(mut n: u64) -> u64 {
    let mut left = 50_000;
    while left > 0 {
        left -= 1;
        n = (n >> 5) ^ left;
    }
    n
}

#[test]
fn samples_of_inlined_functions_are_told_apart_by_apart() {
    let _one = alone();
    let Some(profiler) = started() else { return };
    let mut n = 1;
    while profiler.samples().unwrap() < 40 {
        for _ in 0..100 {
            n = apart(|| halves(black_box(n)));
        }
    }
    let profile = profiler.stop().unwrap();
    let folded = profile.folded();
    for half in ["first_half", "second_half"] {
        let stacks = profile.stacks().filter_map(|(mut frames, count)| {
            let is_in = frames.any(|frame| frame.contains(half));
            is_in.then_some(count)
        });
        // Each has one half: of 40 samples, one has none once in 2^39 runs.
        assert!(stacks.sum::<u64>() > 0, "{half} in:\n{folded}");
    }
}

#[test]
fn a_second_profiler_is_refused_and_the_first_goes_on() {
    let _one = alone();
    let Some(first) = started() else { return };
    let refused = Profiler::start(Sampling::new()).unwrap_err();
    assert!(matches!(refused, FlameError::AlreadyRunning), "{refused}");
    while first.samples().unwrap() < 2 {
        black_box(squares(black_box(1)));
    }
    let so_far = first.report().unwrap().samples();
    while first.samples().unwrap() <= so_far {
        black_box(squares(black_box(1)));
    }
    assert!(first.stop().unwrap().samples() > so_far);
}

#[test]
fn one_that_is_dropped_leaves_room_for_another_and_no_samples() {
    let _one = alone();
    let Some(first) = started() else { return };
    while first.samples().unwrap() == 0 {
        black_box(squares(black_box(1)));
    }
    drop(first);
    let second = started().unwrap();
    // A sample may have come since; those of the first are not among them.
    assert!(second.samples().unwrap() <= 1);
}

#[test]
fn without_a_sample_there_is_no_profile() {
    let _one = alone();
    let Ok(profiler) = Profiler::start(Sampling::new().with_rate(1).unwrap()) else {
        return;
    };
    let error = profiler.stop().unwrap_err();
    assert!(matches!(error, FlameError::NoSamples), "{error}");
    assert_eq!(error.to_string(), "no sample was taken");
}

#[test]
fn a_profiler_can_be_kept_by_a_service_and_stopped_by_another_thread() {
    const fn shared<T: Send + Sync + 'static>() {}
    shared::<Profiler>();
    shared::<Profile>();
    shared::<FlameError>();
    let _one = alone();
    let Some(profiler) = started() else { return };
    let thread = std::thread::spawn(move || {
        while profiler.samples().unwrap() == 0 {
            black_box(squares(black_box(1)));
        }
        profiler.stop().unwrap().samples()
    });
    assert!(thread.join().unwrap() > 0);
}

#[test]
fn rates_outside_their_range_are_refused_by_name() {
    for rate in [0, 1001, u32::MAX] {
        let error = Sampling::new().with_rate(rate).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("rate: {rate} is outside 1..=1000")
        );
    }
    for rate in [1, 1000] {
        assert_eq!(Sampling::new().with_rate(rate).unwrap().rate(), rate);
    }
    assert_eq!(Sampling::default().rate(), 99);
}

#[test]
fn apart_gives_back_what_the_work_gives_however_often_and_however_deep() {
    for n in 0..70_000_u32 {
        assert_eq!(apart(|| n), n);
    }
    assert_eq!(apart(|| apart(|| apart(|| 7))), 7);
    let moved = apart(|| String::from("moved"));
    assert_eq!(moved, "moved");
}

#[test]
fn a_panic_passes_through_apart_and_the_next_call_works() {
    let panicked = std::panic::catch_unwind(|| apart(|| panic!("on purpose")));
    assert!(panicked.is_err());
    assert_eq!(apart(|| 1), 1);
}

#[test]
fn a_future_that_is_apart_is_polled_as_it_is() {
    let mut polls = 0;
    let future = std::future::poll_fn(|_| {
        polls += 1;
        if polls == 3 {
            Poll::Ready(polls)
        } else {
            Poll::Pending
        }
    });
    let mut apart = pin!(Apart::new(future));
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(apart.as_mut().poll(cx).is_pending());
    assert!(apart.as_mut().poll(cx).is_pending());
    assert_eq!(apart.as_mut().poll(cx), Poll::Ready(3));
    let mut inner = pin!(Apart::new(ready(5)).into_inner());
    assert_eq!(inner.as_mut().poll(cx), Poll::Ready(5));
}

#[test]
fn what_keeps_a_graph_from_being_made_is_said_in_words() {
    let refused = || std::io::Error::other("no more timers");
    let said = [
        (
            FlameError::Unsupported,
            "flame graphs need Linux or macOS on x86-64 or AArch64, which this program was not built for",
        ),
        (
            FlameError::AlreadyRunning,
            "a profiler is running in this process already: stop it first",
        ),
        (
            FlameError::NoSampler,
            "the sampler could not be set up: it needs a directory for temporary files",
        ),
        (
            FlameError::System(refused()),
            "the operating system refused: no more timers",
        ),
        (
            FlameError::Drawing("no room".into()),
            "the graph could not be drawn: no room",
        ),
    ];
    for (error, text) in said {
        assert_eq!(error.to_string(), text);
        let behind = std::error::Error::source(&error).map(ToString::to_string);
        let system = matches!(error, FlameError::System(_));
        assert_eq!(behind, system.then(|| refused().to_string()), "{error:?}");
    }
}

#[test]
fn a_profiler_prints_how_it_samples() {
    let _one = alone();
    let Some(profiler) = started() else { return };
    assert_eq!(profiler.sampling().rate(), 997);
    let text = format!("{profiler:?}");
    assert!(
        text.starts_with("Profiler { sampling:") && text.contains("997"),
        "{text}"
    );
}
