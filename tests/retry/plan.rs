//! Properties of the plan, over the whole of its settings.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ninelives::Tick;
use ninelives::prelude::*;
use proptest::prelude::*;
use tower::Layer;

use super::stage::{Act, Hand, Stage};

/// A timer whose waits are over at once and remembered, and whose time a test can spend.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<(u64, Vec<Duration>)>>);

impl Tape {
    fn spend(&self, time: Duration) {
        let mut tape = self.0.lock().unwrap();
        tape.0 = Tick::from_nanos(tape.0).after(time).as_nanos();
    }

    fn waits(&self) -> Vec<Duration> {
        self.0.lock().unwrap().1.clone()
    }
}

impl Clock for Tape {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.0.lock().unwrap().0)
    }
}

impl Timer for Tape {
    type Sleep = std::future::Ready<()>;

    fn sleep_until(&self, deadline: Tick) -> Self::Sleep {
        let wait = deadline.since(self.now());
        self.0.lock().unwrap().1.push(wait);
        self.spend(wait);
        std::future::ready(())
    }
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    attempts: usize,
    base: Duration,
    cap: Duration,
    kind: u8,
    jitter: Jitter,
    total: Option<Duration>,
    seed: u64,
    attempt_takes: Duration,
}

fn time() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        (0..1_000_u64).prop_map(Duration::from_nanos),
        (0..100_000_u64).prop_map(Duration::from_millis),
        any::<u64>().prop_map(Duration::from_nanos),
        Just(Duration::MAX),
    ]
}

prop_compose! {
    fn settings()(
        attempts in 1..30_usize,
        base in time(),
        more in time(),
        kind in 0..3_u8,
        jitter in 0..4_u8,
        total in proptest::option::of(time()),
        seed: u64,
        attempt_takes in prop_oneof![Just(Duration::ZERO), time()],
    ) -> Settings {
        let cap = base.saturating_add(more);
        Settings {
            attempts,
            base,
            cap,
            kind,
            jitter: match jitter {
                0 => Jitter::None,
                1 => Jitter::full(),
                2 => Jitter::equal(),
                _ => Jitter::decorrelated(base, cap).unwrap(),
            },
            total: total.filter(|total| !total.is_zero()),
            seed,
            attempt_takes,
        }
    }
}

impl Settings {
    fn layer(&self, tape: &Tape) -> RetryLayer<ninelives::retry::Transient, Tape> {
        let backoff = match self.kind {
            0 => Backoff::constant(self.base),
            1 => Backoff::linear(self.base),
            _ => Backoff::exponential(self.base),
        };
        let mut retry = RetryPolicy::builder()
            .max_attempts(self.attempts)
            .backoff(backoff.with_max(self.cap).unwrap())
            .with_jitter(self.jitter)
            .with_seed(self.seed)
            .with_timer(tape.clone());
        if let Some(total) = self.total {
            retry = retry.max_duration(total);
        }
        retry.build().unwrap().into_layer()
    }

    /// One failing request: how it ended, and when each attempt began.
    fn request(&self) -> (ResilienceError<super::Down>, Vec<Tick>, Vec<Duration>) {
        let (tape, stage) = (Tape::default(), Stage::always(Act::Err(1)));
        let begun = Arc::new(Mutex::new(Vec::new()));
        let backend = tower::util::MapRequestLayer::new({
            let (tape, begun, takes) = (tape.clone(), Arc::clone(&begun), self.attempt_takes);
            move |request: u32| {
                begun.lock().unwrap().push(tape.now());
                tape.spend(takes);
                request
            }
        })
        .layer(stage.backend());
        let mut service = self.layer(&tape).layer(backend);
        let mut request: Hand<_> = super::call(&mut service, 0_u32);
        let error = request.finish().unwrap_err();
        let begun = begun.lock().unwrap().clone();
        (error, begun, tape.waits())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn r01_attempts_never_exceed_the_maximum(settings in settings()) {
        let (error, begun, waits) = settings.request();
        prop_assert!(begun.len() <= settings.attempts);
        // A wait of zero is none; every other one stands between two attempts.
        prop_assert!(waits.len() < begun.len());
        let used_up = error.is_retry_exhausted();
        prop_assert_eq!(used_up, begun.len() == settings.attempts);
        if settings.total.is_none() {
            prop_assert!(used_up);
        }
    }

    #[test]
    fn hc66_every_wait_is_within_zero_and_the_cap(settings in settings()) {
        let (_, begun, waits) = settings.request();
        // The end of the clock cuts a wait that would go beyond it.
        let cut = begun.last() == Some(&Tick::NEVER);
        for wait in waits {
            prop_assert!(wait <= settings.cap, "{:?} of {:?}", wait, settings);
            if let (Jitter::Decorrelated { base, .. }, false) = (settings.jitter, cut) {
                prop_assert!(wait >= base, "{:?} of {:?}", wait, settings);
            }
        }
    }

    #[test]
    fn hc14_no_attempt_after_the_first_begins_past_the_total_time(settings in settings()) {
        let (_, begun, waits) = settings.request();
        if let Some(total) = settings.total {
            for at in &begun[1..] {
                prop_assert!(at.since(begun[0]) <= total, "{:?} of {:?}", at, settings);
            }
            let waited = waits.iter().fold(Duration::ZERO, |all, wait| all.saturating_add(*wait));
            prop_assert!(waited <= total, "{:?} of {:?}", waited, settings);
        }
    }

    #[test]
    fn r05_the_same_seed_gives_the_same_waits(settings in settings()) {
        prop_assert_eq!(settings.request().2, settings.request().2);
    }
}
