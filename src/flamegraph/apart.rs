//! A stack of its own for each call.
//!
//! The sampler tells stacks apart by the functions on them. So each call goes through a few functions first that do nothing, chosen
//! by a number that each thread counts up: 16 functions, 3 deep, are 4,096 ways. [`super::frame`] takes them out again.

use std::cell::Cell;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// Polls a future so that each poll has a stack of its own; see [`apart`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Apart<F> {
        #[pin]
        future: F,
    }
}

/// What is left of the way, how many functions that is, and what lies at its end.
type Lane = fn(u16, u32, &mut dyn FnMut());

/// Functions that a way is made of.
const LANES: [Lane; 16] = [
    lane::<0>, lane::<1>, lane::<2>, lane::<3>, lane::<4>, lane::<5>, lane::<6>, lane::<7>,
    lane::<8>, lane::<9>, lane::<10>, lane::<11>, lane::<12>, lane::<13>, lane::<14>, lane::<15>,
];

/// How many of them follow each other.
const DEEP: u32 = 3;

thread_local! {
    static NEXT: Cell<u16> = const { Cell::new(0) };
}

/// Calls `work` on a stack that no other of the next 4,095 calls of this thread has, so that a sample inside it is not counted
/// with one of another call: see the [page](super#inlined-code-and-apart). In a graph it does not show.
///
/// It takes some 20 ns, whether a profiler runs or not.
///
/// ```
/// use ninelives::flamegraph::apart;
///
/// let sum = apart(|| (1..=4).sum::<u32>());
/// assert_eq!(sum, 10);
/// ```
pub fn apart<R>(work: impl FnOnce() -> R) -> R {
    let way = NEXT.with(|next| next.replace(next.get().wrapping_add(1)));
    let mut work = Some(work);
    let mut answer = None;
    go(way, DEEP, &mut || {
        // No function of the standard library between: its frame would show.
        if let Some(work) = work.take() {
            answer = Some(work());
        }
    });
    match answer {
        Some(answer) => answer,
        None => unreachable!("each way leads to the work"),
    }
}

fn go(way: u16, deep: u32, work: &mut dyn FnMut()) {
    match deep.checked_sub(1) {
        Some(deep) => LANES[usize::from(way % 16)](way / 16, deep, work),
        None => work(),
    }
}

#[inline(never)]
fn lane<const N: u32>(way: u16, deep: u32, work: &mut dyn FnMut()) {
    go(way, deep, work);
    // Something that no other lane does, after the call: else the compiler would make one function of all, or a jump of the call.
    black_box(N);
}

// === impl Apart ===

impl<F> Apart<F> {
    /// Wraps `future`.
    pub const fn new(future: F) -> Self {
        Self { future }
    }

    /// The future.
    pub fn into_inner(self) -> F {
        self.future
    }
}

impl<F: Future> Future for Apart<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        apart(|| self.project().future.poll(cx))
    }
}
