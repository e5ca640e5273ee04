//! Under paused time everything is exact.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use ninelives::{Clock, Tick, Timer, WheelTimer};
use tokio::time::Instant;

use super::{armed, ms, poll_once};

/// Does nothing, and is counted.
struct Idle;

impl Wake for Idle {
    fn wake(self: Arc<Self>) {}
}

#[tokio::test(start_paused = true)]
async fn w02_never_early_and_within_the_millisecond() {
    let hour = Duration::from_secs(3600);
    let longest = 400 * 24 * hour;
    for wait in [
        Duration::from_nanos(1),
        ms(1) - Duration::from_nanos(1),
        ms(1),
        ms(7),
        hour,
        longest,
    ] {
        let began = Instant::now();
        WheelTimer.sleep(wait).await;
        let took = began.elapsed();
        assert!(
            took >= wait && took < wait + ms(1),
            "{wait:?} took {took:?}"
        );
        let began = Instant::now();
        WheelTimer.start(wait).1.await;
        let took = began.elapsed();
        assert!(
            took >= wait && took < wait + ms(1),
            "{wait:?} took {took:?}"
        );
    }
    assert_eq!(WheelTimer.armed(), 0);
}

#[tokio::test(start_paused = true)]
async fn w02_the_longest_wait_never_ends_and_takes_no_slot() {
    let mut waits = [
        WheelTimer.sleep(Duration::MAX),
        WheelTimer.start(Duration::MAX).1,
        WheelTimer.sleep_until(Tick::NEVER),
    ];
    for wait in &mut waits {
        assert!(poll_once(wait).await.is_pending());
    }
    tokio::time::advance(Duration::from_secs(1_000_000_000)).await;
    for wait in &mut waits {
        assert!(poll_once(wait).await.is_pending());
    }
    assert_eq!(WheelTimer.armed(), 0);
}

#[tokio::test(start_paused = true)]
async fn w06_waits_end_by_deadline_and_ties_as_they_were_armed() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for (name, wait) in [30, 10, 20, 10, 30, 10].into_iter().enumerate() {
        let log = Arc::clone(&log);
        tasks.push(tokio::spawn(async move {
            WheelTimer.sleep(ms(wait)).await;
            log.lock().unwrap().push(name);
        }));
        tokio::task::yield_now().await;
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*log.lock().unwrap(), [1, 3, 5, 2, 0, 4]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_over_is_ready_at_its_first_poll() {
    let now = WheelTimer.now();
    tokio::time::advance(ms(5)).await;
    let mut sleep = WheelTimer.sleep_until(now);
    assert_eq!(poll_once(&mut sleep).await, Poll::Ready(()));
    assert_eq!(poll_once(&mut sleep).await, Poll::Ready(()), "and again");
    assert_eq!(WheelTimer.armed(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_moved_ends_what_was_armed_before() {
    let mut waits = [
        armed(ms(10)).await,
        armed(ms(10)).await,
        armed(ms(11)).await,
    ];
    tokio::time::advance(ms(10)).await;
    let mut ends = Vec::new();
    for wait in &mut waits {
        ends.push(poll_once(wait).await.is_ready());
    }
    assert_eq!(ends, [true, true, false]);
    assert_eq!(WheelTimer.armed(), 1);
    tokio::time::advance(Duration::from_secs(365 * 86_400)).await;
    assert_eq!(poll_once(&mut waits[2]).await, Poll::Ready(()));
}

#[tokio::test(start_paused = true)]
async fn w01_a_driver_with_nothing_to_wait_for_keeps_no_time() {
    for _ in 0..10_000 {
        drop(armed(ms(30_000)).await);
    }
    assert_eq!(WheelTimer.armed(), 0);
    // A driver that came by every millisecond would not come to the end of this.
    let began = Instant::now();
    tokio::time::sleep(Duration::from_secs(400 * 86_400)).await;
    assert_eq!(began.elapsed(), Duration::from_secs(400 * 86_400));
}

#[tokio::test(start_paused = true)]
async fn a_waker_that_was_left_behind_is_dropped_within_a_second() {
    let live = armed(Duration::from_secs(3600)).await;
    tokio::task::yield_now().await;
    let counted = Arc::new(Idle);
    let waker = Waker::from(Arc::clone(&counted));
    let mut left = WheelTimer.sleep(Duration::from_secs(7200));
    let poll = Pin::new(&mut left).poll(&mut Context::from_waker(&waker));
    assert!(poll.is_pending());
    drop(left);
    assert_eq!(Arc::strong_count(&counted), 3, "until the driver comes by");
    tokio::time::sleep(Duration::from_secs(1) + ms(1)).await;
    assert_eq!(Arc::strong_count(&counted), 2);
    drop(live);
}

#[tokio::test(start_paused = true)]
async fn many_armings_at_one_instant_do_not_blur_the_deadlines() {
    // As many as make naps worth it, were the time not standing still.
    let began = Instant::now();
    let mut waits = Vec::new();
    for _ in 0..100 {
        let (since, mut wait) = WheelTimer.start(ms(10));
        assert_eq!(since, WheelTimer.now());
        assert!(poll_once(&mut wait).await.is_pending());
        waits.push(wait);
    }
    for wait in waits {
        wait.await;
        assert_eq!(began.elapsed(), ms(10));
    }
}

#[tokio::test(start_paused = true)]
async fn w04_a_wait_moves_to_another_task_and_wakes_it() {
    let began = Instant::now();
    let sleep = armed(ms(10)).await;
    tokio::spawn(sleep).await.unwrap();
    assert_eq!(began.elapsed(), ms(10));
}

#[tokio::test(start_paused = true)]
async fn many_waits_of_one_task_end_each_at_its_time() {
    let began = Instant::now();
    let waits = (0..1000).map(|count| async move {
        WheelTimer.sleep(ms(count % 100)).await;
        assert_eq!(began.elapsed(), ms(count % 100));
    });
    futures::future::join_all(waits).await;
    assert_eq!(WheelTimer.armed(), 0);
}
