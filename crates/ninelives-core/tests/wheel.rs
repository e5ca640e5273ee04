//! The wheel beside a list that is searched from end to end.

use std::num::NonZeroU64;
use std::task::Waker;

use ninelives_core::time::Tick;
use ninelives_core::wheel::{Entry, Keeper, Left, Stand, Wait, Wheel};
use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Until(u64),
    Span(u64),
    /// The wait at this place of the list ends.
    Leave(usize),
    /// The keeper looks, when the clock is here: it may jump, back too.
    Look(u64),
    /// The keeper leaves, and comes back.
    Change(u64),
}

/// What the naive one knows of a wait.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    /// Of a span that was not seen.
    New(u64),
    Due(u64),
    Fired,
    Evicted(u64),
}

fn step() -> impl Strategy<Value = Step> {
    // The last ones never come, or nearly.
    let length = prop_oneof![8 => 0..60u64, 1 => Just(u64::MAX - 1), 1 => Just(u64::MAX)];
    prop_oneof![
        4 => length.clone().prop_map(Step::Until),
        4 => length.prop_map(Step::Span),
        4 => (0..200usize).prop_map(Step::Leave),
        4 => (0..100u64).prop_map(Step::Look),
        1 => (0..100u64).prop_map(Step::Change),
    ]
}

fn deadline(known: Known) -> Option<u64> {
    match known {
        Known::Due(tick) if tick < u64::MAX => Some(tick),
        _ => None,
    }
}

/// What a look of the naive one comes to: how many it fires, and the next deadline.
fn look<T>(list: &mut [(T, Known)], now: u64) -> (u64, u64) {
    let mut fired = 0;
    for (_, known) in &mut *list {
        if let Known::New(span) = *known {
            *known = Known::Due(now.saturating_add(span));
        }
        if deadline(*known).is_some_and(|tick| tick <= now) {
            *known = Known::Fired;
            fired += 1;
        }
    }
    let next = list.iter().filter_map(|(_, known)| deadline(*known)).min();
    (fired, next.unwrap_or(u64::MAX))
}

fn evict(known: Known, now: u64) -> Known {
    match known {
        Known::New(span) => Known::Evicted(now.saturating_add(span)),
        Known::Due(tick) => Known::Evicted(tick),
        over => over,
    }
}

fn stand(known: Known) -> Stand {
    match known {
        Known::New(_) | Known::Due(_) => Stand::Waiting,
        Known::Fired => Stand::Fired,
        Known::Evicted(tick) => Stand::Evicted(Tick::from_nanos(tick)),
    }
}

fn left(known: Known) -> Left {
    match known {
        Known::New(_) | Known::Due(_) => Left::Disarmed,
        Known::Fired => Left::Fired,
        Known::Evicted(_) => Left::Evicted,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 600 }))]

    #[test]
    fn w02_w03_the_wheel_is_a_list_that_is_searched(steps in vec(step(), 1..120)) {
        let wheel = Wheel::new();
        prop_assert!(wheel.open(NonZeroU64::MIN));
        let mut keeper = Keeper::new();
        let mut list: Vec<(Entry<'_>, Known)> = Vec::new();
        let (mut armed, mut fired, mut ended) = (0, 0, [0, 0, 0]);
        for (turn, step) in steps.into_iter().enumerate() {
            let arm = |wait| wheel.arm(wait, turn << 6, || turn as u64, Waker::noop()).unwrap();
            match step {
                Step::Until(tick) => list.push((arm(Wait::Until(Tick::from_nanos(tick))), Known::Due(tick))),
                Step::Span(span) => list.push((arm(Wait::Span(span)), Known::New(span))),
                Step::Leave(place) if place < list.len() => {
                    let (entry, known) = list.swap_remove(place);
                    prop_assert_eq!(entry.leave(), left(known));
                    ended[left(known) as usize] += 1;
                }
                Step::Leave(_) => {}
                Step::Look(now) => {
                    let pass = keeper.pass(&wheel, || Tick::from_nanos(now));
                    let expected = look(&mut list, now);
                    prop_assert_eq!((pass.fired, pass.next.as_nanos()), expected);
                    fired += pass.fired;
                    prop_assert!(wheel.rest(pass.next), "nothing is on the list");
                }
                Step::Change(now) => {
                    keeper.leave(&wheel, Tick::from_nanos(now));
                    list.iter_mut().for_each(|(_, known)| *known = evict(*known, now));
                    prop_assert!(wheel.open(NonZeroU64::MIN));
                }
            }
            armed += u64::from(matches!(step, Step::Until(_) | Step::Span(_)));
            for (entry, known) in &list {
                prop_assert_eq!(entry.poll(Waker::noop()), stand(*known));
            }
            let waiting = list.iter().filter(|(_, known)| stand(*known) == Stand::Waiting);
            prop_assert_eq!((wheel.waiting(), wheel.armed()), (waiting.count(), armed));
        }
        for (entry, known) in list {
            prop_assert_eq!(entry.leave(), left(known));
            ended[left(known) as usize] += 1;
        }
        let [disarmed, over, evicted] = ended;
        prop_assert_eq!((armed, over), (disarmed + over + evicted, fired));
    }
}
