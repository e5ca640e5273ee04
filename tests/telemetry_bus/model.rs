//! A naive twin: every subscriber has a list of everything, and forgets what a ring would have overwritten.

use std::collections::VecDeque;

use ninelives::emit::{Emitter, Interest, Kind, PolicyEvent, Sink};
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives::telemetry::Delivery;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Emit(bool),
    Subscribe(bool, bool),
    Leave(usize),
    Receive(usize),
}

/// One subscriber and what it should get.
struct Twin {
    real: Subscriber,
    narrow: bool,
    waiting: VecDeque<Kind>,
    emitted: u64,
}

const NARROW: Interest = Interest::NONE.with(Kind::FallbackTaken);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => any::<bool>().prop_map(Step::Emit),
        1 => any::<(bool, bool)>().prop_map(|(narrow, merged)| Step::Subscribe(narrow, merged)),
        1 => any::<usize>().prop_map(Step::Leave),
        6 => any::<usize>().prop_map(Step::Receive),
    ];
    prop::collection::vec(step, 0..200)
}

impl Twin {
    /// What the next look gives, by the list.
    fn expected(&mut self, capacity: usize) -> Option<Result<Kind, u64>> {
        if self.waiting.len() > capacity {
            let gap = self.waiting.len() - capacity;
            self.waiting.drain(..gap);
            return Some(Err(gap as u64));
        }
        let wanted = |kind: &Kind| !self.narrow || *kind == Kind::FallbackTaken;
        let at = self.waiting.iter().position(wanted);
        self.waiting.drain(..at.unwrap_or(self.waiting.len()));
        self.waiting.pop_front().map(Ok)
    }
}

proptest! {
    #[test]
    fn subscribers_do_as_their_naive_twins(
        capacity in prop::sample::select(&[1_usize, 2, 4, 8][..]),
        steps in steps(),
    ) {
        let sink = StreamingSink::new(capacity).unwrap();
        let emitter = sink.attach(&Name::from("policy"));
        let mut twins: Vec<Twin> = Vec::new();
        for step in steps {
            match step {
                Step::Emit(fallback) => {
                    let kind = if fallback { Kind::FallbackTaken } else { Kind::RetryExhausted };
                    let wanted = twins.iter().any(|twin| !twin.narrow || fallback);
                    prop_assert_eq!(emitter.wants(kind), wanted);
                    emitter.tell(kind, |at| if fallback {
                        PolicyEvent::FallbackTaken { at }
                    } else {
                        PolicyEvent::RetryExhausted { at, attempts: 1 }
                    });
                    for twin in twins.iter_mut().filter(|_| wanted) {
                        twin.waiting.push_back(kind);
                        twin.emitted += 1;
                    }
                }
                Step::Subscribe(narrow, merged) => {
                    let real = sink.subscribe_to(if narrow { NARROW } else { Interest::ALL });
                    let real = if merged { real.merged() } else { real };
                    twins.push(Twin { real, narrow, waiting: VecDeque::new(), emitted: 0 });
                }
                Step::Leave(at) if !twins.is_empty() => {
                    twins.swap_remove(at % twins.len());
                }
                Step::Receive(at) if !twins.is_empty() => {
                    let at = at % twins.len();
                    let expected = twins[at].expected(capacity);
                    let got = twins[at].real.try_recv().map(|delivery| match delivery {
                        Delivery::Event(event) => Ok(event.kind()),
                        Delivery::Lagged(gap) => Err(gap),
                    });
                    prop_assert_eq!(got, expected);
                }
                Step::Leave(_) | Step::Receive(_) => {}
            }
            for Twin { real, waiting, emitted, .. } in &twins {
                prop_assert_eq!(real.backlog(), waiting.len() as u64);
                let passed = real.received() + real.lost() + real.filtered();
                prop_assert_eq!(passed + real.backlog(), *emitted);
            }
        }
    }
}
