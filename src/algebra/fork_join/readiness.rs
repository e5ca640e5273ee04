//! How far an arm is from being called.

use std::task::{Context, Poll};

use tower_service::Service;

/// What is known of an arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    Unknown,
    // Asked, and told to wait: the service may stand in a line for it.
    Waiting,
    Ready,
    // Tower: a service whose `poll_ready` failed is not asked again.
    Failed,
}

// === impl Readiness ===

impl Readiness {
    /// Asks `service` unless the answer is known; gives the error of a failure just seen.
    #[inline]
    pub(super) fn ask<S: Service<Req>, Req>(
        &mut self,
        service: &mut S,
        cx: &mut Context<'_>,
    ) -> Option<S::Error> {
        if let Self::Unknown | Self::Waiting = self {
            match service.poll_ready(cx) {
                Poll::Ready(Ok(())) => *self = Self::Ready,
                Poll::Ready(Err(error)) => {
                    *self = Self::Failed;
                    return Some(error);
                }
                Poll::Pending => *self = Self::Waiting,
            }
        }
        None
    }

    /// Gives the wait of an arm that is left out up. A permit that came to an idle service would be kept from all others.
    #[inline]
    pub(super) fn renew<S: Clone>(&mut self, service: &mut S) {
        if let Self::Waiting = self {
            *service = service.clone();
            *self = Self::Unknown;
        }
    }

    /// Uses the readiness up.
    #[inline]
    pub(super) fn take(&mut self) -> bool {
        let ready = *self == Self::Ready;
        if ready {
            *self = Self::Unknown;
        }
        ready
    }
}
