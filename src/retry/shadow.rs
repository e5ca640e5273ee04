//! What a shadow would have decided about another attempt.

use std::time::Duration;

use super::RetryConfig;
use super::plan::{Plan, Progress, Stop};
use crate::clock::Tick;
use crate::deadline::Carried;
use crate::emit::{Emitter, Request, Verdict};
use crate::settings::Settings;
use crate::timer::Timer;

/// The policy, under `config`, decided `primary` about the next attempt: `stopped` says what forbids it, if anything but their number
/// does. `origin`: when the request came, `NEVER` if nobody looked, and what it carried, where that is kept.
/// Tells where the shadow there is would have decided otherwise.
#[cold]
pub(super) fn judge<P, T: Timer, C: Settings<RetryConfig>, M: Emitter>(
    plan: &Plan<P, T, C>,
    config: &RetryConfig,
    progress: &Progress,
    origin: Option<(Tick, Carried)>,
    hint: Option<Duration>,
    watch: &Request<M>,
    (primary, stopped): (Verdict, Option<Stop>),
) {
    let step = |shadow: &RetryConfig| {
        // The budget is one: what it refuses to the policy it refuses to the shadow.
        let repeats = progress.may_repeat(shadow)
            && stopped != Some(Stop::Budget)
            && is_in_time(&plan.common.timer, (config, shadow), progress, origin, hint);
        if repeats {
            (Verdict::Retried, ())
        } else {
            (Verdict::GaveUp, ())
        }
    };
    watch.told(|emitter| {
        plan.settings
            .try_now(|shade| shade.judge(emitter, primary, step));
    });
}

/// Whether the shadow's next attempt, after its own wait without jitter or the one that the answer asks for, begins within its total
/// time. When the request came is known where it is kept, or where the policy has a total time too that ends; else time forbids nothing.
fn is_in_time(
    timer: &impl Timer,
    (config, shadow): (&RetryConfig, &RetryConfig),
    progress: &Progress,
    origin: Option<(Tick, Carried)>,
    hint: Option<Duration>,
) -> bool {
    let own = shadow.backoff().delay(progress.attempts);
    let begins = || timer.now().after(own.max(hint.unwrap_or_default()));
    if let Some((came, carried)) = origin {
        let total = shadow.max_duration().unwrap_or(Duration::MAX);
        let end = carried.tick().min(came.after(total));
        return end == Tick::NEVER || begins() < end;
    }
    let (Some(total), Some(allowed)) = (config.max_duration(), shadow.max_duration()) else {
        return true;
    };
    if progress.deadline == Tick::NEVER {
        return true;
    }
    let came = Tick::ZERO.after(progress.deadline.since(Tick::ZERO.after(total)));
    begins() <= came.after(allowed)
}
