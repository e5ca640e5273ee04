//! The macro that groups as the operators read.

/// Composes policies with `&` over `+` over `|`.
///
/// Rust's own precedence is `+` over `&` over `|`. Inside this macro `a | b + c & d` is `a | (b + (c & d))`. Each operator groups
/// from the left; parentheses group as usual, and the same rule holds inside them, before a method call too: in
/// `policy!((a | b + c & d).when(f))` the pair is grouped like the whole. An operand is any expression of unary or
/// method-call form; one that has an operator of its own needs to be bound to a name first.
///
/// ```
/// use ninelives::prelude::*;
/// use std::time::Duration;
/// # fn main() -> Result<(), ConfigError> {
/// let named = |name: &'static str| TimeoutLayer::new(Duration::from_secs(1)).map(|t| Policy(t.named(name)));
/// let (a, b, c, d) = (named("a")?, named("b")?, named("c")?, named("d")?);
/// let (w, x, y, z) = (a.clone(), b.clone(), c.clone(), d.clone());
/// assert_eq!(policy!(a | b + c & d).explain(), (w | (x + (y & z))).explain());
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! policy {
    // Split at the top level of one operator; the pieces end as a list of {groups}.
    (@split | [$($done:tt)*] [$($piece:tt)+] | $($rest:tt)+) => {
        $crate::policy!(@split | [$($done)* {$($piece)+}] [] $($rest)+)
    };
    (@split + [$($done:tt)*] [$($piece:tt)+] + $($rest:tt)+) => {
        $crate::policy!(@split + [$($done)* {$($piece)+}] [] $($rest)+)
    };
    (@split & [$($done:tt)*] [$($piece:tt)+] & $($rest:tt)+) => {
        $crate::policy!(@split & [$($done)* {$($piece)+}] [] $($rest)+)
    };
    (@split $op:tt [$($done:tt)*] [$($piece:tt)*] $next:tt $($rest:tt)*) => {
        $crate::policy!(@split $op [$($done)*] [$($piece)* $next] $($rest)*)
    };
    (@split $op:tt [$($done:tt)*] [$($piece:tt)+]) => {
        $crate::policy!(@fold $op $($done)* {$($piece)+})
    };

    // Join the pieces from the left; each piece is split at the next operator down.
    (@fold | {$($first:tt)+} $($rest:tt)*) => {
        $crate::policy!(@join | ($crate::policy!(@split + [] [] $($first)+)) $($rest)*)
    };
    (@fold + {$($first:tt)+} $($rest:tt)*) => {
        $crate::policy!(@join + ($crate::policy!(@split & [] [] $($first)+)) $($rest)*)
    };
    (@fold & {$($first:tt)+} $($rest:tt)*) => {
        $crate::policy!(@join & ($crate::policy!(@operand $($first)+)) $($rest)*)
    };
    (@join $op:tt ($joined:expr)) => { $joined };
    (@join | ($joined:expr) {$($piece:tt)+} $($rest:tt)*) => {
        $crate::policy!(@join | (::core::ops::BitOr::bitor($joined, $crate::policy!(@split + [] [] $($piece)+))) $($rest)*)
    };
    (@join + ($joined:expr) {$($piece:tt)+} $($rest:tt)*) => {
        $crate::policy!(@join + (::core::ops::Add::add($joined, $crate::policy!(@split & [] [] $($piece)+))) $($rest)*)
    };
    (@join & ($joined:expr) {$($piece:tt)+} $($rest:tt)*) => {
        $crate::policy!(@join & (::core::ops::BitAnd::bitand($joined, $crate::policy!(@operand $($piece)+))) $($rest)*)
    };

    (@operand ($($inner:tt)+)) => { $crate::policy!($($inner)+) };
    (@operand ($($inner:tt)+) $($call:tt)+) => { ($crate::policy!($($inner)+)) $($call)+ };
    (@operand $($operand:tt)+) => { $($operand)+ };

    ($($policy:tt)+) => { $crate::policy!(@split | [] [] $($policy)+) };
}
