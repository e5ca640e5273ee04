//! What the system's scheduler did with a thread.

use std::fs::File;

/// Asks about the thread that made it. Linux only; elsewhere nothing is known.
pub struct Schedule(Option<File>);

/// So far.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Nanoseconds on a core.
    pub ran: u64,
    /// How often it was put on one.
    pub switches: u64,
}

// === impl Schedule ===

impl Schedule {
    pub fn of_this_thread() -> Self {
        Self(File::open("/proc/thread-self/schedstat").ok())
    }

    #[cfg(unix)]
    pub fn look(&self) -> Option<Seen> {
        use std::os::unix::fs::FileExt;
        let mut text = [0; 96];
        let length = self.0.as_ref()?.read_at(&mut text, 0).ok()?;
        let text = std::str::from_utf8(&text[..length]).ok()?;
        let mut fields = text.split_ascii_whitespace();
        let ran = fields.next()?.parse().ok()?;
        let switches = fields.nth(1)?.parse().ok()?;
        Some(Seen { ran, switches })
    }

    #[cfg(not(unix))]
    pub fn look(&self) -> Option<Seen> {
        None
    }
}
