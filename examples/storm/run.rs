//! One run: upstreams, both sides, the load, and the summary of what came of it.

use std::error::Error;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::bare::Bare;
use crate::book::Book;
use crate::descriptors;
use crate::driver::{Lane, Load};
use crate::flags::Flags;
use crate::http::Http;
use crate::progress::Progress;
use crate::protected::Protected;
use crate::summary::{PolicyFigures, Side, Summary};
use crate::target::Target;
use crate::upstream::Upstream;
use crate::weather::Forecast;

/// How long requests may be out after the last was due: five times what the slowest answer of the storm takes.
const GRACE: Duration = Duration::from_secs(2);

/// A side while it runs.
struct Running {
    http: Http,
    upstream: Option<Upstream>,
    book: Arc<Book>,
}

/// Does the whole run.
///
/// # Errors
///
/// No port can be had for an upstream, or the policy's settings were refused.
pub async fn run(flags: Flags) -> Result<Summary, Box<dyn Error>> {
    let length = Duration::from_secs(u64::from(flags.seconds));
    let forecast = if flags.upstream.is_some() {
        Forecast::unknown()
    } else {
        Forecast::over(length)
    };
    let bare_connections = descriptors::connections();
    let start = Instant::now();
    let bare = match flags.upstream {
        Some(_) => None,
        None => Some(Running::start(&flags, &forecast, start, length).await?),
    };
    let guarded = Running::start(&flags, &forecast, start, length).await?;
    let protected = Arc::new(Protected::new(guarded.http.clone(), flags.rps, flags.seed)?);

    let mut lanes = Vec::new();
    if let Some(side) = &bare {
        let caller = Arc::new(Bare::new(side.http.clone(), bare_connections));
        lanes.push(Lane {
            caller,
            book: Arc::clone(&side.book),
        });
    }
    lanes.push(Lane {
        caller: Arc::clone(&protected) as _,
        book: Arc::clone(&guarded.book),
    });

    let watcher = protected.watch(start);
    let looked_at = Arc::clone(&protected);
    let shown = (!flags.quiet).then(|| {
        let progress = Progress {
            start,
            length,
            forecast: forecast.clone(),
            bare: bare.as_ref().map(|side| Arc::clone(&side.book)),
            protected: Arc::clone(&guarded.book),
            breaker: Box::new(move || looked_at.breaker()),
        };
        tokio::spawn(progress.show())
    });

    let load = Load {
        rps: flags.rps,
        length,
        grace: GRACE,
    };
    let driven = load.drive(start, &lanes, interrupted()).await;
    if let Some(shown) = shown {
        shown.abort();
        Progress::end();
    }
    let policy = PolicyFigures {
        words: protected.words(),
        seen: watcher.end().await,
        bulkhead_limit: protected.bulkhead_limit(),
        in_flight_at_end: protected.in_flight(),
    };
    let (bare, protected) = (bare.map(Running::end), guarded.end());
    Ok(Summary {
        flags,
        forecast,
        driven,
        grace: GRACE,
        bare,
        bare_connections,
        protected,
        policy,
    })
}

/// Completes on Ctrl-C; never where the system has none.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}

// === impl Running ===

impl Running {
    async fn start(
        flags: &Flags,
        forecast: &Forecast,
        start: Instant,
        length: Duration,
    ) -> io::Result<Self> {
        let (target, upstream) = match &flags.upstream {
            Some(target) => (target.clone(), None),
            None => {
                let upstream = Upstream::listen(flags.seed, forecast.clone(), start).await?;
                (Target::local(upstream.address()), Some(upstream))
            }
        };
        Ok(Self {
            http: Http::new(target),
            upstream,
            book: Arc::new(Book::new(length)),
        })
    }

    fn end(self) -> Side {
        Side {
            pages: self.book.read(),
            sent: self.http.sent(),
            received: self.upstream.as_ref().map(Upstream::received),
        }
    }
}
