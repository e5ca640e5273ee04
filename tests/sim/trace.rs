//! What happened, as a number that depends on all of it, and as lines for who wants to read them.

use std::fmt;

/// Everything that happened, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    digest: u64,
    lines: Option<Vec<String>>,
}

/// Lines that a failure shows.
const SHOWN: usize = 40;

// === impl Trace ===

impl Trace {
    /// A trace that keeps its lines, or their digest alone.
    pub fn new(kept: bool) -> Self {
        Self {
            digest: 0xcbf2_9ce4_8422_2325,
            lines: kept.then(Vec::new),
        }
    }

    /// This happened.
    pub fn note(&mut self, line: fmt::Arguments<'_>) {
        // FNV-1a over the text.
        struct Digest<'a>(&'a mut u64);
        impl fmt::Write for Digest<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                for byte in text.bytes() {
                    *self.0 = (*self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
                }
                Ok(())
            }
        }
        let _ = fmt::write(&mut Digest(&mut self.digest), line);
        if let Some(lines) = &mut self.lines {
            lines.push(line.to_string());
        }
    }

    /// The number.
    pub const fn digest(&self) -> u64 {
        self.digest
    }

    /// Where the other trace says something else, and what both say.
    pub fn parting(&self, other: &Self) -> Option<[String; 2]> {
        if self == other {
            return None;
        }
        let lines = |trace: &Self| trace.lines.clone().unwrap_or_default();
        let (ours, theirs) = (lines(self), lines(other));
        let parting = ours
            .iter()
            .zip(&theirs)
            .position(|(one, other)| one != other);
        let place = parting.unwrap_or(ours.len().min(theirs.len()));
        let at = |lines: Vec<String>| format!("{place}: {:?}", lines.get(place));
        Some([at(ours), at(theirs)])
    }

    /// The last of the lines.
    pub fn end(&self) -> String {
        let lines = self.lines.as_deref().unwrap_or_default();
        lines[lines.len().saturating_sub(SHOWN)..].join("\n")
    }
}
