//! Purse: permits that the thread of a stripe keeps for itself, so that it acquires and releases without a locked instruction.
//!
//! Any thread may write a stripe's word, so each change of it is a swap. A thread that has a stripe to itself pays two swaps for each call,
//! although no other thread looks. So once enough permits have been released to a stripe in one era, the thread that releases the next one moves
//! them into the purse, which that thread alone writes, by a load and a store. Biased reference counting does the same with a count (Choi, Shull
//! and Torrellas 2018). To all other threads the stripe is then empty, and accepts nothing. To the gate's word, permits in a purse are in use, as
//! are all that lie in stripes.
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
//! # Calling a purse in
//! The thread reads its purse, stores the new count, and then looks whether it was called. A caller that wants the permits marks the stripe as
//! called, and then reads the purse. A fence stands between the two steps on each side, so the thread sees the call, or the caller sees what the
//! thread has stored, or both. If both, they agree by `settled`:
//!
//! | Who settled it | The caller had read   | The thread's last step                                              |
//! |----------------|-----------------------|---------------------------------------------------------------------|
//! | the caller     | the purse after it    | counts: the thread finds settled what it has stored                 |
//! | the caller     | the purse before it   | does not count: it finds another number, and goes to the gate       |
//! | the thread     | either                | counts: the caller finds settled what the thread has stored         |
//!
//! The settled count moves into the stripe, which is shut, by one swap; from then on it is acquired as any permit that lies in a stripe. A thread
//! that comes by meanwhile takes the same steps, and one of them wins each. So the permits are never in neither place, and no call is turned away
//! because they are on the way. For the same reason the purse holds what lies in the stripe already when its thread begins to keep it: a caller
//! may come between the swap that says so and the thread's first store.
//!
//! A thread can be late by one step at most, and only that thread can begin another era of its purse, which it does when it is done with the
//! step. That is why a purse belongs to one thread for good: the late one might write over what another has stored. When a thread ends, its
//! stripe goes to others, and its purse to none. Those others find the stripe kept and go to the gate. After as many releases there as it
//! took to begin the purse, the last of them calls it, as a caller that wants the permits does, and opens the stripes again, unless somebody
//! waits; from then on they use the stripe, with what was in the purse.
//!
//! The thread's fence only keeps the compiler from reordering. The caller makes up for it: it has every thread of the process pass a full fence,
//! as an owner does that goes away from [home](crate::weighted). If the system refuses that, though it granted it before, only the thread itself
//! can know what is in its purse. The purse stays called, and its permits are out, until the thread releases its next permit; no thread keeps any
//! after that.
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
