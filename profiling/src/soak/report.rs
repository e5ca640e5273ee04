//! The report of a run: a line for each sample, figures and pictures.

mod page;
pub mod pictures;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Job;
use super::calls::Whole;
use super::laws::Laws;
use super::listen::Heard;
use super::sample::Sample;

/// A report that is being written, if one was asked for.
pub struct Report {
    files: Option<(PathBuf, BufWriter<File>)>,
}

/// A run that is over.
pub struct Course<'a> {
    /// What was asked for.
    pub job: &'a Job,
    /// The laws.
    pub laws: &'a Laws,
    /// The samples.
    pub samples: &'a [Sample],
    /// All calls.
    pub whole: &'a Whole,
    /// All events.
    pub heard: Heard,
    /// Calls that were not made, because too many were out.
    pub held_back: u64,
    /// Polls that blocked their thread.
    pub stalls: u64,
    /// What the stacks of the house look like.
    pub stacks: String,
    /// Whether a signal ended it.
    pub early: bool,
}

// === impl Report ===

impl Report {
    /// Makes the directory and begins.
    ///
    /// # Errors
    /// It cannot be made or written.
    pub fn begin(job: &Job) -> io::Result<Self> {
        let Some(directory) = &job.report else {
            return Ok(Self { files: None });
        };
        let said = |error| named(error, directory);
        fs::create_dir_all(directory).map_err(said)?;
        let samples = File::create(directory.join("report.jsonl")).map_err(said)?;
        let files = Some((directory.clone(), BufWriter::new(samples)));
        Ok(Self { files })
    }

    /// Writes a sample down, so that it is there whatever happens later.
    pub fn sample(&mut self, sample: &Sample) {
        let Some((directory, samples)) = &mut self.files else {
            return;
        };
        let written = writeln!(samples, "{}", sample.json()).and_then(|()| samples.flush());
        if let Err(error) = written {
            eprintln!("{}", named(error, directory));
        }
    }

    /// Writes the page and the pictures.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn end(&mut self, course: &Course<'_>) -> io::Result<()> {
        let text = page::page(course);
        println!("\n{text}");
        let Some((directory, _)) = &self.files else {
            return Ok(());
        };
        write(directory, "report.md", &text)?;
        for (name, plot) in pictures::pictures(course.samples) {
            write(directory, name, &plot.svg())?;
        }
        Ok(())
    }
}

fn write(directory: &Path, name: &str, text: &str) -> io::Result<()> {
    let path = directory.join(name);
    fs::write(&path, text).map_err(|error| named(error, &path))
}

fn named(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
