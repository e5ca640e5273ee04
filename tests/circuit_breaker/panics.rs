//! Panics of the backend: they reach the caller, count as one failure, and keep no slot. Those of a sink keep none either.

use ninelives::MemorySink;
use ninelives::emit::{Kind, Verdict};

use super::drive::panics;
use super::upset::Upset;
use super::*;

/// One failure, with the slot back: closed with one more failure, or open again from half-open.
fn counted_once(rig: &mut Rig, closed: bool) {
    assert_eq!((rig.view().probes_out, rig.view().won), (0, 0));
    if closed {
        assert_eq!(
            (rig.state(), rig.view().failures),
            (CircuitState::Closed, 1)
        );
    } else {
        assert_eq!(rig.state(), CircuitState::Open);
        rig.clock.advance(OPEN_FOR);
    }
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 0)
    );
}

fn rigs() -> [(Rig, bool); 2] {
    [(Rig::new(2, 1), true), (Rig::due(2, 1), false)]
}

#[test]
fn b05_hc62_panic_in_call_is_one_failure() {
    for (mut rig, closed) in rigs() {
        assert!(panics(|| rig.call(Ask::PanicInCall)));
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_hc62_panic_in_poll_is_one_failure() {
    for (mut rig, closed) in rigs() {
        let mut call = rig.call(Ask::PanicInPoll);
        assert!(panics(|| poll(&mut call)));
        drop(call);
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_panic_in_a_later_poll_is_one_failure() {
    for (mut rig, closed) in rigs() {
        let gate = Gate::new();
        let mut call = rig.wait_at(&gate);
        gate.end(Ask::PanicInPoll);
        assert!(panics(|| poll(&mut call)));
        drop(call);
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_panic_in_the_drop_after_the_answer_is_one_failure() {
    for (mut rig, closed) in rigs() {
        let mut call = rig.call(Ask::AnswerThenPanicInDrop);
        assert!(panics(|| poll(&mut call)));
        drop(call);
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_panic_in_the_drop_of_a_cancelled_call_is_one_failure() {
    for (mut rig, closed) in rigs() {
        let mut call = rig.call(Ask::HangThenPanicInDrop);
        assert!(poll(&mut call).is_pending());
        assert!(panics(|| drop(call)));
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_call_dropped_by_a_panic_elsewhere_is_no_outcome() {
    let mut rig = Rig::due(1, 1);
    let probe = rig.wait_at(&Gate::new());
    assert!(panics(|| {
        let _probe = probe;
        panic!("the caller's own");
    }));
    assert_eq!(
        (rig.state(), rig.view().probes_out),
        (CircuitState::HalfOpen, 0)
    );
}

#[tokio::test]
async fn b05_hc62_panicking_task_leaves_the_circuit_usable() {
    let mut rig = Rig::due(1, 1);
    let call = rig.call(Ask::PanicInPoll);
    assert!(tokio::spawn(call).await.unwrap_err().is_panic());
    assert_eq!(rig.state(), CircuitState::Open);
    rig.clock.advance(OPEN_FOR);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn b05_a_sink_that_panics_at_the_probe_keeps_no_slot() {
    let rig = Rig::due(2, 1);
    let layer = rig.layer.with_sink(Upset::at(Kind::CircuitHalfOpen));
    let mut service = layer.layer(Backend::default());
    assert!(panics(|| start(&mut service, Ask::Answer)));
    assert_eq!(layer.view().probes_out, 0);
    assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
    assert_eq!(layer.state(), CircuitState::Closed);
}

#[test]
fn b05_a_sink_that_panics_at_a_shadow_keeps_no_slot_of_the_shadow() {
    let rig = Rig::new(3, 1);
    let layer = rig.layer.clone().with_sink(Upset::at(Kind::ShadowEvent));
    let layer = layer.live();
    let shadow = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    layer.settings().set_shadow(shadow).unwrap();
    let mut service = layer.layer(Backend::default());
    assert!(done(start(&mut service, Ask::Fail)).is_err());
    layer.force_open();
    rig.clock.advance(OPEN_FOR);
    assert!(panics(|| start(&mut service, Ask::Answer)), "its probe");
    let sink = MemorySink::new();
    let mut service = layer.with_sink(sink.clone()).layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_err());
    let told = shadows::disagreements(&sink.events());
    assert_eq!(told, [(Verdict::Rejected, Verdict::Admitted)]);
}

#[test]
fn b05_a_sink_that_panics_at_a_shadow_keeps_no_slot_of_the_circuit() {
    let rig = Rig::due(2, 1);
    let layer = rig.layer.with_sink(Upset::at(Kind::ShadowEvent));
    let layer = layer.live();
    let shadow = CircuitBreakerConfig::new(1, OPEN_FOR * 2, 1).unwrap();
    layer.settings().set_shadow(shadow).unwrap();
    let mut service = layer.layer(Backend::default());
    assert!(done(start(&mut service, Ask::Fail)).is_err());
    layer.trip();
    rig.clock.advance(OPEN_FOR);
    // Its probe, which the shadow would have turned away.
    assert!(panics(|| start(&mut service, Ask::Answer)));
    assert_eq!(layer.view().probes_out, 0);
    assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
    assert_eq!(layer.state(), CircuitState::Closed);
}

#[test]
fn b05_a_sink_that_panics_at_a_panic_does_not_end_the_process() {
    for kind in [Kind::CircuitOpened, Kind::RequestFailure] {
        let rig = Rig::new(1, 1);
        let layer = rig.layer.with_sink(Upset::at(kind));
        let mut service = layer.layer(Backend::default());
        // Dropped on the way out of the poll that panics.
        assert!(panics(|| done(start(&mut service, Ask::PanicInPoll))));
        assert_eq!(layer.state(), CircuitState::Open);
        assert!(done(start(&mut service, Ask::Answer)).is_err());
    }
}
