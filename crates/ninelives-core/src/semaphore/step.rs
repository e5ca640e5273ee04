//! What each input makes of the gate word. Pure; nothing here looks at a clock, an atomic or the line.

use super::word::Word;

/// What became of somebody who came to the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admit {
    /// A permit is theirs.
    Acquired,
    /// A place in the line is theirs; they have to publish themselves there.
    Queued,
    /// Neither a permit nor a place.
    Full,
    /// The gate is closed for good.
    Closed,
}

/// What became of a permit that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returned {
    /// It is free again.
    Free,
    /// None was out: the caller released twice.
    Surplus,
}

/// Somebody comes while the gate is open, has room, and nobody has a place: the row of [`enter`] that is short enough to be inlined.
#[inline]
pub(super) const fn walk_in(word: Word) -> Option<Word> {
    if word.is_plain() && word.has_room() {
        Some(word.one_in())
    } else {
        None
    }
}

/// Somebody comes. `capacity` is how many places may be taken (0: they will not wait); `clear` says that nobody is waiting in the line,
/// and is only asked when places are taken.
#[inline]
pub(super) fn enter(word: Word, capacity: u32, clear: impl FnOnce() -> bool) -> (Word, Admit) {
    if word.is_closed() {
        (word, Admit::Closed)
    } else if word.has_room() && (word.places() == 0 || clear()) {
        (word.one_in(), Admit::Acquired)
    } else if word.places() < capacity {
        (word.one_queued(), Admit::Queued)
    } else {
        (word, Admit::Full)
    }
}

/// A permit is set aside for the first in the line.
#[inline]
pub(super) const fn reserve(word: Word) -> (Word, bool) {
    if word.is_closed() || !word.has_room() {
        (word, false)
    } else {
        (word.one_in(), true)
    }
}

/// A permit comes back.
#[inline]
pub(super) const fn release(word: Word) -> (Word, Returned) {
    if word.used() == 0 {
        (word.one_surplus(), Returned::Surplus)
    } else {
        (word.one_out(), Returned::Free)
    }
}

/// A place of the line is empty again.
#[inline]
pub(super) const fn vacate(word: Word) -> (Word, ()) {
    debug_assert!(word.places() > 0, "a place was consumed twice");
    (word.one_vacated(), ())
}

/// Somebody leaves their place with a permit they never used: both go back at one point in time.
#[inline]
pub(super) const fn forgo(word: Word) -> (Word, Returned) {
    let (word, ()) = vacate(word);
    release(word)
}

/// The limit changes; the answer is the old one. Permits that are out stay out.
#[inline]
pub(super) const fn resize(word: Word, limit: u32) -> (Word, u32) {
    (word.with_limit(limit), word.limit())
}

/// No more admissions, ever.
#[inline]
pub(super) const fn close(word: Word) -> (Word, ()) {
    (word.closed(), ())
}

/// Somebody waits until no permit is out; true if none is.
#[inline]
pub(super) const fn watch(word: Word) -> (Word, bool) {
    if word.used() == 0 {
        (word, true)
    } else {
        (word.watched(true), false)
    }
}

/// A look whether those who wait for it are to be told that no permit is out. One look of several says so.
#[inline]
pub(super) const fn rest(word: Word) -> (Word, bool) {
    if word.is_watched() && word.used() == 0 {
        (word.watched(false), true)
    } else {
        (word, false)
    }
}
