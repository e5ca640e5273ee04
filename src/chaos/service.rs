//! The service that misbehaves.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tower_service::Service;

use super::ChaosFuture;
use super::fate::{Fate, share};
use super::layer::Shared;
use crate::timer::{Timer, TokioTimer};

/// A service that misbehaves. See the [page](super).
#[derive(Debug)]
pub struct ChaosService<S, F, T = TokioTimer> {
    inner: S,
    shared: Arc<Shared<F>>,
    timer: T,
    readiness: Readiness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readiness {
    Unasked,
    Never,
    Waiting,
    Ready,
}

// === impl ChaosService ===

impl<S, F, T> ChaosService<S, F, T> {
    pub(super) const fn new(inner: S, shared: Arc<Shared<F>>, timer: T) -> Self {
        Self {
            inner,
            shared,
            timer,
            readiness: Readiness::Unasked,
        }
    }

    /// The service inside.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }
}

/// A clone has no readiness, and draws its own fate.
impl<S: Clone, F, T: Clone> Clone for ChaosService<S, F, T> {
    fn clone(&self) -> Self {
        Self::new(
            self.inner.clone(),
            Arc::clone(&self.shared),
            self.timer.clone(),
        )
    }
}

impl<S, F, T, Req> Service<Req> for ChaosService<S, F, T>
where
    S: Service<Req>,
    F: Fn() -> S::Error,
    T: Timer + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ChaosFuture<S::Future, S::Error, T>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        if self.readiness == Readiness::Unasked {
            let unready = self.shared.settings.get().unready;
            self.readiness = if unready > 0.0 && share(self.shared.random.next()) < unready {
                self.shared.unready.add(1);
                Readiness::Never
            } else {
                Readiness::Waiting
            };
        }
        if self.readiness == Readiness::Never {
            return Poll::Pending;
        }
        self.readiness = Readiness::Waiting;
        ready!(self.inner.poll_ready(cx))?;
        self.readiness = Readiness::Ready;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Req) -> Self::Future {
        let shared = &*self.shared;
        let config = shared.settings.get();
        let readied = std::mem::replace(&mut self.readiness, Readiness::Unasked);
        assert!(
            readied == Readiness::Ready || !config.lost_readiness,
            "chaos: called without a readiness of its own"
        );
        let fate = Fate::draw(&config, &shared.random);
        if let Fate::Fails { late: Some(_) } | Fate::Passes { late: Some(_) } = fate {
            shared.late.add(1);
        }
        match fate {
            Fate::Panics => {
                shared.panics.add(1);
                ChaosFuture::panics()
            }
            Fate::Hangs => {
                shared.hangs.add(1);
                ChaosFuture::hangs()
            }
            Fate::Fails { late } => {
                shared.errors.add(1);
                let sleep = late.map(|late| self.timer.sleep(late));
                ChaosFuture::fails((shared.error)(), sleep)
            }
            Fate::Passes { late } => {
                shared.passed.add(1);
                let sleep = late.map(|late| self.timer.sleep(late));
                ChaosFuture::passes(self.inner.call(request), sleep)
            }
        }
    }
}
