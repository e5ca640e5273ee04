//! How far each arm is.

use std::time::Duration;

use pin_project_lite::pin_project;

use crate::emit::{Emitter, Kind, PolicyEvent, Request};

pin_project! {
    /// The left arm.
    #[project = LeftProj]
    pub(super) enum Left<F> {
        Running {
            #[pin]
            future: F,
        },
        Over,
    }
}

pin_project! {
    /// The right arm, and how far it is from its call.
    #[project = RightProj]
    pub(super) enum Right<F, P> {
        // The stagger has not been armed: the left arm has not had to wait yet.
        Staggered {
            delay: Duration,
        },
        Waiting {
            #[pin]
            sleep: P,
        },
        Readying,
        Running {
            #[pin]
            future: F,
        },
        Over,
    }
}

/// The budget has no token for the right arm.
#[cold]
pub(super) fn refused<M: Emitter>(watch: &Request<M>) {
    watch.tell(Kind::RetryBudgetExhausted, |at| {
        PolicyEvent::RetryBudgetExhausted { at, attempts: 1 }
    });
}
