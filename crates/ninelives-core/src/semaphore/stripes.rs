//! Stripes: where free permits lie while several threads come and go at once, each thread's on a cache line of its own.
//!
//! To the gate, what lies in a stripe is out: so the limit holds whatever happens here. A thread lays the permits that it gives back into
//! its stripe, and takes them out again when it comes the next time. When the gate has no room any more, stripes are shut, and what lies in
//! them is had first; then the gate alone decides, as if there were none.
//!
//! # Words
//! | word   | bits 0..   | bits ..64  | when the upper field overflows        |
//! |--------|------------|------------|---------------------------------------|
//! | phase  | swept 1    | era 42     | stripes stay shut for good            |
//! | stripe | permits 20, [kept 1, called 1](purse) | since 42 | cannot: it is an era     |
//!
//! # Eras
//! Odd ones are open, even ones shut. A stripe says in which era it was opened or shut, so whoever was stopped with an old view loses the
//! swap: nobody opens a stripe in an era that is over once somebody has shut it, and nobody lays a permit into a stripe that is shut.
//! Who shuts goes through all of them, after the era has changed; then none is open, and what lies in them can only become less.
//! If nothing does, that is marked (`swept`), and stays true until the next era.
//!
//! Who opens read the phase before it saw in the gate's word that nobody waits, and that the gate is open and within its limit. Whoever makes
//! that untrue and relies on it (who waits in line or for the last permit, closes, or changes the limit) changes the gate's word first and
//! begins a new era afterwards: so either the one who opens sees the word, or it loses the swap of the phase, or what it opened is shut again
//! before the other one goes on.

mod cell;
mod lane;
mod purse;
mod sweep;
mod word;

pub(super) use self::cell::Stripes;
pub(super) use self::lane::Given;
pub(super) use self::sweep::Look;
pub(super) use self::word::Phase;
