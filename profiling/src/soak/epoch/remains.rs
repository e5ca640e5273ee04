//! What remains between two epochs.

use tokio::runtime::Handle;

use super::LOOK;
use crate::soak::host;

/// What remains between two epochs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remains {
    /// Tasks of the runtime.
    pub tasks: u64,
    /// Threads of the process.
    pub threads: u64,
    /// Open files of the process.
    pub files: u64,
}

// === impl Remains ===

impl Remains {
    /// The least for a while: what is still ending is not among it.
    pub async fn least() -> Self {
        let mut least = Self::now();
        for _ in 0..100 {
            tokio::time::sleep(LOOK).await;
            let now = Self::now();
            least.tasks = least.tasks.min(now.tasks);
            least.threads = least.threads.min(now.threads);
            least.files = least.files.min(now.files);
        }
        least
    }

    /// What there is.
    pub fn now() -> Self {
        Self {
            tasks: Handle::current().metrics().num_alive_tasks() as u64,
            threads: host::threads().unwrap_or(0),
            files: host::files().unwrap_or(0),
        }
    }
}
