//! How a model is run: see the README beside this package for the rules.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::current;

use loom::thread;
use ninelives_core::sync;

/// What one thread of a model does, and what it saw.
pub type Actor<T> = Box<dyn FnOnce() -> T + Send>;

/// How many preemptions a model's executions may take.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    plain: usize,
    touched: Option<usize>,
}

// === impl Bound ===

impl Bound {
    /// So many, in plain runs and in runs that touch.
    pub const fn of(preemptions: usize) -> Self {
        Self {
            plain: preemptions,
            touched: Some(preemptions),
        }
    }

    /// So many in runs that touch, where as many as in a plain one take too long.
    pub const fn touched(self, touched: usize) -> Self {
        Self {
            touched: Some(touched),
            ..self
        }
    }

    /// Not in runs that touch: with one preemption it takes minutes there, and with none it does not see all that it is about.
    pub const fn untouched(self) -> Self {
        Self {
            touched: None,
            ..self
        }
    }

    /// Those of this run. A deep one raises each bound by as much as `LOOM_MAX_PREEMPTIONS` is above two.
    pub fn preemptions(self) -> Option<usize> {
        let asked = loom::model::Builder::new().preemption_bound.unwrap_or(2);
        let usual = if touches() {
            self.touched
        } else {
            Some(self.plain)
        };
        usual.map(|usual| usual + asked.saturating_sub(2))
    }
}

/// Whether this run touches one word before each access, so that every order of accesses is tried.
pub fn touches() -> bool {
    env::var_os("NINELIVES_TOUCH").is_some()
}

/// Runs `scenario` in every order that takes at most two preemptions; in a deep run more: see [`model_within`].
pub fn model(scenario: impl Fn() + Send + Sync + 'static) {
    model_within(Bound::of(2), scenario);
}

/// Runs `scenario` in every order that takes no more preemptions than `bound` says, and prints how many executions that were. Nothing
/// else ends the search.
pub fn model_within(bound: Bound, scenario: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = bound.preemptions();
    if builder.preemption_bound.is_none() {
        return;
    }
    (builder.max_duration, builder.max_permutations) = (None, None);
    // A scene of four callers in line is some 1,100 steps long, and twice that with touches; a livelock is past any number.
    builder.max_branches = builder.max_branches.max(10_000);
    let touches = touches();
    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    builder.check(move || {
        count.fetch_add(1, Ordering::Relaxed);
        sync::begin(touches);
        scenario();
    });
    let executions = executions.load(Ordering::Relaxed);
    println!("\nexecutions of {}: {executions}", name());
}

/// The model's name: its file, without what all begin with, and its test.
fn name() -> String {
    let program = env::current_exe().unwrap_or_default();
    let program = program.file_stem().unwrap_or_default().to_string_lossy();
    let file = program.rsplit_once('-').map_or(&*program, |(file, _)| file);
    let file = file.trim_start_matches("loom_");
    format!("{file}::{}", current().name().unwrap_or("?"))
}

/// Every order in which so many actors can be spawned. In a run that touches one and its reverse: there each access depends on each, so
/// that the order of spawning hides nothing.
pub fn orders(actors: usize) -> Vec<Vec<usize>> {
    let mut all = permutations(actors);
    if touches() && all.len() > 2 {
        all.drain(1..all.len() - 1);
    }
    all
}

fn permutations(actors: usize) -> Vec<Vec<usize>> {
    if actors == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in permutations(actors - 1) {
        for at in (0..actors).rev() {
            let mut order = shorter.clone();
            order.insert(at, actors - 1);
            all.push(order);
        }
    }
    all
}

/// Spawns the actors in the given order, each on a thread of its own; their answers, by actor.
pub fn race<T: 'static>(order: &[usize], actors: Vec<Actor<T>>) -> Vec<T> {
    let mut actors: Vec<_> = actors.into_iter().map(Some).collect();
    let mut spawn = |actor: &usize| (*actor, actors[*actor].take().map(thread::spawn));
    let mut running: Vec<_> = order.iter().map(&mut spawn).collect();
    running.sort_by_key(|(actor, _)| *actor);
    let joined = running.into_iter().filter_map(|(_, thread)| thread);
    joined.map(|thread| thread.join().unwrap()).collect()
}
