//! A call with its fate.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::timer::Timer;

pin_project! {
    /// The future of [`ChaosService`](super::ChaosService).
    #[must_use = "futures do nothing unless polled"]
    pub struct ChaosFuture<F, E, T: Timer> {
        #[pin]
        sleep: Option<T::Sleep>,
        #[pin]
        end: End<F, E>,
    }
}

pin_project! {
    #[project = EndProj]
    enum End<F, E> {
        Panics,
        Hangs,
        Fails { error: Option<E> },
        Passes { #[pin] inner: F },
    }
}

// === impl ChaosFuture ===

impl<F, E, T: Timer> ChaosFuture<F, E, T> {
    pub(super) const fn panics() -> Self {
        Self {
            sleep: None,
            end: End::Panics,
        }
    }

    pub(super) const fn hangs() -> Self {
        Self {
            sleep: None,
            end: End::Hangs,
        }
    }

    pub(super) const fn fails(error: E, sleep: Option<T::Sleep>) -> Self {
        Self {
            sleep,
            end: End::Fails { error: Some(error) },
        }
    }

    pub(super) const fn passes(inner: F, sleep: Option<T::Sleep>) -> Self {
        Self {
            sleep,
            end: End::Passes { inner },
        }
    }
}

impl<F, E, T, R> Future for ChaosFuture<F, E, T>
where
    F: Future<Output = Result<R, E>>,
    T: Timer,
{
    type Output = Result<R, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Some(sleep) = this.sleep.as_mut().as_pin_mut() {
            ready!(sleep.poll(cx));
            this.sleep.set(None);
        }
        match this.end.project() {
            EndProj::Panics => panic!("chaos: a call panics"),
            EndProj::Hangs => Poll::Pending,
            EndProj::Fails { error } => match error.take() {
                Some(error) => Poll::Ready(Err(error)),
                None => panic!("the future was polled after it was done"),
            },
            EndProj::Passes { inner } => inner.poll(cx),
        }
    }
}

impl<F, E, T: Timer> fmt::Debug for ChaosFuture<F, E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.end {
            End::Panics => "panics",
            End::Hangs => "hangs",
            End::Fails { .. } => "fails",
            End::Passes { .. } => "passes",
        };
        f.debug_struct("ChaosFuture")
            .field("late", &self.sleep.is_some())
            .field("end", &end)
            .finish()
    }
}
