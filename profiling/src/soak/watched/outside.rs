//! The calls from outside.

use std::sync::Arc;

use super::Watched;
use crate::soak::calls::{Calls, End};
use crate::soak::laws::{Law, Laws};
use crate::soak::tally::Told;

/// The outermost policy of a stack, and the calls from outside.
pub struct Outside {
    /// The name of the stack.
    pub name: String,
    /// The calls.
    pub calls: Arc<Calls>,
    /// What the outermost policy told; none if it tells nothing.
    pub told: Option<Arc<Told>>,
}

// === impl Outside ===

impl Watched for Outside {
    fn bounds(&self, laws: &Laws) {
        let name = &self.name;
        let ended = self.calls.ended();
        let begun = self.calls.begun.get();
        laws.hold(Law::Calls, ended <= begun, || {
            format!("{name}: {ended} ends of {begun} calls")
        });
    }

    fn settled(&self, laws: &Laws) {
        let (name, calls) = (&self.name, &self.calls);
        let begun = calls.begun.get();
        laws.same(
            Law::Calls,
            &format!("{name}: calls and ends"),
            begun,
            calls.ended(),
        );
        laws.same(
            Law::Calls,
            &format!("{name}: calls out"),
            calls.out.now(),
            0,
        );
        if let Some(told) = &self.told {
            let what = format!("{name}: calls and outcome events");
            laws.same(Law::Outcomes, &what, calls.called.get(), told.outcomes());
        }
    }

    fn said(&self) -> String {
        let (name, calls) = (&self.name, &self.calls);
        let ends = End::ALL.map(|end| format!("{} {}", end.name(), calls.of(end)));
        let (begun, out) = (calls.begun.get(), calls.out.now());
        format!("{name}: {begun} calls, {out} out, {}", ends.join(", "))
    }
}
