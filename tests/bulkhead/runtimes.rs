//! One law on every kind of runtime, and without one.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Builder;
use tokio::task::{LocalSet, yield_now};
use tower::{ServiceExt, service_fn};

use super::drive::run;
use super::*;

const CALLS: usize = 200;

/// Counts those inside, and how many that was at most.
#[derive(Clone, Default)]
struct Inside {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Inside {
    async fn visit(self) -> Result<(), Broken> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        for _ in 0..3 {
            yield_now().await;
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}

fn check(layer: &BulkheadLayer<Queued>, inside: &Inside) {
    assert_eq!((layer.in_flight(), layer.waiting()), (0, 0));
    assert_eq!(inside.now.load(Ordering::SeqCst), 0);
    assert_eq!(inside.most.load(Ordering::SeqCst), 3);
}

async fn many_tasks(layer: &BulkheadLayer<Queued>, inside: &Inside) {
    let visited = inside.clone();
    let service = layer.layer(service_fn(move |()| visited.clone().visit()));
    let tasks: Vec<_> = (0..CALLS)
        .map(|_| tokio::spawn(service.clone().oneshot(())))
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}

#[test]
fn s28_on_a_current_thread_and_on_a_multi_thread_runtime() {
    for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = builder.worker_threads(2).enable_time().build().unwrap();
        let layer = BulkheadLayer::queued(3, CALLS, WAIT).unwrap();
        let inside = Inside::default();
        runtime.block_on(many_tasks(&layer, &inside));
        check(&layer, &inside);
    }
}

#[test]
fn s28_on_a_local_set_with_a_backend_that_is_not_send() {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let layer = BulkheadLayer::queued(3, CALLS, WAIT).unwrap();
    let inside = Inside::default();
    let local = Rc::new(inside.clone());
    let service = layer.layer(service_fn(move |()| {
        let local = Rc::clone(&local);
        async move { Inside::clone(&local).visit().await }
    }));
    let set = LocalSet::new();
    let tasks: Vec<_> = (0..CALLS)
        .map(|_| set.spawn_local(service.clone().oneshot(())))
        .collect();
    runtime.block_on(set.run_until(async {
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    }));
    check(&layer, &inside);
}

#[test]
fn s28_a_thread_and_a_runtime_share_one_bulkhead() {
    let layer = BulkheadLayer::queued(1, 1, WAIT).unwrap();
    let layer = layer.with_timer(ManualTimer::new());
    let backend = Backend::default();
    let gate = Gate::new();
    let first = start(&mut layer.layer(backend.clone()), Ask::At(gate.clone()));
    let runtime = Builder::new_current_thread().build().unwrap();
    let second = start(&mut layer.layer(backend), Ask::Answer);
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| run(second));
        gate.answer();
        assert_eq!(runtime.block_on(first), Ok(()));
        assert_eq!(thread.join().unwrap(), Ok(()));
    });
    assert_eq!(layer.in_flight(), 0);
}

#[test]
fn s26_runtime_dropped_with_waiters_in_line_leaves_the_bulkhead_whole() {
    let layer = BulkheadLayer::queued(1, 10, WAIT).unwrap();
    let backend = Backend::default();
    let mut service = layer.layer(backend.clone());
    let outside = start(&mut service, Ask::Hang);
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let tasks: Vec<_> = (0..10)
        .map(|_| runtime.spawn(start(&mut service, Ask::Answer)))
        .collect();
    assert_eq!(layer.waiting(), 10);
    drop(runtime);
    assert_eq!((layer.waiting(), layer.in_flight()), (0, 1));
    drop((outside, tasks));
    assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
    assert_eq!((layer.in_flight(), backend.running()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_line_on_tokios_timer_ends_at_its_wait() {
    let layer = BulkheadLayer::queued(1, 1, WAIT).unwrap();
    let mut service = layer.layer(Backend::default());
    let _first = start(&mut service, Ask::Hang);
    let begin = tokio::time::Instant::now();
    let error = start(&mut service, Ask::Answer).await.unwrap_err();
    assert!(matches!(error, ResilienceError::BulkheadTimeout { waited, .. } if waited >= WAIT));
    let late = begin.elapsed() - WAIT;
    assert!(late <= Duration::from_millis(1), "{late:?} late");
    assert_eq!(layer.waiting(), 0);
}
