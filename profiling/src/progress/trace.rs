//! A debugger of single threads.

use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// The kernel does not let threads be traced, or not here; why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) String);

/// Watches a thread. From now on every call for it must come from this thread.
pub(super) fn seize(thread: Pid, options: Options) -> Result<(), Refused> {
    ptrace::seize(thread, options).map_err(|error| Refused(format!("ptrace is refused: {error}")))
}

/// Stops a thread wherever it is, and returns once it has stopped.
pub(super) fn stop(thread: Pid) -> Result<(), String> {
    ptrace::interrupt(thread).map_err(said("interrupt"))?;
    match wait(Some(thread))? {
        WaitStatus::PtraceEvent(..) | WaitStatus::Stopped(..) => Ok(()),
        other => Err(format!("stopped a thread, and it was {other:?}")),
    }
}

/// Lets a thread that was stopped go on.
pub(super) fn resume(thread: Pid) -> Result<(), String> {
    ptrace::cont(thread, None).map_err(said("cont"))
}

/// Lets a thread that was stopped go on to its next system call, or out of the one it is in.
pub(super) fn resume_to_call(thread: Pid) -> Result<(), String> {
    ptrace::syscall(thread, None).map_err(said("syscall"))
}

/// The next event of the thread, or of any.
pub(super) fn wait(thread: Option<Pid>) -> Result<WaitStatus, String> {
    loop {
        match waitpid(thread, Some(WaitPidFlag::__WALL)) {
            Err(Errno::EINTR) => {}
            answer => return answer.map_err(said("wait")),
        }
    }
}

/// The system call that the thread is stopped at.
#[cfg(target_arch = "x86_64")]
pub(super) fn call(thread: Pid) -> Result<i64, String> {
    let registers = ptrace::getregs(thread).map_err(said("getregs"))?;
    Ok(registers.orig_rax.cast_signed())
}

/// The system call that the thread is stopped at.
#[cfg(target_arch = "aarch64")]
pub(super) fn call(thread: Pid) -> Result<i64, String> {
    let registers = ptrace::getregs(thread).map_err(said("getregs"))?;
    Ok(registers.regs[8].cast_signed())
}

fn said(what: &'static str) -> impl Fn(Errno) -> String {
    move |error| format!("ptrace {what}: {error}")
}
