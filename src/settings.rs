//! Where a policy finds its settings: in a plain value, or in a live one.
//!
//! A layer is generic over this, so a plain value is compiled as if there were no live ones: nothing is checked, nothing is shared.
//! A layer made live reads an [`Adaptive`] instead; a request keeps the settings that it began with, so it sees one version.
//!
//! # Cost
//! Live settings cost a request one load and a comparison while nothing has changed, and a copy where the settings are needed later
//! on. See docs/benchmarks/powers.md.

mod beside;

use std::fmt;
use std::sync::Arc;

pub use beside::{Beside, Shade};
pub(crate) use beside::{Said, compare};

use crate::adaptive::{Adaptive, Reader};

/// The settings `V` of a policy: `V` itself, or a [`Live`] value. Not to be implemented elsewhere.
pub trait Settings<V>: Clone + sealed::Sealed<V> {
    /// What a service keeps between two requests.
    #[doc(hidden)]
    type Reader: Clone + fmt::Debug;

    /// What a request keeps until its end.
    #[doc(hidden)]
    type Kept: fmt::Debug;

    /// A place for what a shadow leaves with a request or with the policy; plain settings have no shadow, and the place no size.
    #[doc(hidden)]
    type Beside<X: fmt::Debug>: Beside<X>;

    /// The settings now.
    fn current(&self) -> V;

    #[doc(hidden)]
    fn reader(&self) -> Self::Reader;

    /// The settings now, for one request that `reader`'s service is given.
    #[doc(hidden)]
    fn read<'a>(&'a self, reader: &'a mut Self::Reader) -> &'a V;

    /// The shadow of the settings now, if they have one.
    #[doc(hidden)]
    fn look<'a>(&'a self, reader: &'a mut Self::Reader) -> Option<Shade<'a, V>>;

    /// Both: the settings, and their shadow if they have one.
    #[doc(hidden)]
    fn both<'a>(&'a self, reader: &'a mut Self::Reader) -> (&'a V, Option<Shade<'a, V>>);

    /// What `run` makes of the shadow there is at the end of a request.
    #[doc(hidden)]
    fn try_now<R>(&self, run: impl FnOnce(Shade<'_, V>) -> R) -> Option<R>;

    /// The settings that a request has read; plain ones are found again where they are, so nothing points to them.
    #[doc(hidden)]
    fn found<'a>(&'a self, read: &'a V) -> &'a V;

    /// What a request keeps of the settings that it has read.
    #[doc(hidden)]
    fn keep(value: &V) -> Self::Kept;

    /// The settings that were kept.
    #[doc(hidden)]
    fn kept<'a>(&'a self, kept: &'a Self::Kept) -> &'a V;
}

/// Settings that may change while their policy is in use; clones are the same ones.
///
/// Made by a layer's `live` or `tuned_by`. The value behind it is read and changed through [`adaptive`](Self::adaptive).
pub struct Live<V>(Arc<Adaptive<V>>);

/// What a service keeps of live settings.
pub struct LiveReader<V>(Reader<V>);

mod sealed {
    /// Keeps the ways of reading settings to this page.
    pub trait Sealed<V> {}

    impl<V> Sealed<V> for V {}
    impl<V> Sealed<V> for super::Live<V> {}
}

// === impl Settings ===

impl<V: Copy> Settings<V> for V {
    type Reader = ();
    type Kept = ();
    type Beside<X: fmt::Debug> = ();

    #[inline]
    fn current(&self) -> V {
        *self
    }

    fn reader(&self) {}

    #[inline]
    fn read<'a>(&'a self, _reader: &'a mut ()) -> &'a V {
        self
    }

    #[inline]
    fn found<'a>(&'a self, _read: &'a V) -> &'a V {
        self
    }

    #[inline]
    fn keep(_value: &V) {}

    #[inline]
    fn kept<'a>(&'a self, _kept: &'a ()) -> &'a V {
        self
    }

    #[inline]
    fn look<'a>(&'a self, _reader: &'a mut ()) -> Option<Shade<'a, V>> {
        None
    }

    #[inline]
    fn both<'a>(&'a self, _reader: &'a mut ()) -> (&'a V, Option<Shade<'a, V>>) {
        (self, None)
    }

    #[inline]
    fn try_now<R>(&self, _run: impl FnOnce(Shade<'_, V>) -> R) -> Option<R> {
        None
    }
}

impl<V: Copy + fmt::Debug> Settings<V> for Live<V> {
    type Reader = LiveReader<V>;
    type Kept = V;
    type Beside<X: fmt::Debug> = Option<X>;

    fn current(&self) -> V {
        *self.0.get()
    }

    fn reader(&self) -> LiveReader<V> {
        LiveReader(self.0.reader())
    }

    #[inline]
    fn read<'a>(&'a self, reader: &'a mut LiveReader<V>) -> &'a V {
        self.0.read(&mut reader.0)
    }

    #[inline]
    fn found<'a>(&'a self, read: &'a V) -> &'a V {
        read
    }

    #[inline]
    fn keep(value: &V) -> V {
        *value
    }

    #[inline]
    fn kept<'a>(&'a self, kept: &'a V) -> &'a V {
        kept
    }

    #[inline]
    fn look<'a>(&'a self, reader: &'a mut LiveReader<V>) -> Option<Shade<'a, V>> {
        self.both(reader).1
    }

    #[inline]
    fn both<'a>(&'a self, reader: &'a mut LiveReader<V>) -> (&'a V, Option<Shade<'a, V>>) {
        let (value, shadow) = self.0.read_both(&mut reader.0);
        (value, shadow.map(|shadow| Shade::new(shadow, self)))
    }

    #[cold]
    fn try_now<R>(&self, run: impl FnOnce(Shade<'_, V>) -> R) -> Option<R> {
        let shadow = self.0.shadow_now()?;
        Some(run(Shade::new(&shadow, self)))
    }
}

// === impl Live ===

impl<V> Live<V> {
    /// Settings that are what `adaptive` says.
    pub fn new(adaptive: &Adaptive<V>) -> Self {
        Self(Arc::new(adaptive.clone()))
    }

    /// The value behind the settings.
    pub fn adaptive(&self) -> &Adaptive<V> {
        &self.0
    }

    /// What a policy and its services have in common if it is their settings alone.
    pub(crate) const fn shared(&self) -> &Arc<Adaptive<V>> {
        &self.0
    }
}

impl<V> Clone for Live<V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<V: fmt::Debug> fmt::Debug for Live<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Live").field(&self.0).finish()
    }
}

// === impl LiveReader ===

impl<V> Clone for LiveReader<V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<V> fmt::Debug for LiveReader<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LiveReader")
    }
}
