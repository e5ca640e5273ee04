//! What is vacant, and where it is.

use std::collections::BTreeSet;
use std::vec::Vec;

use super::*;

fn at(home: &Home) -> usize {
    ptr::from_ref(home).addr()
}

#[test]
fn a_home_is_found_in_its_row() {
    let rows = [0, 1, 2].map(Row::new);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row.homes.len(), BITS << number);
        for (index, home) in row.homes.iter().enumerate() {
            let found = [0, 1, 2].map(|row: usize| rows[row].index(home));
            let mut expected = [None; 3];
            expected[number] = Some(index);
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn no_home_is_leased_twice() {
    static VACANCIES: Vacancies = Vacancies::new();
    let homes: BTreeSet<_> = (0..10 * BITS).map(|_| at(VACANCIES.lease())).collect();
    assert_eq!(homes.len(), 10 * BITS);
}

#[test]
fn what_was_given_back_is_leased_again_before_a_row_is_made() {
    static VACANCIES: Vacancies = Vacancies::new();
    let homes: Vec<_> = (0..BITS).map(|_| VACANCIES.lease()).collect();
    VACANCIES.give_back(homes[BITS - 1]);
    VACANCIES.give_back(homes[0]);
    let again = [at(VACANCIES.lease()), at(VACANCIES.lease())];
    assert_eq!(again, [at(homes[0]), at(homes[BITS - 1])]);
    assert_eq!(VACANCIES.made.load(Ordering::Relaxed), 1);
}

#[test]
fn homes_that_come_and_go_make_no_more_rows() {
    static VACANCIES: Vacancies = Vacancies::new();
    let mut homes: Vec<_> = (0..5 * BITS).map(|_| VACANCIES.lease()).collect();
    let made = VACANCIES.made.load(Ordering::Relaxed);
    for turn in 0..50 * BITS {
        let at = turn * 13 % homes.len();
        VACANCIES.give_back(homes[at]);
        homes[at] = VACANCIES.lease();
    }
    assert_eq!(VACANCIES.made.load(Ordering::Relaxed), made);
}
