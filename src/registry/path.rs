//! Names in messages: paths, and lists that stay short.

use std::fmt;

/// Where something is: `policies.payments.timeout`. A name that is no plain word is quoted, and a long one cut.
pub(super) struct Path<'a> {
    policy: &'a str,
    parameter: Option<&'a str>,
}

/// Words with commas between them; only the first ones of many.
pub(super) struct Words<I>(pub(super) I);

const LONGEST_LIST: usize = 16;
const LONGEST_WORD: usize = 64;

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
        write!(f, "{}.", Self::ROOT)?;
        step(self.policy, f)?;
        match self.parameter {
            Some(parameter) => {
                f.write_str(".")?;
                step(parameter, f)
            }
            None => Ok(()),
        }
    }
}

fn step(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(plain) && name.len() <= LONGEST_WORD {
        return f.write_str(name);
    }
    let start: String = name.chars().take(LONGEST_WORD).collect();
    let more = if start.len() < name.len() { "…" } else { "" };
    write!(f, "{:?}{more}", start)
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
            step(word, f)?;
        }
        match all.saturating_sub(LONGEST_LIST) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
