use std::collections::BTreeSet;
use std::thread;
use std::vec::Vec;

use super::SharedRng;

#[test]
fn the_values_are_those_of_the_published_generator() {
    let rng = SharedRng::from_seed(1_234_567);
    let drawn: Vec<u64> = (0..5).map(|_| rng.next()).collect();
    assert_eq!(
        drawn,
        [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
    );
}

#[test]
fn a_seed_of_zero_is_a_seed_like_any_other() {
    let rng = SharedRng::from_seed(0);
    assert_eq!(rng.next(), 0xE220_A839_7B1D_CDAF);
}

#[test]
fn who_reseeds_draws_what_a_new_generator_of_that_seed_draws() {
    let (used, new) = (SharedRng::from_seed(1), SharedRng::from_seed(7));
    used.next();
    used.reseed(7);
    assert_eq!([used.next(), used.next()], [new.next(), new.next()]);
}

#[test]
fn the_counter_wraps_without_a_panic() {
    let rng = SharedRng::from_seed(u64::MAX);
    assert_ne!(rng.next(), rng.next());
}

#[test]
fn threads_draw_each_value_of_the_sequence_exactly_once() {
    const EACH: usize = if cfg!(miri) { 20 } else { 1_000 };
    let shared = SharedRng::from_seed(42);
    let drawn: BTreeSet<u64> = thread::scope(|scope| {
        let takers: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..EACH).map(|_| shared.next()).collect::<Vec<_>>()))
            .collect();
        takers
            .into_iter()
            .flat_map(|taker| taker.join().unwrap())
            .collect()
    });
    let alone = SharedRng::from_seed(42);
    let expected: BTreeSet<u64> = (0..4 * EACH).map(|_| alone.next()).collect();
    assert_eq!(drawn, expected);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn each_bit_is_set_half_of_the_time() {
    const DRAWS: u32 = 20_000;
    let rng = SharedRng::from_seed(3);
    let mut ones = [0u32; 64];
    for _ in 0..DRAWS {
        let value = rng.next();
        for (bit, count) in ones.iter_mut().enumerate() {
            *count += (value >> bit & 1) as u32;
        }
    }
    for (bit, count) in ones.iter().enumerate() {
        let share = f64::from(*count) / f64::from(DRAWS);
        assert!((share - 0.5).abs() < 0.02, "seed 3, bit {bit}: {share}");
    }
}
