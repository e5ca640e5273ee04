//! What an error inside a policy is.

use super::ResilienceError;

/// The error of a service inside a policy: [`ResilienceError`] of the service's own error, and nothing else.
///
/// Layers ask for this trait instead of for `Error = ResilienceError<E>`, so that the compiler has no `E` to infer at each level: with
/// that, the time to check a policy doubled with each layer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the error of a policy",
    note = "a layer from elsewhere changes or boxes the error of what it wraps: put it below the policy, around the service itself"
)]
pub trait FlatError: Sized + sealed::Sealed {
    /// The service's own error.
    type Inner;

    /// The error of a policy.
    fn from_flat(error: ResilienceError<Self::Inner>) -> Self;

    /// The error, to look at.
    fn as_flat(&self) -> &ResilienceError<Self::Inner>;

    /// The error itself.
    fn into_flat(self) -> ResilienceError<Self::Inner>;
}

mod sealed {
    pub trait Sealed {}

    impl<E> Sealed for super::ResilienceError<E> {}
}

// === impl FlatError ===

impl<E> FlatError for ResilienceError<E> {
    type Inner = E;

    #[inline]
    fn from_flat(error: Self) -> Self {
        error
    }

    #[inline]
    fn as_flat(&self) -> &Self {
        self
    }

    #[inline]
    fn into_flat(self) -> Self {
        self
    }
}
