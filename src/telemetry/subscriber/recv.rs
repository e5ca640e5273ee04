//! Waiting for an event.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::wait::Wait;
use super::{Delivery, Subscriber};
use crate::timer::Timer;

pin_project! {
    /// The wait of [`Subscriber::recv`].
    ///
    /// # Cancel safety
    /// An event is taken in the very poll that hands it over: dropping the wait loses none.
    #[must_use = "futures do nothing unless polled"]
    pub struct Recv<'a, T: Timer> {
        subscriber: &'a mut Subscriber<T>,
        #[pin]
        wait: Wait<T::Sleep>,
    }

    impl<T: Timer> PinnedDrop for Recv<'_, T> {
        fn drop(this: Pin<&mut Self>) {
            if this.wait.is_armed() {
                this.subscriber.member.bell().leave();
            }
        }
    }
}

// === impl Recv ===

impl<'a, T: Timer> Recv<'a, T> {
    pub(super) fn new(subscriber: &'a mut Subscriber<T>) -> Self {
        Self {
            subscriber,
            wait: Wait::new(),
        }
    }
}

impl<T: Timer> Future for Recv<'_, T> {
    type Output = Delivery;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Delivery> {
        let this = self.project();
        this.wait.poll(this.subscriber, cx)
    }
}

impl<T: Timer> std::fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recv")
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}
