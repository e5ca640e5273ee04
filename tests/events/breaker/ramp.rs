//! A ramp begins as a half-open circuit does, closes as one does, and tells nothing of its stages.

use ninelives::circuit_breaker::CircuitRamp;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn hc33_a_ramp_is_told_when_it_begins_and_when_it_ends() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let ramp = CircuitRamp::new().with_minimum(1).unwrap();
    let config = CircuitBreakerConfig::new(1, SECOND, 1).unwrap();
    let layer = CircuitBreakerLayer::with_clock(config.with_ramp(ramp), timer.clone()).unwrap();
    let layer = layer.with_sink(sink.clone()).with_seed(7);
    let mut service = layer.layer(Backend::default());
    let mut ask = |ask| done(start(&mut service, ask)).is_ok();
    assert!(!ask(Ask::Fail));
    timer.advance(SECOND);
    assert!(!ask(Ask::Fail), "the first stage fails");
    for _ in 0..20 {
        timer.advance(SECOND);
        assert!(ask(Ask::Answer));
    }
    let expected = [
        (Closed, Open),
        (Open, HalfOpen),
        (CircuitState::Ramping, Open),
        (Open, HalfOpen),
        (CircuitState::Ramping, Closed),
    ];
    assert_eq!(changes(&told(&sink)), expected);
}
