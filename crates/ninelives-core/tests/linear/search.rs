//! The search: is there an order of the operations, one after the other, that keeps to when each was seen to begin and to end, and in
//! which each answers as it did?
//!
//! J. M. Wing and C. Gong, "Testing and Verifying Concurrent Objects", 1993: whichever operation began before all others had ended may be
//! the first; try each. What was tried from one set of operations and one state is not tried again.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;

/// What an object does when its operations come one after the other.
pub trait Machine {
    /// All that it knows.
    type State: Clone + Eq + Hash + fmt::Debug;
    /// An operation with its answer.
    type Op: fmt::Debug;

    /// What it knows at first.
    fn first(&self) -> Self::State;

    /// What it may know after the operation; nothing when it would not have answered so. More than one where it may do something of its
    /// own in between.
    fn after(&self, state: &Self::State, op: &Self::Op) -> Vec<Self::State>;
}

/// An operation, and when it was.
#[derive(Debug)]
pub struct Seen<O> {
    pub who: usize,
    pub began: u64,
    pub ended: u64,
    pub op: O,
}

/// No order is legal.
#[derive(Debug)]
pub struct Illegal {
    /// One of the longest beginnings of an order that are, and what was known after each of its operations.
    pub longest: Vec<String>,
    /// The history, as it was seen to begin.
    pub history: Vec<String>,
}

struct Search<'a, M: Machine> {
    machine: &'a M,
    history: &'a [Seen<M::Op>],
    tried: HashSet<(u64, M::State)>,
    order: Vec<(usize, M::State)>,
    longest: Vec<(usize, M::State)>,
}

/// A legal order of at most 64 operations, by their places in the history.
pub fn order<M: Machine>(machine: &M, history: &[Seen<M::Op>]) -> Result<Vec<usize>, Illegal> {
    assert!(history.len() <= 64, "a set of operations is one word");
    let mut search = Search {
        machine,
        history,
        tried: HashSet::new(),
        order: Vec::new(),
        longest: Vec::new(),
    };
    if search.goes_on(0, &machine.first()) {
        return Ok(search.order.into_iter().map(|(place, _)| place).collect());
    }
    let said = |(place, state): &(usize, M::State)| format!("{:?} then {state:?}", history[*place]);
    let mut sorted: Vec<_> = history.iter().collect();
    sorted.sort_by_key(|seen| seen.began);
    Err(Illegal {
        longest: search.longest.iter().map(said).collect(),
        history: sorted.iter().map(|seen| format!("{seen:?}")).collect(),
    })
}

// === impl Search ===

impl<M: Machine> Search<'_, M> {
    /// Whether the operations that are not in `done` have a legal order from this state on.
    fn goes_on(&mut self, done: u64, state: &M::State) -> bool {
        if self.order.len() > self.longest.len() {
            self.longest.clone_from(&self.order);
        }
        if self.order.len() == self.history.len() {
            return true;
        }
        if !self.tried.insert((done, state.clone())) {
            return false;
        }
        let history = self.history;
        let open = history.iter().enumerate();
        let open = open.filter(|(place, _)| done & (1 << place) == 0);
        let first_end = open.clone().map(|(_, seen)| seen.ended).min();
        // Whoever began after another one had ended comes after it.
        let next = open.filter(|(_, seen)| Some(seen.began) < first_end);
        for (place, seen) in next {
            for after in self.machine.after(state, &seen.op) {
                self.order.push((place, after.clone()));
                if self.goes_on(done | 1 << place, &after) {
                    return true;
                }
                self.order.pop();
            }
        }
        false
    }
}

// === impl Illegal ===

impl fmt::Display for Illegal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (longest, history) = (self.longest.join("\n  "), self.history.join("\n  "));
        write!(
            f,
            "no order of\n  {history}\nis legal; as far as\n  {longest}"
        )
    }
}
