//! Every row of the table of transitions, and that there are no others.

use std::vec::Vec;

use super::super::{Left, Phase, Wait, Word};
use super::at;

const PHASES: [Phase; 9] = [
    Phase::Idle,
    Phase::Warm,
    Phase::Claimed,
    Phase::Renewed,
    Phase::Span,
    Phase::Until,
    Phase::Booked,
    Phase::Fired,
    Phase::Evicted,
];

/// A word in the middle of its life.
fn word(phase: Phase, held: bool) -> Word {
    let taken = Word::NEW.at(Phase::Warm).claim().and_then(Word::clear);
    taken.expect("it was free").at(phase).held(held)
}

/// The words from which a step is taken, and that nothing but phase and turn changes then.
fn taken(step: impl Fn(Word) -> Option<Word>, to: Phase, turns: u64) -> Vec<(Phase, bool)> {
    let mut from = Vec::new();
    for phase in PHASES {
        for held in [false, true] {
            let seen = word(phase, held);
            if let Some(next) = step(seen) {
                assert_eq!(
                    (next.phase(), next.turn()),
                    (to, seen.turn() + turns),
                    "{seen:?}"
                );
                from.push((phase, held));
            }
        }
    }
    from
}

#[test]
fn a_free_slot_is_claimed() {
    let from = taken(Word::claim, Phase::Claimed, 1);
    assert_eq!(from, [(Phase::Idle, false), (Phase::Warm, false)]);
}

#[test]
fn a_warm_slot_is_armed_again() {
    let from = taken(Word::rearm, Phase::Span, 1);
    assert_eq!(from, [(Phase::Warm, false)]);
}

#[test]
fn a_warm_slot_is_renewed() {
    let from = taken(Word::renew, Phase::Renewed, 1);
    assert_eq!(from, [(Phase::Warm, false)]);
}

#[test]
fn a_slot_that_is_renewed_is_taken_off_the_list() {
    let from = taken(Word::unlist, Phase::Claimed, 0);
    assert_eq!(from, [(Phase::Renewed, false), (Phase::Renewed, true)]);
}

#[test]
fn a_held_slot_is_not_claimed() {
    for phase in PHASES {
        assert_eq!(word(phase, true).claim(), None);
        assert_eq!(word(phase, true).rearm(), None);
        assert_eq!(word(phase, true).renew(), None);
        let released = word(phase, true).release();
        assert_eq!(released, word(phase, false));
    }
}

#[test]
fn what_is_published_waits() {
    let span = taken(|word| word.publish(Wait::Span(1)), Phase::Span, 0);
    let until = taken(|word| word.publish(Wait::Until(at(1))), Phase::Until, 0);
    let both = |phase| [(phase, false), (phase, true)];
    let from = [Phase::Claimed, Phase::Renewed].map(both).concat();
    assert_eq!((&span, &until), (&from, &from));
}

#[test]
fn who_leaves_before_the_keeper_leaves_a_warm_slot() {
    for phase in [Phase::Span, Phase::Until] {
        let (next, left) = word(phase, false).leave().unwrap();
        assert_eq!((next, left), (word(Phase::Warm, false), Left::Disarmed));
    }
}

#[test]
fn who_leaves_after_the_keeper_clears_the_slot() {
    let (next, left) = word(Phase::Booked, false).leave().unwrap();
    assert_eq!((next, left), (word(Phase::Claimed, false), Left::Disarmed));
    assert_eq!(next.clear(), Some(word(Phase::Idle, false)));
}

#[test]
fn who_was_refused_clears_the_slot() {
    for phase in [Phase::Span, Phase::Until] {
        let (next, left) = word(phase, false).withdraw().unwrap();
        assert_eq!((next, left), (word(Phase::Claimed, false), Left::Disarmed));
    }
    for phase in PHASES {
        let seen = word(phase, false);
        if !matches!(phase, Phase::Span | Phase::Until) {
            assert_eq!(seen.withdraw(), seen.leave(), "{phase:?}");
        }
    }
}

#[test]
fn who_was_fired_leaves() {
    for held in [false, true] {
        let (next, left) = word(Phase::Fired, held).leave().unwrap();
        assert_eq!((next, left), (word(Phase::Idle, held), Left::Fired));
    }
}

#[test]
fn who_was_evicted_leaves() {
    for held in [false, true] {
        let (next, left) = word(Phase::Evicted, held).leave().unwrap();
        assert_eq!((next, left), (word(Phase::Idle, held), Left::Evicted));
    }
}

#[test]
fn a_wait_is_booked_once() {
    let mut from = taken(Word::book, Phase::Booked, 0);
    from.dedup_by_key(|(phase, _)| *phase);
    assert_eq!(from, [(Phase::Span, false), (Phase::Until, false)]);
}

#[test]
fn only_what_is_booked_is_fired() {
    let step = |word: Word| word.fire().inspect(|next| assert!(next.is_held()));
    let from = taken(step, Phase::Fired, 0);
    assert_eq!(from, [(Phase::Booked, false), (Phase::Booked, true)]);
}

#[test]
fn whoever_waits_is_evicted() {
    let step = |word: Word| word.evict().inspect(|next| assert!(next.is_held()));
    let mut from: Vec<Phase> = taken(step, Phase::Evicted, 0)
        .into_iter()
        .map(|(phase, _)| phase)
        .collect();
    from.dedup();
    assert_eq!(from, [Phase::Span, Phase::Until, Phase::Booked]);
}

#[test]
fn only_a_warm_slot_is_swept() {
    let step = |word: Word| word.sweep().inspect(|next| assert!(next.is_held()));
    let from = taken(step, Phase::Idle, 0);
    assert_eq!(from, [(Phase::Warm, false), (Phase::Warm, true)]);
}

#[test]
fn whatever_else_is_refused() {
    let from = |step: fn(Word) -> bool| {
        let takes = |phase: &Phase| step(word(*phase, false));
        PHASES.into_iter().filter(takes).collect::<Vec<_>>()
    };
    let armed = [Phase::Span, Phase::Until, Phase::Booked];
    let over = [Phase::Fired, Phase::Evicted];
    assert_eq!(
        from(|word| word.leave().is_some()),
        [&armed[..], &over].concat()
    );
    assert_eq!(from(|word| word.clear().is_some()), [Phase::Claimed]);
}

#[test]
fn a_turn_wraps_into_nothing_else() {
    let last = Word::from_bits(!0).at(Phase::Warm).release();
    assert_eq!(last.turn(), (1 << 59) - 1);
    let next = last.claim().unwrap();
    assert_eq!(
        (next.turn(), next.phase(), next.is_held()),
        (0, Phase::Claimed, false)
    );
}
