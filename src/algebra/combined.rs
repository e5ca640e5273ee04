//! `a + b`: one policy around another.

use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};

/// `outer + inner`: a request goes through `outer` first.
#[derive(Clone, Copy, Debug)]
pub struct CombinedLayer<A, B> {
    outer: A,
    inner: B,
}

// === impl CombinedLayer ===

impl<A, B> CombinedLayer<A, B> {
    /// `outer` around `inner`.
    pub const fn new(outer: A, inner: B) -> Self {
        Self { outer, inner }
    }
}

impl<S, A, B> PolicyLayer<S> for CombinedLayer<A, B>
where
    B: PolicyLayer<S>,
    A: PolicyLayer<B::Service>,
{
    type Service = A::Service;

    fn wrap(&self, inner: S) -> Self::Service {
        self.outer.wrap(self.inner.wrap(inner))
    }
}

impl<A: Tells, B: Tells> Tells for CombinedLayer<A, B> {
    type Kept = (A::Kept, B::Kept);
}

impl<A: Describe, B: Describe> Describe for CombinedLayer<A, B> {
    fn describe(&self) -> Node {
        Node::operator("+ wrap", self.outer.describe(), self.inner.describe())
    }
}

impl<A: WithSink<K>, B: WithSink<K>, K> WithSink<K> for CombinedLayer<A, B> {
    type Output = CombinedLayer<A::Output, B::Output>;

    fn with_sink(self, sink: &K) -> Self::Output {
        CombinedLayer::new(self.outer.with_sink(sink), self.inner.with_sink(sink))
    }
}
