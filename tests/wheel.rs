//! Waits on the wheel, in the runtimes that there are.

#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "wheel/calls.rs"]
mod calls;
#[path = "wheel/naps.rs"]
mod naps;
#[path = "wheel/paused.rs"]
mod paused;
#[path = "wheel/runtimes.rs"]
mod runtimes;
#[path = "wheel/threads.rs"]
mod threads;
#[path = "wheel/wakers.rs"]
mod wakers;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use ninelives::timer::WheelSleep;
use ninelives::{Timer, WheelTimer};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Polls a wait once, with the waker of this task.
async fn poll_once(sleep: &mut WheelSleep) -> Poll<()> {
    poll_fn(|cx| Poll::Ready(Future::poll(Pin::new(&mut *sleep), cx))).await
}

/// A wait that is armed.
async fn armed(duration: Duration) -> WheelSleep {
    let mut sleep = WheelTimer.sleep(duration);
    assert!(poll_once(&mut sleep).await.is_pending());
    sleep
}
