//! Lines over time, as SVG: panels below one another with one axis of time.

use std::fmt::Write;

/// Panels that share their axis of time.
#[derive(Clone, Debug)]
pub struct Plot {
    /// Above all.
    pub title: String,
    /// Below all: what the axis of time counts.
    pub time: String,
    /// From the top.
    pub panels: Vec<Panel>,
}

/// Lines over one axis of values, which begins at zero.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What the axis of values counts.
    pub values: String,
    /// In the order of their colours.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name, beside its colour.
    pub name: String,
    /// Time and value, in the order of time.
    pub points: Vec<(f64, f64)>,
}

/// Dark enough to be read on white, and told apart without seeing red and green.
const COLOURS: [&str; 6] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7f6000", "#56b4e9",
];
const WIDTH: f64 = 860.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 40.0;
const PANEL: f64 = 190.0;
const GAP: f64 = 44.0;
const BOTTOM: f64 = 44.0;

// === impl Plot ===

impl Plot {
    /// The picture. The same plot gives the same text.
    pub fn svg(&self) -> String {
        let panels = self.panels.len() as f64;
        let height = TOP + panels * (PANEL + GAP) + BOTTOM;
        let last = self.most(|(time, _)| *time);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n"
        );
        text(&mut svg, LEFT, 22.0, "start", &self.title);
        for (number, panel) in self.panels.iter().enumerate() {
            let top = TOP + number as f64 * (PANEL + GAP) + GAP / 2.0;
            panel.draw(&mut svg, top, last);
        }
        let middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
        text(&mut svg, middle, height - 14.0, "middle", &self.time);
        svg.push_str("</svg>\n");
        svg
    }

    fn most(&self, of: impl Fn(&(f64, f64)) -> f64) -> f64 {
        let panels = self.panels.iter();
        let points = panels.flat_map(|panel| panel.lines.iter().flat_map(|line| &line.points));
        points.map(of).fold(0.0, f64::max)
    }
}

// === impl Panel ===

impl Panel {
    fn draw(&self, svg: &mut String, top: f64, last: f64) {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let most = points.map(|(_, value)| *value).fold(0.0, f64::max);
        let (every_x, every_y) = (step(last, 10.0), step(most, 4.0));
        let most = (most / every_y).ceil().max(1.0) * every_y;
        let last = last.max(every_x);
        let x = |time: f64| LEFT + time / last * (WIDTH - LEFT - RIGHT);
        let y = |value: f64| top + PANEL - value / most * PANEL;
        for (tick, place) in ticks(every_y, most).map(|tick| (tick, y(tick))) {
            rule(svg, (x(0.0), place), (x(last), place));
            text(svg, LEFT - 8.0, place + 4.0, "end", &number(tick));
        }
        for (tick, place) in ticks(every_x, last).map(|tick| (tick, x(tick))) {
            rule(svg, (place, top), (place, top + PANEL));
            text(svg, place, top + PANEL + 16.0, "middle", &number(tick));
        }
        let mut right = WIDTH - RIGHT;
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let mut places = String::new();
            for (time, value) in &line.points {
                let _ = write!(places, "{:.1},{:.1} ", x(*time), y(*value));
            }
            let _ = writeln!(
                svg,
                "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\" points=\"{}\"/>",
                places.trim_end()
            );
            text(svg, right, top - 7.0, "end", &line.name);
            // Seven units for a letter, roughly, and room for the stroke.
            right -= 7.0 * line.name.chars().count() as f64 + 18.0;
            let _ = writeln!(
                svg,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"12\" height=\"3\" fill=\"{colour}\"/>",
                right,
                top - 13.0
            );
            right -= 16.0;
        }
        text(svg, LEFT, top - 7.0, "start", &self.values);
    }
}

/// A round distance, so that about `count` of them cover `most`.
fn step(most: f64, count: f64) -> f64 {
    let raw = (most / count).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(raw.log10().floor());
    let round = [1.0, 2.0, 5.0].into_iter().find(|n| n * power >= raw);
    round.unwrap_or(10.0) * power
}

fn ticks(every: f64, most: f64) -> impl Iterator<Item = f64> {
    let count = (most / every + 1e-9).floor() as u32;
    (0..=count).map(move |tick| f64::from(tick) * every)
}

fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn rule(svg: &mut String, (x, y): (f64, f64), (to_x, to_y): (f64, f64)) {
    let _ = writeln!(
        svg,
        "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{to_x:.1}\" y2=\"{to_y:.1}\" stroke=\"#dddddd\"/>"
    );
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, words: &str) {
    let words = words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
    );
}
