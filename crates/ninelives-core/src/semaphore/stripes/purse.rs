//! Purse: what the thread of a stripe keeps for itself, so that it needs no locked instruction.
//!
//! A stripe's word is written by whoever comes, so each change of it is a swap. A thread that has a stripe to itself changes it twice for
//! each call, and nobody looks. So once enough permits have come back to a stripe in one era, the thread that brings the next one moves what
//! lies there into the purse, which that thread alone writes, by a load and a store. It is what biased reference counting does with a count
//! (Choi, Shull and Torrellas 2018). To everybody else the stripe is then empty, and takes nothing. To the gate, what is in a purse is out, as
//! is all that lies in stripes.
//!
//! # Words
//! | word      | bits 0..   | then             | ..64     | meaning                                       | written by               |
//! |-----------|------------|------------------|----------|-----------------------------------------------|--------------------------|
//! | stripe    | permits 20 | kept 1, called 1 | since 42 | kept: they are in the purse; called: somebody wants them | all           |
//! | `thread`  | number 64  |                  |          | whose purse it is, for good; 0: nobody's      | its thread, once         |
//! | `permits` | permits 64 |                  |          | what is in it, while the stripe is kept       | its thread               |
//! | `settled` | permits 20 |                  | since 42 | what was in it when the purse of that era was called | who is first, once in an era |
//! | `calm`    | count 20   |                  | since 42 | how many came back to the stripe in that era  | all, roughly             |
//!
//! # The end
//! The thread reads its purse, stores what it will be, and looks whether it was called. Whoever wants what is in it calls, and then reads it.
//! Between the two steps stands a fence on each side: so the thread sees the call, or the caller sees what the thread has
//! stored. Both may be so. Then they agree by `settled`:
//!
//! | Who settled it | The caller had read   | The thread's last step                                              |
//! |----------------|-----------------------|---------------------------------------------------------------------|
//! | the caller     | the purse after it    | counts: the thread finds settled what it has stored                 |
//! | the caller     | the purse before it   | does not count: it finds another number, and goes to the gate       |
//! | the thread     | either                | counts: the caller finds settled what the thread has stored         |
//!
//! What is settled comes into the stripe, which is shut, by one swap, and is had there as any permit that lies in a stripe. Whoever comes by
//! meanwhile takes the same steps, and one of them wins each. So at no moment are permits on their way, and nobody is turned away because of that.
//!
//! A thread is late by one step at most, and it alone can let another era of its purse begin, which it does when it is done with that step. That
//! is why a purse has one thread for good: what another one stored might be written over by the one that is late. A thread that ends leaves
//! its stripe to others, and its purse to nobody. Those others find the stripe kept and go to the gate, and who of them comes as often as
//! it takes to be kept calls for what is in it; then they use the stripe.
//!
//! The thread's fence keeps the compiler from reordering, and no more. The other side makes up for it: it has every thread of the process
//! pass a full fence, as an owner does that goes away from [home](crate::weighted). If that is refused, though it was granted before, nobody but
//! the thread can know what is in its purse. It stays called, and is out, until the thread brings its next permit; no thread keeps any after that.
//!
//! # Orderings
//! `permits` is stored with a Release and read by others with an Acquire: what was done under a permit is seen by who gets it. To settle,
//! and to move permits between stripe and purse, is both. All else is Relaxed: fences stand between, or one word decides.
//!
//! # Progress
//! In and out of a purse is wait-free. To call it is lock-free, and asks the system once, which interrupts other processors and waits for none
//! of their threads.
//!
//! # Models
//! `loom-tests/tests/loom_purse.rs`.

mod cell;

pub(super) use self::cell::Purse;
