//! Events that leave the process.
#![allow(missing_docs)]

use ninelives::MemorySink;
use ninelives::emit::{Emitter, Kind, PolicyEvent, Sink};
use ninelives::name::Name;

#[test]
fn what_a_sink_remembers_can_be_sent_and_read_again() {
    let sink = MemorySink::new();
    let emitter = sink.attach(&Name::from("checkout"));
    for attempts in 1..=3 {
        emitter.tell(Kind::RetryExhausted, |at| PolicyEvent::RetryExhausted {
            at,
            attempts,
        });
    }
    let sent = serde_json::to_string(&sink.events()).unwrap();
    let read: Vec<PolicyEvent> = serde_json::from_str(&sent).unwrap();
    assert_eq!(read, sink.events());
    let first: serde_json::Value = serde_json::to_value(read[0]).unwrap();
    assert_eq!(first["kind"], "RetryExhausted");
    assert_eq!(first["policy"], emitter.policy().get());
    assert_eq!(first["attempts"], 1);
}
