//! Stamps as records, for serde: those fields of an event's record that every event has.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::is_zero;
use crate::event::{PolicyId, Stamp};
use crate::time::Tick;

#[derive(Serialize, Deserialize)]
#[serde(rename = "Stamp")]
struct StampRecord {
    policy: PolicyId,
    time_ns: u64,
    #[serde(default)]
    sequence: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    in_attempt: u16,
}

// === impl Stamp ===

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        StampRecord {
            policy: self.policy,
            time_ns: self.time.as_nanos(),
            sequence: self.sequence,
            in_attempt: self.attempt,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let record = StampRecord::deserialize(deserializer)?;
        Ok(Self {
            policy: record.policy,
            time: Tick::from_nanos(record.time_ns),
            sequence: record.sequence,
            attempt: record.in_attempt,
        })
    }
}
