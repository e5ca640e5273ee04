//! A call with a backup behind it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

use super::FallbackWhen;
use crate::emit::{Emitter, Kind, NullSink, PolicyEvent, Request};
use crate::error::{Failures, FlatError, ResilienceError};

pin_project! {
    /// The future of [`FallbackService`](super::FallbackService).
    #[must_use = "futures do nothing unless polled"]
    pub struct FallbackFuture<F, B, W, Req, E, M = NullSink>
    where
        B: Service<Req>,
        M: Emitter,
    {
        #[pin]
        arm: Arm<F, B::Future>,
        // Taken when the backup is called.
        backup: Option<(B, Req)>,
        error: Option<ResilienceError<E>>,
        when: W,
        watch: Request<M>,
    }
}

pin_project! {
    #[project = ArmProj]
    enum Arm<F, G> {
        Primary {
            #[pin]
            future: F,
        },
        // The primary failed; the backup is not ready yet.
        Readying,
        Backup {
            #[pin]
            future: G,
        },
        Done,
    }
}

// === impl FallbackFuture ===

impl<F, B: Service<Req>, W, M: Emitter, Req, E> FallbackFuture<F, B, W, Req, E, M> {
    pub(super) fn new(primary: F, backup: (B, Req), when: W, watch: Request<M>) -> Self {
        Self {
            arm: Arm::Primary { future: primary },
            backup: Some(backup),
            error: None,
            when,
            watch,
        }
    }
}

impl<F, B, W, M, Req, E> Future for FallbackFuture<F, B, W, Req, E, M>
where
    F: Future<Output = Result<B::Response, B::Error>>,
    B: Service<Req>,
    B::Error: FlatError<Inner = E>,
    W: FallbackWhen<E>,
    M: Emitter,
{
    type Output = F::Output;

    #[inline(always)] // as `call`: a stack's poll is one function
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Request::<M>::resumed();
        self.as_mut().project().watch.enter();
        let poll = self.as_mut().advance(cx);
        self.project().watch.leave(&poll);
        poll
    }
}

impl<F, B, W, M, Req, E> FallbackFuture<F, B, W, Req, E, M>
where
    F: Future<Output = Result<B::Response, B::Error>>,
    B: Service<Req>,
    B::Error: FlatError<Inner = E>,
    W: FallbackWhen<E>,
    M: Emitter,
{
    /// Goes on as far as it can.
    #[inline(always)]
    fn advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        loop {
            let outcome = match this.arm.as_mut().project() {
                ArmProj::Primary { future } => {
                    let result = ready!(this.watch.poll_on(future, cx));
                    // What the primary held is free before the backup starts, or before the caller sees the answer.
                    this.watch.run_on(|| this.arm.set(Arm::Readying));
                    match result {
                        Err(error)
                            if this.watch.run_on(|| this.when.falls_back(error.as_flat())) =>
                        {
                            *this.error = Some(error.into_flat());
                            let taken = Kind::FallbackTaken;
                            this.watch
                                .tell(taken, |at| PolicyEvent::FallbackTaken { at });
                            continue;
                        }
                        result => result,
                    }
                }
                ArmProj::Readying => {
                    let Some((backup, _)) = this.backup.as_mut() else {
                        unreachable!("the backup is taken only when it is called")
                    };
                    match ready!(this.watch.run_on(|| backup.poll_ready(cx))) {
                        Ok(()) => {
                            if let Some((mut backup, request)) = this.backup.take() {
                                let future = this.watch.run_on(|| backup.call(request));
                                this.arm.set(Arm::Backup { future });
                            }
                            continue;
                        }
                        Err(error) => Err(both(this.error, error)),
                    }
                }
                ArmProj::Backup { future } => {
                    let result = ready!(this.watch.poll_on(future, cx));
                    result.map_err(|error| both(this.error, error))
                }
                ArmProj::Done => panic!("the future was polled after it was done"),
            };
            this.watch.run_on(|| {
                this.arm.set(Arm::Done);
                *this.backup = None;
            });
            return Poll::Ready(outcome);
        }
    }
}

fn both<X: FlatError>(primary: &mut Option<ResilienceError<X::Inner>>, backup: X) -> X {
    match primary.take() {
        Some(primary) => {
            let failures = Failures::join(primary, backup.into_flat());
            X::from_flat(ResilienceError::AllFailed(failures))
        }
        None => unreachable!("the backup starts after an error of the primary"),
    }
}

impl<F, B: Service<Req>, W, M: Emitter, Req, E> fmt::Debug for FallbackFuture<F, B, W, Req, E, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arm = match self.arm {
            Arm::Primary { .. } => "primary",
            Arm::Readying => "readying the backup",
            Arm::Backup { .. } => "backup",
            Arm::Done => "done",
        };
        f.debug_struct("FallbackFuture")
            .field("arm", &arm)
            .finish_non_exhaustive()
    }
}
