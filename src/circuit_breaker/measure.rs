//! What a circuit goes by: failures in a row, or the rates of a window too.

use std::fmt;

use super::watch::Watch;
use super::{CircuitBreakerConfig, Windowed};
use crate::settings::{Live, Settings};

/// Goes by failures in a row: the default, which keeps nothing but a number of failures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consecutive;

/// What a circuit goes by: [`Consecutive`] or [`Windowed`]. Not to be implemented elsewhere.
pub trait Measure: Copy + fmt::Debug + PartialEq + sealed::Sealed {
    /// What a circuit keeps of its calls.
    #[doc(hidden)]
    type Fixed: Watch<Measure = Self>;

    /// The same, when the settings may change.
    #[doc(hidden)]
    type Tuned: Watch<Measure = Self>;

    #[doc(hidden)]
    fn windowed(&self) -> Option<&Windowed>;

    #[doc(hidden)]
    fn fixed(&self, disabled: bool) -> Self::Fixed;

    #[doc(hidden)]
    fn tuned(&self, disabled: bool) -> Self::Tuned;
}

/// Where a circuit finds its settings: a [`CircuitBreakerConfig`], or a [`Live`] one. Not to be implemented elsewhere.
pub trait CircuitSettings:
    Settings<CircuitBreakerConfig<<Self as CircuitSettings>::Measure>>
{
    /// What the circuit goes by.
    type Measure: Measure;

    #[doc(hidden)]
    type Watch: Watch<Measure = Self::Measure>;

    #[doc(hidden)]
    fn watch(&self) -> Self::Watch;
}

mod sealed {
    /// Keeps what circuits go by to this page.
    pub trait Sealed {}

    impl Sealed for super::Consecutive {}
    impl Sealed for super::Windowed {}
}

// === impl Measure ===

impl Measure for Consecutive {
    type Fixed = ();
    type Tuned = ();

    fn windowed(&self) -> Option<&Windowed> {
        None
    }

    fn fixed(&self, _disabled: bool) {}

    fn tuned(&self, _disabled: bool) {}
}

// === impl CircuitSettings ===

impl<W: Measure> CircuitSettings for CircuitBreakerConfig<W> {
    type Measure = W;
    type Watch = W::Fixed;

    fn watch(&self) -> W::Fixed {
        self.measure().fixed(self.is_disabled())
    }
}

impl<W: Measure> CircuitSettings for Live<CircuitBreakerConfig<W>> {
    type Measure = W;
    type Watch = W::Tuned;

    fn watch(&self) -> W::Tuned {
        let config = self.current();
        config.measure().tuned(config.is_disabled())
    }
}
