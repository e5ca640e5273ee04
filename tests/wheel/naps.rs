//! While much is armed in running time, the driver naps, and waits are armed as spans.

use std::time::Instant;

use ninelives::timer::WheelSleep;
use ninelives::{Clock, Timer, TokioTimer, WheelTimer};
use tokio::runtime::{Builder, Runtime};

use super::{ms, poll_once};

const NANO: std::time::Duration = std::time::Duration::from_nanos(1);

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .unwrap()
}

fn is_span(sleep: &WheelSleep) -> bool {
    format!("{sleep:?}").contains("for a span")
}

/// Arms and leaves until the driver naps, and gives the wait that shows it, not polled yet.
async fn span_of(length: std::time::Duration) -> (ninelives::Tick, WheelSleep) {
    loop {
        let (since, mut sleep) = WheelTimer.start(length);
        if is_span(&sleep) {
            return (since, sleep);
        }
        assert!(poll_once(&mut sleep).await.is_pending());
        tokio::task::yield_now().await;
    }
}

#[test]
fn w02_a_span_never_ends_early() {
    runtime().block_on(async {
        for length in [10, 12, 15] {
            let began = Instant::now();
            let (since, sleep) = span_of(ms(length)).await;
            let polled = Instant::now();
            sleep.await;
            assert!(polled.elapsed() >= ms(length));
            assert!(began.elapsed() >= ms(length));
            assert!(TokioTimer.now().since(since) >= ms(length));
        }
    });
}

#[test]
fn w02_a_wait_below_ten_milliseconds_has_its_deadline_from_the_start() {
    runtime().block_on(async {
        for _ in 0..100 {
            let (_, long) = span_of(ms(1000)).await;
            let (just, under) = (
                WheelTimer.start(ms(10)).1,
                WheelTimer.start(ms(10) - NANO).1,
            );
            // The driver may go to rest between any two of them.
            assert!(!is_span(&under), "never a span");
            if is_span(&just) {
                drop(long);
                return;
            }
        }
        panic!("ten milliseconds are long enough for a span");
    });
}

#[test]
fn spans_begin_a_little_before_and_never_after() {
    runtime().block_on(async {
        for _ in 0..100 {
            let (since, sleep) = span_of(ms(60_000)).await;
            assert!(since <= TokioTimer.now());
            drop(sleep);
        }
        assert_eq!(WheelTimer.armed(), 0);
    });
}

#[test]
fn a_span_that_is_polled_when_the_driver_rests_counts_from_its_poll() {
    let runtime = runtime();
    let (_, mut sleep) = runtime.block_on(span_of(ms(12)));
    runtime.block_on(async {
        // Nothing is armed any more: the driver goes to rest.
        while is_span(&WheelTimer.start(ms(1000)).1) {
            tokio::task::yield_now().await;
        }
        let polled = Instant::now();
        assert!(poll_once(&mut sleep).await.is_pending());
        sleep.await;
        assert!(polled.elapsed() >= ms(12));
    });
}

#[test]
fn arming_and_leaving_allocates_nothing() {
    let runtime = runtime();
    runtime.block_on(async {
        let mut spans = 0;
        for _ in 0..100 {
            let (_, sleep) = span_of(ms(1000)).await;
            drop(sleep);
            let made = allocation_counter::measure(|| {
                let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
                for _ in 0..100 {
                    let (_, mut sleep) = WheelTimer.start(ms(1000));
                    spans += 1;
                    let poll = Future::poll(std::pin::Pin::new(&mut sleep), &mut cx);
                    assert!(poll.is_pending());
                }
            });
            assert_eq!(made.count_total, 0);
        }
        assert_eq!(spans, 10_000);
    });
}
