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

struct PanicsAtItsEnd;

impl Wake for PanicsAtItsEnd {
    fn wake(self: Arc<Self>) {}
}

impl Drop for PanicsAtItsEnd {
    fn drop(&mut self) {
        panic!("on purpose");
    }
}

/// A wait of somebody whose waker panics.
fn armed_by_one_who_panics() -> WheelSleep {
    armed_by(Arc::new(Panics))
}

fn armed_by(waker: Arc<impl Wake + Send + Sync + 'static>) -> WheelSleep {
    let mut sleep = WheelTimer.sleep(ms(20));
    let waker = Waker::from(waker);
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

#[tokio::test(start_paused = true)]
async fn the_driver_outlives_wakers_that_panic_when_they_are_dropped() {
    let kept = WheelTimer.sleep(ms(30));
    let kept = tokio::spawn(kept);
    for _ in 0..3 {
        drop(armed_by(Arc::new(PanicsAtItsEnd)));
    }
    let over = tokio::time::timeout(ms(1_000), kept).await;
    over.expect("it was woken").expect("it did not panic");
}

#[test]
fn a_runtime_that_ends_wakes_who_waits_whatever_drops_of_wakers_panic() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    };
    let (first, second) = (runtime(), runtime());
    let waits = first.block_on(async {
        let left = [(); 16].map(|()| armed_by(Arc::new(PanicsAtItsEnd)));
        drop(left);
        let mut waits = Vec::new();
        for _ in 0..64 {
            waits.push(super::armed(ms(3_600_000)).await);
        }
        waits
    });
    let (gone, ended) = std::sync::mpsc::channel();
    let waiting = std::thread::spawn(move || {
        second.block_on(async {
            let mut all = futures::future::join_all(waits);
            assert!(futures::poll!(&mut all).is_pending());
            gone.send(()).unwrap();
            all.await;
        });
    });
    ended.recv().unwrap();
    drop(first);
    waiting.join().unwrap();
}
