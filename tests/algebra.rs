//! The algebra: who wraps whom, and what is shared.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]
#![allow(clippy::precedence)] // that is what is tested

#[path = "algebra/depth.rs"]
mod depth;
#[path = "algebra/errors.rs"]
mod errors;
#[path = "algebra/foreign.rs"]
mod foreign;
#[path = "algebra/operands.rs"]
mod operands;
#[path = "algebra/shared.rs"]
mod shared;
#[path = "support/stage.rs"]
mod stage;
#[path = "algebra/trace.rs"]
mod trace;

use ninelives::policy;
use ninelives::prelude::*;
use trace::{Heard, mark};

/// The same four letters under `a | b + c & d`, as Rust reads it.
#[test]
fn f11_rust_reads_plus_before_and_before_or() {
    let heard = Heard::default();
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| mark(name, &heard));
    let bare = a | b + c & d;
    assert_eq!(
        bare.explain(),
        "| fall back on any error\n\
         ├─ a\n\
         └─ & race\n   \
            ├─ + wrap\n   \
            │  ├─ b\n   \
            │  └─ c\n   \
            └─ d\n"
    );
    // Every call fails: all arms are heard, and each service says through which marks it was reached.
    assert_eq!(heard.of(&bare), ["a", "b c", "d"]);
}

#[test]
fn f11_the_macro_reads_and_before_plus_before_or() {
    let heard = Heard::default();
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| mark(name, &heard));
    let grouped = policy!(a | b + c & d);
    assert_eq!(
        grouped.explain(),
        "| fall back on any error\n\
         ├─ a\n\
         └─ + wrap\n   \
            ├─ b\n   \
            └─ & race\n      \
               ├─ c\n      \
               └─ d\n"
    );
    assert_eq!(heard.of(&grouped), ["a", "b c", "b d"]);
}

/// What the macro makes of an expression is what Rust makes of the same one with the parentheses written out.
macro_rules! same {
    ($heard:ident, { $($short:tt)+ }, { $($long:tt)+ }) => {{
        let heard = &$heard;
        let (short, long) = (policy!($($short)+), { $($long)+ });
        assert_eq!(short.explain(), long.explain());
        assert_eq!(heard.of(&short), heard.of(&long));
        // The types agree too: nothing but the grouping differs.
        let mut pair = [short, long];
        pair.swap(0, 1);
    }};
}

#[test]
fn f11_the_macro_groups_as_if_parentheses_were_written() {
    let heard = Heard::default();
    macro_rules! m {
        ($name:ident) => {
            mark(stringify!($name), &heard)
        };
    }
    same!(heard, { m!(a) & m!(b) + m!(c) }, {
        (m!(a) & m!(b)) + m!(c)
    });
    same!(heard, { m!(a) + m!(b) & m!(c) }, {
        m!(a) + (m!(b) & m!(c))
    });
    same!(heard, { m!(a) + m!(b) | m!(c) + m!(d) }, {
        (m!(a) + m!(b)) | (m!(c) + m!(d))
    });
    same!(heard, { m!(a) & m!(b) | m!(c) & m!(d) }, {
        (m!(a) & m!(b)) | (m!(c) & m!(d))
    });
    same!(heard, { m!(a) & m!(b) + m!(c) & m!(d) + m!(e) }, {
        ((m!(a) & m!(b)) + (m!(c) & m!(d))) + m!(e)
    });
}

#[test]
fn f11_operators_group_from_the_left() {
    let heard = Heard::default();
    let m = |name| mark(name, &heard);
    same!(heard, { m("a") + m("b") + m("c") }, {
        (m("a") + m("b")) + m("c")
    });
    same!(heard, { m("a") | m("b") | m("c") }, {
        (m("a") | m("b")) | m("c")
    });
    same!(heard, { m("a") & m("b") & m("c") }, {
        (m("a") & m("b")) & m("c")
    });
    // And so do the bare ones; the tree of a chain is one node.
    let chain = m("a") + m("b") + m("c");
    assert_eq!(chain.explain(), "+ wrap\n├─ a\n├─ b\n└─ c\n");
    assert_eq!(heard.of(&chain), ["a b c"]);
    let right = m("a") + (m("b") + m("c"));
    assert_eq!(
        right.explain(),
        "+ wrap\n├─ a\n└─ + wrap\n   ├─ b\n   └─ c\n"
    );
    assert_eq!(heard.of(&right), ["a b c"], "wrapping is associative");
}

#[test]
fn f11_parentheses_group_and_the_rule_holds_inside_them() {
    let heard = Heard::default();
    let m = |name| mark(name, &heard);
    same!(heard, { (m("a") | m("b")) + m("c") }, {
        (m("a") | m("b")) + m("c")
    });
    same!(heard, { m("a") & (m("b") | m("c")) }, {
        m("a") & (m("b") | m("c"))
    });
    same!(heard, { (m("a") + m("b") & m("c")) & m("d") }, {
        (m("a") + (m("b") & m("c"))) & m("d")
    });
    same!(heard, { m("a") | (m("b") | (m("c") + m("d") & m("e"))) }, {
        m("a") | (m("b") | (m("c") + (m("d") & m("e"))))
    });
}

#[test]
fn f11_a_single_operand_is_itself() {
    let heard = Heard::default();
    let m = |name| mark(name, &heard);
    same!(heard, { m("a") }, { m("a") });
    same!(heard, { (m("a")) }, { m("a") });
    assert_eq!(policy!(m("a")).explain(), "a\n");
}

#[test]
fn f11_what_is_displayed_is_what_is_explained() {
    let heard = Heard::default();
    let policy = mark("a", &heard) + mark("b", &heard);
    assert_eq!(policy.to_string(), policy.explain());
    let limit = TimeoutLayer::new(std::time::Duration::from_millis(5)).unwrap();
    let policy = Policy(limit.named("t").covering_readiness()) | policy;
    assert_eq!(
        policy.explain(),
        "| fall back on any error\n\
         ├─ timeout t: 5ms, readiness included\n\
         └─ + wrap\n   \
            ├─ a\n   \
            └─ b\n"
    );
}
