//! Settings that change while calls are in flight and in line.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use ninelives::bulkhead::Queue;
use ninelives::{Adaptive, Live};
use tower::service_fn;

use super::drive::{Seeded, run};
use super::*;

type LivePlain = Rig<
    Reject,
    BulkheadService<Lift<Backend>, NullSink, Live<BulkheadConfig>>,
    Live<BulkheadConfig>,
>;
type LiveLine = Rig<Queued<ManualTimer>, LiveQueueing, Live<BulkheadConfig<Queue>>>;
type LiveQueueing =
    QueuedService<Lift<Backend>, ManualTimer, NullSink, Live<BulkheadConfig<Queue>>>;

fn config(limit: usize) -> BulkheadConfig {
    BulkheadConfig::new(limit).unwrap()
}

fn live_plain(limit: usize) -> LivePlain {
    Rig::over(
        BulkheadLayer::new(limit).unwrap().live(),
        ManualTimer::new(),
    )
}

/// A live line with room for `capacity`, of which `places` may be taken.
fn live_line(limit: usize, places: usize, capacity: usize) -> LiveLine {
    let timer = ManualTimer::new();
    let layer = BulkheadLayer::queued(limit, places, WAIT).unwrap();
    let layer = layer.with_line_capacity(capacity).unwrap();
    Rig::over(layer.with_timer(timer.clone()).live(), timer)
}

impl LiveLine {
    fn set(&self, change: impl Fn(&BulkheadConfig<Queue>) -> BulkheadConfig<Queue>) {
        self.layer.settings().update(change).unwrap();
    }

    fn set_limit(&self, limit: usize) {
        self.set(|config| config.with_max_concurrent(limit).unwrap());
    }

    fn set_places(&self, places: usize) {
        self.set(|config| config.with_max_waiting(places).unwrap());
    }
}

#[test]
fn hc70_s09_a_lower_limit_ends_no_call_and_admits_nobody_until_it_fits() {
    let mut rig = live_plain(10);
    let mut calls: Vec<_> = (0..8).map(|_| rig.wait_at()).collect();
    rig.layer.settings().set(config(3)).unwrap();
    assert_eq!((rig.now(), rig.layer.limit()), ((8, 0, 0), 3));
    while calls.len() >= 3 {
        assert_eq!(rig.full(), (calls.len(), 3));
        let (mut call, gate) = calls.pop().unwrap();
        gate.answer();
        assert_eq!(poll(&mut call), Poll::Ready(Ok(())));
    }
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn s10_a_limit_that_falls_and_rises_gives_no_double_credit() {
    let mut rig = live_plain(10);
    let _calls: Vec<_> = (0..8).map(|_| rig.wait_at()).collect();
    rig.layer.settings().set(config(3)).unwrap();
    rig.layer.settings().set(config(10)).unwrap();
    let _more = [rig.wait_at(), rig.wait_at()];
    assert_eq!(rig.full(), (10, 10));
}

#[test]
fn hc44_s11_a_higher_limit_wakes_exactly_the_waiters_that_fit_and_needs_no_call() {
    for (grown, let_in) in [(0, 0), (1, 1), (3, 3), (5, 5), (9, 5)] {
        let mut rig = live_line(1, 5, 5);
        let _first = rig.wait_at();
        let mut waiters = rig.waiters(5);
        let wakes: Vec<_> = waiters
            .iter_mut()
            .map(|(call, _)| {
                let (wakes, waker) = drive::Wakes::new();
                assert!(poll_with(call, &waker).is_pending());
                wakes
            })
            .collect();
        rig.set_limit(1 + grown);
        let woken: Vec<usize> = wakes.iter().map(|wakes| wakes.count()).collect();
        let expected: Vec<usize> = (0..5).map(|place| usize::from(place < let_in)).collect();
        assert_eq!(woken, expected, "in order, before the change returned");
        let expected: Vec<bool> = (0..5).map(|place| place < let_in).collect();
        assert_eq!(began::<LiveQueueing>(&mut waiters), expected);
        assert_eq!(rig.now(), (1 + let_in, grown - let_in, 5 - let_in));
    }
}

#[test]
fn s13_a_limit_of_zero_pauses_and_growth_revives() {
    let mut rig = live_line(1, 3, 3);
    rig.set_limit(0);
    let mut waiters = rig.waiters(2);
    assert_eq!(began::<LiveQueueing>(&mut waiters), [false, false]);
    assert_eq!(rig.layer.config().max_concurrent(), 0);
    rig.set_limit(2);
    assert_eq!(began::<LiveQueueing>(&mut waiters), [true, true]);
}

#[test]
fn hc70_a_shorter_line_keeps_those_in_it_and_takes_nobody_until_it_fits() {
    let mut rig = live_line(1, 4, 4);
    let (first, _) = rig.wait_at();
    let mut waiters = rig.waiters(4);
    rig.set_places(2);
    assert_eq!((rig.full(), rig.now()), ((1, 1), (1, 0, 4)));
    drop(waiters.pop());
    drop(waiters.pop());
    assert_eq!((rig.full(), rig.now()), ((1, 1), (1, 0, 2)));
    drop(waiters.pop());
    waiters.extend(rig.waiters(1));
    assert_eq!(rig.full(), (1, 1));
    drop(first);
    assert_eq!(began::<LiveQueueing>(&mut waiters), [true, false]);
}

#[test]
fn hc44_a_longer_line_takes_more_at_once_up_to_its_capacity() {
    let mut rig = live_line(1, 1, 3);
    let _first = rig.wait_at();
    let _one = rig.waiters(1);
    assert_eq!(rig.full(), (1, 1));
    rig.set_places(3);
    let _two = rig.waiters(2);
    assert_eq!((rig.full(), rig.now()), ((1, 1), (1, 0, 3)));
}

#[test]
fn hc70_those_in_line_keep_the_maximum_wait_they_came_under() {
    let mut rig = live_line(1, 2, 2);
    let _first = rig.wait_at();
    let mut old = rig.waiters(1);
    rig.set(|config| config.with_max_wait(WAIT / 5).unwrap());
    let mut new = rig.waiters(1);
    rig.timer.advance(WAIT / 5);
    assert!(is_timeout(&poll(&mut new[0].0)));
    assert!(poll(&mut old[0].0).is_pending());
    rig.timer.advance(WAIT - WAIT / 5);
    assert!(is_timeout(&poll(&mut old[0].0)));
    assert_eq!(rig.now(), (1, 0, 0));
}

#[test]
fn a_line_longer_than_its_capacity_is_refused_and_nothing_changes() {
    let mut rig = live_line(1, 2, 4);
    assert_eq!((rig.layer.line_capacity(), rig.layer.limit()), (4, 1));
    let too_long = rig.layer.config().with_max_waiting(5).unwrap();
    let too_long = too_long.with_max_concurrent(9).unwrap();
    let error = rig.layer.settings().set(too_long).unwrap_err();
    assert_eq!(error.to_string(), "max_waiting: 5 is outside 1..=4");
    assert_eq!((rig.layer.settings().version(), rig.layer.limit()), (0, 1));
    let _first = rig.wait_at();
    let _line = rig.waiters(2);
    assert_eq!(rig.full(), (1, 1));
}

#[test]
fn a_capacity_outside_its_range_is_refused() {
    for capacity in [0, 2, 1 << 20] {
        let layer = BulkheadLayer::queued(1, 3, WAIT).unwrap();
        assert_eq!(
            layer.with_line_capacity(capacity).unwrap_err().to_string(),
            format!("line_capacity: {capacity} is outside 3..=1048575")
        );
    }
    let layer = BulkheadLayer::queued(1, 3, WAIT).unwrap();
    let rig = layer.with_line_capacity(3).unwrap();
    assert_eq!((rig.line_capacity(), rig.limit()), (3, 1));
}

#[test]
fn settings_that_do_not_fit_the_line_are_refused_before_they_are_followed() {
    let layer = BulkheadLayer::queued(1, 2, WAIT).unwrap();
    let kept = layer.clone();
    let settings = config(7).with_queue(3, WAIT).unwrap();
    let settings = Adaptive::new(settings);
    let error = layer.tuned_by(&settings).unwrap_err();
    assert_eq!(error.to_string(), "max_waiting: 3 is outside 1..=2");
    assert_eq!((kept.limit(), kept.config().queue().max_waiting()), (1, 2));
    let layer = kept.with_line_capacity(3).unwrap();
    let layer = layer.tuned_by(&settings).unwrap();
    assert_eq!((layer.limit(), layer.line_capacity()), (7, 3));
}

#[test]
fn a_line_whose_settings_ask_for_more_than_there_is_gives_what_there_is() {
    let settings = Adaptive::new(config(1).with_queue(2, WAIT).unwrap());
    let layer = BulkheadLayer::queued(1, 2, WAIT).unwrap();
    let timer = ManualTimer::new();
    let layer = layer.with_timer(timer.clone()).tuned_by(&settings).unwrap();
    let mut rig = LiveLine::over(layer, timer);
    rig.set_places(100);
    let _first = rig.wait_at();
    let _line = rig.waiters(2);
    assert_eq!((rig.full(), rig.now()), ((1, 1), (1, 0, 2)));
}

#[test]
fn an_override_is_a_limit_too_and_the_next_call_or_look_ends_it() {
    let clock = ManualTimer::new();
    let mut rig = live_line(1, 5, 5);
    let _first = rig.wait_at();
    let mut waiters = rig.waiters(3);
    let wide = rig.layer.config().with_max_concurrent(3).unwrap();
    let settings = rig.layer.settings().clone();
    settings.set_for(wide, WAIT, clock.clone()).unwrap();
    assert_eq!(began::<LiveQueueing>(&mut waiters), [true, true, false]);
    clock.advance(WAIT);
    drop((waiters.remove(0), waiters.remove(0)));
    // The one in line was next: it got one of the two before anybody looked.
    assert_eq!(began::<LiveQueueing>(&mut waiters), [true]);
    assert!(
        poll(&mut rig.call(Ask::Answer)).is_pending(),
        "this call looks"
    );
    assert_eq!((settings.version(), rig.layer.limit()), (2, 1));
    settings.set_for(wide, WAIT, clock.clone()).unwrap();
    clock.advance(WAIT);
    assert_eq!(rig.layer.limit(), 1, "so does this");
    assert_eq!(settings.version(), 4);
}

#[test]
fn an_override_that_lapses_wakes_those_that_fit_again() {
    let clock = ManualTimer::new();
    let mut rig = live_line(2, 5, 5);
    let pause = rig.layer.config().with_max_concurrent(0).unwrap();
    rig.layer
        .settings()
        .set_for(pause, WAIT / 2, clock.clone())
        .unwrap();
    let mut waiters = rig.waiters(3);
    assert_eq!(began::<LiveQueueing>(&mut waiters), [false, false, false]);
    clock.advance(WAIT / 2);
    assert_eq!(rig.layer.in_flight(), 2);
    assert_eq!(began::<LiveQueueing>(&mut waiters), [true, true, false]);
}

#[test]
fn a_rollback_is_a_change_like_any_other() {
    let rig = live_line(4, 2, 2);
    rig.set_limit(9);
    assert_eq!(rig.layer.limit(), 9);
    rig.layer.settings().rollback().unwrap();
    assert_eq!(rig.layer.limit(), 4);
}

#[test]
fn resizing_a_live_bulkhead_changes_its_settings() {
    let rig = live_line(4, 2, 2);
    assert_eq!(rig.layer.resize(7), Ok(4));
    assert_eq!(
        (rig.layer.config().max_concurrent(), rig.layer.limit()),
        (7, 7)
    );
    let error = rig.layer.clone().resize(1 << 20).unwrap_err();
    assert_eq!(
        error.to_string(),
        "max_concurrent: 1048576 is outside 0..=1048575"
    );
    assert_eq!((rig.layer.settings().version(), rig.layer.limit()), (1, 7));
    assert_eq!(rig.layer.resize(0), Ok(7));
    assert_eq!(
        ninelives::Policy(rig.layer.named("db")).explain(),
        "bulkhead db: 0 calls in flight, 2 in line for 10s\n"
    );
}

#[test]
fn a_plain_bulkhead_tells_the_limit_that_was_set_last() {
    let layer = BulkheadLayer::queued(4, 2, WAIT).unwrap();
    layer.resize(0).unwrap();
    let expected = config(4).with_queue(2, WAIT).unwrap();
    assert_eq!(layer.config(), expected.with_max_concurrent(0).unwrap());
    assert_eq!(
        layer.live().config(),
        expected.with_max_concurrent(0).unwrap()
    );
}

#[test]
fn a_bulkhead_may_begin_with_a_pause() {
    let config = config(4).with_max_concurrent(0).unwrap();
    let mut rig = Plain::over(config.into_layer(), ManualTimer::new());
    assert_eq!(rig.full(), (0, 0));
    rig.layer.resize(1).unwrap();
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn hc71_clones_and_layers_of_a_live_bulkhead_have_one_limit_and_earlier_clones_their_own() {
    let plain = BulkheadLayer::new(1).unwrap();
    let live = plain.clone().live();
    let backend = Backend::default();
    let mut services = [
        live.layer(backend.clone()),
        live.clone().layer(backend.clone()),
    ];
    live.settings().set(config(3)).unwrap();
    let calls: Vec<_> = (0..4)
        .map(|n| start(&mut services[n % 2], Ask::Hang))
        .collect();
    assert_eq!((backend.calls(), live.in_flight()), (3, 3));
    assert_eq!((plain.in_flight(), plain.limit()), (0, 1));
    drop(calls);
}

#[test]
fn bulkheads_on_one_value_change_together_and_share_no_permit() {
    let settings = Adaptive::new(config(1));
    let tuned = || BulkheadLayer::new(9).unwrap().tuned_by(&settings);
    let (mut one, mut other) = (
        Rig::over(tuned(), ManualTimer::new()),
        Rig::over(tuned(), ManualTimer::new()),
    );
    let _calls = (one.wait_at(), other.wait_at());
    assert_eq!((one.full(), other.full()), ((1, 1), (1, 1)));
    assert_eq!(one.layer.resize(2), Ok(1));
    assert_eq!((one.now(), other.now()), ((1, 1, 0), (1, 1, 0)));
}

#[test]
fn hc45_whoever_listens_goes_on_hearing_after_a_change() {
    let sink = ninelives::MemorySink::with_capacity(16).unwrap();
    let layer = BulkheadLayer::new(1)
        .unwrap()
        .live()
        .with_sink(sink.clone());
    let mut service = layer.layer(Backend::default());
    let _first = start(&mut service, Ask::Hang);
    layer.settings().set(config(2)).unwrap();
    let _second = start(&mut service, Ask::Hang);
    let in_flight: Vec<u32> = sink
        .events()
        .iter()
        .filter_map(|event| match event {
            ninelives::PolicyEvent::BulkheadAcquired { in_flight, .. } => Some(*in_flight),
            _ => None,
        })
        .collect();
    assert_eq!(in_flight, [1, 2]);
}

#[test]
fn hc70_a_closed_bulkhead_stays_closed_whatever_its_limit() {
    let mut rig = live_line(1, 1, 1);
    rig.layer.close();
    rig.set_limit(5);
    assert!(rig.ask(Ask::Answer).unwrap_err().is_bulkhead_closed());
    assert!(rig.layer.is_closed());
}

#[test]
fn permits_outlive_the_layer_and_the_value_outlives_both() {
    let mut rig = live_line(1, 1, 1);
    let (mut call, gate) = rig.wait_at();
    let settings = rig.layer.settings().clone();
    drop(rig);
    settings
        .update(|config| config.with_max_concurrent(5).unwrap())
        .unwrap();
    gate.answer();
    assert_eq!(poll(&mut call), Poll::Ready(Ok(())));
    drop(call);
    settings
        .update(|config| config.with_max_concurrent(6).unwrap())
        .unwrap();
    assert_eq!(settings.get().max_concurrent(), 6);
}

#[test]
fn hc44_six_threads_call_while_every_setting_changes_and_the_law_holds() {
    let layer = BulkheadLayer::queued(2, 2, WAIT).unwrap();
    let layer = layer.with_line_capacity(6).unwrap().live();
    let layer = layer.with_timer(ManualTimer::new());
    let (stop, inside) = (AtomicBool::new(false), AtomicUsize::new(0));
    let answered = AtomicUsize::new(0);
    let limits = thread::scope(|scope| {
        let workers: Vec<_> = (0..6)
            .map(|seed| {
                let (layer, inside, answered) = (&layer, &inside, &answered);
                scope.spawn(move || {
                    let mut dice = Seeded::new(seed);
                    let mut service = layer.layer(service_fn(|()| async move {
                        assert!(
                            inside.fetch_add(1, Ordering::SeqCst) < 4,
                            "the largest limit"
                        );
                        thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        Ok::<_, Broken>(())
                    }));
                    for _ in 0..1000 {
                        let mut call = start(&mut service, ());
                        if dice.below(4) == 0 {
                            let _ = poll(&mut call);
                        } else if run(call).is_ok() {
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                })
            })
            .collect();
        let tuner = scope.spawn(|| {
            let (mut dice, mut limits) = (Seeded::new(44), BTreeSet::new());
            while !stop.load(Ordering::SeqCst) {
                let (limit, places) = (1 + dice.below(4), 1 + dice.below(6));
                let next = |config: &BulkheadConfig<Queue>| {
                    let config = config.with_max_concurrent(limit).unwrap();
                    config.with_max_waiting(places).unwrap()
                };
                layer.settings().update(next).unwrap();
                limits.insert(layer.limit());
                thread::yield_now();
            }
            limits
        });
        let workers: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        stop.store(true, Ordering::SeqCst);
        assert!(workers.iter().all(Result::is_ok), "the law holds");
        tuner.join().expect("it only tunes")
    });
    assert!(answered.load(Ordering::SeqCst) > 0);
    assert!(limits.is_subset(&(1..=4).collect()), "{limits:?}");
    assert_eq!((layer.in_flight(), layer.waiting()), (0, 0));
    assert_eq!(layer.limit(), layer.config().max_concurrent());
}

#[test]
fn a06_a_change_that_returned_holds_for_the_next_call_on_any_thread() {
    let rig = live_line(1, 1, 1);
    for round in 0..200 {
        let limit = 1 + round % 3;
        rig.set_limit(limit);
        let layer = &rig.layer;
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut service = layer.layer(Backend::default());
                let calls: Vec<_> = (0..limit).map(|_| start(&mut service, Ask::Hang)).collect();
                assert_eq!((layer.in_flight(), layer.available()), (limit, 0));
                drop(calls);
            });
        });
    }
}
