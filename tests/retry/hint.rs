//! Waits that the service asks for.

use std::time::SystemTime;

use ninelives::retry::retry_after;

use super::*;

/// The waits before two further attempts, when an error asks for its number of milliseconds; 0 asks for nothing.
fn waits(asked: u32, at_most: Duration, config: RetryConfig) -> Vec<Duration> {
    let sleeper = TrackingSleeper::new();
    let retry = RetryPolicy::builder()
        .with_config(config)
        .with_delay_hint(at_most, |down: &Down| {
            (down.0 > 0).then(|| ms(u64::from(down.0)))
        })
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let mut service = retry
        .into_layer()
        .layer(Stage::always(Act::Err(asked)).backend());
    let _ = call(&mut service, 0).finish();
    sleeper.all_calls()
}

fn tenths() -> RetryConfig {
    RetryConfig::new().with_backoff(Backoff::exponential(ms(100)))
}

#[test]
fn a_wait_is_as_long_as_the_service_asks() {
    assert_eq!(waits(700, ms(10_000), tenths()), [ms(700), ms(700)]);
}

#[test]
fn a_wait_is_never_shorter_than_the_backoff() {
    assert_eq!(waits(150, ms(10_000), tenths()), [ms(150), ms(200)]);
    assert_eq!(waits(0, ms(10_000), tenths()), [ms(100), ms(200)]);
}

#[test]
fn hc110_a_wait_that_is_asked_for_is_bounded() {
    assert_eq!(waits(u32::MAX, ms(300), tenths()), [ms(300), ms(300)]);
    assert_eq!(waits(u32::MAX, ms(150), tenths()), [ms(150), ms(200)]);
}

#[test]
fn hc14_a_wait_past_the_total_time_is_not_begun() {
    let config = tenths().with_max_duration(ms(500)).unwrap();
    assert_eq!(waits(501, ms(10_000), config), []);
    assert_eq!(waits(250, ms(10_000), config).len(), 2);
}

#[test]
fn a_decorrelated_wait_builds_on_its_own_and_not_on_what_was_asked() {
    let jitter = Jitter::decorrelated(ms(10), ms(100_000)).unwrap();
    let config = tenths().with_jitter(jitter).with_max_attempts(4).unwrap();
    // Of its own 30, 90 and 270 ms at most; of what was asked it would be up to 3 s, in two of three.
    for _ in 0..20 {
        assert_eq!(waits(1_000, ms(10_000), config), [ms(1_000); 3]);
    }
}

#[test]
fn a_hint_leaves_the_predicate_as_it_is() {
    let sleeper = TrackingSleeper::new();
    let stage = Stage::new([Act::Err(1)], Act::Err(2));
    let retry = RetryPolicy::builder()
        .should_retry(|down: &Down| down.0 == 1)
        .with_delay_hint(ms(10_000), |_: &Down| Some(ms(900)))
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let error = call(&mut retry.into_layer().layer(stage.backend()), 0).finish();
    assert_eq!(error, Err(ResilienceError::Inner(Down(2))));
    assert_eq!((stage.calls(), sleeper.all_calls()), (2, vec![ms(900)]));
}

#[test]
fn of_several_hints_the_most_patient_one_counts() {
    for (first, second, waited) in [(400, 900, 900), (900, 400, 900), (700, 0, 700)] {
        let sleeper = TrackingSleeper::new();
        let asks = |millis| move |_: &Down| (millis > 0).then(|| ms(millis));
        let retry = RetryPolicy::builder()
            .max_attempts(2)
            .with_delay_hint(ms(10_000), asks(first))
            .with_result_delay_hint(ms(10_000), move |result: Result<&u32, &Down>| {
                asks(second)(result.err()?)
            })
            .with_sleeper(sleeper.clone())
            .build()
            .unwrap();
        let stage = Stage::always(Act::Err(7));
        let _ = call(&mut retry.into_layer().layer(stage.backend()), 0).finish();
        assert_eq!(sleeper.all_calls(), [ms(waited)]);
    }
}

#[test]
fn the_bound_of_a_hint_is_nothing_to_another_one() {
    for (first, second) in [((900, 10_000), (400, 500)), ((400, 500), (900, 10_000))] {
        let sleeper = TrackingSleeper::new();
        let asks = |millis| move |_: &Down| Some(ms(millis));
        let retry = RetryPolicy::builder()
            .max_attempts(2)
            .with_delay_hint(ms(first.1), asks(first.0))
            .with_delay_hint(ms(second.1), asks(second.0))
            .with_sleeper(sleeper.clone())
            .build()
            .unwrap();
        let stage = Stage::always(Act::Err(7));
        let _ = call(&mut retry.into_layer().layer(stage.backend()), 0).finish();
        assert_eq!(sleeper.all_calls(), [ms(900)]);
    }
}

#[test]
fn what_the_last_attempt_of_a_retry_inside_asked_for_is_waited_for() {
    let sleeper = TrackingSleeper::new();
    let outer = RetryPolicy::builder()
        .max_attempts(2)
        .should_retry_flat(|error: &ResilienceError<Down>| error.is_retry_exhausted())
        .with_delay_hint(ms(10_000), |_: &Down| Some(ms(900)))
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let inner = RetryPolicy::builder().max_attempts(1).build().unwrap();
    let policy = Policy(outer.into_layer()) + Policy(inner.into_layer());
    let error = call(&mut policy.layer(Stage::always(Act::Err(7)).backend()), 0).finish();
    assert!(error.unwrap_err().is_retry_exhausted());
    assert_eq!(sleeper.all_calls(), [ms(900)]);
}

#[test]
fn of_several_branches_the_most_patient_one_decides() {
    let sleeper = TrackingSleeper::new();
    let retry = RetryPolicy::builder()
        .max_attempts(2)
        .with_delay_hint(ms(10_000), |down: &Down| Some(ms(u64::from(down.0))))
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let pass = || Policy(BulkheadLayer::new(9).unwrap());
    let policy = Policy(retry.into_layer()) + (pass() | pass());
    let acts = [400, 900, 1, 2].map(Act::Err);
    let stage = Stage::new(acts, Act::Hang);
    assert!(
        call(&mut policy.layer(stage.backend()), 0)
            .finish()
            .is_err()
    );
    assert_eq!(sleeper.all_calls(), [ms(900)]);
}

const NOON: u64 = 784_123_200; // Sun, 06 Nov 1994 12:00:00 GMT

fn header(text: &str) -> Option<u64> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOON);
    retry_after(text, now).map(|wait| wait.as_secs())
}

#[test]
fn hc110_a_header_of_seconds() {
    for (text, seconds) in [("0", 0), ("120", 120), (" 7\t", 7), ("007", 7)] {
        assert_eq!(header(text), Some(seconds), "{text}");
    }
    let huge = "9".repeat(40);
    assert_eq!(header(&huge), Some(u64::MAX));
    for text in [
        "", " ", "-1", "+1", "NaN", "inf", "1e12", "1.5", "0x10", "1 2", "١",
    ] {
        assert_eq!(header(text), None, "{text}");
    }
}

#[test]
fn hc102_hc110_a_header_of_a_date() {
    for (text, seconds) in [
        ("Sun, 06 Nov 1994 12:00:00 GMT", 0),
        ("Sun, 06 Nov 1994 12:01:30 GMT", 90),
        ("Mon, 07 Nov 1994 12:00:00 GMT", 86_400),
        ("Sun, 06 Nov 1994 11:59:59 GMT", 0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 29 Feb 1996 12:00:00 GMT", 480 * 86_400),
        ("Sat, 01 Jan 2000 00:00:00 GMT", 946_684_800 - NOON),
        ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800 - NOON),
        ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800 - NOON),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799 - NOON),
    ] {
        assert_eq!(header(text), Some(seconds), "{text}");
    }
}

#[test]
fn hc110_a_date_that_cannot_be_asks_for_nothing() {
    for text in [
        "Sun, 06 Nov 1994 12:00:00",
        "Sun, 06 Nov 1994 12:00:00 UTC",
        "Sun, 06 Nov 1994 12:00:00 GMT ,",
        "06 Nov 1994 12:00:00 GMT",
        "Sunday, 06-Nov-94 12:00:00 GMT",
        "Sunday, 06 Nov 1994 12:00:00 GMT",
        "Sun, 6 Nov 1994 12:00:00 GMT",
        "Sun, 00 Nov 1994 12:00:00 GMT",
        "Sun, 31 Nov 1994 12:00:00 GMT",
        "Wed, 29 Feb 1900 12:00:00 GMT",
        "Wed, 29 Feb 1995 12:00:00 GMT",
        "Sun, 06 nov 1994 12:00:00 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 12:60:00 GMT",
        "Sun, 06 Nov 1994 12:00:61 GMT",
        "Sun, 06 Nov 1994 12:00 GMT",
        "Sun, 06 Nov 1994 12:00:00:00 GMT",
        "Sun, 06 Nov -994 12:00:00 GMT",
        "Sun, 06 Nov 1969 12:00:00 GMT",
    ] {
        assert_eq!(header(text), None, "{text}");
    }
}
