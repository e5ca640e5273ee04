//! Every event, twice: kept whole, and for a subscriber who comes too late for most.

use ninelives::emit::{Kind, PolicyId};
use ninelives::prelude::*;

type Both = MulticastSink<MemorySink, StreamingSink>;

pub struct Books {
    all: MemorySink,
    stream: StreamingSink,
    late: Subscriber,
}

// === impl Books ===

impl Books {
    pub fn new() -> Self {
        let stream = StreamingSink::new(64).unwrap();
        Self {
            all: MemorySink::with_capacity(1 << 20).unwrap(),
            late: stream.subscribe(),
            stream,
        }
    }

    pub fn sink(&self) -> Both {
        MulticastSink::new(self.all.clone(), self.stream.clone())
    }

    /// The policies, outermost first: what one passes on is what the next one was asked.
    pub fn assert_balanced(mut self, ids: [PolicyId; 4], issued: u64, attempts: u64) {
        assert_eq!(self.all.evicted(), 0, "the books are too thin");
        let events = self.all.events();
        let of = |id: PolicyId, kinds: &[Kind]| {
            let told = events.iter().filter(|event| event.policy() == id);
            told.filter(|event| kinds.contains(&event.kind())).count() as u64
        };
        let outcomes = [
            Kind::RequestSuccess,
            Kind::RequestFailure,
            Kind::RequestCancelled,
        ];
        let [timeout, breaker, bulkhead, retry] = ids;
        let ended = ids.map(|id| of(id, &outcomes));
        // A timeout that covers readiness may be late before it calls; here nothing is ever unready.
        assert_eq!(ended[0], issued, "outcomes of the timeout");
        assert_eq!(ended[1], issued, "outcomes of the breaker");
        let rejected = of(breaker, &[Kind::CircuitRejected]);
        assert_eq!(ended[2], issued - rejected, "outcomes of the bulkhead");
        let acquired = of(bulkhead, &[Kind::BulkheadAcquired]);
        assert_eq!(ended[3], acquired, "outcomes of the retry");
        let again = of(retry, &[Kind::RetryAttempt]);
        assert!(
            (acquired..=acquired + again).contains(&attempts),
            "{attempts} attempts"
        );
        let seen = [of(timeout, &[Kind::TimeoutOccurred]), rejected, again];
        let others = [
            of(retry, &[Kind::RetryExhausted, Kind::RetryBudgetExhausted]),
            of(breaker, &[Kind::CircuitOpened]),
            of(bulkhead, &[Kind::BulkheadRejected]),
        ];
        for count in seen.into_iter().chain(others) {
            assert!(count > 20, "too little of something: {seen:?} {others:?}");
        }

        let emitted = events.len() as u64;
        while self.late.try_recv().is_some() {}
        assert_eq!(self.late.backlog(), 0);
        assert_eq!(self.late.received() + self.late.lost(), emitted, "events");
        assert!(self.late.lost() > 0);
    }
}
