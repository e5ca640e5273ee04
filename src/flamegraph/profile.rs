//! What was sampled.

use std::collections::BTreeMap;
use std::time::Duration;

use super::sampler::{self, Drawing, Samples, Stack};
use super::share::{self, Share};
use super::{FlameError, Sampling, frame};
use crate::counted::Counted;

/// Samples by the stack they were taken in; see the [page](super).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    // Thread and frames, the outermost first, with a `;` between them: sorted, so that equal samples make equal graphs.
    stacks: BTreeMap<String, u64>,
    sampling: Sampling,
    took: Duration,
}

// === impl Profile ===

impl Profile {
    pub(super) fn new(samples: Samples, sampling: Sampling) -> Result<Self, FlameError> {
        let mut stacks = BTreeMap::new();
        for stack in samples.stacks.iter().filter(|stack| stack.count > 0) {
            *stacks.entry(folded(stack)).or_default() += stack.count;
        }
        if stacks.is_empty() {
            return Err(FlameError::NoSamples);
        }
        Ok(Self {
            stacks,
            sampling,
            took: samples.took,
        })
    }

    /// How many samples there are; at least one.
    pub fn samples(&self) -> u64 {
        self.stacks.values().sum()
    }

    /// How it was sampled.
    pub const fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// Time from the start to the reading.
    pub const fn duration(&self) -> Duration {
        self.took
    }

    /// Each stack with its samples, in the order of the stacks: the thread's name, then the frames, the outermost first.
    pub fn stacks(&self) -> impl Iterator<Item = (impl Iterator<Item = &str>, u64)> {
        self.stacks
            .iter()
            .map(|(stack, count)| (stack.split(';'), *count))
    }

    /// The same samples without what lies below a function, the runtime's own frames for one: stacks begin with the outermost frame in whose
    /// name `function` stands. Stacks without it stay whole.
    #[must_use]
    pub fn rooted_at(&self, function: &str) -> Self {
        let mut stacks = BTreeMap::new();
        for (stack, count) in &self.stacks {
            let (thread, frames) = stack.split_once(';').unwrap_or((stack, ""));
            let below = frames
                .split(';')
                .take_while(|frame| !frame.contains(function));
            let cut: usize = below.map(|frame| frame.len() + 1).sum();
            let kept = match frames.get(cut..) {
                Some(kept) if !kept.is_empty() => format!("{thread};{kept}"),
                _ => stack.clone(),
            };
            *stacks.entry(kept).or_default() += count;
        }
        Self { stacks, ..*self }
    }

    /// One line for each stack: thread and frames with a `;` between them, a space, and the samples. Tools that draw, compare or
    /// search flame graphs read this. A `;` in a name is written as `,`.
    pub fn folded(&self) -> String {
        let mut text = String::new();
        for (stack, count) in &self.stacks {
            text.push_str(stack);
            text.push(' ');
            text.push_str(&count.to_string());
            text.push('\n');
        }
        text
    }

    /// The flame graph. Frames of this library have the colour of their [`Part`](super::Part), all others are grey. The same
    /// samples make the same text.
    ///
    /// # Errors
    /// [`Drawing`](FlameError::Drawing) when the graph cannot be drawn.
    pub fn svg(&self, title: &str) -> Result<String, FlameError> {
        let subtitle = format!(
            "{} in {:.1} s, {} Hz of processor time",
            Counted(self.samples(), ["sample", "samples"]),
            self.took.as_secs_f64(),
            self.sampling.rate()
        );
        let frames = self.stacks.keys().flat_map(|stack| stack.split(';'));
        let frames = frames.chain([""]); // what the drawer puts under everything
        let colours = frames.map(|frame| (frame, share::colour(frame))).collect();
        sampler::draw(
            &self.folded(),
            Drawing {
                title: &printable(title),
                subtitle,
                colours,
            },
        )
    }

    /// What each part of this library takes, in the order of [`Part::ALL`](super::Part::ALL), parts without a sample left out.
    pub fn shares(&self) -> Vec<Share> {
        share::shares(self)
    }
}

fn folded(stack: &Stack) -> String {
    let mut text = printable(&stack.thread.replace(';', ","));
    for frame in stack.calls.iter().rev().filter_map(frame::name) {
        text.push(';');
        text.push_str(&frame);
    }
    text
}

/// The same with spaces for what would end a line, or make a graph that no browser opens.
fn printable(name: &str) -> String {
    name.replace(char::is_control, " ")
}

#[cfg(test)]
pub(super) mod tests;
