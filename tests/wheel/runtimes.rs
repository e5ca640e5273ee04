//! Runtimes of every kind, several of them, and those that end.

use std::pin::{Pin, pin};
use std::task::{Context, Waker};
use std::time::Duration;

use futures::future::Either;
use ninelives::timer::WheelSleep;
use ninelives::{Clock, Timer, TokioTimer, WheelTimer};
use tokio::runtime::{Builder, Runtime};

use super::{armed, ms, poll_once};

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn paused() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
}

/// Waits, and looks at the clock that it waited by.
async fn wait() {
    let began = TokioTimer.now();
    WheelTimer.sleep(ms(3)).await;
    assert!(TokioTimer.now().since(began) >= ms(3));
}

#[test]
fn w05_every_kind_of_runtime() {
    current_thread().block_on(wait());
    paused().block_on(wait());
    multi_thread().block_on(wait());
    multi_thread().block_on(async { tokio::spawn(wait()).await.unwrap() });
    let local = tokio::task::LocalSet::new();
    local.block_on(&current_thread(), async {
        tokio::task::spawn_local(wait()).await.unwrap();
    });
}

#[test]
fn w05_two_runtimes_on_one_thread_wait_by_themselves() {
    let (a, b) = (paused(), paused());
    let mut sleep = a.block_on(armed(ms(10)));
    // Nobody drives the first runtime now, and the other one does not need it to.
    b.block_on(wait());
    assert_eq!(b.block_on(async { WheelTimer.armed() }), 0);
    assert_eq!(a.block_on(async { WheelTimer.armed() }), 1);
    b.block_on(wait());
    a.block_on(async {
        assert!(
            poll_once(&mut sleep).await.is_pending(),
            "no time has passed here"
        );
        (&mut sleep).await;
    });
}

#[test]
fn w04_a_wait_outlives_its_runtime_and_goes_on_in_the_next_one() {
    for first in [current_thread, multi_thread] {
        let runtime = first();
        let began = runtime.block_on(async { TokioTimer.now() });
        let sleep = runtime.block_on(armed(ms(20)));
        let spawned = runtime.block_on(runtime.spawn(armed(ms(20)))).unwrap();
        drop(runtime);
        current_thread().block_on(async {
            sleep.await;
            spawned.await;
            assert!(TokioTimer.now().since(began) >= ms(20));
            assert_eq!(WheelTimer.armed(), 0);
        });
    }
}

#[test]
fn w04_a_wait_that_outlives_its_runtime_is_woken() {
    let runtime = current_thread();
    // Long enough for a busy machine to come to the look below, which would find it over otherwise.
    let sleep = runtime.block_on(armed(ms(250)));
    let (gone, ended) = std::sync::mpsc::channel();
    let second = multi_thread();
    let waiting = second.spawn(async move {
        let mut sleep = sleep;
        assert!(poll_once(&mut sleep).await.is_pending());
        gone.send(()).unwrap();
        sleep.await;
    });
    ended.recv().unwrap();
    // From here on nothing but the end of the first runtime can wake the task: nobody drives it.
    drop(runtime);
    second.block_on(waiting).unwrap();
}

#[test]
fn w04_a_wait_that_was_made_outside_of_a_runtime_outlives_the_one_where_it_is_polled() {
    let (since, mut sleep) = WheelTimer.start(ms(250));
    let runtime = current_thread();
    assert!(runtime.block_on(poll_once(&mut sleep)).is_pending());
    drop(runtime);
    current_thread().block_on(async {
        sleep.await;
        assert!(TokioTimer.now().since(since) >= ms(250));
    });
}

#[test]
fn w04_a_wait_whose_runtime_ended_and_that_is_polled_outside_of_any_is_not_over() {
    let runtime = current_thread();
    let mut sleep = runtime.block_on(armed(Duration::from_secs(3_600)));
    drop(runtime);
    let outside = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        Pin::new(&mut sleep).poll(&mut Context::from_waker(Waker::noop()))
    }));
    assert!(outside.is_err(), "as TokioTimer's, it panics there");
    let again = current_thread().block_on(poll_once(&mut sleep));
    assert!(again.is_pending(), "an hour has not passed");
}

#[test]
fn w04_a_wait_is_dropped_after_its_runtime() {
    let runtime = multi_thread();
    let sleep = runtime.block_on(armed(Duration::from_secs(60)));
    drop(runtime);
    drop(sleep);
    current_thread().block_on(async { assert_eq!(WheelTimer.armed(), 0) });
}

#[test]
fn w04_a_runtime_ends_while_its_tasks_wait() {
    for _ in 0..20 {
        let runtime = multi_thread();
        for task in 0..50 {
            runtime.spawn(async move {
                loop {
                    let short = WheelTimer.start(Duration::from_micros(task * 10)).1;
                    let long = WheelTimer.sleep(Duration::from_secs(60));
                    futures::future::select(short, long).await;
                    tokio::task::yield_now().await;
                }
            });
        }
        runtime.block_on(wait());
        drop(runtime);
    }
}

/// How long a wait of some milliseconds may take on any machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits, or fails when patience, which tokio's own timer keeps, ends first. A wait that is polled late would find itself over.
async fn must_end(sleep: WheelSleep) {
    let patience = pin!(tokio::time::sleep(PATIENCE));
    match futures::future::select(patience, sleep).await {
        Either::Left(_) => panic!("nobody looks after the wait"),
        Either::Right(_) => {}
    }
}

/// A worker wakes the driver and blocks until a wait of the other worker is over.
fn block_a_worker(runtime: &Runtime) {
    let (is_armed, armed_now) = std::sync::mpsc::channel();
    let (over, ended) = std::sync::mpsc::channel();
    let blocker = runtime.spawn(async move {
        // The driver is woken by this worker, which keeps what it has woken last until the other wait is over.
        let far = armed(Duration::from_secs(60)).await;
        is_armed.send(()).unwrap();
        let ended = ended.recv_timeout(PATIENCE);
        drop(far);
        ended.expect("the wait of the other worker ends");
    });
    armed_now.recv().unwrap();
    let waiter = runtime.spawn(async move {
        WheelTimer.sleep(ms(3)).await;
        over.send(()).unwrap();
    });
    runtime.block_on(blocker).unwrap();
    runtime.block_on(waiter).unwrap();
}

#[test]
fn w08_a_worker_that_starts_the_driver_and_blocks_holds_up_no_other_wait() {
    block_a_worker(&multi_thread());
}

#[test]
fn w08_a_worker_that_wakes_the_driver_and_blocks_holds_up_no_other_wait() {
    let runtime = multi_thread();
    for _ in 0..20 {
        runtime.block_on(async { tokio::spawn(wait()).await.unwrap() });
        block_a_worker(&runtime);
    }
}

#[test]
fn w05_a_task_that_runs_another_runtime_waits_on_its_own_again() {
    let other = current_thread();
    multi_thread().block_on(async {
        tokio::spawn(async move {
            tokio::task::block_in_place(|| other.block_on(wait()));
            // Nobody drives the other runtime now.
            must_end(WheelTimer.sleep(ms(3))).await;
            must_end(WheelTimer.start(ms(3)).1).await;
            tokio::task::block_in_place(|| drop(other));
        })
        .await
        .unwrap();
    });
}

#[test]
fn w05_a_task_that_has_waited_waits_in_the_runtime_that_it_runs() {
    let other = paused();
    multi_thread().block_on(async {
        tokio::spawn(async move {
            wait().await;
            tokio::task::block_in_place(|| {
                other.block_on(wait());
                other.block_on(async {
                    let sleep = armed(Duration::from_secs(3_600)).await;
                    assert_eq!(WheelTimer.armed(), 1);
                    sleep.await;
                });
                drop(other);
            });
            wait().await;
        })
        .await
        .unwrap();
    });
}

#[test]
fn w05_a_blocking_task_runs_two_runtimes_in_turn() {
    let (one, two) = (current_thread(), current_thread());
    let outer = current_thread();
    outer.block_on(async {
        tokio::task::spawn_blocking(move || {
            one.block_on(wait());
            // Nobody drives the first one now.
            two.block_on(must_end(WheelTimer.sleep(ms(3))));
            one.block_on(must_end(WheelTimer.start(ms(3)).1));
        })
        .await
        .unwrap();
    });
}

#[test]
fn many_runtimes_one_after_the_other_and_at_once() {
    for _ in 0..100 {
        paused().block_on(wait());
    }
    let all: Vec<Runtime> = (0..20).map(|_| paused()).collect();
    for _ in 0..3 {
        for runtime in &all {
            runtime.block_on(wait());
        }
    }
}

#[test]
#[should_panic(expected = "no reactor running")]
fn w05_no_runtime_panics_as_tokio_does() {
    let mut sleep = pin!(WheelTimer.sleep(ms(1)));
    let _ = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

#[test]
#[should_panic(expected = "timers are disabled")]
fn w05_a_runtime_without_time_panics_as_tokio_does() {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { WheelTimer.start(ms(1)).1.await });
}

#[test]
fn outside_of_a_runtime_nothing_is_armed() {
    assert_eq!(WheelTimer.armed(), 0);
    let (since, sleep) = WheelTimer.start(ms(1));
    assert!(since <= WheelTimer.now());
    drop(sleep);
}
