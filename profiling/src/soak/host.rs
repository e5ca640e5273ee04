//! What the process has of its host: memory, threads, files. Where there is no `/proc`, nothing is known.

use std::fs;

/// Resident memory, in bytes.
pub fn resident() -> Option<u64> {
    status("VmRSS:").map(|kilobytes| kilobytes * 1024)
}

/// Threads.
pub fn threads() -> Option<u64> {
    status("Threads:")
}

/// Open files, sockets included.
pub fn files() -> Option<u64> {
    // The directory that is being read is one of them.
    let open = fs::read_dir("/proc/self/fd").ok()?;
    Some((open.count() as u64).saturating_sub(1))
}

fn status(field: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    number(&text, field)
}

fn number(text: &str, field: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{files, number, resident, threads};

    #[test]
    fn a_field_is_the_first_number_after_its_name() {
        let text = "Name:\tsoak\nVmRSS:\t  4160 kB\nThreads:\t3\n";
        assert_eq!(number(text, "VmRSS:"), Some(4160));
        assert_eq!(number(text, "Threads:"), Some(3));
        assert_eq!(number(text, "VmSwap:"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_has_memory_a_thread_and_files() {
        assert!(resident().unwrap() > 0);
        assert!(threads().unwrap() >= 1);
        assert!(files().unwrap() >= 1);
    }
}
