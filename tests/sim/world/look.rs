//! The laws of a world.

use super::World;
use crate::laws::{Now, holds, same};

impl World {
    /// Every law.
    pub(super) fn look(&self) -> Result<(), String> {
        // A look at a bulkhead ends an override that has lapsed, and wakes whom that lets in: the second look is the one that counts.
        for law in self.stacks.iter().flat_map(|stack| &stack.laws) {
            law(Now { quiet: false })?;
        }
        holds(!self.passed, || {
            "somebody who came passed those who wait".to_owned()
        })?;
        let quiet = self.woken().is_empty();
        for stack in &self.stacks {
            let of = |what: String| format!("{}: {what}", stack.name);
            for law in &stack.laws {
                law(Now { quiet }).map_err(of)?;
            }
        }
        let (begun, ended) = (
            self.sum(|stack| stack.calls.begun.get()),
            self.sum(|stack| stack.calls.ended()),
        );
        same(
            "calls, and those that are out or over",
            begun,
            ended + self.tasks.len() as u64,
        )?;
        let [calls, inside, over] = self.backend.calls();
        same(
            "calls of the backend, and those inside or over",
            calls,
            inside + over,
        )?;
        let (armed, out) = (self.timer.armed(), self.tasks.len() as u64);
        holds(armed as u64 <= 8 * out, || {
            format!("{armed} waits of {out} calls")
        })?;
        if quiet && armed == 0 {
            let unready = self.backend.unready();
            holds(out <= unready, || {
                format!(
                    "{out} calls are out, nobody is woken, no wait is armed, and {unready} wait for a readiness that never comes"
                )
            })?;
        }
        Ok(())
    }

    /// What holds when nobody is out.
    pub(super) fn rest(&self) -> Result<(), String> {
        same(
            "waits that are armed at the end",
            self.timer.armed() as u64,
            0,
        )?;
        same(
            "readiness that is waited for at the end",
            self.backend.unready(),
            0,
        )?;
        same(
            "calls inside the backend at the end",
            self.backend.calls()[1],
            0,
        )
    }
}
