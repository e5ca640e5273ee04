//! Who, when, and the how-manieth.

use crate::time::Tick;

/// The number of a policy: unique in the process, given when the policy is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct PolicyId(pub(super) u32);

/// Who, when, and the how-manieth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// The policy that tells.
    pub policy: PolicyId,
    /// When, by the sink's clock.
    pub time: Tick,
    /// The event's number among those of its producer, a thread's ring; 0 before it went through one.
    pub sequence: u64,
    /// The attempt, of the nearest retry around the policy, that led to the event: 1 is the first, 65,535 all from there on, 0 none.
    pub attempt: u16,
}

// === impl PolicyId ===

impl PolicyId {
    /// The id with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

// === impl Stamp ===

impl Stamp {
    /// The stamp of an event that has no number yet.
    pub const fn new(policy: PolicyId, time: Tick) -> Self {
        Self {
            policy,
            time,
            sequence: 0,
            attempt: 0,
        }
    }

    /// The same, in this attempt of a retry.
    #[must_use]
    #[inline]
    pub const fn in_attempt(self, attempt: u16) -> Self {
        Self { attempt, ..self }
    }
}
