//! What may stand between the operators of `policy!`.

use std::time::Duration;

use ninelives::policy;
use ninelives::prelude::*;

use super::stage::Down;
use super::trace::{Heard, mark};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn limit(name: &'static str) -> Policy<TimeoutLayer> {
    Policy(TimeoutLayer::new(ms(1)).unwrap().named(name))
}

#[test]
fn f11_method_calls_bind_to_their_operand() {
    let (a, b, c) = (limit("a"), limit("b"), limit("c"));
    let race = a.clone() & b.clone();
    assert_eq!(
        policy!(race.clone().stagger(ms(7)) | c.clone()).explain(),
        (race.stagger(ms(7)) | c.clone()).explain()
    );
    assert_eq!(
        policy!((a.clone() & b.clone()).stagger(ms(7)) | c.clone()).explain(),
        "| fall back on any error\n\
         ├─ & race, staggered 7ms\n\
         │  ├─ timeout a: 1ms\n\
         │  └─ timeout b: 1ms\n\
         └─ timeout c: 1ms\n"
    );
    assert_eq!(
        policy!(a.clone() + (b & c).stagger(ms(7)).with_timer(TokioTimer)).explain(),
        "+ wrap\n\
         ├─ timeout a: 1ms\n\
         └─ & race, staggered 7ms\n   \
            ├─ timeout b: 1ms\n   \
            └─ timeout c: 1ms\n"
    );
}

#[test]
fn f11_the_rule_holds_inside_parentheses_with_a_method_after_them() {
    let heard = Heard::default();
    let m = |name| mark(name, &heard);
    let any = |_: &ResilienceError<Down>| true;
    let short = policy!((m("a") | m("b") + m("c") & m("d")).when(any) | m("e"));
    let long = (m("a") | (m("b") + (m("c") & m("d")))).when(any) | m("e");
    assert_eq!(short.explain(), long.explain());
    assert_eq!(heard.of(&short), heard.of(&long));
    assert_eq!(heard.of(&short), ["a", "b c", "b d", "e"]);
}

#[test]
fn f11_closures_with_bars_and_operators_inside_are_no_operators() {
    let heard = Heard::default();
    let m = |name| mark(name, &heard);
    let chosen = policy!(
        (m("a") | m("b")).when(|error: &ResilienceError<Down>| {
            let odd = error.as_inner().is_some_and(|down| down.0 & 1 == 1);
            odd | (1 + 1 == 3)
        }) | m("c")
    );
    assert_eq!(
        chosen.explain(),
        "| fall back on any error\n\
         ├─ | fall back on chosen errors\n\
         │  ├─ a\n\
         │  └─ b\n\
         └─ c\n"
    );
    assert_eq!(
        heard.of(&chosen),
        ["a", "c"],
        "the listener says 0, which is even"
    );
}

#[test]
fn f11_operands_may_be_paths_calls_fields_blocks_and_tries() {
    struct Held {
        policy: Policy<TimeoutLayer>,
    }
    fn built() -> Result<String, ConfigError> {
        let held = Held { policy: limit("f") };
        let spare = [limit("s")];
        Ok(policy!(
            Policy(TimeoutLayer::new(ms(1))?.named("q"))
                + ninelives::Policy::tower(tower::limit::ConcurrencyLimitLayer::new(1))
                + held.policy
                + { limit("block") }
                + spare[0].clone()
                + if spare.is_empty() {
                    limit("no")
                } else {
                    limit("yes")
                }
        )
        .explain())
    }
    assert_eq!(
        built().unwrap(),
        "+ wrap\n\
         ├─ timeout q: 1ms\n\
         ├─ tower ConcurrencyLimitLayer\n\
         ├─ timeout f: 1ms\n\
         ├─ timeout block: 1ms\n\
         ├─ timeout s: 1ms\n\
         └─ timeout yes: 1ms\n"
    );
}

#[test]
fn f11_a_dozen_operands_are_within_the_recursion_limit() {
    let l = limit;
    let policy = policy!(
        l("a").clone() + l("b").clone() & l("c").clone()
            | l("d").clone() + l("e").clone()
            | l("f").clone() & l("g").clone() + l("h").clone()
            | l("i").clone()
            | l("j").clone() + l("k").clone() & l("l").clone()
    );
    let leaves = policy
        .explain()
        .lines()
        .filter(|line| line.contains("timeout"))
        .count();
    assert_eq!(leaves, 12);
}
