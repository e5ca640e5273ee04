//! Bulkheads: permits and places.

use std::sync::Arc;

use ninelives::bulkhead::Mode;
use ninelives::emit::Kind;
use ninelives::settings::Settings;
use ninelives::{BulkheadConfig, BulkheadLayer};

use super::Watched;
use crate::soak::gauge::Passed;
use crate::soak::laws::{Law, Laws};
use crate::soak::tally::Told;

/// A bulkhead.
pub struct Bulkhead {
    name: String,
    look: Box<dyn Fn() -> [u64; 3] + Send + Sync>,
    told: Arc<Told>,
    passed: Arc<Passed>,
    most: u64,
    places: u64,
}

// === impl Bulkhead ===

impl Bulkhead {
    /// Watches this one, with what comes through it. Its limit is never above `most`.
    pub fn of<M, K, C, W>(
        layer: &BulkheadLayer<M, K, C, W>,
        told: Arc<Told>,
        passed: &Arc<Passed>,
        most: u64,
        places: u64,
    ) -> Self
    where
        M: Mode + Clone + Send + Sync + 'static,
        K: Clone + Send + Sync + 'static,
        C: Settings<BulkheadConfig<M::Rule>> + Clone + Send + Sync + 'static,
        W: Clone + Send + Sync + 'static,
    {
        let name = layer.name().to_string();
        let layer = layer.clone();
        let look = move || [layer.in_flight(), layer.waiting(), layer.limit()].map(|n| n as u64);
        Self {
            name,
            look: Box::new(look),
            told,
            passed: Arc::clone(passed),
            most,
            places,
        }
    }
}

impl Watched for Bulkhead {
    fn bounds(&self, laws: &Laws) {
        let [in_flight, waiting, limit] = (self.look)();
        let (name, most, places) = (&self.name, self.most, self.places);
        let held = in_flight <= most && limit <= most && waiting <= places;
        laws.hold(Law::Permits, held, || {
            format!("{name}: {in_flight} in flight, {waiting} in line, limit {limit} of {most}")
        });
    }

    fn settled(&self, laws: &Laws) {
        let [in_flight, waiting, _] = (self.look)();
        let (name, passed) = (&self.name, &self.passed);
        laws.same(Law::Permits, &format!("{name}: permits out"), in_flight, 0);
        laws.same(Law::Permits, &format!("{name}: in line"), waiting, 0);
        laws.same(
            Law::Permits,
            &format!("{name}: inside"),
            passed.inside.now(),
            0,
        );
        let (inside, most) = (passed.inside.most(), self.most);
        laws.hold(Law::Permits, inside <= most, || {
            format!("{name}: {inside} were inside, and the limit never was above {most}")
        });
        let ended = passed.ended.get() + passed.dropped.get();
        laws.same(
            Law::Permits,
            &format!("{name}: calls inside and ends"),
            passed.calls.get(),
            ended,
        );
        let acquired = self.told.of(Kind::BulkheadAcquired);
        let what = format!("{name}: permits given, and calls inside");
        laws.same(Law::Permits, &what, acquired, passed.calls.get());
        let (rejected, outcomes) = (self.told.of(Kind::BulkheadRejected), self.told.outcomes());
        // The rest left the line before their turn.
        laws.hold(Law::Outcomes, acquired + rejected <= outcomes, || {
            format!("{name}: {acquired} let in, {rejected} turned away, {outcomes} outcomes")
        });
    }

    fn said(&self) -> String {
        let [in_flight, waiting, limit] = (self.look)();
        let (name, passed) = (&self.name, &self.passed);
        let (inside, most) = (passed.inside.now(), passed.inside.most());
        format!(
            "{name}: {in_flight} in flight of {limit}, {waiting} in line, {inside} inside, {most} at most"
        )
    }
}
