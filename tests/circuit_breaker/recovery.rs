//! How a circuit that was open tries again: some probes of some, times that grow, stages; and one that only counts.

use ninelives::circuit_breaker::CircuitRamp;
use ninelives::parameters::Parameters;
use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn config() -> Plain {
    CircuitBreakerConfig::new(1, SECOND, 1).unwrap()
}

/// In stages of ten seconds, judged from one outcome on; the open time is over.
fn ramping() -> Rig {
    let ramp = CircuitRamp::new().with_minimum(1).unwrap();
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    let mut rig = Rig::with(config.with_ramp(ramp));
    rig.layer = rig.layer.with_seed(7);
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    rig
}

#[test]
fn hc87_two_successes_of_three_close_it_and_two_failures_open_it() {
    let of_three = CircuitBreakerConfig::new(1, OPEN_FOR, 3).unwrap();
    let of_three = of_three.with_half_open_successes(2).unwrap();
    for (asks, expected) in [
        ([Ask::Fail, Ask::Answer, Ask::Answer], CircuitState::Closed),
        ([Ask::Fail, Ask::Answer, Ask::Fail], CircuitState::Open),
    ] {
        let mut rig = Rig::with(of_three);
        rig.layer.trip();
        rig.clock.advance(OPEN_FOR);
        let states = asks.map(|ask| {
            let _ = rig.ask(ask);
            rig.state()
        });
        let trying = CircuitState::HalfOpen;
        assert_eq!(states, [trying, trying, expected]);
    }
}

#[test]
fn hc87_probes_that_are_out_while_it_is_decided_are_late() {
    let of_three = CircuitBreakerConfig::new(1, OPEN_FOR, 3).unwrap();
    let mut rig = Rig::with(of_three.with_half_open_successes(1).unwrap());
    rig.layer.trip();
    rig.clock.advance(OPEN_FOR);
    let gate = Gate::new();
    let slow = rig.wait_at(&gate);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(rig.state(), CircuitState::Closed);
    gate.fail();
    let _ = done(slow);
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn hc33_it_rejects_longer_each_time_until_it_was_closed_for_the_longest() {
    let growing = config().with_recovery_growth(2.0, SECOND * 60).unwrap();
    let mut rig = Rig::with(growing);
    rig.fail(1);
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(rig.rejected(), Some(SECOND * seconds));
        rig.clock.advance(SECOND * seconds);
        // Well with one call, and not with all: a success of a probe is no recovery.
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
        rig.fail(1);
    }
    assert_eq!(rig.view().openings, 9);
    rig.clock.advance(SECOND * 60);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    rig.clock.advance(SECOND * 64);
    rig.fail(1);
    assert_eq!(rig.rejected(), Some(SECOND));
    assert_eq!(rig.view().openings, 1);
}

#[test]
fn hc65_jitter_repeats_with_a_seed_and_differs_without_one() {
    let jittered = config().with_recovery_jitter(0.5).unwrap();
    let opened = |seed: Option<u64>| {
        let mut rig = Rig::with(jittered);
        if let Some(seed) = seed {
            rig.layer = rig.layer.with_seed(seed);
        }
        rig.fail(1);
        let rest = rig.rejected().unwrap();
        assert!(rest >= SECOND && rest <= SECOND * 3 / 2, "{rest:?}");
        rest
    };
    assert_eq!(opened(Some(7)), opened(Some(7)));
    let free: std::collections::BTreeSet<_> = (0..20).map(|_| opened(None)).collect();
    assert!(
        free.len() > 10,
        "circuits of one program open alike: {free:?}"
    );
}

#[test]
fn hc33_a_ramp_climbs_while_it_is_well_and_closes_after_its_last_stage() {
    let mut rig = ramping();
    assert!(rig.view().probe_due);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!((rig.state(), rig.view().stage), (CircuitState::Ramping, 1));
    let mut stages = vec![1];
    for _ in 0..70 {
        rig.clock.advance(SECOND);
        assert_eq!(
            rig.ask(Ask::Answer),
            Ok(()),
            "a second is never without one"
        );
        stages.push(rig.view().stage);
    }
    stages.dedup();
    assert_eq!(stages, [1, 2, 3, 4, 5, 6, 0]);
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn a_ramp_lets_its_share_through_and_says_when_another_is() {
    let mut rig = halfway();
    let before = rig.backend.calls();
    let mut rejected = 0;
    for _ in 0..2_000 {
        match rig.ask(Ask::Answer) {
            Ok(()) => {}
            Err(error) => {
                let rest = error.retry_after().unwrap();
                assert!(rest <= SECOND, "{rest:?}");
                rejected += 1;
            }
        }
    }
    let passed = rig.backend.calls() - before;
    assert_eq!(passed + rejected, 2_000);
    assert!((900..1_100).contains(&passed), "half of 2,000: {passed}");
}

#[test]
fn hc25_readiness_of_a_ramp_takes_nothing_however_often_it_is_asked() {
    let mut rig = ramping();
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    let view = rig.view();
    for _ in 0..1_000 {
        assert!(ready(&mut rig));
    }
    assert_eq!(rig.view(), view);
}

fn ready(rig: &mut Rig) -> bool {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    rig.service.poll_ready(&mut context).is_ready()
}

/// In the last stage, which lets half of the calls through.
fn halfway() -> Rig {
    let mut rig = ramping();
    while rig.view().stage < 6 {
        rig.clock.advance(SECOND);
        let _ = rig.ask(Ask::Answer);
    }
    rig
}

#[test]
fn b23_who_has_no_luck_is_turned_away_without_a_question_to_the_backend() {
    let mut rig = halfway();
    let mut rejected = 0;
    for _ in 0..200 {
        let asked = rig.backend.asked();
        if rig.ask(Ask::Answer).is_err() {
            assert_eq!(rig.backend.asked(), asked);
            rejected += 1;
        }
    }
    assert!(rejected > 50, "{rejected} of 200");
}

#[test]
fn asking_a_ramp_again_gives_no_second_chance() {
    let mut rig = halfway();
    for call in 0..200 {
        let asked = rig.backend.asked();
        for _ in 0..20 {
            assert!(ready(&mut rig));
        }
        let times = rig.backend.asked() - asked;
        assert!(times == 0 || times == 20, "{times} of 20, call {call}");
        let before = rig.backend.calls();
        let mut future = Box::pin(rig.service.call(Ask::Answer));
        let _ = poll(&mut future);
        assert_eq!(rig.backend.calls() > before, times == 20, "call {call}");
    }
}

#[test]
fn hc30_hc88_hung_and_dropped_calls_do_not_wedge_a_ramp() {
    let mut rig = ramping();
    let mut hung = Vec::new();
    for second in 0..100 {
        let call = rig.wait_at(&Gate::new());
        if second % 2 == 0 {
            hung.push(call);
        }
        rig.clock.advance(SECOND);
    }
    assert_eq!((rig.backend.calls(), rig.view().stage), (100, 1));
}

#[test]
fn hc33_a_failed_stage_falls_back_and_the_first_one_opens() {
    let mut rig = ramping();
    while rig.view().stage < 2 {
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
        rig.clock.advance(SECOND);
    }
    rig.fail(1);
    let view = rig.view();
    assert_eq!((view.state, view.stage), (CircuitState::Ramping, 1));
    assert_eq!(view.setbacks, 1);
    rig.clock.advance(SECOND);
    rig.fail(1);
    assert_eq!(rig.state(), CircuitState::Open);
    assert_eq!(rig.view().openings, 2);
}

#[test]
fn metrics_only_counts_and_no_failure_opens_it() {
    let mut rig = Rig::with(config().with_metrics_only(true));
    rig.fail(100);
    assert_eq!(rig.state(), CircuitState::MetricsOnly);
    assert_eq!((rig.view().failures, rig.view().probe_due), (100, false));
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(rig.view().failures, 0);
}

#[test]
fn metrics_only_goes_by_a_window_and_does_not_open() {
    let rated = CircuitBreakerConfig::by_failure_rate(0.5, OPEN_FOR, 1).unwrap();
    let rated = rated.with_count_window(10).unwrap();
    let mut rig = Rig::with(rated.with_metrics_only(true));
    rig.fail(30);
    assert_eq!(rig.state(), CircuitState::MetricsOnly);
    let rates = rig.view().rates.unwrap();
    assert_eq!((rates.calls, rates.failure_rate), (10, Some(1.0)));
}

#[test]
fn metrics_only_while_open_lets_calls_through_and_is_open_again_after() {
    let mut rig = Rig::live(1, 1);
    rig.fail(1);
    rig.set(|config| Ok(config.with_metrics_only(true)));
    assert_eq!(rig.state(), CircuitState::MetricsOnly);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    rig.set(|config| Ok(config.with_metrics_only(false)));
    assert_eq!(rig.rejected(), Some(OPEN_FOR));
}

#[test]
fn hc46_hc47_force_open_beats_metrics_only() {
    let mut rig = Rig::with(config().with_metrics_only(true));
    rig.layer.force_open();
    assert_eq!(rig.rejected(), None);
    assert_eq!(rig.state(), CircuitState::ForcedOpen);
    rig.layer.disable();
    assert_eq!(rig.state(), CircuitState::Disabled);
}

#[test]
fn hc44_how_it_recovers_is_live_and_a_ramp_taken_away_goes_on_with_probes() {
    let mut rig = Rig::live(1, 1);
    rig.set(|config| config.with_recovery_growth(3.0, OPEN_FOR * 9));
    rig.fail(1);
    rig.clock.advance(OPEN_FOR);
    rig.fail(1);
    assert_eq!(rig.rejected(), Some(OPEN_FOR * 3));
    rig.set(|config| Ok(config.with_ramp(CircuitRamp::new())));
    assert_eq!(rig.rejected(), Some(OPEN_FOR * 3));
    rig.clock.advance(OPEN_FOR * 3);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(rig.state(), CircuitState::Ramping);
    rig.set(|config| Ok(config.without_ramp()));
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(rig.state(), CircuitState::Closed);
}

#[test]
fn b17_what_is_out_of_range_is_refused_by_its_name_here() {
    let of_three = CircuitBreakerConfig::new(1, SECOND, 3).unwrap();
    let said = |result: Result<Plain, ninelives::ConfigError>| result.unwrap_err().to_string();
    for (refused, expected) in [
        (
            of_three.with_half_open_successes(4),
            "half_open_successes: 4 is outside 1..=3",
        ),
        (
            of_three.with_recovery_growth(0.5, SECOND),
            "recovery_growth: 0.5 is outside 1..=100",
        ),
        (
            of_three.with_recovery_growth(2.0, SECOND / 2),
            "recovery_timeout_max: 500ms is outside 1s..=35184372.088831s",
        ),
        (
            of_three.with_recovery_jitter(f64::NAN),
            "recovery_jitter: NaN is outside 0..=1",
        ),
    ] {
        assert_eq!(said(refused), expected);
    }
    let two = of_three.with_half_open_successes(2).unwrap();
    let expected = "half_open_successes: 2 is outside 1..=1";
    assert_eq!(said(two.with_half_open_max_calls(1)), expected);
}

#[test]
fn growth_without_an_end_is_refused_as_data() {
    let refused = config().assemble(&[("recovery_growth", 2.0.into())]);
    let expected = "recovery_timeout_max: none leaves recovery_growth without an end: give both";
    assert_eq!(refused.unwrap_err().to_string(), expected);
}

#[test]
fn explain_says_how_it_recovers() {
    let said = |config: Plain| {
        let layer = CircuitBreakerLayer::new(config).unwrap().named("db");
        ninelives::Policy(layer).explain()
    };
    let of_three = CircuitBreakerConfig::new(5, SECOND, 3).unwrap();
    let of_three = of_three.with_half_open_successes(2).unwrap();
    let growing = of_three.with_recovery_growth(2.0, SECOND * 60).unwrap();
    let expected = "circuit breaker db: 5 failures in a row, open for 1s to 60s, 2 of 3 probes";
    assert!(said(growing).contains(expected), "{}", said(growing));
    let counting = of_three
        .with_ramp(CircuitRamp::new())
        .with_metrics_only(true);
    let expected = "open for 1s, 6 stages, only counts";
    assert!(said(counting).contains(expected), "{}", said(counting));
}

proptest! {
    /// The seed of a failure is printed by the runner.
    #[test]
    fn no_second_with_calls_passes_without_one_let_through(
        seed: u64,
        pauses in proptest::collection::vec(1_u64..400, 200),
        fails in proptest::collection::vec(any::<bool>(), 200),
    ) {
        let mut rig = ramping();
        rig.layer = rig.layer.with_seed(seed);
        let mut since = 0;
        for (pause, fails) in pauses.into_iter().zip(fails) {
            rig.clock.advance(Duration::from_millis(pause));
            since += pause;
            let before = rig.backend.calls();
            let _ = rig.ask(if fails { Ask::Fail } else { Ask::Answer });
            if rig.backend.calls() > before || rig.state() == CircuitState::Open {
                since = 0;
            }
            prop_assert!(since < 1_400, "{since} ms: one second, and a pause");
        }
    }
}

#[test]
fn b24_a_readiness_error_of_a_call_with_luck_is_a_failure_of_its_stage() {
    let mut lucky = 0;
    for seed in 0..32 {
        let mut rig = halfway();
        rig.layer = rig.layer.with_seed(seed);
        rig.backend.set(backend::Readiness::Broken);
        let asked = rig.backend.asked();
        assert!(ready(&mut rig));
        let broken = rig.backend.asked() > asked;
        assert_eq!(rig.view().stage, 6 - u32::from(broken), "seed {seed}");
        lucky += u32::from(broken);
    }
    assert!((8..24).contains(&lucky), "half of 32: {lucky}");
}
