//! Three services with a retry each, one behind another, while the last one's backend is down: how many calls reach it for each request.
//!
//! Requests come at random, 20 a second for ten minutes. The backend fails one call in a hundred, and from the third minute to the eighth
//! all of them. Each retry makes up to three attempts, at once. They are the real ones; between two services there is an error
//! type, as between two processes, so none can see that the one behind has given up.

use std::cell::RefCell;
use std::future::{Future, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives::deadline::{Carried, Heeding};
use ninelives::retry::{RetryPolicyBuilder, Transient};
use ninelives::{Backoff, ConfigError, ManualTimer, ResilienceError, RetryBudget, RetryPolicy};
use tower::util::MapErr;
use tower::{Layer, Service, service_fn};

use super::{Figure, Findings};
use crate::plot::{Line, Panel, Plot};
use crate::rng::SplitMix64;

/// A request, and the mark of the retry that tries for it.
type Request = (u32, Carried);
type Builder = RetryPolicyBuilder<Transient, ManualTimer, Heeding>;

/// The error of every service.
#[derive(Clone, Copy, Debug)]
struct Down;

/// The backend, as all see it.
struct World {
    fails: f64,
    calls: u32,
    random: SplitMix64,
}

/// What keeps the retries in check.
#[derive(Clone, Copy)]
struct Means {
    name: &'static str,
    marks: bool,
    budgets: Budgets,
}

#[derive(Clone, Copy)]
enum Budgets {
    None,
    OneEach,
    Shared,
}

/// What reached the backend.
struct Course {
    name: &'static str,
    /// Requests and calls, for each stretch of ten seconds.
    stretches: Vec<[u32; 2]>,
    /// Requests without an answer in the last two minutes, of all then.
    lost: f64,
}

const A_SECOND: f64 = 20.0;
const STRETCH: f64 = 10.0;
const STRETCHES: usize = 60;
const DOWN: std::ops::Range<usize> = 12..48;
const ATTEMPTS: usize = 3;
/// One retry for ten requests, and one in five seconds; bursts of ten.
const RATIO: f64 = 0.1;
const MIN_PER_SECOND: f64 = 0.2;
const CAP: u32 = 10;

const ALL: [Means; 4] = [
    Means {
        name: "nothing",
        marks: false,
        budgets: Budgets::None,
    },
    Means {
        name: "marks",
        marks: true,
        budgets: Budgets::None,
    },
    Means {
        name: "a budget for each",
        marks: false,
        budgets: Budgets::OneEach,
    },
    Means {
        name: "marks and one budget",
        marks: true,
        budgets: Budgets::Shared,
    },
];

pub(super) fn run(seed: u64) -> Result<Findings, ConfigError> {
    let mut courses = Vec::new();
    for means in ALL {
        courses.push(course(means, seed)?);
    }
    let figures = courses.iter().flat_map(Course::figures).collect();
    let panels = courses.chunks(2).map(|pair| Panel {
        values: "calls for a request".to_owned(),
        lines: pair.iter().map(Course::line).collect(),
    });
    Ok(Findings {
        seed,
        figures,
        plot: Plot {
            title: format!(
                "three retries of three attempts, one behind another, the backend down from minute 2 to 8 (seed {seed})"
            ),
            time: "minutes".to_owned(),
            panels: panels.collect(),
        },
    })
}

fn course(means: Means, seed: u64) -> Result<Course, ConfigError> {
    let (timer, mut gaps) = (ManualTimer::new(), SplitMix64::new(seed));
    let world = Rc::new(RefCell::new(World {
        fails: 0.0,
        calls: 0,
        random: SplitMix64::new(!seed),
    }));
    let seen = Rc::clone(&world);
    let backend = service_fn(move |_: Request| ready(seen.borrow_mut().answer()));
    let budget = RetryBudget::new(RATIO, MIN_PER_SECOND, CAP)?;
    let inner = behind(means.retry(&timer, &budget)?, backend)?;
    let middle = behind(means.retry(&timer, &budget)?, inner)?;
    let mut outer = behind(means.retry(&timer, &budget)?, middle)?;
    let mut course = Course {
        name: means.name,
        stretches: vec![[0; 2]; STRETCHES],
        lost: 0.0,
    };
    let (mut now, mut late) = (0.0, [0_u32; 2]);
    loop {
        let gap = -(1.0 - gaps.unit()).ln() / A_SECOND;
        now += gap;
        let stretch = (now / STRETCH) as usize;
        if stretch >= STRETCHES {
            course.lost = f64::from(late[1]) / f64::from(late[0]);
            return Ok(course);
        }
        timer.advance(Duration::from_secs_f64(gap));
        world.borrow_mut().fails = if DOWN.contains(&stretch) { 1.0 } else { 0.01 };
        let answered = finish(&mut outer);
        let calls = std::mem::take(&mut world.borrow_mut().calls);
        course.stretches[stretch][0] += 1;
        course.stretches[stretch][1] += calls;
        if stretch >= DOWN.end {
            late[0] += 1;
            late[1] += u32::from(!answered);
        }
    }
}

/// A service with a retry in front of what it calls. Its caller sees an error of the service, whatever the retry said.
fn behind<S>(
    retry: Builder,
    inner: S,
) -> Result<impl Service<Request, Response = (), Error = Down> + Clone, ConfigError>
where
    S: Service<Request, Response = (), Error = Down> + Clone,
{
    let layer = retry.build()?.into_layer();
    Ok(MapErr::new(
        layer.layer(inner),
        |_: ResilienceError<Down>| Down,
    ))
}

/// One request: whether it was answered. Nothing in it waits but for its turn.
fn finish(service: &mut impl Service<Request, Response = (), Error = Down>) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    while service.poll_ready(&mut cx).is_pending() {}
    let mut call = pin!(service.call((0, Carried::NOTHING)));
    loop {
        if let Poll::Ready(answer) = call.as_mut().poll(&mut cx) {
            return answer.is_ok();
        }
    }
}

// === impl World ===

impl World {
    fn answer(&mut self) -> Result<(), Down> {
        self.calls += 1;
        if self.random.unit() < self.fails {
            Err(Down)
        } else {
            Ok(())
        }
    }
}

// === impl Means ===

impl Means {
    fn retry(self, timer: &ManualTimer, shared: &RetryBudget) -> Result<Builder, ConfigError> {
        let mut builder = RetryPolicy::builder()
            .max_attempts(ATTEMPTS)
            .backoff(Backoff::constant(Duration::ZERO))
            .with_timer(timer.clone())
            .heeding_requests();
        if !self.marks {
            builder = builder.even_if_nested();
        }
        Ok(match self.budgets {
            Budgets::None => builder,
            Budgets::Shared => builder.with_budget(shared.clone()),
            Budgets::OneEach => builder.with_budget(RetryBudget::new(RATIO, MIN_PER_SECOND, CAP)?),
        })
    }
}

// === impl Course ===

impl Course {
    fn figures(&self) -> [Figure; 3] {
        let down = &self.stretches[DOWN];
        let sum = |of: usize| down.iter().map(|seen| f64::from(seen[of])).sum::<f64>();
        let minutes = down.chunks(6).map(|minute| {
            let sum = |of: usize| minute.iter().map(|seen| f64::from(seen[of])).sum::<f64>();
            sum(1) / sum(0)
        });
        let figures = [
            ("calls for a request while it is down", sum(1) / sum(0)),
            ("the same, in the worst minute", minutes.fold(0.0, f64::max)),
            ("share of requests lost once it is back", self.lost),
        ];
        figures.map(|(what, value)| Figure {
            what: format!("{}: {what}", self.name),
            value,
        })
    }

    fn line(&self) -> Line {
        let at = |(n, [requests, calls]): (u32, &[u32; 2])| {
            let minutes = (f64::from(n) + 0.5) * STRETCH / 60.0;
            (minutes, f64::from(*calls) / f64::from(*requests).max(1.0))
        };
        Line {
            name: self.name.to_owned(),
            points: (0_u32..).zip(&self.stretches).map(at).collect(),
        }
    }
}
