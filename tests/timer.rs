//! Timers: order, ends, and clocks of several runtimes.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "timer/manual.rs"]
mod manual;
#[path = "support/stage.rs"]
mod stage;

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use ninelives::Tick;
use ninelives::prelude::*;
use stage::{Act, Hand, Stage, call};
use tower::Layer;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A waker that writes its name down.
struct Named(u32, Arc<Mutex<Vec<u32>>>);

impl Wake for Named {
    fn wake(self: Arc<Self>) {
        self.1.lock().unwrap().push(self.0);
    }
}

#[test]
fn w06_a_manual_timer_wakes_by_deadline_and_ties_by_arming() {
    let (timer, order) = (ManualTimer::new(), Arc::default());
    let mut waits: Vec<_> = [30, 10, 20, 10, 30, 20]
        .map(|millis| Box::pin(timer.sleep(ms(millis))))
        .into();
    // Armed in another order than they were made in: 5, 4, 3, 2, 1, 0.
    for (name, wait) in waits.iter_mut().enumerate().rev() {
        let waker = Waker::from(Arc::new(Named(name as u32, Arc::clone(&order))));
        assert!(
            wait.as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
    }
    assert_eq!(timer.armed(), 6);
    timer.advance(ms(9));
    assert_eq!(*order.lock().unwrap(), []);
    timer.advance(ms(100));
    assert_eq!(*order.lock().unwrap(), [3, 1, 5, 2, 4, 0]);
    assert_eq!(timer.armed(), 0);
}

#[test]
fn w06_a_wait_keeps_its_place_when_it_is_polled_again() {
    let (timer, order) = (ManualTimer::new(), Arc::default());
    let mut waits: Vec<_> = (0..3).map(|_| Box::pin(timer.sleep(ms(5)))).collect();
    for turn in [0, 1, 2, 0] {
        let waker = Waker::from(Arc::new(Named(turn as u32, Arc::clone(&order))));
        assert!(
            waits[turn]
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
    }
    assert_eq!(timer.armed(), 3);
    timer.advance(ms(5));
    assert_eq!(*order.lock().unwrap(), [0, 1, 2]);
}

#[test]
fn w02_a_manual_wait_is_never_early_and_never_without_end_over() {
    let timer = ManualTimer::new();
    let mut wait = Hand::new(timer.sleep(ms(10)));
    let mut never = Hand::new(timer.sleep(Duration::MAX));
    let mut none = Hand::new(timer.sleep(Duration::ZERO));
    none.done();
    wait.waits();
    never.waits();
    timer.advance(ms(10) - Duration::from_nanos(1));
    wait.waits();
    assert_eq!(wait.wakes(), 0);
    timer.advance(Duration::from_nanos(1));
    assert_eq!(wait.wakes(), 1);
    wait.done();
    timer.set(Tick::NEVER);
    never.waits();
}

#[test]
fn w02_a_manual_clock_set_back_makes_a_wait_wait_again() {
    let timer = ManualTimer::new();
    timer.advance(ms(100));
    let mut wait = Hand::new(timer.sleep(ms(10)));
    wait.waits();
    timer.advance(ms(10));
    timer.set(Tick::ZERO);
    wait.waits(); // woken, but by now it is early again
    timer.advance(ms(110));
    assert_eq!(wait.wakes(), 2);
    wait.done();
}

#[test]
fn w03_a_dropped_wait_is_forgotten() {
    let timer = ManualTimer::new();
    let mut wait = Hand::new(timer.sleep(ms(10)));
    drop(timer.sleep(ms(1))); // never polled
    wait.waits();
    assert_eq!(timer.armed(), 1);
    drop(wait);
    assert_eq!(timer.armed(), 0);
    for _ in 0..1_000 {
        Hand::new(timer.sleep(ms(10))).waits();
    }
    assert_eq!(timer.armed(), 0);
}

/// A waker that owns a wait of the timer that it is armed in.
struct Owner<S>(#[allow(dead_code)] Mutex<Option<Pin<Box<S>>>>);

impl<S: Send + 'static> Wake for Owner<S> {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn w03_a_waker_that_owns_a_wait_of_the_same_timer_may_be_dropped_by_it() {
    for replaced in [true, false] {
        let timer = ManualTimer::new();
        let mut held = Box::pin(timer.sleep(ms(9)));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(held.as_mut().poll(&mut cx).is_pending());
        let mut wait = Box::pin(timer.sleep(ms(5)));
        {
            let owner = Waker::from(Arc::new(Owner(Mutex::new(Some(held)))));
            assert!(
                wait.as_mut()
                    .poll(&mut Context::from_waker(&owner))
                    .is_pending()
            );
        }
        assert_eq!(timer.armed(), 2);
        if replaced {
            assert!(wait.as_mut().poll(&mut cx).is_pending()); // the last handle of the owner goes here
            assert_eq!(timer.armed(), 1);
        }
        drop(wait);
        assert_eq!(timer.armed(), 0);
    }
}

#[test]
fn w03_a_wait_armed_by_a_waker_waits_for_the_next_move() {
    /// Arms another wait when it is woken.
    struct Again(ManualTimer, Mutex<Vec<Hand<<ManualTimer as Timer>::Sleep>>>);
    impl Wake for Again {
        fn wake(self: Arc<Self>) {
            let mut wait = Hand::new(self.0.sleep(ms(10)));
            wait.waits();
            self.1.lock().unwrap().push(wait);
        }
    }
    let timer = ManualTimer::new();
    let again = Arc::new(Again(timer.clone(), Mutex::default()));
    let mut wait = Box::pin(timer.sleep(ms(10)));
    let waker = Waker::from(Arc::clone(&again));
    assert!(
        wait.as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    timer.advance(ms(50));
    assert_eq!(timer.armed(), 1);
    timer.advance(ms(10));
    assert_eq!(timer.armed(), 0);
    again.1.lock().unwrap()[0].done();
}

#[test]
fn r05_a_tracking_sleeper_remembers_and_moves_its_own_clock() {
    let sleeper = TrackingSleeper::new();
    for millis in [5, 0, 7] {
        Hand::new(sleeper.clone().sleep(ms(millis))).done();
    }
    assert_eq!(sleeper.all_calls(), [ms(5), ms(0), ms(7)]);
    assert_eq!(
        (sleeper.calls(), sleeper.call_at(2), sleeper.call_at(3)),
        (3, Some(ms(7)), None)
    );
    assert_eq!(sleeper.now().since(Tick::ZERO), ms(12));
    sleeper.clear();
    assert_eq!(
        (sleeper.calls(), sleeper.now().since(Tick::ZERO)),
        (0, ms(12))
    );
}

#[test]
fn w02_an_instant_sleeper_never_waits() {
    Hand::new(InstantSleeper.sleep(Duration::from_secs(3600))).done();
    let earlier = InstantSleeper.now();
    assert!(InstantSleeper.now() >= earlier);
}

#[test]
fn w02_waits_that_are_over_at_once_never_end_when_they_are_for_ever() {
    Hand::new(InstantSleeper.sleep_until(Tick::NEVER)).waits();
    Hand::new(InstantSleeper.sleep(Duration::MAX)).waits();
    Hand::new(InstantSleeper.start(Duration::MAX).1).waits();
    let sleeper = TrackingSleeper::new();
    Hand::new(sleeper.sleep(ms(5))).done();
    let rest = Tick::NEVER.since(sleeper.now());
    Hand::new(sleeper.sleep_until(Tick::NEVER)).waits();
    Hand::new(sleeper.sleep(Duration::MAX)).waits();
    // They are remembered, and move no clock.
    assert_eq!(sleeper.all_calls(), [ms(5), rest, rest]);
    assert_eq!(sleeper.now().since(Tick::ZERO), ms(5));
}

#[test]
fn a_timer_that_is_shared_waits_as_it_does_by_itself() {
    /// Waits for twice as long as it is told to.
    struct Patient(ManualTimer);
    impl Clock for Patient {
        fn now(&self) -> Tick {
            self.0.now()
        }
    }
    impl Timer for Patient {
        type Sleep = <ManualTimer as Timer>::Sleep;
        fn sleep_until(&self, deadline: Tick) -> Self::Sleep {
            self.0.sleep_until(deadline)
        }
        fn sleep(&self, duration: Duration) -> Self::Sleep {
            self.0.sleep(duration * 2)
        }
    }
    let timer = ManualTimer::new();
    let mut wait = Hand::new(Arc::new(Patient(timer.clone())).sleep(ms(10)));
    wait.waits();
    timer.advance(ms(19));
    wait.waits();
    timer.advance(ms(1));
    wait.done();
}

#[test]
fn w05_a_wait_of_tokios_timer_is_made_within_a_runtime() {
    assert!(stage::panics(|| drop(TokioTimer.sleep(ms(1)))).contains("reactor"));
    // The wheel's is not looked at before its first poll.
    drop(WheelTimer.sleep(ms(1)));
}

fn paused() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap()
}

#[test]
fn w05_one_layer_serves_two_paused_runtimes_in_turn() {
    let layer = TimeoutLayer::new(ms(50)).unwrap();
    let mut service = layer.layer(Stage::always(Act::Hang).backend());
    let (one, two) = (paused(), paused());
    for runtime in [&one, &two, &one] {
        runtime.block_on(async {
            let before = TokioTimer.now();
            let error = call(&mut service, 0).await_it().await.unwrap_err();
            assert!(error.is_timeout());
            let waited = TokioTimer.now().since(before);
            assert!((ms(50)..=ms(51)).contains(&waited), "{waited:?}");
            tokio::time::advance(Duration::from_secs(3600)).await;
        });
    }
}

#[tokio::test(start_paused = true)]
async fn w02_tokios_timer_is_never_early() {
    for nanos in [1, 999_999, 1_000_000, 1_000_001, 1_500_000] {
        let (wait, before) = (Duration::from_nanos(nanos), TokioTimer.now());
        TokioTimer.sleep(wait).await;
        let waited = TokioTimer.now().since(before);
        assert!(
            waited >= wait && waited <= wait + ms(1),
            "{waited:?} of {wait:?}"
        );
    }
    Hand::new(TokioTimer.sleep_until(Tick::ZERO)).done();
    Hand::new(TokioTimer.sleep_until(Tick::NEVER)).waits();
}

/// The wait ends within the millisecond.
async fn lasts<F: Future>(future: F, wait: Duration) -> F::Output {
    let before = TokioTimer.now();
    let output = future.await;
    let waited = TokioTimer.now().since(before);
    assert!((wait..=wait + ms(1)).contains(&waited), "{waited:?}");
    output
}

/// Each policy that waits, on this timer, under paused time.
async fn policies_wait_on<T>(timer: T)
where
    T: Timer + Clone + Send + Sync + 'static,
    T::Sleep: Send,
{
    let hang = || Stage::always(Act::Hang).backend();
    let timeout = TimeoutLayer::new(ms(50)).unwrap();
    let mut timed = timeout.with_timer(timer.clone()).layer(hang());
    let error = lasts(call(&mut timed, 0).await_it(), ms(50)).await;
    assert!(error.unwrap_err().is_timeout());

    let builder = RetryPolicy::builder().max_attempts(3);
    let builder = builder.backoff(Backoff::constant(ms(20)));
    let retry = builder.with_timer(timer.clone()).build().unwrap();
    let failing = Stage::always(Act::Err(1)).backend();
    let mut retried = retry.into_layer().layer(failing);
    let error = lasts(call(&mut retried, 0).await_it(), ms(40)).await;
    assert!(error.unwrap_err().is_retry_exhausted());

    let queue = BulkheadLayer::queued(1, 1, ms(30)).unwrap();
    let mut lined = queue.with_timer(timer.clone()).layer(hang());
    let mut holder = call(&mut lined, 0);
    holder.waits();
    let error = lasts(call(&mut lined, 0).await_it(), ms(30)).await;
    assert!(error.unwrap_err().is_bulkhead());

    let race = Policy(TimeoutLayer::new(ms(500)).unwrap());
    let race = (race.clone() & race).stagger(ms(7)).with_timer(timer);
    let late = Stage::new([Act::Hang], Act::Ok(7));
    let mut raced = race.layer(late.backend());
    let answer = lasts(call(&mut raced, 0).await_it(), ms(7)).await;
    assert!(answer.is_ok());
}

#[tokio::test(start_paused = true)]
async fn every_policy_that_waits_does_so_on_the_wheel() {
    policies_wait_on(WheelTimer).await;
}

#[tokio::test(start_paused = true)]
async fn every_policy_that_waits_does_so_on_tokios_timer() {
    policies_wait_on(TokioTimer).await;
}
