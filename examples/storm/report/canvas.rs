//! SVG text: a time axis that all panels share, and the few shapes the plots need.

use std::fmt::{self, Write};
use std::time::Duration;

/// An SVG being written. Panels are laid out from top to bottom on one time axis.
#[derive(Debug)]
pub struct Canvas {
    text: String,
    length: f64,
}

/// A stretch of the canvas from top to bottom.
#[derive(Debug, Clone, Copy)]
pub struct Panel {
    /// Its upper edge.
    pub top: f64,
    /// Its height.
    pub height: f64,
}

// === impl Canvas ===

impl Canvas {
    /// The width of the whole.
    pub const WIDTH: f64 = 1160.0;
    /// Where the time axis starts.
    pub const LEFT: f64 = 62.0;
    /// Where the time axis ends.
    pub const RIGHT: f64 = 1148.0;

    /// An empty canvas whose time axis has this length.
    pub fn new(length: Duration) -> Self {
        Self {
            text: String::new(),
            length: length.as_secs_f64(),
        }
    }

    /// The finished SVG.
    pub fn finish(self, height: f64, label: &str) -> String {
        let width = Self::WIDTH;
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\" \
             xmlns=\"http://www.w3.org/2000/svg\">\n{}</svg>\n",
            self.text
        )
    }

    /// Where a time lies.
    pub fn x(&self, at: Duration) -> f64 {
        let share = (at.as_secs_f64() / self.length).clamp(0.0, 1.0);
        Self::LEFT + share * (Self::RIGHT - Self::LEFT)
    }

    /// A filled rectangle from one time to another.
    pub fn block(&mut self, class: &str, from: Duration, to: Duration, panel: Panel, title: &str) {
        let (left, right) = (self.x(from), self.x(to));
        let title = if title.is_empty() {
            String::new()
        } else {
            format!("<title>{title}</title>")
        };
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\">{title}</rect>",
            panel.top,
            right - left,
            panel.height
        ));
    }

    /// A line across the panel at this height, with its label on the axis.
    pub fn grid(&mut self, y: f64, label: &str) {
        let (left, right) = (Self::LEFT, Self::RIGHT);
        self.put(format_args!(
            "<line class=\"grid\" x1=\"{left}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
        ));
        self.text("", left - 8.0, y + 4.0, "end", label);
    }

    /// A line from top to bottom at this time.
    pub fn edge(&mut self, at: Duration, panel: Panel) {
        let (x, bottom) = (self.x(at), panel.top + panel.height);
        self.put(format_args!(
            "<line class=\"edge\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\"/>",
            panel.top
        ));
    }

    /// Words; `anchor` is `start`, `middle` or `end`.
    pub fn text(&mut self, class: &str, x: f64, y: f64, anchor: &str, words: &str) {
        self.put(format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"));
    }

    /// A line through the points.
    pub fn line(&mut self, class: &str, points: &[(f64, f64)]) {
        let path = path_of(points);
        self.put(format_args!("<path class=\"{class}\" d=\"M{path}\"/>"));
    }

    /// The area between two lines with the same times.
    pub fn area(&mut self, class: &str, upper: &[(f64, f64)], lower: &[(f64, f64)]) {
        let back: Vec<_> = lower.iter().rev().copied().collect();
        let (there, back) = (path_of(upper), path_of(&back));
        self.put(format_args!(
            "<path class=\"{class}\" d=\"M{there} L{back} Z\"/>"
        ));
    }

    fn put(&mut self, shape: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{shape}");
    }
}

fn path_of(points: &[(f64, f64)]) -> String {
    let points: Vec<_> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    points.join(" ")
}
