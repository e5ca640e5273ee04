//! Samples where a running program spends its processor time, and draws it as a flame graph (feature `flamegraph`).
//!
//! [`Profiler::start`] begins, [`Profiler::stop`] ends and answers with a [`Profile`]: an SVG that any browser opens
//! ([`Profile::svg`]), folded stacks for other tools ([`Profile::folded`]), and what each part of this library takes
//! ([`Profile::shares`]). It works in a service under load, not only in a benchmark. `docs/PROFILING.md` says how to read one.
//!
//! # What is sampled
//! Processor time of the whole process, all threads together: a thread that waits is not seen. The kernel interrupts a running thread
//! [so many times](Sampling::with_rate) in each second of processor time, and its stack is recorded. Linux looks at this timer only at its
//! own tick of 100, 250 or 1000 Hz: a higher rate yields no more samples than that.
//!
//! Functions of the C library, of its threads, of the unwinder and of the vDSO cannot be unwound safely inside a signal. A
//! sample that hits one is dropped: allocation, system calls and readings of the clock do not show.
//!
//! # What the program must be built with
//! `debug = "limited"` in its profile. The optimised code stays the same; the debug information says which functions were inlined where,
//! and the layers of this library are inlined entirely. With `"line-tables-only"` a frame is named after its file; with less, only
//! functions that were not inlined have a frame.
//!
//! # Inlined code, and `apart`
//! The sampler counts by function, not by instruction: all samples taken in the same functions are one stack, with the inlined frames of
//! the first of those samples. Where a policy and the service around it are inlined into one function, the
//! width of that function is right, and the frames above it are not. [`apart`] and [`Apart`] give each call a stack of its own;
//! the extra frames are removed from the graph. Wrap what you want to see in detail.
//!
//! # Signals
//! `SIGPROF` and the process's profiling timer (`ITIMER_PROF`) belong to the profiler while it runs. A handler that was there before is
//! not put back: after the end the signal is ignored. System calls are restarted where the kernel can; `epoll_wait` and
//! sleeps return early with `EINTR`, which tokio and the standard library expect.
//!
//! # Cost
//! Not running: nothing. Running: each sample unwinds a stack, some 10 to 70 µs on the interrupted thread, so at most 0.7 % at
//! 99 Hz. The first start takes about 100 ms and 105 MiB, the first stop 40 ms and 65 MiB more, which are kept for the life of the process.
//! Reading the samples resolves every address, which takes milliseconds to seconds; samples that come meanwhile are dropped.
//! Samples of more than some thousand stacks are kept in a file in the directory for temporary files.
//!
//! # Errors
//! [`FlameError`], each with its cause; whatever failed, the program goes on without samples.
//!
//! # Progress
//! Starting, reading and stopping block: keep them away from the threads of a runtime (`spawn_blocking`). Recording a sample neither waits
//! nor allocates: where two threads are interrupted at once, or one during a reading, a sample is lost. [`apart`] is wait-free.
//!
//! # Not promised
//! Exact counts. Stacks deeper than 128 functions lose their root. There is at most one profiler in a process, whoever started it.
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
