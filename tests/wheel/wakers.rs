//! Wakers that panic: foreign code on the driver's thread.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use ninelives::timer::WheelSleep;
use ninelives::{Timer, WheelTimer};

use super::ms;

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("on purpose");
    }
}

/// A wait of somebody whose waker panics.
fn armed_by_one_who_panics() -> WheelSleep {
    let mut sleep = WheelTimer.sleep(ms(20));
    let waker = Waker::from(Arc::new(Panics));
    let armed = Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker));
    assert!(armed.is_pending());
    sleep
}

#[tokio::test(start_paused = true)]
async fn wakers_that_panic_keep_nobody_else_from_being_woken() {
    let _waits = [(); 3].map(|()| armed_by_one_who_panics());
    let other = tokio::spawn(WheelTimer.sleep(ms(20)));
    let over = tokio::time::timeout(ms(1_000), other).await;
    over.expect("it was woken").expect("it did not panic");
}

#[tokio::test(start_paused = true)]
async fn the_driver_outlives_wakers_that_panic() {
    let _waits = [(); 3].map(|()| armed_by_one_who_panics());
    tokio::time::sleep(ms(100)).await;
    let over = tokio::time::timeout(ms(1_000), WheelTimer.sleep(ms(20))).await;
    over.expect("somebody looks after it");
    assert_eq!(WheelTimer.armed(), 0, "on the same wheel");
}
