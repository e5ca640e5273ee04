//! How the driver is woken, so that a thread that wakes it and then blocks does not keep it.
//!
//! A worker of tokio keeps the task that it woke last for itself, and no other worker takes that one over. If the worker then blocks, the
//! driver would stand still, and with it all waits of the runtime. So another task is woken after it, and takes its place there.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use ninelives_core::sync::AtomicWaker;

/// What the driver of a wheel is woken by.
struct Knock {
    driver: Waker,
    usher: Arc<AtomicWaker>,
}

/// The task that is woken after the driver. It does nothing.
pub(super) struct Usher(pub(super) Arc<AtomicWaker>);

/// The knock of a driver, made once for each waker of its own that it is polled with.
pub(super) struct Knocker {
    usher: Arc<AtomicWaker>,
    made: Option<(Waker, Waker)>,
}

// === impl Knock ===

impl Wake for Knock {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.driver.wake_by_ref();
        self.usher.wake();
    }
}

// === impl Usher ===

impl Future for Usher {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.register(cx.waker());
        Poll::Pending
    }
}

// === impl Knocker ===

impl Knocker {
    pub(super) fn new(usher: Arc<AtomicWaker>) -> Self {
        Self { usher, made: None }
    }

    /// The waker for others, over the driver's own.
    pub(super) fn over(&mut self, driver: &Waker) -> &Waker {
        let made = self.made.take();
        let fresh = || {
            let (driver, usher) = (driver.clone(), Arc::clone(&self.usher));
            (
                driver.clone(),
                Waker::from(Arc::new(Knock { driver, usher })),
            )
        };
        let kept = made.filter(|(known, _)| known.will_wake(driver));
        &self.made.insert(kept.unwrap_or_else(fresh)).1
    }
}
