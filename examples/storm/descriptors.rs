//! How many connections the process may have open at a time.
//!
//! Both ends of every connection live in this process, and a hanging upstream holds all of them open. Where the system
//! starts programs with few file descriptors, the bare side would choke on that rather than on the storm, so the program
//! starts itself again through the shell, which may raise the limit as far as the system allows.

use std::env;
use std::ffi::OsStr;

/// Tells the program started again what the limit is.
const LIMIT: &str = "STORM_OPEN_FILES";
/// Descriptors kept for the policy's side, the listeners and the runtime.
const RESERVED: usize = 512;
/// Both ends of a connection.
const ENDS: usize = 2;
/// More than any run needs, and fewer than the ports of one loopback address.
const MOST: usize = 12_000;
/// With fewer a pool makes no sense.
const FEWEST: usize = 64;
/// What systems commonly start programs with.
const COMMON: usize = 1024;

#[cfg(unix)]
const RAISE: &str = r#"
for files in 24512 "$(ulimit -Hn)" 10240 4096; do ulimit -n "$files" 2>/dev/null && break; done
STORM_OPEN_FILES="$(ulimit -n)" exec "$0" "$@"
"#;

/// Starts the program again with as many descriptors as it may have. Returns when that was done already, is not
/// needed on this system, or cannot be done: then the bare side gets along with fewer connections.
pub fn raise() {
    #[cfg(unix)]
    if env::var_os(LIMIT).is_none() {
        use std::os::unix::process::CommandExt;
        use std::process::Command;

        if let Ok(program) = env::current_exe() {
            let arguments = env::args_os().skip(1);
            // Does not return when it succeeds; the process stays the same, so Ctrl-C still finds it.
            let _ = Command::new("sh")
                .arg("-c")
                .arg(RAISE)
                .arg(program)
                .args(arguments)
                .exec();
        }
    }
}

/// How many connections the bare side may have.
pub fn connections() -> usize {
    share_of(env::var_os(LIMIT).as_deref(), cfg!(unix))
}

fn share_of(limit: Option<&OsStr>, limited: bool) -> usize {
    let files = match limit.and_then(OsStr::to_str) {
        Some("unlimited") => usize::MAX,
        Some(files) => files.parse().unwrap_or(COMMON),
        None if limited => COMMON,
        None => usize::MAX,
    };
    (files.saturating_sub(RESERVED) / ENDS).clamp(FEWEST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_limit_leaves_room_for_the_other_side_and_none_gives_the_most() {
        let share = |limit: &str| share_of(Some(OsStr::new(limit)), true);
        assert_eq!(share("4096"), 1792);
        assert_eq!(share("256"), FEWEST);
        assert_eq!(share("unlimited"), MOST);
        assert_eq!(share("?"), share("1024"));
        assert_eq!((share_of(None, true), share_of(None, false)), (256, MOST));
    }
}
