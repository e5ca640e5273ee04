//! A lane: the word of one stripe, and the purse of its thread.

mod cell;

pub(super) use self::cell::Lane;

/// What became of a stripe that was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::semaphore::stripes) enum Called {
    /// What it holds is in it.
    InVain,
    /// What it holds is in the purse, and that is settled.
    Settled,
    /// The same, and nothing is settled until all threads have passed a fence.
    Unsettled,
}

/// What became of permits that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::semaphore) enum Given {
    /// They lie in the stripe, or in the caller's purse.
    Laid,
    /// So many are for the gate.
    ForGate(u32),
    /// The same, because another thread keeps what lies here, and has been in the way for long.
    PastAnother(u32),
}
