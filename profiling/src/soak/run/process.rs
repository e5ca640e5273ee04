//! What the process is told: signals, and panics.

use std::io;
use std::panic;
use std::sync::Arc;

use tokio::sync::watch;

use crate::soak::laws::{Law, Laws};
use crate::soak::listen;

/// Whether somebody wants the run to end: SIGINT and SIGTERM, where there are such.
pub fn signals() -> io::Result<watch::Receiver<bool>> {
    let (over, told) = watch::channel(false);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            over.send_replace(true);
            // Kept, so that nobody takes its end for a word.
            over.closed().await;
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        over.send_replace(true);
        over.closed().await;
    });
    Ok(told)
}

/// Planned panics are silent; any other breaks a law, and is said.
pub fn heed_panics(laws: &Arc<Laws>) {
    let (laws, usual) = (Arc::clone(laws), panic::take_hook());
    panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let owned = payload.downcast_ref::<String>().map(String::as_str);
        let said = payload.downcast_ref::<&str>().copied().or(owned);
        let said = said.unwrap_or("something");
        if said == listen::PANIC || said == "chaos: a call panics" {
            return;
        }
        usual(info);
        laws.hold(Law::Panics, false, || format!("a panic: {said}"));
    }));
}
