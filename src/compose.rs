//! What a layer must implement to be part of a policy: to wrap a service, and to describe itself.

use std::fmt;

/// A layer inside a policy: `S` already speaks [`ResilienceError`](crate::ResilienceError), and so does what comes out.
///
/// Implement it, and [`Tells`], for a layer of your own to give it a place in a policy without a wrapper. One that calls what it wraps later than
/// it is called itself enters by [`Policy::tower`](crate::Policy::tower): else the layers inside may tell a request as begun with another one.
pub trait PolicyLayer<S> {
    /// What `S` becomes.
    type Service;

    /// Puts this layer around `inner`.
    fn wrap(&self, inner: S) -> Self::Service;
}

/// What a layer keeps of each request for its sinks. [`Policy`](crate::Policy) asks it of what it is made of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a policy",
    note = "a tower layer from elsewhere enters by `Policy::tower(layer)`, one of your own by implementing `PolicyLayer` and `Tells`"
)]
pub trait Tells {
    /// `()`, which has no size, for a layer that tells nothing; for several layers, what all of them keep.
    type Kept;
}

/// A layer that can tell its events to a sink.
pub trait WithSink<K> {
    /// The same layer, telling `K`.
    type Output;

    /// Emits its events to `sink`. The layer keeps its state; clones made before go on without the sink.
    fn with_sink(self, sink: &K) -> Self::Output;
}

/// A policy or an operator, with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    label: String,
    children: Vec<Node>,
}

/// Tells what a policy is, for [`Policy::explain`](crate::Policy::explain).
pub trait Describe {
    /// The policy as a tree.
    fn describe(&self) -> Node;
}

// === impl Node ===

impl Node {
    /// A policy that holds no others.
    pub fn leaf(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            children: Vec::new(),
        }
    }

    /// An operator over `left` and `right`. A `left` with the same label is continued: `a + b + c` is one node of three.
    pub fn operator(label: impl Into<String>, left: Node, right: Node) -> Self {
        let label = label.into();
        if left.label == label && !left.children.is_empty() {
            let mut joined = left;
            joined.children.push(right);
            return joined;
        }
        Self {
            label,
            children: vec![left, right],
        }
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        writeln!(f, "{}", self.label)?;
        let last = self.children.len().saturating_sub(1);
        for (index, child) in self.children.iter().enumerate() {
            let (branch, below) = if index == last {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            write!(f, "{indent}{branch}")?;
            child.draw(f, &format!("{indent}{below}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draw(f, "")
    }
}
