//! The process under test, from outside: its pipes, and what the kernel says of its threads.

use std::env::current_exe;
use std::fs;
use std::io::{BufRead, BufReader, Error, ErrorKind, Result, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use nix::sys::wait::WaitStatus;
use nix::unistd::Pid;

use super::Subject;
use super::args::SERVE;
use super::trace::wait;

/// The process under test. It ends when this is dropped.
pub(super) struct Process {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Its two threads.
    pub(super) threads: [Pid; 2],
}

/// What a thread is doing, as the kernel has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// It waits in the kernel.
    pub(super) asleep: bool,
    /// Hundredths of a second that it had of a processor.
    pub(super) ran: u64,
}

// === impl Process ===

impl Process {
    /// Starts it; its threads have warmed up, and wait to be told to begin.
    pub(super) fn start(subject: &Subject, operations: Option<u64>) -> Result<Self> {
        let mut command = Command::new(current_exe()?);
        command.args([SERVE, subject.name]);
        if let Some(operations) = operations {
            command.args(["--operations", &operations.to_string()]);
        }
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.spawn()?;
        let (Some(ask), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::other("no pipes"));
        };
        let mut process = Self {
            child,
            ask,
            answers: BufReader::new(answers),
            threads: [Pid::from_raw(0); 2],
        };
        process.threads = process.pair()?.map(Pid::from_raw);
        Ok(process)
    }

    /// Tells the threads to begin.
    pub(super) fn begin(&mut self) -> Result<()> {
        self.ask.write_all(b"go\n")
    }

    /// How many operations each thread has done.
    pub(super) fn done(&mut self) -> Result<[u64; 2]> {
        self.ask.write_all(b"?\n")?;
        self.pair()
    }

    /// What the thread is doing.
    pub(super) fn standing(&self, thread: Pid) -> Result<Standing> {
        let path = format!("/proc/{}/task/{thread}/stat", self.child.id());
        let text = fs::read_to_string(path)?;
        Standing::read(&text).ok_or_else(|| Error::new(ErrorKind::InvalidData, text))
    }

    fn pair<T: std::str::FromStr>(&mut self) -> Result<[T; 2]> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let mut words = line.split_whitespace().map(str::parse);
        match (words.next(), words.next()) {
            (Some(Ok(a)), Some(Ok(b))) => Ok([a, b]),
            _ => Err(Error::other(format!(
                "the process under test said {line:?}"
            ))),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended already is no error.
        let _ = self.child.kill();
        // A process is over when its threads are, and of those that are traced the tracer must take note.
        while wait(None).is_ok_and(|status| !ended(&status, self.child.id())) {}
    }
}

fn ended(status: &WaitStatus, process: u32) -> bool {
    match status {
        WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..) => {
            u32::try_from(pid.as_raw()) == Ok(process)
        }
        _ => false,
    }
}

// === impl Standing ===

impl Standing {
    /// Reads a line of `/proc/.../stat`. The name of the thread, in parentheses, may hold anything.
    fn read(text: &str) -> Option<Self> {
        let mut words = text.rsplit_once(')')?.1.split_whitespace();
        let state = words.next()?;
        let (user, system) = (words.nth(10)?, words.next()?);
        Some(Self {
            asleep: matches!(state, "S" | "D"),
            ran: user.parse::<u64>().ok()? + system.parse::<u64>().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Standing;

    #[test]
    fn a_thread_whose_name_looks_like_a_state_is_read() {
        let line = "7 (R) S) S 1 2 3 4 5 6 7 8 9 10 40 2 0 0 20 0";
        let standing = Standing {
            asleep: true,
            ran: 42,
        };
        assert_eq!(Standing::read(line), Some(standing));
    }

    #[test]
    fn a_line_that_ends_early_is_not_read() {
        assert_eq!(Standing::read("7 (a) R 1 2"), None);
    }
}
