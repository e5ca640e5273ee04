//! Loom models of the machines in `ninelives-core`. They exist only under `--cfg ninelives_loom`: see `cargo xtask loom`.

/// Runs `scenario` in every order that takes at most two preemptions; in a deep run more: see [`model_within`].
#[cfg(ninelives_loom)]
pub fn model(scenario: impl Fn() + Send + Sync + 'static) {
    model_within(2, scenario);
}

/// Runs `scenario` in every order that takes at most `bound` preemptions.
///
/// A deep run raises every bound by as much as `LOOM_MAX_PREEMPTIONS` is above two.
#[cfg(ninelives_loom)]
pub fn model_within(bound: usize, scenario: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    let asked = builder.preemption_bound.unwrap_or(2);
    builder.preemption_bound = Some(bound + asked.saturating_sub(2));
    // A scene of four callers in line is some 1,100 steps long; a livelock is past any number.
    builder.max_branches = builder.max_branches.max(4_000);
    builder.check(scenario);
}
