//! What is looked at in a stack, after every step.

use std::rc::Rc;
use std::sync::Arc;

use ninelives::bulkhead::Mode;
use ninelives::circuit_breaker::{CircuitSettings, CircuitState};
use ninelives::emit::{Kind, Sink};
use ninelives::prelude::*;
use ninelives::settings::Settings;

use crate::gauge::Gauge;
use crate::order::Calls;
use crate::tally::Told;

/// What the world is like: nobody is woken, or somebody is.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    pub quiet: bool,
}

pub type Law = Box<dyn Fn(Now) -> Result<(), String>>;

/// Whether somebody waits in a line and has not had a turn, and how many have come through.
pub type Line = Box<dyn Fn() -> (bool, u64)>;

pub fn same(what: &str, one: u64, other: u64) -> Result<(), String> {
    holds(one == other, || format!("{what}: {one} and {other}"))
}

pub fn holds(truth: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if truth { Ok(()) } else { Err(what()) }
}

/// The calls that are over have told their outcomes at the outermost policy, and no other ones.
pub fn outside(calls: &Rc<Calls>, told: Arc<Told>) -> Law {
    let calls = Rc::clone(calls);
    Box::new(move |_| {
        same(
            "calls that are over, and outcomes",
            calls.returned.get(),
            told.outcomes(),
        )
    })
}

/// A bulkhead that rejects at once holds a permit for what is inside, and for nothing else.
pub fn permits<K, C, W>(
    layer: &BulkheadLayer<ninelives::bulkhead::Reject, K, C, W>,
    told: Arc<Told>,
    inside: &Gauge,
    most: u64,
) -> Law
where
    K: Clone + 'static,
    C: Settings<BulkheadConfig> + 'static,
    W: Clone + 'static,
{
    let (layer, inside) = (layer.clone(), inside.clone());
    Box::new(move |_| {
        same(
            "permits out, and inside",
            layer.in_flight() as u64,
            inside.inside(),
        )?;
        let let_in = told.of(Kind::BulkheadAcquired);
        same("permits given, and calls inside", let_in, inside.calls())?;
        holds(inside.most() <= most, || {
            format!("{} were inside of {most}", inside.most())
        })
    })
}

/// A bulkhead with a line: what is out and not inside was given to somebody who was woken for it; nobody waits for what is free.
pub fn line<M, K, C, W>(
    layer: &BulkheadLayer<M, K, C, W>,
    told: Arc<Told>,
    inside: &Gauge,
    most: u64,
) -> Law
where
    M: Mode + Clone + 'static,
    K: Clone + 'static,
    C: Settings<BulkheadConfig<M::Rule>> + 'static,
    W: Clone + 'static,
{
    let (layer, inside, weighed) = (layer.clone(), inside.clone(), inside.is_weighed());
    Box::new(move |now| {
        let [out, waiting, limit] =
            [layer.in_flight(), layer.waiting(), layer.limit()].map(|count| count as u64);
        let in_use = inside.inside();
        holds(in_use <= out, || {
            format!("{in_use} inside with {out} permits")
        })?;
        let let_in = told.of(Kind::BulkheadAcquired);
        same("permits given, and calls inside", let_in, inside.calls())?;
        holds(inside.most() <= most, || {
            format!("{} were inside of {most}", inside.most())
        })?;
        if !now.quiet {
            return Ok(());
        }
        same("permits out, and inside, when all is quiet", out, in_use)?;
        let free = limit.saturating_sub(out);
        let idle = match weighed {
            true => out == 0 && limit > 0,
            false => free > 0,
        };
        holds(waiting == 0 || !idle, || {
            format!(
                "{waiting} wait in line, {out} of {limit} permits are out, and nobody was woken"
            )
        })
    })
}

/// What nobody who comes passes, unless it is of a higher class: see [`Line`].
pub fn in_turn<M, K, C, W>(layer: &BulkheadLayer<M, K, C, W>, inside: &Gauge) -> Line
where
    M: Mode + Clone + 'static,
    K: Clone + 'static,
    C: Settings<BulkheadConfig<M::Rule>> + 'static,
    W: Clone + 'static,
{
    let (layer, inside) = (layer.clone(), inside.clone());
    Box::new(move || {
        // Permits that are out and not inside were set aside for somebody whose turn it is.
        let served = layer.in_flight() as u64 > inside.inside();
        (layer.waiting() > 0 && !served, inside.calls())
    })
}

/// Probes that are out are inside; the events of a circuit and its state say the same.
pub fn circuit<C, K, L, J>(
    layer: &CircuitBreakerLayer<C, K, L, J>,
    told: Arc<Told>,
    inside: &Gauge,
) -> Law
where
    C: Clock + 'static,
    K: Sink + Clone + 'static,
    L: CircuitSettings + 'static,
    J: 'static,
{
    const STATES: [CircuitState; 6] = [
        CircuitState::Closed,
        CircuitState::Open,
        CircuitState::Latched,
        CircuitState::ForcedOpen,
        CircuitState::ForcedClosed,
        CircuitState::Disabled,
    ];
    let (layer, inside) = (layer.clone(), inside.clone());
    Box::new(move |_| {
        let view = layer.view();
        let (out, calls) = (u64::from(view.probes_out), inside.inside());
        holds(out <= calls, || {
            format!("{out} probes out and {calls} calls inside")
        })?;
        // Settings that take a circuit out of use hide its state.
        let config = layer.config();
        if config.is_disabled() || config.is_metrics_only() {
            return Ok(());
        }
        for state in STATES {
            let [came, went] = told.turns(state);
            let first = u64::from(state == CircuitState::Closed);
            let here = u64::from(state == view.state);
            holds(first + came == went + here, || {
                let now = view.state;
                format!("{state:?} entered {came} times, left {went} times, and it is {now:?}")
            })?;
        }
        Ok(())
    })
}

/// Attempts are requests and retries, and no more of these than the budget granted: so many for each request, so many at once.
pub fn attempts(
    told: Arc<Told>,
    requests: &Gauge,
    made: &Gauge,
    grant: Option<(f64, f64, f64, ManualTimer)>,
) -> Law {
    let (requests, made) = (requests.clone(), made.clone());
    Box::new(move |_| {
        let (asked, made) = (requests.calls(), made.calls());
        let again = told.of(Kind::RetryAttempt);
        holds((asked..=asked + again).contains(&made), || {
            format!("{made} attempts of {asked} requests and {again} retries")
        })?;
        let Some((ratio, per_second, cap, timer)) = &grant else {
            return Ok(());
        };
        let seconds = timer.now().as_nanos() as f64 / 1e9;
        let granted = cap + ratio * asked as f64 + per_second * seconds + 1.0;
        let repeated = made - asked;
        holds(repeated as f64 <= granted, || {
            format!("{repeated} retries, {granted:.1} granted")
        })
    })
}

/// A race calls as many arms as it tells, and one of them wins an answer.
pub fn race(told: Arc<Told>, made: &Gauge) -> Law {
    let made = made.clone();
    Box::new(move |_| {
        let (arms, calls) = (told.of(Kind::ForkStarted), made.calls());
        holds(calls <= arms, || format!("{calls} calls of {arms} arms"))?;
        let [won, answered] = [Kind::ForkWon, Kind::RequestSuccess].map(|kind| told.of(kind));
        same("arms that won, and answers", won, answered)
    })
}
