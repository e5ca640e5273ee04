//! A call that may have to wait for its service first.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

use crate::clock::Tick;
use crate::timer::Timer;

pin_project! {
    /// A call of a service that has said that it is ready, or that waits for it to say so.
    #[project = ApproachProj]
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub enum Approach<S, Req, F, T> {
        /// The service is asked again; it stands in whatever line it entered.
        #[doc(hidden)]
        Waiting {
            service: S,
            request: Option<Req>,
            // From then on the service is not called any more.
            deadline: Tick,
            timer: T,
        },
        /// The service was called.
        #[doc(hidden)]
        Calling {
            #[pin]
            future: F,
        },
    }
}

// === impl Approach ===

impl<S: Service<Req>, Req, T: Timer> Future for Approach<S, Req, S::Future, T> {
    type Output = Result<S::Response, S::Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let future = match self.as_mut().project() {
                ApproachProj::Calling { future } => return future.poll(cx),
                ApproachProj::Waiting {
                    service,
                    request,
                    deadline,
                    timer,
                } => {
                    ready!(service.poll_ready(cx))?;
                    if timer.now() >= *deadline {
                        return Poll::Pending; // the timeout around it ends it in this very poll
                    }
                    match request.take() {
                        Some(request) => service.call(request),
                        None => unreachable!("a request is there until its service is called"),
                    }
                }
            };
            self.set(Self::Calling { future });
        }
    }
}
