//! A second arm as a hedge: which requests may have one, and when.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use ninelives::registry::Registry;
use tower::Service;

use super::*;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const MAY_BE_REPEATED: u32 = 2;
const MAY_NOT: u32 = 3;

/// Somebody's own layer before the right arm: turns away what may not be repeated.
#[derive(Clone)]
struct Repeatable;

#[derive(Clone)]
struct Guarded<S>(S);

impl ninelives::Tells for Repeatable {
    type Kept = ();
}

impl<S> PolicyLayer<S> for Repeatable {
    type Service = Guarded<S>;

    fn wrap(&self, inner: S) -> Guarded<S> {
        Guarded(inner)
    }
}

impl<S> Service<u32> for Guarded<S>
where
    S: Service<u32, Error = ResilienceError<Down>>,
    S::Future: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: u32) -> Self::Future {
        match request {
            MAY_BE_REPEATED => Box::pin(self.0.call(request)),
            _ => Box::pin(async { Err(inner(99)) }),
        }
    }
}

#[test]
fn f07_a_request_that_may_not_be_repeated_is_not_called_twice() {
    for (request, calls) in [(MAY_NOT, 1), (MAY_BE_REPEATED, 2)] {
        for stagger in [Duration::ZERO, ms(10)] {
            let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
            let race = (pass() & (Policy(Repeatable) + pass())).stagger(stagger);
            let mut service = race.with_timer(timer.clone()).layer(stage.backend());
            let mut request = call(&mut service, request);
            request.waits();
            timer.advance(ms(10));
            request.waits();
            assert_eq!(stage.calls(), calls);
            stage.open(0, Ok(1));
            assert_eq!(request.done(), Ok(1), "the left arm is the answer");
            assert_eq!((stage.live(), timer.armed()), (0, 0));
        }
    }
}

#[test]
fn f07_a_failure_of_one_that_may_not_be_repeated_is_not_tried_on_the_other_arm() {
    let (stage, timer) = (Stage::always(Act::Err(4)), ManualTimer::new());
    let race = (pass() & (Policy(Repeatable) + pass())).stagger(ms(10));
    let mut service = race.with_timer(timer).layer(stage.backend());
    let error = call(&mut service, MAY_NOT).done().unwrap_err();
    assert_eq!(branches(error), [inner(4), inner(99)]);
    assert_eq!(stage.calls(), 1);
}

/// What a set of samples makes of a stagger: their largest, in seconds.
fn estimate(samples: &[f64]) -> Option<Duration> {
    let largest = samples.iter().copied().reduce(f64::max)?;
    Duration::try_from_secs_f64(largest).ok()
}

#[test]
fn f09_an_estimate_that_is_none_leaves_the_stagger_that_was_set() {
    for samples in [&[][..], &[f64::NAN], &[-1.0], &[f64::INFINITY]] {
        let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
        let race = (pass() & pass()).stagger(ms(10)).with_timer(timer.clone());
        let race = race.live();
        if let Some(delay) = estimate(samples) {
            let change = |config: &ForkJoinConfig| config.with_stagger(delay);
            race.settings().update(change).unwrap();
        }
        let mut service = race.layer(stage.backend());
        let mut request = call(&mut service, 0);
        request.waits();
        timer.advance(ms(9));
        request.waits();
        assert_eq!(stage.calls(), 1, "{samples:?}");
        timer.advance(ms(1));
        request.waits();
        assert_eq!(stage.calls(), 2, "{samples:?}");
    }
}

#[test]
fn f09_one_outlier_makes_the_second_arm_late_and_never_lost() {
    let (stage, timer) = (Stage::new([Act::Gate], Act::Ok(2)), ManualTimer::new());
    let delay = estimate(&[0.01, 1e18]).expect("in range");
    let race = (pass() & pass()).stagger(delay).with_timer(timer.clone());
    let mut service = race.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(Duration::from_secs(86_400));
    request.waits();
    stage.open(0, Err(1));
    assert_eq!(request.done(), Ok(2), "a failure of the left arm begins it");
}

#[test]
fn f09_a_registry_takes_no_stagger_that_is_no_duration() {
    let race = (pass() & pass()).stagger(ms(10)).named("race").live();
    let registry = Registry::new();
    registry.register(&race).unwrap();
    for bad in [f64::NAN, -1.0, 0.5] {
        let error = registry.set("race", &[("stagger", bad.into())]);
        assert_eq!(error.unwrap_err().path(), "policies.race.stagger");
    }
    assert_eq!(
        (race.config().stagger(), race.settings().refused()),
        (ms(10), 3)
    );
}
