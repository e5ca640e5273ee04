use super::{Part, Share};
use crate::flamegraph::profile::tests::sampled;

const POLL: &str =
    "<ninelives::timeout::future::TimeoutFuture<..> as core::future::future::Future>::poll";

fn of(stacks: &[(&[&str], u64)], part: Part) -> Option<(u64, u64)> {
    let shares = sampled(stacks).unwrap().shares();
    let share = shares.into_iter().find(|share| share.part == part)?;
    Some((share.own, share.within))
}

#[test]
fn an_inlined_helper_is_its_callers_and_a_called_service_is_not() {
    let stacks: [(&[&str], u64); 4] = [
        (&["main", POLL], 1),
        (&["main", POLL, "core::option::Option<T>::take"], 2),
        (&["main", POLL, "shop::price", "core::mem::swap"], 4),
        (&["main", POLL, "ninelives::bulkhead::future::f", POLL], 8),
    ];
    assert_eq!(of(&stacks, Part::Timeout), Some((11, 15)));
    assert_eq!(of(&stacks, Part::Bulkhead), Some((0, 8)));
    assert_eq!(of(&stacks, Part::Retry), None);
}

#[test]
fn machines_belong_to_their_layers_and_other_libraries_to_nobody() {
    for (frame, part) in [
        (
            "ninelives_core::semaphore::cell::Semaphore::release",
            Some(Part::Bulkhead),
        ),
        (
            "ninelives_core::breaker::step::admit",
            Some(Part::CircuitBreaker),
        ),
        ("ninelives_core::budget::cell::f", Some(Part::Retry)),
        (
            "core::ptr::drop_in_place<ninelives::algebra::fork_join::X>",
            Some(Part::ForkJoin),
        ),
        ("ninelives::algebra::fallback::f", Some(Part::Fallback)),
        ("ninelives::algebra::policy::f", Some(Part::Rest)),
        ("ninelives::timeouts_of_mine::f", Some(Part::Rest)),
        ("ninelives_control::f", None),
        ("tokio::f<ninelives::timeout::X>", None),
        ("main", None),
    ] {
        assert_eq!(Part::of(frame), part, "{frame}");
    }
}

#[test]
fn every_part_has_a_name_a_colour_and_a_module() {
    for part in Part::ALL {
        assert!(super::MODULES.iter().any(|(_, of)| *of == part), "{part}");
        let same = |other: &&Part| other.colour() == part.colour() || other.name() == part.name();
        assert_eq!(Part::ALL.iter().filter(same).count(), 1, "{part}");
    }
}

#[test]
fn a_share_reads_as_percent() {
    let share = Share {
        part: Part::Retry,
        within: 50,
        own: 1,
        of: 200,
    };
    assert_eq!(
        share.to_string(),
        "retry              0.5 % itself  25.0 % with what it calls"
    );
}
