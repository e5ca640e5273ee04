//! What each input makes of the gate word. Pure; nothing here looks at a clock, an atomic or the line.

use super::word::Word;

/// What became of somebody who came to the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admit {
    /// A permit is theirs.
    Acquired,
    /// A place in the line is theirs; they have to publish themselves there.
    Queued,
    /// Not all of the permits, and no place.
    Full,
    /// More permits were asked for than there are.
    Overweight,
    /// The gate is closed for good.
    Closed,
}

/// What becomes of the one whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Served {
    /// All of their permits are set aside.
    Reserved,
    /// They go on waiting, and so does everybody behind them.
    NotYet,
    /// They wait for more permits than there are.
    Overweight,
    /// The gate is closed for good.
    Closed,
}

/// What became of permits that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returned {
    /// They are free again.
    Free,
    /// Fewer were out: the caller released twice.
    Surplus,
}

/// Somebody comes while the gate is open, has room, nobody has a place, and nothing lies in stripes: the row of [`enter`] that is short enough to be inlined.
#[inline]
pub(super) const fn walk_in(word: Word, weight: u32) -> Option<Word> {
    if word.is_plain() && word.fits(weight) {
        Some(word.more_out(weight))
    } else {
        None
    }
}

/// Somebody comes who finds neither room nor a place: the rows of [`enter`] that are short enough to be decided at first sight, without a
/// look at the line.
#[inline]
pub(super) const fn turn_away(word: Word, weight: u32, capacity: u32) -> Option<Admit> {
    if word.is_closed() {
        Some(Admit::Closed)
    } else if word.is_too_small_for(weight) {
        Some(Admit::Overweight)
    } else if !word.fits(weight) && word.places() >= capacity {
        Some(Admit::Full)
    } else {
        None
    }
}

/// Permits come back while that concerns nobody else: the row of [`release`] that is short enough to be inlined.
#[inline]
pub(super) const fn walk_out(word: Word, weight: u32) -> Option<Word> {
    if word.may_walk_out(weight) {
        Some(word.fewer_out(weight))
    } else {
        None
    }
}

/// Somebody comes for `weight` permits, all or none. `capacity` is how many places may be taken (0: they will not wait); `clear` says
/// that nobody is waiting in the line, and is only asked when places are taken.
#[inline]
pub(super) fn enter(
    word: Word,
    weight: u32,
    capacity: u32,
    clear: impl FnOnce() -> bool,
) -> (Word, Admit) {
    if let Some(refusal) = turn_away(word, weight, capacity) {
        (word, refusal)
    } else if word.fits(weight) && (word.places() == 0 || clear()) {
        (word.more_out(weight), Admit::Acquired)
    } else if word.places() < capacity {
        (word.one_queued(), Admit::Queued)
    } else {
        (word, Admit::Full)
    }
}

/// It is the turn of somebody who waits for `weight` permits.
#[inline]
pub(super) const fn serve(word: Word, weight: u32) -> (Word, Served) {
    if word.is_closed() {
        (word, Served::Closed)
    } else if word.is_too_small_for(weight) {
        (word, Served::Overweight)
    } else if word.fits(weight) {
        (word.more_out(weight), Served::Reserved)
    } else {
        (word, Served::NotYet)
    }
}

/// Permits come back.
#[inline]
pub(super) const fn release(word: Word, weight: u32) -> (Word, Returned) {
    if word.used() < weight {
        (word.with_surplus(), Returned::Surplus)
    } else {
        (word.fewer_out(weight), Returned::Free)
    }
}

/// A place of the line is empty again.
#[inline]
pub(super) const fn vacate(word: Word) -> (Word, ()) {
    debug_assert!(word.places() > 0, "a place was consumed twice");
    (word.one_vacated(), ())
}

/// Somebody leaves their place with permits they never used: both go back at one point in time.
#[inline]
pub(super) const fn forgo(word: Word, weight: u32) -> (Word, Returned) {
    let (word, ()) = vacate(word);
    release(word, weight)
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

/// Permits may lie in stripes from now on, if there is room for that; true if they may.
#[inline]
pub(super) const fn stripe(word: Word, stripes: u32) -> (Word, bool) {
    if word.is_roomy(stripes) {
        (word.striped(), true)
    } else {
        (word, false)
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
