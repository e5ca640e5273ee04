//! A flame graph of each benchmark: `cargo bench --features flamegraph --bench hot_path -- --profile-time 5`.
//!
//! Without the feature this is criterion as it is.

#[cfg(feature = "flamegraph")]
use std::hint::black_box;

use criterion::{Bencher, Criterion};

/// Criterion, with a profiler where there is one.
pub fn criterion() -> Criterion {
    #[cfg(feature = "flamegraph")]
    return Criterion::default().with_profiler(bridge::Flames::default());
    #[cfg(not(feature = "flamegraph"))]
    Criterion::default()
}

/// Times `once`. While a graph is made, 64 calls at a time are given a stack of their own, so that samples in inlined code are told apart.
pub fn iter<R>(b: &mut Bencher<'_>, once: impl FnMut() -> R) {
    #[cfg(feature = "flamegraph")]
    let mut once = once;
    #[cfg(feature = "flamegraph")]
    if bridge::is_drawing() {
        let mut some = || (0..64).for_each(|_| _ = black_box(once()));
        return b.iter(|| ninelives::flamegraph::apart(&mut some));
    }
    b.iter(once);
}

#[cfg(feature = "flamegraph")]
mod bridge {
    use std::fs;
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, Ordering};

    use ninelives::flamegraph::{FlameError, Profiler, Sampling};

    /// Draws each benchmark that criterion profiles.
    #[derive(Default)]
    pub struct Flames {
        running: Option<Profiler>,
    }

    /// Whether there is a profiler now.
    static DRAWING: AtomicBool = AtomicBool::new(false);

    /// Whether a graph is being made.
    pub fn is_drawing() -> bool {
        DRAWING.load(Ordering::Relaxed)
    }

    impl criterion::profiler::Profiler for Flames {
        fn start_profiling(&mut self, benchmark: &str, _: &Path) {
            let sampling = Sampling::new().with_rate(997).unwrap();
            match Profiler::start(sampling) {
                Ok(profiler) => self.running = Some(profiler),
                Err(error) => panic!("{benchmark}: {error}"),
            }
            DRAWING.store(true, Ordering::Relaxed);
        }

        fn stop_profiling(&mut self, benchmark: &str, folder: &Path) {
            DRAWING.store(false, Ordering::Relaxed);
            let Some(profiler) = self.running.take() else {
                return;
            };
            match profiler.stop() {
                Ok(profile) => {
                    let profile = profile.rooted_at("subjects::call");
                    let svg = profile.svg(benchmark).unwrap();
                    fs::create_dir_all(folder).unwrap();
                    let file = folder.join("flamegraph.svg");
                    fs::write(&file, svg).unwrap();
                    println!(
                        "{benchmark}: {} samples, {}",
                        profile.samples(),
                        file.display()
                    );
                }
                Err(FlameError::NoSamples) => println!("{benchmark}: no sample, no graph"),
                Err(error) => panic!("{benchmark}: {error}"),
            }
        }
    }
}
