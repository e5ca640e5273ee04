//! The end of the total time.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tower_service::Service;

use super::super::bound::Frame;
use super::super::{Bound, RetryConfig};
use super::{RetryFuture, Step, StepProj};
use crate::emit::{Emitter, Kind, PolicyEvent};
use crate::error::{FlatError, ResilienceError};
use crate::settings::Settings;
use crate::timer::Timer;

impl<S, P, T, M, C, D, Req> RetryFuture<S, P, T, Req, M, C, D>
where
    S: Service<Req> + Clone,
    S::Error: FlatError,
    T: Timer,
    M: Emitter,
    C: Settings<RetryConfig>,
    D: Bound,
{
    /// The request has to wait: ends it if the time is over, with the answer of the last attempt that had one, else with a timeout.
    #[cold]
    pub(super) fn clip(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<S::Response, S::Error>> {
        let mut this = self.project();
        let (timer, deadline) = (&this.plan.common.timer, this.progress.deadline);
        ready!(this.frame.as_mut().poll_end(cx, timer, deadline));
        // What the attempt held is free before its caller sees the answer; so is a token for one that was not made.
        this.watch.run_on(|| {
            // A service that was asked for its readiness may have a place, or stand in a line for one: a clone does not.
            if let StepProj::Readying = this.step.as_mut().project() {
                *this.service = this.service.clone();
            }
            this.step.set(Step::Done);
        });
        this.watch.attempt_over();
        *this.token = None;
        let came = this.frame.origin().map_or(deadline, |(came, _)| came);
        let (elapsed, limit) = (timer.now().since(came), deadline.since(came));
        this.watch
            .tell(Kind::TimeoutOccurred, |at| PolicyEvent::TimeoutOccurred {
                at,
                elapsed,
                limit,
            });
        Poll::Ready(this.frame.take().unwrap_or_else(|| {
            let timeout = limit;
            Err(S::Error::from_flat(ResilienceError::Timeout {
                elapsed,
                timeout,
            }))
        }))
    }
}
