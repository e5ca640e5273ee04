//! Settings that are tried and not obeyed.

use ninelives::MemorySink;
use ninelives::emit::{PolicyEvent, Verdict};

use super::*;

type Told = CircuitBreakerLayer<Arc<ManualClock>, MemorySink, Live<Plain>>;

/// A live circuit of three failures, with a sink.
struct Trial {
    layer: Told,
    sink: MemorySink,
    clock: Arc<ManualClock>,
    service: <Told as tower::Layer<Backend>>::Service,
}

fn config(failures: usize) -> Plain {
    CircuitBreakerConfig::new(failures, OPEN_FOR, 1).unwrap()
}

// === impl Trial ===

impl Trial {
    fn new(shadow: Plain) -> Self {
        let clock = Arc::new(ManualClock::new());
        let sink = MemorySink::new();
        let layer = CircuitBreakerLayer::with_clock(config(3), Arc::clone(&clock)).unwrap();
        let layer = layer.with_sink(sink.clone()).live();
        layer.settings().set_shadow(shadow).unwrap();
        let service = layer.layer(Backend::default());
        Self {
            layer,
            sink,
            clock,
            service,
        }
    }

    fn ask(&mut self, ask: Ask) -> Answer {
        done(start(&mut self.service, ask))
    }

    fn fail(&mut self, times: usize) {
        for _ in 0..times {
            assert!(self.ask(Ask::Fail).is_err());
        }
    }

    /// What was told since the last look.
    fn events(&self) -> Vec<PolicyEvent> {
        let events = self.sink.events();
        self.sink.clear();
        events
    }

    /// Both verdicts of each disagreement since the last look.
    fn disagreements(&self) -> Vec<(Verdict, Verdict)> {
        shadows::disagreements(&self.events())
    }
}

const SHADOW_REJECTS: (Verdict, Verdict) = (Verdict::Admitted, Verdict::Rejected);
const SHADOW_ADMITS: (Verdict, Verdict) = (Verdict::Rejected, Verdict::Admitted);

#[test]
fn a_shadow_with_a_lower_threshold_tells_of_each_call_it_would_have_rejected() {
    let mut trial = Trial::new(config(2));
    trial.fail(2);
    assert_eq!(trial.disagreements(), []);
    assert_eq!(trial.ask(Ask::Answer), Ok(()));
    assert_eq!(trial.ask(Ask::Answer), Ok(()));
    assert_eq!(trial.disagreements(), [SHADOW_REJECTS; 2]);
    assert_eq!(trial.layer.state(), CircuitState::Closed);
}

#[test]
fn a_shadow_with_a_higher_threshold_tells_of_each_call_it_would_have_let_through() {
    let mut trial = Trial::new(config(4));
    trial.fail(3);
    assert_eq!(trial.layer.state(), CircuitState::Open);
    assert!(trial.ask(Ask::Answer).unwrap_err().is_circuit_open());
    assert_eq!(trial.disagreements(), [SHADOW_ADMITS]);
}

#[test]
fn a_shadow_that_is_alike_says_nothing_through_a_whole_life() {
    let mut trial = Trial::new(config(3));
    trial.fail(3);
    assert!(trial.ask(Ask::Answer).is_err());
    trial.clock.advance(OPEN_FOR);
    assert_eq!(trial.ask(Ask::Answer), Ok(()));
    trial.fail(2);
    assert_eq!(trial.ask(Ask::Answer), Ok(()));
    assert_eq!(trial.disagreements(), []);
}

#[test]
fn a_dropped_call_gives_the_shadows_probe_back() {
    let mut trial = Trial::new(config(2));
    trial.fail(2);
    trial.clock.advance(OPEN_FOR);
    drop(start(&mut trial.service, Ask::Answer));
    assert_eq!(trial.ask(Ask::Answer), Ok(()));
    trial.fail(1);
    assert_eq!(trial.ask(Ask::Answer), Ok(()));
    assert_eq!(trial.disagreements(), []);
}

#[test]
fn a_panic_is_a_failure_for_the_shadow_too() {
    let mut trial = Trial::new(config(1));
    let service = &mut trial.service;
    let call = std::panic::AssertUnwindSafe(|| done(start(service, Ask::PanicInPoll)));
    assert!(std::panic::catch_unwind(call).is_err());
    assert_eq!(trial.ask(Ask::Answer), Ok(()));
    assert_eq!(trial.disagreements(), [SHADOW_REJECTS]);
}

#[test]
fn a_shadow_that_is_out_of_use_lets_every_call_through() {
    let mut trial = Trial::new(CircuitBreakerConfig::disabled());
    trial.fail(3);
    assert!(trial.ask(Ask::Answer).is_err());
    assert_eq!(trial.disagreements(), [SHADOW_ADMITS]);
}

#[test]
fn one_shadow_goes_on_where_the_last_was_and_begins_anew_after_none() {
    let mut trial = Trial::new(config(2));
    trial.fail(1);
    trial.layer.settings().set_shadow(config(1)).unwrap();
    trial.fail(1);
    assert_eq!(trial.ask(Ask::Answer), Ok(()));
    assert_eq!(trial.disagreements(), [SHADOW_REJECTS]);
    assert!(trial.layer.settings().clear_shadow());
    trial.layer.settings().set_shadow(config(1)).unwrap();
    assert_eq!(trial.ask(Ask::Answer), Ok(()));
    assert_eq!(trial.disagreements(), []);
}

#[test]
fn hc44_a_promotion_keeps_the_circuits_own_state() {
    let mut trial = Trial::new(config(2));
    trial.fail(1);
    trial.layer.settings().promote_shadow().unwrap();
    assert_eq!(trial.layer.view().failures, 1);
    trial.fail(1);
    assert_eq!(trial.layer.state(), CircuitState::Open);
    assert_eq!(trial.disagreements(), []);
}

#[test]
fn commands_reach_the_circuit_and_not_its_shadow() {
    let mut trial = Trial::new(config(3));
    trial.layer.force_open();
    assert!(trial.ask(Ask::Answer).is_err());
    assert_eq!(trial.disagreements(), [SHADOW_ADMITS]);
}

#[test]
fn a_shadow_opens_no_circuit_and_tells_no_change_of_state() {
    let mut trial = Trial::new(config(1));
    trial.fail(2);
    let events = trial.events();
    let changes = |event: &&PolicyEvent| matches!(event, PolicyEvent::CircuitOpened { .. });
    assert_eq!(events.iter().filter(changes).count(), 0);
}

#[test]
fn b24_a_readiness_error_is_a_failure_for_the_shadow_too() {
    let mut trial = Trial::new(config(3));
    let backend = Backend::default();
    trial.service = trial.layer.layer(backend.clone());
    backend.set(backend::Readiness::Broken);
    let mut waker = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..3 {
        assert!(trial.service.poll_ready(&mut waker).is_ready());
    }
    backend.set(backend::Readiness::Ready);
    assert_eq!(trial.layer.state(), CircuitState::Open);
    assert!(trial.ask(Ask::Answer).unwrap_err().is_circuit_open());
    assert_eq!(trial.disagreements(), []);
}
