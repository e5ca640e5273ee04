//! Functions that say what the end of a call means, and how long to leave the dependency alone.

use std::cell::Cell;

use ninelives::circuit_breaker::{ByError, Class, Classify};
use ninelives::retry::retry_after;

use super::*;

type Ended<'a, 'b> = Result<&'a (), &'b ResilienceError<Broken>>;
type Judged<J> = CircuitBreakerLayer<Arc<ManualClock>, NullSink, Plain, J>;

fn layer(failures: usize) -> (Judged<ByError>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new());
    let config = CircuitBreakerConfig::new(failures, OPEN_FOR, 1).unwrap();
    let layer = CircuitBreakerLayer::with_clock(config, Arc::clone(&clock)).unwrap();
    (layer, clock)
}

fn ask<J: Classify<(), Broken>>(layer: &Judged<J>, ask: Ask) -> Answer {
    done(start(&mut layer.layer(Backend::default()), ask))
}

#[test]
fn a_response_can_be_a_failure_and_an_error_a_success() {
    let (layer, _) = layer(2);
    let turned = layer.classify(|result: Ended<'_, '_>| match result {
        Ok(()) => Class::Failure,
        Err(_) => Class::Success,
    });
    assert_eq!(ask(&turned, Ask::Answer), Ok(()));
    assert!(ask(&turned, Ask::Fail).is_err());
    assert_eq!(turned.view().failures, 0);
    assert_eq!(ask(&turned, Ask::Answer), Ok(()));
    assert_eq!(ask(&turned, Ask::Answer), Ok(()));
    assert_eq!(turned.state(), CircuitState::Open);
}

#[test]
fn hc29_an_ignored_outcome_gives_the_probes_slot_back() {
    let (layer, clock) = layer(1);
    let ignoring = layer.classify(|_: Ended<'_, '_>| Class::Ignored);
    ignoring.trip();
    clock.advance(OPEN_FOR);
    for kind in [Ask::Answer, Ask::Fail, Ask::Answer] {
        assert!(!matches!(ask(&ignoring, kind), Err(error) if error.is_circuit_open()));
        let view = ignoring.view();
        assert_eq!(
            (view.state, view.probes_out, view.won),
            (CircuitState::HalfOpen, 0, 0)
        );
    }
}

#[test]
fn b25_a_classifier_that_panics_gives_the_slot_back_and_counts_nothing() {
    let (layer, clock) = layer(1);
    let panicking = layer.classify(|_: Ended<'_, '_>| -> Class { panic!("the classifier") });
    panicking.trip();
    clock.advance(OPEN_FOR);
    for _ in 0..3 {
        assert!(drive::panics(|| ask(&panicking, Ask::Answer)));
        let view = panicking.view();
        assert_eq!((view.state, view.probes_out), (CircuitState::HalfOpen, 0));
    }
}

#[test]
fn b25_a_hint_that_panics_gives_the_slot_back_and_counts_nothing() {
    let (layer, clock) = layer(1);
    let panicking = layer.with_retry_after(
        |_: Ended<'_, '_>| -> Option<Duration> { panic!("the hint") },
        OPEN_FOR,
    );
    assert!(drive::panics(|| ask(&panicking, Ask::Fail)));
    assert_eq!(panicking.state(), CircuitState::Closed);
    panicking.trip();
    clock.advance(OPEN_FOR);
    assert!(drive::panics(|| ask(&panicking, Ask::Fail)));
    let view = panicking.view();
    assert_eq!((view.state, view.probes_out), (CircuitState::HalfOpen, 0));
    assert_eq!(ask(&panicking, Ask::Answer), Ok(()));
    assert_eq!(panicking.state(), CircuitState::Closed);
}

#[test]
fn a_classifier_is_asked_once_for_each_end() {
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (layer, _) = layer(9);
    let count = Arc::clone(&asked);
    let counting = layer.classify(move |result: Ended<'_, '_>| {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        ByError.classify(result)
    });
    let _ = ask(&counting, Ask::Answer);
    let _ = ask(&counting, Ask::Fail);
    drop(start(&mut counting.layer(Backend::default()), Ask::Hang));
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 2);
    assert_eq!(counting.view().failures, 1);
}

#[test]
fn a_readiness_error_is_classified_too() {
    let (layer, _) = layer(1);
    let ignoring = layer.classify(|_: Ended<'_, '_>| Class::Ignored);
    let backend = Backend::default();
    backend.set(backend::Readiness::Broken);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(ignoring.layer(backend).poll_ready(&mut cx).is_ready());
    assert_eq!(ignoring.state(), CircuitState::Closed);
}

#[test]
fn hc110_what_a_dependency_asks_for_is_kept_to_the_bound_and_never_shortens() {
    let most = Duration::from_secs(300);
    let seconds = |value: f64| Duration::try_from_secs_f64(value).ok();
    let now = std::time::SystemTime::UNIX_EPOCH;
    let minute = Duration::from_secs(60);
    for (hint, open_for) in [
        (Some(minute), minute),
        (Some(NANO), OPEN_FOR),
        (Some(Duration::ZERO), OPEN_FOR),
        (Some(Duration::MAX), most),
        (None, OPEN_FOR),
        (seconds(-1.0), OPEN_FOR),
        (seconds(f64::NAN), OPEN_FOR),
        (seconds(1e12), most),
        (retry_after("-1", now), OPEN_FOR),
        (retry_after("NaN", now), OPEN_FOR),
        (retry_after("", now), OPEN_FOR),
        (retry_after("1000000000000", now), most),
        (
            retry_after("Thu, 01 Jan 1970 00:00:00 GMT", now + minute),
            OPEN_FOR,
        ),
        (retry_after("Thu, 01 Jan 1970 00:01:00 GMT", now), minute),
    ] {
        let (layer, _) = layer(1);
        let heeding = layer.with_retry_after(move |_: Ended<'_, '_>| hint, most);
        assert!(ask(&heeding, Ask::Fail).is_err());
        assert_eq!(heeding.view().retry_after, Some(open_for), "{hint:?}");
    }
}

#[test]
fn a_hint_lengthens_its_own_opening_alone() {
    let minute = Duration::from_secs(60);
    let hint = Arc::new(std::sync::Mutex::new(Some(minute)));
    let (layer, clock) = layer(1);
    let said = Arc::clone(&hint);
    let heeding = layer.with_retry_after(move |_: Ended<'_, '_>| *said.lock().unwrap(), minute);
    assert!(ask(&heeding, Ask::Fail).is_err());
    clock.advance(minute - NANO);
    assert!(ask(&heeding, Ask::Answer).unwrap_err().is_circuit_open());
    clock.advance(NANO);
    *hint.lock().unwrap() = None;
    assert_eq!(
        ask(&heeding, Ask::Fail),
        Err(ResilienceError::Inner(Broken))
    );
    assert_eq!(heeding.view().retry_after, Some(OPEN_FOR));
}

#[test]
fn a_hint_is_heeded_where_rates_open_it() {
    let minute = Duration::from_secs(60);
    let clock = Arc::new(ManualClock::new());
    let config = CircuitBreakerConfig::by_failure_rate(1.0, OPEN_FOR, 1).unwrap();
    let config = config.with_count_window(2).unwrap();
    let layer = CircuitBreakerLayer::with_clock(config, clock).unwrap();
    let layer = layer.with_retry_after(move |_: Ended<'_, '_>| Some(minute), minute);
    let mut service = layer.layer(Backend::default());
    for _ in 0..2 {
        assert!(done(start(&mut service, Ask::Fail)).is_err());
    }
    assert_eq!(layer.view().retry_after, Some(minute));
}

#[test]
fn functions_outlive_the_change_to_live_settings() {
    let (layer, _) = layer(1);
    let minute = Duration::from_secs(60);
    let live = layer
        .classify(|_: Ended<'_, '_>| Class::Failure)
        .with_retry_after(move |_: Ended<'_, '_>| Some(minute), minute)
        .live();
    assert_eq!(
        done(start(&mut live.layer(Backend::default()), Ask::Answer)),
        Ok(())
    );
    assert_eq!(live.view().retry_after, Some(minute));
}

#[test]
fn a_classifier_need_not_be_send_nor_clone() {
    struct Own(Cell<u32>);
    impl Classify<(), Broken> for Own {
        fn classify(&self, _: Ended<'_, '_>) -> Class {
            self.0.set(self.0.get() + 1);
            Class::Ignored
        }
    }
    let (layer, _) = layer(1);
    let own = layer.classified_by(Own(Cell::new(0)));
    assert!(ask(&own, Ask::Fail).is_err());
    assert_eq!(own.state(), CircuitState::Closed);
}
