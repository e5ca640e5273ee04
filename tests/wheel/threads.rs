//! Waits that change threads, and many at once.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use ninelives::timer::WheelSleep;
use ninelives::{Clock, Timer, TokioTimer, WheelTimer};
use tokio::runtime::Builder;

use super::{armed, ms, poll_once};

#[tokio::test(start_paused = true)]
async fn w04_a_wait_is_dropped_on_another_thread() {
    let sleep = armed(ms(1000)).await;
    assert_eq!(WheelTimer.armed(), 1);
    std::thread::spawn(move || drop(sleep)).join().unwrap();
    assert_eq!(WheelTimer.armed(), 0);
}

#[tokio::test(start_paused = true)]
async fn w04_a_wait_is_dropped_with_a_thread() {
    thread_local! {
        static KEPT: RefCell<Option<WheelSleep>> = const { RefCell::new(None) };
    }
    let sleep = armed(ms(1000)).await;
    let thread = std::thread::spawn(|| KEPT.set(Some(sleep)));
    thread.join().unwrap();
    assert_eq!(WheelTimer.armed(), 0);
}

/// Waits, gives up and moves about; counts how the waits end.
async fn churn(seed: u64, rounds: u64, ended: Arc<[AtomicU64; 2]>) {
    let mut random = seed;
    for _ in 0..rounds {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1442);
        let length = Duration::from_micros((random >> 40) % 3000);
        let began = TokioTimer.now();
        let mut sleep = if random & (1 << 35) == 0 {
            WheelTimer.sleep(length)
        } else {
            WheelTimer.start(length).1
        };
        if poll_once(&mut sleep).await.is_ready() {
            ended[1].fetch_add(1, SeqCst);
            continue;
        }
        match (random >> 36) % 8 {
            0 => {
                sleep.await;
                assert!(TokioTimer.now().since(began) >= length, "early");
                ended[1].fetch_add(1, SeqCst);
            }
            1 => {
                tokio::spawn(sleep).await.unwrap();
                assert!(TokioTimer.now().since(began) >= length, "early");
                ended[1].fetch_add(1, SeqCst);
            }
            2 => {
                tokio::task::yield_now().await;
                drop(sleep);
                ended[0].fetch_add(1, SeqCst);
            }
            _ => {
                drop(sleep);
                ended[0].fetch_add(1, SeqCst);
            }
        }
    }
}

#[test]
fn w03_every_wait_ends_once_on_two_threads() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let ended = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    runtime.block_on(async {
        let tasks: Vec<_> = (1..=20)
            .map(|seed| tokio::spawn(churn(seed, 500, Arc::clone(&ended))))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(WheelTimer.armed(), 0);
    });
    let [given_up, over] = [&ended[0], &ended[1]].map(|count| count.load(SeqCst));
    assert_eq!(given_up + over, 10_000);
    assert!(given_up > 0 && over > 0);
}

#[tokio::test(start_paused = true)]
async fn w01_a_million_waits_at_once_and_a_million_in_turn() {
    let count = 1_000_000;
    let mut waits: Vec<WheelSleep> = (0..count).map(|_| WheelTimer.sleep(ms(10))).collect();
    for wait in &mut waits {
        assert!(poll_once(wait).await.is_pending());
    }
    assert_eq!(WheelTimer.armed(), count);
    tokio::time::advance(ms(10)).await;
    // Every second one is given up without having been told.
    let over = waits.into_iter().step_by(2);
    for mut wait in over {
        assert!(poll_once(&mut wait).await.is_ready());
    }
    assert_eq!(WheelTimer.armed(), 0);
    for _ in 0..count {
        drop(armed(ms(10)).await);
    }
    assert_eq!(WheelTimer.armed(), 0);
}
