//! The picture of a run: how much of the bulkhead was in use, how long the line was, and what became of the calls.

use std::time::Duration;

use canvas::{Canvas, Panel};

use crate::simulation::{Moment, Run, WINDOW};

#[allow(dead_code)] // the storm's, of which this needs a part
#[path = "../storm/report/canvas.rs"]
mod canvas;

const USE: Panel = Panel {
    top: 54.0,
    height: 260.0,
};
const CALLS: Panel = Panel {
    top: 384.0,
    height: 150.0,
};
const HEIGHT: f64 = 590.0;

const STYLE: &str = "<style>
svg { background: #ffffff; font: 13px system-ui, sans-serif; }
text { fill: #5c6b7a; }
.title { fill: #16202b; font-size: 16px; font-weight: 600; }
.grid { stroke: #dfe4ea; }
.edge { stroke: #9aa7b4; stroke-dasharray: 2 4; }
.used { fill: #19a27c55; stroke: #19a27c; }
.limit { fill: none; stroke: #2b6cb0; stroke-width: 2.5; }
.waiting { fill: none; stroke: #e2711d; stroke-width: 1.5; }
.answered { fill: #19a27c; }
.away { fill: #e2711d; }
</style>
";

/// The picture as SVG.
pub fn svg(run: &Run) -> String {
    let whole = run.moments.last().map_or(WINDOW, |moment| moment.at);
    let mut canvas = Canvas::new(whole);
    usage(&mut canvas, run);
    calls(&mut canvas, run);
    seconds(&mut canvas, whole);
    let [offered, answered, turned_away] = run.totals();
    let label = format!("{offered} calls, {answered} answered, {turned_away} turned away");
    canvas.text("title", Canvas::LEFT, 24.0, "start", &label);
    let picture = canvas.finish(HEIGHT, &label);
    picture.replacen('\n', &format!("\n{STYLE}"), 1)
}

/// The limit, the calls in flight under it, and those in line.
fn usage(canvas: &mut Canvas, run: &Run) {
    let most = run
        .moments
        .iter()
        .map(|moment| moment.limit.max(moment.waiting));
    let scale = Scale::new(USE, most.max().unwrap_or(1));
    scale.grid(canvas);
    for change in &run.changes {
        canvas.edge(change.at, USE);
    }
    let points = |of: fn(&Moment) -> f64| -> Vec<(f64, f64)> {
        let point = |moment: &Moment| (canvas.x(moment.at), scale.y(of(moment)));
        run.moments.iter().map(point).collect()
    };
    let used = points(|moment| moment.in_flight);
    let ground = points(|_| 0.0);
    let waiting = points(|moment| moment.waiting as f64);
    let limit = limit(canvas, &scale, run);
    canvas.area("used", &used, &ground);
    canvas.line("waiting", &waiting);
    canvas.line("limit", &limit);
    let words = "blue: the limit · green: calls in flight (mean) · orange: calls in line (most) · dots: a change by name";
    canvas.text("", Canvas::LEFT, USE.top - 10.0, "start", words);
}

/// What became of the calls, in each window.
fn calls(canvas: &mut Canvas, run: &Run) {
    let ended = |moment: &Moment| moment.answered + moment.turned_away;
    let scale = Scale::new(CALLS, run.moments.iter().map(ended).max().unwrap_or(1));
    scale.grid(canvas);
    for moment in &run.moments {
        let from = moment.at.saturating_sub(WINDOW);
        let (answered, all) = (moment.answered as f64, ended(moment) as f64);
        let title = format!(
            "{} answered, {} turned away",
            moment.answered, moment.turned_away
        );
        canvas.block(
            "answered",
            from,
            moment.at,
            scale.between(0.0, answered),
            &title,
        );
        canvas.block(
            "away",
            from,
            moment.at,
            scale.between(answered, all),
            &title,
        );
    }
    let words = format!("green: answered · orange: turned away, each {WINDOW:?}");
    canvas.text("", Canvas::LEFT, CALLS.top - 10.0, "start", &words);
}

fn seconds(canvas: &mut Canvas, whole: Duration) {
    for second in 0..=whole.as_secs() {
        let x = canvas.x(Duration::from_secs(second));
        let bottom = CALLS.top + CALLS.height + 20.0;
        canvas.text("", x, bottom, "middle", &format!("{second} s"));
    }
}

/// The limit: a step at each change.
fn limit(canvas: &Canvas, scale: &Scale, run: &Run) -> Vec<(f64, f64)> {
    let mut y = scale.y(run.first_limit as f64);
    let mut line = vec![(Canvas::LEFT, y)];
    for change in &run.changes {
        let x = canvas.x(change.at);
        line.push((x, y));
        y = scale.y(change.limit as f64);
        line.push((x, y));
    }
    line.push((Canvas::RIGHT, y));
    line
}

/// From numbers to heights in a panel.
struct Scale {
    panel: Panel,
    top: f64,
    step: u64,
}

// === impl Scale ===

impl Scale {
    fn new(panel: Panel, most: u64) -> Self {
        let fits = |step: &u64| most.div_ceil(*step) <= 6;
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(fits);
        let step = step.unwrap_or(1_000);
        Self {
            panel,
            top: (most.div_ceil(step) * step).max(1) as f64,
            step,
        }
    }

    fn y(&self, value: f64) -> f64 {
        let Panel { top, height } = self.panel;
        top + height * (1.0 - value / self.top)
    }

    fn between(&self, low: f64, high: f64) -> Panel {
        Panel {
            top: self.y(high),
            height: self.y(low) - self.y(high),
        }
    }

    fn grid(&self, canvas: &mut Canvas) {
        let lines = 0..=self.top as u64 / self.step;
        for value in lines.map(|line| line * self.step) {
            canvas.grid(self.y(value as f64), &value.to_string());
        }
    }
}
