//! What is swapped in one step: the value, its version, the way back, and who is to be told.

use std::fmt;
use std::sync::Arc;

use super::audience::Audience;
use super::claim::Claim;
use super::shadow::Shadow;
use crate::clock::{Clock, Tick};

/// One version of a live value.
pub(super) struct Entry<T> {
    pub(super) value: Arc<T>,
    pub(super) version: u64,
    previous: Option<Arc<T>>,
    shadow: Option<Arc<Shadow<T>>>,
    audience: Arc<Audience<T>>,
    term: Option<Term<T>>,
    claim: Option<Claim<T>>,
}

/// Until when an override lasts, and what comes then.
struct Term<T> {
    until: Tick,
    clock: Arc<dyn Clock + Send + Sync>,
    // Made beforehand: a reader that finds the deadline passed allocates nothing. It has no term of its own.
    next: Arc<Entry<T>>,
}

// === impl Entry ===

impl<T> Entry<T> {
    pub(super) fn first(value: T) -> Self {
        Self {
            value: Arc::new(value),
            version: 0,
            previous: None,
            shadow: None,
            audience: Arc::default(),
            term: None,
            claim: None,
        }
    }

    /// The next version, with a value that stays.
    pub(super) fn then(&self, value: Arc<T>) -> Arc<Self> {
        Arc::new(Self {
            previous: Some(Arc::clone(&self.lasting().value)),
            ..self.next(value)
        })
    }

    /// The next version, with the value before this one; none if there is no such value.
    pub(super) fn back(&self) -> Option<Arc<Self>> {
        if let Some(term) = &self.term {
            return Some(Arc::clone(&term.next));
        }
        let previous = self.previous.as_ref()?;
        Some(Arc::new(self.next(Arc::clone(previous))))
    }

    /// The next version, with the shadow as its value; none if there is no shadow.
    pub(super) fn promoted(&self) -> Option<Arc<Self>> {
        let shadow = self.shadow.as_ref()?;
        Some(Arc::new(Self {
            previous: Some(Arc::clone(&self.lasting().value)),
            shadow: None,
            ..self.next(Arc::clone(&shadow.value))
        }))
    }

    /// The next version, with a value that stays until the clock reads `until`.
    pub(super) fn until(
        &self,
        value: Arc<T>,
        until: Tick,
        clock: Arc<dyn Clock + Send + Sync>,
    ) -> Arc<Self> {
        let lasting = self.lasting();
        let next = Arc::new(Self {
            version: self.version + 2,
            previous: lasting.previous.clone(),
            ..self.next(Arc::clone(&lasting.value))
        });
        Arc::new(Self {
            term: Some(Term { until, clock, next }),
            ..self.next(value)
        })
    }

    /// The same version, with another audience.
    pub(super) fn before(&self, change: impl FnOnce(&mut Audience<T>)) -> Arc<Self> {
        let mut audience = Audience::clone(&self.audience);
        change(&mut audience);
        Arc::new(self.beside(self.shadow.as_ref(), &Arc::new(audience)))
    }

    /// The same version, with another shadow or none.
    pub(super) fn shadowed(&self, shadow: Option<&Arc<Shadow<T>>>) -> Arc<Self> {
        Arc::new(self.beside(shadow, &self.audience))
    }

    /// The shadow, if there is one.
    #[inline]
    pub(super) fn shadow(&self) -> Option<&Arc<Shadow<T>>> {
        self.shadow.as_ref()
    }

    /// Whether both have the same shadow, or none.
    pub(super) fn is_shadowed_as(&self, other: &Self) -> bool {
        match (&self.shadow, &other.shadow) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// The next version, with nothing before it.
    fn next(&self, value: Arc<T>) -> Self {
        Self {
            value,
            version: self.version + 1,
            previous: None,
            shadow: self.shadow.clone(),
            audience: Arc::clone(&self.audience),
            term: None,
            claim: None,
        }
    }

    /// The same version, and the one that ends it, with what is beside the value.
    fn beside(&self, shadow: Option<&Arc<Shadow<T>>>, audience: &Arc<Audience<T>>) -> Self {
        let term = self.term.as_ref().map(|term| Term {
            until: term.until,
            clock: Arc::clone(&term.clock),
            next: Arc::new(term.next.beside(shadow, audience)),
        });
        Self {
            value: Arc::clone(&self.value),
            version: self.version,
            previous: self.previous.clone(),
            shadow: shadow.cloned(),
            audience: Arc::clone(audience),
            term,
            claim: None,
        }
    }

    /// The same version, marked with what shall come next.
    pub(super) fn claimed(&self, claim: Claim<T>) -> Arc<Self> {
        Arc::new(Self {
            claim: Some(claim),
            ..self.beside(self.shadow.as_ref(), &self.audience)
        })
    }

    /// The same version, without a mark.
    pub(super) fn unclaimed(&self) -> Arc<Self> {
        Arc::new(self.beside(self.shadow.as_ref(), &self.audience))
    }

    /// Whether it stays until it is replaced: it is no override and bears no mark, which both may end at any time.
    #[inline]
    pub(super) fn is_settled(&self) -> bool {
        self.term.is_none() && self.claim.is_none()
    }

    /// What has to take its place: it is marked and that was decided, or it is an override whose deadline has passed.
    pub(super) fn successor(&self) -> Option<&Arc<Self>> {
        let committed = |claim: &&Claim<T>| claim.decision.is_committed();
        if let Some(claim) = self.claim.as_ref().filter(committed) {
            return Some(&claim.next);
        }
        let term = self.term.as_ref()?;
        if term.clock.now() < term.until {
            return None;
        }
        match &self.claim {
            Some(claim) if !claim.decision.withdraw() => Some(&claim.next),
            _ => Some(&term.next),
        }
    }

    /// Makes sure that it can be replaced by what was made of it: false when what it is marked with was decided.
    pub(super) fn withdraw(&self) -> bool {
        match &self.claim {
            Some(claim) => claim.decision.withdraw(),
            None => true,
        }
    }

    /// Who is told of it.
    pub(super) fn audience(&self) -> &Audience<T> {
        &self.audience
    }

    /// What stays when an override has ended: itself, if it is none.
    fn lasting(&self) -> &Self {
        match &self.term {
            Some(term) => &term.next,
            None => self,
        }
    }
}

impl<T: fmt::Debug> Entry<T> {
    pub(super) fn describe(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("value", &self.value)
            .field("version", &self.version)
            .field("override", &self.term.is_some())
            .finish_non_exhaustive()
    }
}
