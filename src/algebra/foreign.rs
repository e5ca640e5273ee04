//! Third-party tower layers inside a policy.

use std::fmt;

use tower_layer::Layer;

use crate::compose::{Describe, Node, PolicyLayer, WithSink};

/// A tower layer from elsewhere; made by [`Policy::tower`](super::Policy::tower).
///
/// The layer must pass the error of its inner service through. One that boxes its errors does not fit in: put it below the
/// policy, around the service itself.
#[derive(Clone, Copy)]
pub struct Tower<L> {
    layer: L,
}

// === impl Tower ===

impl<L> Tower<L> {
    /// Takes the layer in.
    pub const fn new(layer: L) -> Self {
        Self { layer }
    }
}

impl<S, L: Layer<S>> PolicyLayer<S> for Tower<L> {
    type Service = L::Service;

    fn wrap(&self, inner: S) -> Self::Service {
        self.layer.layer(inner)
    }
}

impl<L> Describe for Tower<L> {
    fn describe(&self) -> Node {
        let path = std::any::type_name::<L>();
        let bare = path.split('<').next().unwrap_or(path);
        Node::leaf(format!(
            "tower {}",
            bare.rsplit("::").next().unwrap_or(bare)
        ))
    }
}

/// It has no events of its own.
impl<L, K> WithSink<K> for Tower<L> {
    type Output = Self;

    fn with_sink(self, _sink: &K) -> Self {
        self
    }
}

impl<L> fmt::Debug for Tower<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tower")
            .field(&std::any::type_name::<L>())
            .finish()
    }
}
