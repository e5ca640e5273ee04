use std::task::{Context, Waker};
use std::time::Duration;

use ninelives::CircuitState::Open;
use ninelives::emit::FailureCause;
use ninelives::emit::PolicyEvent as Told;
use tower::{Layer, Service};

use super::{OPEN_FOR, circuit};
use crate::backend::{Ask, Backend};
use crate::drive::{done, start};
use crate::{MS, assert_told, told};

#[test]
fn a_rejection_is_told_with_the_time_that_its_error_has() {
    let (layer, timer, sink) = circuit(1, OPEN_FOR, 1);
    let mut service = layer.layer(Backend::default());
    let mut rejected = || {
        told(&sink);
        let call = start(&mut service, Ask::Answer);
        let events = assert_told!(
            sink,
            [
                Told::CircuitRejected { .. },
                Told::RequestFailure {
                    elapsed: Duration::ZERO,
                    cause: FailureCause::Rejected,
                    ..
                },
            ]
        );
        let Told::CircuitRejected { retry_after, .. } = events[0] else {
            unreachable!()
        };
        assert_eq!(done(call).unwrap_err().retry_after(), retry_after);
        assert_told!(sink, []);
        retry_after
    };
    layer.trip();
    assert_eq!(rejected(), Some(OPEN_FOR));
    timer.advance(MS);
    assert_eq!(rejected(), Some(OPEN_FOR - MS));
    layer.force_open();
    assert_eq!(rejected(), None);
    layer.reset();
    layer.trip();
    timer.advance(OPEN_FOR);
    let _probe = start(&mut layer.layer(Backend::default()), Ask::Hang);
    assert!(
        rejected().is_some_and(|rest| rest > Duration::ZERO),
        "all probes are out"
    );
}

#[test]
fn a_rejection_foreseen_by_its_readiness_is_told_as_its_caller_hears_it() {
    let (layer, timer, sink) = circuit(1, OPEN_FOR, 1);
    layer.trip();
    let mut service = layer.layer(Backend::default());
    assert!(
        service
            .poll_ready(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    );
    timer.advance(OPEN_FOR);
    told(&sink);
    let call = Box::pin(service.call(Ask::Answer));
    let events = assert_told!(
        sink,
        [Told::CircuitRejected { .. }, Told::RequestFailure { .. }]
    );
    let Told::CircuitRejected { retry_after, .. } = events[0] else {
        unreachable!()
    };
    assert_eq!(done(call).unwrap_err().retry_after(), retry_after);
    assert_eq!(layer.state(), Open, "it was no probe");
}
