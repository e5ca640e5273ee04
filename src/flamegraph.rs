//! Samples where a running program spends its processor time, and draws it as a flame graph (feature `flamegraph`).
//!
//! [`Profiler::start`] begins, [`Profiler::stop`] ends and answers with a [`Profile`]: an SVG that any browser opens
//! ([`Profile::svg`]), folded stacks for other tools ([`Profile::folded`]), and what each part of this library takes
//! ([`Profile::shares`]). It works in a service under load, not only in a benchmark. `docs/PROFILING.md` says how to read one.
//!
//! # What is sampled
//! Processor time of the whole process, all threads together: a thread that waits is not seen. So many times in a second of it, as
//! [`Sampling::with_rate`] says, the kernel interrupts a running thread, and its stack is noted. Linux looks at this timer at its own
//! tick only, of 100, 250 or 1000 Hz: a higher rate yields no more samples than that.
//!
//! Functions of the C library, of its threads, of the unwinder and of the vDSO cannot be unwound safely inside a signal. A
//! sample that hits one is dropped: allocation, system calls and readings of the clock do not show.
//!
//! # What the program must be built with
//! `debug = "limited"` in its profile. Optimised code stays the same code; it only says which functions were inlined where, and the
//! layers of this library are inlined entirely. With `"line-tables-only"` a frame is named after its file; with less, only
//! functions that were not inlined have a frame.
//!
//! # Inlined code, and `apart`
//! The sampler counts by function, not by instruction: samples that were taken in the same functions are one stack, and its
//! inlined frames are those of the sample that came first. Where a policy and the service around it are inlined into one function, the
//! width of that function is right, and what stands above it is not. [`apart`] and [`Apart`] give each call a stack of its own,
//! which is taken out of the graph again. Wrap what is to be looked at closely.
//!
//! # Signals
//! `SIGPROF` and the process's profiling timer (`ITIMER_PROF`) belong to the profiler while it runs. A handler that was there before is
//! not put back: after the end the signal is ignored. System calls are restarted where the kernel can; `epoll_wait` and
//! sleeps return early with `EINTR`, which tokio and the standard library expect.
//!
//! # Cost
//! Not running: nothing. Running: a stack is unwound for each sample, some 10 to 70 µs on the thread that was hit, so at most 0.7 % at
//! 99 Hz. The first start takes about 100 ms and 105 MiB, the first stop 40 ms and 65 MiB more, which are kept for the life of the process.
//! Reading the samples resolves every address, which takes milliseconds to seconds, and drops the samples that come meanwhile.
//! Samples lie in a file in the directory for temporary files when there are more than some thousand stacks.
//!
//! # Errors
//! [`FlameError`], each with its cause; whatever failed, the program goes on without samples.
//!
//! # Progress
//! Starting, reading and stopping block: keep them away from the threads of a runtime (`spawn_blocking`). Noting a sample neither waits
//! nor allocates: two threads that are hit at once, or one during a reading, lose a sample. [`apart`] is wait-free.
//!
//! # Not promised
//! Exact counts. Stacks deeper than 128 functions lose their root. One profiler in a process, whoever started it.
//!
//! # Examples
//! ```
//! use ninelives::flamegraph::{FlameError, Profiler, Sampling};
//!
//! let profiler = match Profiler::start(Sampling::new().with_rate(499)?) {
//!     Ok(profiler) => profiler,
//!     Err(FlameError::Unsupported) => return Ok(()), // Windows, for one
//!     Err(error) => return Err(error.into()),
//! };
//! while profiler.samples()? < 3 {
//!     (0..10_000_u64).for_each(|n| { std::hint::black_box(n.pow(2)); });
//! }
//! let profile = profiler.stop()?;
//! assert!(profile.svg("squares")?.starts_with("<?xml"));
//! assert!(profile.folded().lines().count() >= 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apart;
mod error;
mod frame;
mod profile;
mod profiler;
mod sampler;
mod sampling;
mod share;

pub use apart::{Apart, apart};
pub use error::FlameError;
pub use profile::Profile;
pub use profiler::Profiler;
pub use sampling::Sampling;
pub use share::{Part, Share};
