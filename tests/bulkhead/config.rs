//! What is refused, in whose words.

use ninelives::BulkheadConfig;

use super::*;

const LARGEST: usize = (1 << 20) - 1;

#[test]
fn s13_s14_limits_outside_their_range_are_refused() {
    for limit in [0, LARGEST + 1, usize::MAX] {
        let message = format!("max_concurrent: {limit} is outside 1..=1048575");
        assert_eq!(BulkheadLayer::new(limit).unwrap_err().to_string(), message);
        let error = BulkheadLayer::queued(limit, 1, WAIT).unwrap_err();
        assert_eq!(error.to_string(), message);
        let error = BulkheadConfig::new(limit).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    for limit in [1, LARGEST] {
        assert_eq!(BulkheadLayer::new(limit).unwrap().limit(), limit);
    }
}

#[test]
fn lines_outside_their_range_are_refused() {
    for places in [0, LARGEST + 1, usize::MAX] {
        assert_eq!(
            BulkheadLayer::queued(1, places, WAIT)
                .unwrap_err()
                .to_string(),
            format!("max_waiting: {places} is outside 1..=1048575")
        );
    }
    let queued = BulkheadConfig::new(1).unwrap();
    let queued = queued.with_queue(1, WAIT).unwrap();
    assert_eq!(
        queued.with_max_waiting(0).unwrap_err().to_string(),
        "max_waiting: 0 is outside 1..=1048575"
    );
    assert_eq!(
        BulkheadLayer::queued(1, 1, Duration::ZERO)
            .unwrap_err()
            .to_string(),
        "max_wait: 0ns is outside 1ns..=forever"
    );
    let config = BulkheadConfig::new(7).unwrap();
    let config = config.with_queue(LARGEST, NANO).unwrap();
    assert_eq!(config.max_concurrent(), 7);
    assert_eq!(config.queue().max_waiting(), LARGEST);
    assert_eq!(config.queue().max_wait(), NANO);
}

#[test]
fn hc68_a_bulkhead_says_what_it_is_and_what_its_limit_is_now() {
    let layer = BulkheadLayer::new(7).unwrap().named("db");
    layer.resize(3).unwrap();
    let policy = ninelives::Policy(layer);
    assert_eq!(policy.explain(), "bulkhead db: 3 calls in flight\n");
}
