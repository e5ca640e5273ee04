//! One peer's way to protect a call, ready to be called again and again.

use std::fmt;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tower::{Layer, Service};

use crate::echo::Echo;
use crate::task;

/// Something to call, and whose it is.
pub struct Subject {
    /// The crate, and what is special about it in brackets.
    pub peer: &'static str,
    calls: Box<Calls>,
}

/// Makes so many calls.
type Calls = dyn FnMut(u32, &mut Context<'_>);

/// What one subject of each peer does, ours first.
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// The subjects: ours is the first one, unless [`Case::ours`] says that we have none.
    pub subjects: Vec<Subject>,
    /// Whether the first subject is ours.
    pub ours: bool,
}

/// What a call answers when it is let through.
pub const ANSWER: Option<u64> = Some(7);

/// What it answers when it is rejected.
pub const REJECTED: Option<u64> = None;

// === impl Subject ===

impl Subject {
    /// A layer around the inner service.
    pub fn layer<L>(peer: &'static str, layer: L, inner: Echo, expected: Option<u64>) -> Self
    where
        L: Layer<Echo>,
        L::Service: Service<u64, Response = u64> + 'static,
    {
        Self::service(peer, layer.layer(inner), expected)
    }

    /// A service.
    pub fn service<S>(peer: &'static str, mut service: S, expected: Option<u64>) -> Self
    where
        S: Service<u64, Response = u64> + 'static,
    {
        Self::of(peer, expected, move |cx| {
            assert!(matches!(service.poll_ready(cx), Poll::Ready(Ok(()))));
            answer(service.call(black_box(7)), cx)
        })
    }

    /// A future for each call, made by `make`.
    pub fn future<F, T, E>(peer: &'static str, mut make: F, expected: Option<u64>) -> Self
    where
        F: FnMut(u64) -> T + 'static,
        T: Future<Output = Result<u64, E>>,
    {
        Self::of(peer, expected, move |cx| answer(make(black_box(7)), cx))
    }

    /// Something that is no call, and answers nothing.
    pub fn work(name: &'static str, mut once: impl FnMut() + 'static) -> Self {
        Self::of(name, None, move |_| {
            once();
            None
        })
    }

    /// Calls `once` a few times, and sees to it that it answers what it should.
    fn of(
        peer: &'static str,
        expected: Option<u64>,
        mut once: impl FnMut(&mut Context<'_>) -> Option<u64> + 'static,
    ) -> Self {
        for _ in 0..3 {
            assert_eq!(once(&mut task::context()), expected, "{peer}");
        }
        let calls = Box::new(move |n, cx: &mut Context<'_>| {
            for _ in 0..n {
                black_box(once(cx));
            }
        });
        Self { peer, calls }
    }

    /// Calls it so many times.
    #[inline]
    pub fn call(&mut self, times: u32) {
        (self.calls)(times, &mut task::context());
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Subject").field(&self.peer).finish()
    }
}

// === calls ===

/// Polls until there is an answer. A future that pends is in memory meanwhile, as that of a task is.
#[inline]
fn answer<E>(future: impl Future<Output = Result<u64, E>>, cx: &mut Context<'_>) -> Option<u64> {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(cx) {
            return result.ok();
        }
        black_box(future.as_mut());
    }
}

/// Makes one call and never lets it end: what it holds is held for good.
pub fn hold<S: Service<u64>>(mut service: S) {
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(service.poll_ready(cx).is_ready());
    let mut future = Box::pin(service.call(7));
    assert!(future.as_mut().poll(cx).is_pending());
    std::mem::forget(future);
}
