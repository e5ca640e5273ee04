//! Drives a call for a number of polls, drops it, and looks at what is left; then for one poll more, until the call is done.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Once};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use ninelives::ResilienceError;
use tower::Service;

use crate::cases::{Bench, Bottom, Call, Case, Protected};
use crate::contract::{Failed, Script};
use crate::kit::PERMITS;

/// One walk.
#[derive(Clone, Copy)]
pub struct Plan {
    pub case: Case,
    pub bottom: Bottom,
    pub script: Script,
    pub before: Before,
    /// How far the time moves between two polls.
    pub step: Duration,
}

/// What the policies are like when the call comes.
#[derive(Clone, Copy, Debug)]
pub enum Before {
    Calm,
    /// Breakers are at the end of their open time.
    ProbesDue,
    /// Bulkheads have no permits until before the poll of this number.
    Paused {
        opens_at: u32,
    },
}

/// Calls that stand in line, each with a waker of its own.
#[derive(Default)]
pub struct Line(Vec<(Call, Arc<Woken>)>);

#[derive(Default)]
struct Woken(AtomicU32);

/// Walks until the call is done before it is dropped; gives the number of drops.
pub fn walk(plan: &Plan) -> u32 {
    for polls in 0..200 {
        let bench = plan.case.over(plan.bottom, plan.script);
        if drop_after(&bench, plan, polls) {
            return polls;
        }
    }
    panic!("stuck: {}", plan.case.name);
}

/// Whether the call was done, or panicked, before it was dropped.
fn drop_after(bench: &Bench, plan: &Plan, polls: u32) -> bool {
    match plan.before {
        Before::Calm => {}
        Before::ProbesDue => bench.kit.make_probes_due(),
        Before::Paused { .. } => bench.kit.resize(0),
    }
    let when = format!(
        "{:?}, {:?}, dropped after {polls} polls",
        plan.before, plan.script
    );
    let mut service = bench.service.clone();
    bench.ready(&mut service).unwrap();
    let mut over = false;
    let walked = catch_unwind(AssertUnwindSafe(|| {
        call_and_drop(bench, plan, &mut service, polls, &mut over)
    }));
    let panicked = walked.is_err();
    assert_eq!(
        panicked,
        bench.probe.panicked(),
        "a panic of another kind, {when}"
    );
    bench.assert_nothing_held(&when);
    drop(service);
    // Whoever comes next is served, or turned away, but does not hang.
    bench.kit.resize(PERMITS);
    let mut next = bench.service.clone();
    let answer = catch_unwind(AssertUnwindSafe(|| bench.serve(&mut next, 8)));
    assert_eq!(
        panicked || answer.is_err(),
        bench.probe.panicked(),
        "{when}"
    );
    if plan.script.failing == 0 && matches!(answer, Ok(Err(_))) {
        assert!(panicked, "the next call failed: {answer:?}, {when}");
    }
    drop(next);
    bench.assert_nothing_held(&when);
    over
}

/// Sets `over` while a panic, or an answer, ends the call before its drop.
fn call_and_drop(bench: &Bench, plan: &Plan, service: &mut Protected, polls: u32, over: &mut bool) {
    let mut cx = Context::from_waker(Waker::noop());
    *over = true;
    let mut call = service.call(7);
    for poll in 0..=polls {
        if matches!(plan.before, Before::Paused { opens_at } if opens_at == poll) {
            bench.kit.resize(PERMITS);
        }
        if poll == polls {
            break;
        }
        if Pin::new(&mut call).poll(&mut cx).is_ready() {
            // Kept for now: what it held is free already.
            bench.kit.assert_nothing_held("done and kept");
            return;
        }
        bench.kit.timer.advance(plan.step);
    }
    *over = false;
}

/// Keeps the panics of scripts off the screen.
pub fn silence_scripted_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload().downcast_ref::<String>();
            let scripted = text.is_some_and(|text| text.starts_with("scripted panic"));
            if !scripted {
                before(info);
            }
        }));
    });
}

// === impl Line ===

impl Line {
    /// Polls `call` once, which must make it wait.
    pub fn join(&mut self, mut call: Call) {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let poll = Pin::new(&mut call).poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending());
        self.0.push((call, woken));
    }

    /// How often each was woken.
    pub fn woken(&self) -> Vec<u32> {
        self.0
            .iter()
            .map(|(_, woken)| woken.0.load(SeqCst))
            .collect()
    }

    /// Drops one.
    pub fn leave(&mut self, index: usize) {
        drop(self.0.remove(index));
    }

    /// Polls one that has its permit.
    pub fn finish(&mut self, index: usize) -> Result<u32, ResilienceError<Failed>> {
        let (mut call, _) = self.0.remove(index);
        let mut cx = Context::from_waker(Waker::noop());
        match Pin::new(&mut call).poll(&mut cx) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("it waits still"),
        }
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}
