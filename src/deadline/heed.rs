//! Whether a layer looks at what requests carry.

use std::fmt;

use super::{Carried, Carries, Due};
use crate::clock::Tick;

pub(crate) use sealed::Sealed;

/// Whether a layer heeds what requests carry: [`Heeding`] or [`Unheeding`]. Not to be implemented elsewhere.
pub trait Manner: Copy + Default + fmt::Debug + Sealed {
    #[doc(hidden)]
    const HEEDS: bool;

    /// What a call that waits keeps of the deadline.
    #[doc(hidden)]
    type Due: Due;
}

/// How a layer of this manner deals with requests of this type. Not to be implemented elsewhere.
pub trait Heed<Req>: Manner {
    #[doc(hidden)]
    fn look(request: &Req) -> Carried;

    #[doc(hidden)]
    fn leave(request: &mut Req, carried: Carried);
}

/// Takes requests as they are: the default. Any request will do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unheeding;

/// Heeds what requests carry, and carries on with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heeding;

mod sealed {
    /// Keeps the ways of dealing with what is carried to this crate.
    pub trait Sealed {}

    impl Sealed for super::Unheeding {}
    impl Sealed for super::Heeding {}
}

// === impl Unheeding ===

impl Manner for Unheeding {
    const HEEDS: bool = false;
    type Due = ();
}

impl<Req> Heed<Req> for Unheeding {
    #[inline(always)] // nothing is left of it
    fn look(_request: &Req) -> Carried {
        Carried::NOTHING
    }

    #[inline(always)] // as `look`
    fn leave(_request: &mut Req, _carried: Carried) {}
}

// === impl Heeding ===

impl Manner for Heeding {
    const HEEDS: bool = true;
    type Due = Tick;
}

impl<Req: Carries> Heed<Req> for Heeding {
    #[inline]
    fn look(request: &Req) -> Carried {
        request.carried()
    }

    #[inline]
    fn leave(request: &mut Req, carried: Carried) {
        request.carry(carried);
    }
}
