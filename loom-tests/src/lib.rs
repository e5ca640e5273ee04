//! Loom models of the machines in `ninelives-core`. They exist only under `--cfg ninelives_loom`: see `cargo xtask loom`.

/// Runs `scenario` in every order that takes at most `LOOM_MAX_PREEMPTIONS` preemptions, or two when that is not set.
#[cfg(ninelives_loom)]
pub fn model(scenario: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(2);
    builder.check(scenario);
}
