//! `with_total_timeout`: attempts and waits end with the time.

use ninelives::emit::Kind;
use ninelives::retry::Clipped;

use super::*;

type Builder = RetryPolicyBuilder<Transient, ManualTimer, Clipped>;

fn within(total: Duration, timer: &ManualTimer) -> Builder {
    RetryPolicy::builder()
        .max_attempts(10)
        .backoff(Backoff::constant(ms(100)))
        .with_timer(timer.clone())
        .with_total_timeout(total)
}

#[track_caller]
fn timed_out(error: ResilienceError<Down>) -> (Duration, Duration) {
    match error {
        ResilienceError::Timeout {
            elapsed, timeout, ..
        } => (elapsed, timeout),
        other => panic!("expected a timeout, got {other:?}"),
    }
}

#[test]
fn hc14_an_attempt_that_runs_ends_with_the_time_and_the_last_error_is_kept() {
    let (stage, timer) = (Stage::new([Act::Err(4)], Act::Hang), ManualTimer::new());
    let mut service = within(ms(250), &timer)
        .build()
        .unwrap()
        .into_layer()
        .layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(100));
    request.waits();
    assert_eq!((stage.calls(), stage.live()), (2, 1));
    timer.advance(ms(149));
    request.waits();
    let woken = request.wakes();
    timer.advance(ms(1));
    assert!(request.wakes() > woken, "the end wakes it");
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(4))));
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn hc14_an_answer_ends_the_wait_for_the_end_though_its_future_is_kept() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let layer = within(ms(250), &timer).build().unwrap().into_layer();
    let mut request = call(&mut layer.layer(stage.backend()), 0);
    request.waits();
    assert_eq!(timer.armed(), 1);
    stage.open(0, Ok(1));
    assert_eq!(request.poll(), std::task::Poll::Ready(Ok(1)));
    assert_eq!(timer.armed(), 0);
}

#[test]
fn hc14_without_an_answer_it_is_a_timeout_of_the_whole() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    timer.advance(ms(7));
    let sink = MemorySink::with_capacity(64).unwrap();
    let layer = within(ms(250), &timer).build().unwrap().into_layer();
    let mut service = layer.with_sink(sink.clone()).layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(260));
    let error = request.done().unwrap_err();
    assert_eq!(timed_out(error), (ms(260), ms(250)));
    assert_eq!(stage.live(), 0);
    let told: Vec<Kind> = sink.events().iter().map(|event| event.kind()).collect();
    assert_eq!(told, [Kind::TimeoutOccurred, Kind::RequestFailure]);
}

#[test]
fn hc14_attempts_and_waits_together_are_within_the_total() {
    for total in 1..=40 {
        let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
        let retry = within(ms(total * 10), &timer).max_attempts(50);
        let mut service = retry.build().unwrap().into_layer().layer(stage.backend());
        let mut request = call(&mut service, 0);
        let (mut now, mut answered) = (0, 0);
        // Each attempt takes 30 ms and fails.
        let over = loop {
            if let std::task::Poll::Ready(result) = request.poll() {
                assert!(result.is_err());
                break now;
            }
            timer.advance(ms(10));
            now += 10;
            if now % 130 == 30 && stage.calls() > answered {
                stage.open(answered, Err(1));
                answered += 1;
            }
        };
        assert!(over <= total * 10, "over at {over} of {}", total * 10);
        assert_eq!(stage.live(), 0);
    }
}

#[test]
fn hc14_no_attempt_begins_with_the_end_of_the_time() {
    let (stage, timer) = (Stage::always(Act::Err(3)), ManualTimer::new());
    let mut service = within(ms(200), &timer)
        .build()
        .unwrap()
        .into_layer()
        .layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(100));
    // The next wait would end at 200 ms, with the time.
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(3))));
    assert_eq!((stage.calls(), timer.armed()), (2, 0));
}

#[test]
fn hc14_readiness_that_does_not_come_ends_with_the_time() {
    let (stage, timer) = (Stage::always(Act::Err(3)), ManualTimer::new());
    let budget = RetryBudget::new(0.0, 0.0, 5).unwrap();
    let retry = within(ms(200), &timer).with_budget(budget.clone());
    let mut service = retry.build().unwrap().into_layer().layer(stage.backend());
    for late in [false, true] {
        let calls = stage.calls();
        let mut request = call(&mut service, 0);
        request.waits();
        stage.mood(Mood::Busy);
        timer.advance(ms(100));
        request.waits();
        timer.advance(ms(100));
        if late {
            stage.mood(Mood::Ready); // in the instant of the end: too late
        }
        assert_eq!(request.done(), Err(ResilienceError::Inner(Down(3))));
        assert_eq!(stage.calls(), calls + 1, "no attempt after the end");
        stage.mood(Mood::Ready);
    }
    assert_eq!(budget.balance(timer.now()), 5.0, "tokens come back");
    assert_eq!(timer.armed(), 0);
}

#[test]
fn hc107_retries_never_outlive_the_total_however_many_are_left() {
    let (stage, timer) = (Stage::new([Act::Err(1)], Act::Hang), ManualTimer::new());
    let retry = within(Duration::from_secs(5), &timer).max_attempts(1_000_000);
    let mut service = retry.build().unwrap().into_layer().layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(Duration::from_secs(5 * 3600));
    assert!(request.finish().unwrap_err().is_inner());
}

#[test]
fn t02_an_answer_in_the_poll_in_which_the_time_is_over_is_given() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let mut service = within(ms(200), &timer)
        .build()
        .unwrap()
        .into_layer()
        .layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(200));
    stage.open(0, Ok(8));
    assert_eq!(request.done(), Ok(8));
    assert_eq!(timer.armed(), 0);
}

#[test]
fn hc102_hc14_a_wait_that_the_service_asks_for_is_not_begun_past_the_time() {
    let (stage, timer) = (Stage::always(Act::Err(190)), ManualTimer::new());
    for (total, calls) in [(191, 2), (190, 1)] {
        let retry = within(ms(total), &timer)
            .with_delay_hint(ms(10_000), |down: &Down| Some(ms(u64::from(down.0))));
        let mut service = retry.build().unwrap().into_layer().layer(stage.backend());
        let before = stage.calls();
        let mut request = call(&mut service, 0);
        if calls == 2 {
            request.waits();
            timer.advance(ms(190));
        }
        assert!(request.done().unwrap_err().is_inner());
        assert_eq!(stage.calls() - before, calls);
    }
}

#[test]
fn a_response_worth_another_attempt_is_kept_as_the_last_answer() {
    let (stage, timer) = (Stage::new([Act::Ok(503)], Act::Hang), ManualTimer::new());
    let retry = within(ms(200), &timer).retry_if(|result: Result<&u32, &Down>| result == Ok(&503));
    let mut service = retry.build().unwrap().into_layer().layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(100));
    request.waits();
    timer.advance(ms(100));
    assert_eq!(request.done(), Ok(503));
}

#[test]
fn r14_a_live_total_is_that_of_the_requests_beginning() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let layer = within(ms(200), &timer).build().unwrap().into_layer().live();
    let mut service = layer.layer(stage.backend());
    let mut before = call(&mut service, 0);
    let config = layer.config().with_max_duration(ms(50)).unwrap();
    layer.settings().set(config).unwrap();
    let mut after = call(&mut service, 0);
    let config = layer.config().with_max_duration(None).unwrap();
    layer.settings().set(config).unwrap();
    let mut free = call(&mut service, 0);
    before.waits();
    after.waits();
    free.waits();
    timer.advance(ms(50));
    assert_eq!(timed_out(after.done().unwrap_err()).1, ms(50));
    before.waits();
    timer.advance(ms(150));
    assert_eq!(timed_out(before.done().unwrap_err()).1, ms(200));
    timer.advance(Duration::from_secs(1_000_000));
    free.waits();
}

#[test]
fn hc14_zero_is_refused_by_name_and_the_policy_says_its_total() {
    let timer = ManualTimer::new();
    let refused = within(Duration::ZERO, &timer).build();
    assert_eq!(refused.unwrap_err().field(), "max_duration");
    let layer = within(ms(200), &timer).build().unwrap().into_layer();
    assert_eq!(
        Policy(layer.named("api")).explain(),
        "retry api: 10 attempts, over within 200ms\n"
    );
}

#[test]
fn s16_a_request_that_is_over_stands_in_no_line() {
    let stage = Stage::new([Act::Err(4), Act::Gate], Act::Ok(1));
    let timer = ManualTimer::new();
    let mut other = tower::limit::ConcurrencyLimit::new(stage.backend(), 1);
    let retry = within(ms(250), &timer).build().unwrap().into_layer();
    let mut service = retry.layer(other.clone());
    let mut request = call(&mut service, 0);
    request.waits();
    let mut holder = call(&mut other, 0);
    holder.waits();
    timer.advance(ms(100));
    request.waits();
    timer.advance(ms(150));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(4))));
    drop(holder);
    // It is kept, and keeps nothing.
    assert_eq!(call(&mut other, 0).done(), Ok(1));
    drop(request);
}
