//! Instructions of a call, counted by callgrind.
//!
//! The program runs itself under callgrind, calls each subject [`FEW`] and then [`MANY`] times, and has the counts written at each
//! call of [`instruction_mark`]. The difference of the two, over the calls that one made more, is free of all else.

use std::fs;
use std::hint::black_box;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::subject::Subject;

/// The flag that starts the run under callgrind.
pub const FLAG: &str = "--under-callgrind";

const WARM: u32 = 256;
const FEW: u32 = 100;
const MANY: u32 = 300;
/// Marks of a subject: before the few, between, behind the many.
const MARKS: usize = 3;

/// Where callgrind writes the counts so far, and starts anew.
#[inline(never)]
pub fn instruction_mark(calls: u32) -> u32 {
    black_box(calls)
}

/// What the run under callgrind does: the first half of [`count`].
pub fn under_callgrind<'a>(subjects: impl Iterator<Item = &'a mut Subject>) {
    for subject in subjects {
        subject.call(WARM);
        for calls in [FEW, MANY] {
            instruction_mark(calls);
            subject.call(calls);
        }
        instruction_mark(0);
    }
}

/// Instructions per call of so many subjects, in the order of [`under_callgrind`]; the error says why there are none.
pub fn count(subjects: usize) -> Result<Vec<f64>, String> {
    let folder = std::env::temp_dir().join(format!("ninelives-peers-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let counts =
        run(&folder).and_then(|()| read(&folder, subjects).map_err(|error| error.to_string()));
    // A leftover costs nothing but disk space.
    let _ = fs::remove_dir_all(&folder);
    counts
}

fn run(folder: &Path) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args([
            "--tool=callgrind",
            "--quiet",
            "--dump-before=*instruction_mark*",
        ])
        .arg(format!(
            "--callgrind-out-file={}",
            folder.join("part").display()
        ))
        .arg(program)
        .arg(FLAG)
        .stdout(Stdio::null());
    match valgrind.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("valgrind: {status}")),
        Err(error) => Err(format!("valgrind: {error}")),
    }
}

/// Part `n` ends at the `n`th mark.
fn read(folder: &Path, subjects: usize) -> io::Result<Vec<f64>> {
    let total = |part: usize| {
        let text = fs::read_to_string(folder.join(format!("part.{part}")))?;
        let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
        let total = total.and_then(|total| total.trim().parse::<f64>().ok());
        total.ok_or_else(|| io::Error::other(format!("part {part} has no total")))
    };
    let per_call = |subject: usize| {
        let (few, many) = (total(MARKS * subject + 2)?, total(MARKS * subject + 3)?);
        Ok((many - few) / f64::from(MANY - FEW))
    };
    (0..subjects).map(per_call).collect()
}
