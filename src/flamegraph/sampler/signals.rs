//! The sampler of pprof: a timer, a signal, and an unwinder in its handler.

use std::io;

use pprof::flamegraph::color::{Color, PaletteMap};
use pprof::flamegraph::{self, Options};
use pprof::{Error, ProfilerGuard, ProfilerGuardBuilder, Symbol};

use super::{Call, Drawing, Samples, Stack};
use crate::flamegraph::FlameError;

/// Parts of the names of libraries in which no sample is taken: unwinding from inside them may block or go astray. pprof looks for these
/// words in whole paths, that of the program itself among them: a shorter word would match a program in `/srv/libcars`.
const NOT_INSIDE: [&str; 7] = [
    "/libc.so",
    "/libc-2.",
    "/libgcc_s",
    "/libpthread",
    "/ld-musl",
    "/libsystem_",
    "linux-vdso",
];

/// Samples for as long as it lives.
pub(in crate::flamegraph) struct Sampler {
    guard: ProfilerGuard<'static>,
}

// === impl Sampler ===

impl Sampler {
    pub(in crate::flamegraph) fn start(rate: u32) -> Result<Self, FlameError> {
        let rate = i32::try_from(rate).unwrap_or(i32::MAX);
        let builder = ProfilerGuardBuilder::default()
            .frequency(rate)
            .blocklist(&NOT_INSIDE);
        Ok(Self {
            guard: builder.build()?,
        })
    }

    pub(in crate::flamegraph) fn count(&self) -> Result<u64, FlameError> {
        let report = self.guard.report().build_unresolved()?;
        Ok(report.data.values().map(|count| number(*count)).sum())
    }

    pub(in crate::flamegraph) fn read(&self) -> Result<Samples, FlameError> {
        let report = self.guard.report().build()?;
        let took = report.timing.duration;
        let stacks = report.data.into_iter().map(|(at, count)| Stack {
            thread: at.thread_name_or_id(),
            calls: at.frames.iter().flatten().map(call).collect(),
            count: number(count),
        });
        Ok(Samples {
            stacks: stacks.collect(),
            took,
        })
    }
}

fn call(symbol: &Symbol) -> Call {
    Call {
        name: symbol.name(),
        file: symbol.filename.clone(),
    }
}

fn number(count: isize) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

// === impl FlameError ===

impl From<Error> for FlameError {
    fn from(error: Error) -> Self {
        match error {
            Error::Running => Self::AlreadyRunning,
            Error::CreatingError => Self::NoSampler,
            Error::IoError(error) => Self::System(error),
            other => Self::System(io::Error::other(other.to_string())),
        }
    }
}

// === drawing ===

/// Draws folded stacks into memory: drawing straight into a file would panic when the disk is full.
pub(in crate::flamegraph) fn draw(
    stacks: &str,
    drawing: Drawing<'_>,
) -> Result<String, FlameError> {
    let mut colours = PaletteMap::default();
    for (frame, [r, g, b]) in drawing.colours {
        colours.insert(frame, Color { r, g, b });
    }
    let mut options = Options::default();
    options.title = drawing.title.to_owned();
    options.subtitle = Some(drawing.subtitle);
    options.palette_map = Some(&mut colours);
    options.deterministic = true;
    let mut svg = Vec::new();
    flamegraph::from_lines(&mut options, stacks.lines(), &mut svg)
        .map_err(|error| FlameError::Drawing(error.to_string()))?;
    String::from_utf8(svg).map_err(|error| FlameError::Drawing(error.to_string()))
}
