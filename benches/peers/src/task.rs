//! One poll of a task, in which everything is called: as a service's calls are, and with what a task makes dearer or cheaper for each peer.

use std::cell::OnceCell;
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

use tokio::runtime::Runtime;
use tokio::task::{LocalSet, unconstrained};

thread_local! {
    static WAKER: OnceCell<&'static Waker> = const { OnceCell::new() };
}

/// Runs `work` in one poll of a task of this runtime. Tokio's budget, which has a task wait after so many answers, does not count there.
///
/// # Panics
/// When `work` does, and the second time on one thread.
pub fn in_a_task<T: 'static>(runtime: &Runtime, work: impl FnOnce() -> T + 'static) -> T {
    let mut work = Some(work);
    let local = LocalSet::new();
    let task = local.spawn_local(unconstrained(poll_fn(move |cx| {
        let waker = Box::leak(Box::new(cx.waker().clone()));
        WAKER.with(|mine| mine.set(waker).expect("one task a thread"));
        let work = work.take().expect("one poll");
        Poll::Ready(work())
    })));
    local.block_on(runtime, task).expect("it runs to its end")
}

/// The context of that task; outside of one, of nobody.
pub fn context() -> Context<'static> {
    Context::from_waker(WAKER.with(|mine| mine.get().copied().unwrap_or(Waker::noop())))
}
