//! Calls that go on, each with a flag in place of a waker.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Poll, Wake};

use tower::Service;

use crate::order::{Call, End, Order};
use crate::stacks::Guarded;

/// A call that goes on.
pub struct Task {
    pub call: Pin<Box<dyn Future<Output = End>>>,
    pub flag: Arc<Flag>,
    pub number: u64,
    pub stack: usize,
    /// Of the lowest class.
    pub low: bool,
    /// Whether it was polled: its service was asked, and called if it was ready.
    pub came: bool,
}

/// Whether a task is woken.
pub struct Flag(AtomicBool);

// === impl Flag ===

impl Flag {
    /// A task begins woken.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(true)))
    }

    pub fn is_up(&self) -> bool {
        self.0.load(SeqCst)
    }

    pub fn lower(&self) {
        self.0.store(false, SeqCst);
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// One call, from its readiness to its end.
pub async fn make(mut service: Guarded, order: Order, mut call: Call, leaks: bool) -> End {
    if poll_fn(|cx| service.poll_ready(cx)).await.is_err() {
        return call.end(End::Failed);
    }
    call.call();
    let mut answer = Box::pin(service.call(order));
    if leaks {
        // A call that is forgotten with all that it holds.
        let first = poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx))).await;
        std::mem::forget(answer);
        return call.end(match first {
            Poll::Ready(answer) => End::of(&answer),
            Poll::Pending => End::Cancelled,
        });
    }
    let answer = answer.await;
    call.end(End::of(&answer))
}
