//! What was told of shadows.

use ninelives::PolicyEvent;
use ninelives::emit::Verdict;

/// Both verdicts of each disagreement, in its order.
pub fn disagreements(events: &[PolicyEvent]) -> Vec<(Verdict, Verdict)> {
    let both = events.iter().filter_map(|event| match *event {
        PolicyEvent::ShadowEvent {
            primary, shadow, ..
        } => Some((primary, shadow)),
        _ => None,
    });
    both.collect()
}
