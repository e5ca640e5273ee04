//! What a check can answer.

/// The answer of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran and found nothing wrong.
    Passed,
    /// It ran in a weaker form, which passed; the text says which form, and why.
    FellBack(String),
    /// It did not run.
    Skipped {
        /// What was missing.
        why: String,
        /// Whether a strict run (`CI=true`) accepts that.
        optional: bool,
    },
    /// It ran and found something wrong, or could not be started.
    Failed(String),
}

// === impl Outcome ===

impl Outcome {
    /// Not run for want of something that a strict run must have.
    pub fn skipped(why: impl Into<String>) -> Self {
        Self::Skipped {
            why: why.into(),
            optional: false,
        }
    }

    /// Not run, and rightly so.
    pub fn optional(why: impl Into<String>) -> Self {
        Self::Skipped {
            why: why.into(),
            optional: true,
        }
    }

    /// Failed for this reason.
    pub fn failed(why: impl Into<String>) -> Self {
        Self::Failed(why.into())
    }

    /// Whether the run may end with exit code 0 after this answer.
    pub fn is_green(&self, strict: bool) -> bool {
        match self {
            Self::Passed | Self::FellBack(_) => true,
            Self::Skipped { optional, .. } => *optional || !strict,
            Self::Failed(_) => false,
        }
    }

    /// Runs `next` only when this one passed: the first answer that is not a plain pass wins.
    pub fn then(self, next: impl FnOnce() -> Self) -> Self {
        if self == Self::Passed { next() } else { self }
    }
}
