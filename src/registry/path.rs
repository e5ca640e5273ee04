//! Names in messages: paths, and lists that stay short.

use std::fmt;

use crate::parameters::Word;

/// Where something is: `policies.payments.timeout`. A name that is no plain word is quoted, and a long one cut.
pub(super) struct Path<'a> {
    policy: &'a str,
    parameter: Option<&'a str>,
}

/// Words with commas between them; only the first ones of many.
pub(super) struct Words<I>(pub(super) I);

/// Words that somebody said, on one line, and only the beginning of many.
pub(super) struct Cut<'a>(pub(super) &'a str);

const LONGEST_LIST: usize = 16;
const LONGEST_SAYING: usize = 64;

// === impl Path ===

impl<'a> Path<'a> {
    /// What all paths begin with.
    pub(super) const ROOT: &'static str = "policies";

    pub(super) const fn policy(policy: &'a str) -> Self {
        Self {
            policy,
            parameter: None,
        }
    }

    pub(super) const fn parameter(policy: &'a str, parameter: &'a str) -> Self {
        Self {
            policy,
            parameter: Some(parameter),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", Self::ROOT, Word(self.policy))?;
        match self.parameter {
            Some(parameter) => write!(f, ".{}", Word(parameter)),
            None => Ok(()),
        }
    }
}

// === impl Words ===

impl<'a, I: Iterator<Item = &'a str> + Clone> fmt::Display for Words<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.0.clone().count();
        if all == 0 {
            return f.write_str("none");
        }
        for (index, word) in self.0.clone().take(LONGEST_LIST).enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            Word(word).fmt(f)?;
        }
        match all.saturating_sub(LONGEST_LIST) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

// === impl Cut ===

impl fmt::Display for Cut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.0.chars().take(LONGEST_SAYING).collect();
        let more = if start.len() < self.0.len() {
            "…"
        } else {
            ""
        };
        write!(f, "{}{more}", start.escape_debug())
    }
}
