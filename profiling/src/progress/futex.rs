//! System calls of a million operations.

use std::collections::BTreeMap;
use std::fmt;

use nix::libc::{SYS_futex as FUTEX, SYS_getppid as MARK};
use nix::sys::ptrace::Options;
use nix::sys::wait::WaitStatus;
use nix::unistd::Pid;

use super::args::Job;
use super::proc::Process;
use super::trace::{call, resume_to_call, seize, stop, wait};
use super::{Subject, Trouble};

/// What the two threads asked of the kernel between their marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Calls {
    /// Operations of both.
    pub(super) operations: u64,
    /// Calls that wait for a thread or wake one.
    pub(super) futex: u64,
    /// All others.
    pub(super) others: u64,
}

/// Where one thread is.
#[derive(Clone, Copy)]
struct Watched {
    thread: Pid,
    /// It is in a system call: the next stop is the end of it.
    within: bool,
    /// Marks it has passed: between the first and the second, calls count.
    marks: u32,
}

/// How often each system call was made, by its number.
type Counts = BTreeMap<i64, u64>;

/// Counts the system calls of `job.operations` operations, half of them by each thread.
pub(super) fn count(job: &Job, subject: &Subject) -> Result<Calls, Trouble> {
    let each = job.operations.div_ceil(2);
    let mut process = Process::start(subject, Some(each))?;
    let options = Options::PTRACE_O_EXITKILL | Options::PTRACE_O_TRACESYSGOOD;
    let mut watched = process.threads.map(|thread| Watched {
        thread,
        within: false,
        marks: 0,
    });
    for Watched { thread, .. } in watched {
        seize(thread, options)?;
        // A thread that was seized runs on; from here it runs to its next system call.
        stop(thread)
            .and_then(|()| resume_to_call(thread))
            .map_err(Trouble::Lost)?;
    }
    process.begin()?;
    let mut counts = Counts::new();
    while watched.iter().any(|one| one.marks < 2) {
        next(&mut watched, &mut counts).map_err(Trouble::Lost)?;
    }
    let futex = counts.remove(&FUTEX).unwrap_or(0);
    Ok(Calls {
        operations: 2 * each,
        futex,
        others: counts.values().sum(),
    })
}

/// Takes the next event of any thread, and counts it if it is the beginning of a call between the marks.
fn next(watched: &mut [Watched; 2], counts: &mut Counts) -> Result<(), String> {
    let status = wait(None)?;
    let one = status
        .pid()
        .and_then(|pid| watched.iter_mut().find(|one| one.thread == pid));
    let Some(one) = one else {
        return Err(format!("the process under test: {status:?}"));
    };
    match status {
        WaitStatus::PtraceSyscall(thread) => {
            one.within = !one.within;
            if one.within {
                match call(thread)? {
                    MARK => one.marks += 1,
                    number if one.marks == 1 => *counts.entry(number).or_insert(0) += 1,
                    _ => {}
                }
            }
        }
        WaitStatus::PtraceEvent(..) | WaitStatus::Stopped(..) => {}
        other => return Err(format!("a thread under test: {other:?}")),
    }
    resume_to_call(one.thread)
}

// === impl Calls ===

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operations,
            futex,
            others,
        } = self;
        write!(f, "{futex} futex calls in {operations} operations")?;
        match others {
            0 => Ok(()),
            some => write!(f, " ({some} other system calls)"),
        }
    }
}
