//! Waiting for an event.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

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
        // The look after this is the last one before a sleep without an end: see "How to sleep" on the bell's page.
        #[pin]
        grace: Option<T::Sleep>,
        armed: bool,
    }

    impl<T: Timer> PinnedDrop for Recv<'_, T> {
        fn drop(this: Pin<&mut Self>) {
            this.subscriber.member.bell().leave();
        }
    }
}

/// How long a write of another thread may be on its way: a thousand times what it takes.
const GRACE: Duration = Duration::from_millis(1);

// === impl Recv ===

impl<'a, T: Timer> Recv<'a, T> {
    pub(super) fn new(subscriber: &'a mut Subscriber<T>) -> Self {
        Self {
            subscriber,
            grace: None,
            armed: false,
        }
    }
}

impl<T: Timer> Future for Recv<'_, T> {
    type Output = Delivery;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Delivery> {
        let mut this = self.project();
        let subscriber = &mut **this.subscriber;
        if let Some(delivery) = subscriber.try_recv() {
            return Poll::Ready(delivery);
        }
        subscriber.member.bell().rest(cx.waker());
        if !*this.armed || subscriber.member.bell().is_rung() {
            subscriber.member.bell().quiet();
            subscriber.member.arm();
            *this.armed = true;
            if let Some(delivery) = subscriber.try_recv() {
                return Poll::Ready(delivery);
            }
            let grace = subscriber.timer.sleep(GRACE);
            this.grace.set(Some(grace));
        }
        if let Some(grace) = this.grace.as_mut().as_pin_mut()
            && grace.poll(cx).is_ready()
        {
            this.grace.set(None);
            if let Some(delivery) = subscriber.try_recv() {
                return Poll::Ready(delivery);
            }
        }
        Poll::Pending
    }
}

impl<T: Timer> std::fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recv")
            .field("armed", &self.armed)
            .field("grace", &self.grace.is_some())
            .finish_non_exhaustive()
    }
}
