//! The clock of tokio's timer, from its first reading in a process on: alone in its process, so that the first reading is here.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "support/stage.rs"]
mod stage;

use std::time::Duration;

use ninelives::prelude::*;
use stage::{Act, Stage, call};
use tower::Layer;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn paused() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap()
}

#[test]
fn w05_several_paused_runtimes_in_one_process_keep_their_own_time() {
    let year = Duration::from_secs(365 * 86_400);
    // The first one is far ahead when the process reads the clock for the first time; the later ones are before that.
    let first = paused();
    first.block_on(async {
        tokio::time::advance(year).await;
        let before = TokioTimer.now();
        TokioTimer.sleep(ms(20)).await;
        let waited = TokioTimer.now().since(before);
        assert!((ms(20)..=ms(21)).contains(&waited), "{waited:?}");
    });
    for _ in 0..3 {
        paused().block_on(async {
            let before = TokioTimer.now();
            tokio::time::advance(Duration::from_secs(60)).await;
            assert_eq!(TokioTimer.now().since(before), Duration::from_secs(60));
            TokioTimer.sleep(ms(20)).await;
            let waited = TokioTimer.now().since(before);
            let most = Duration::from_secs(60) + ms(21);
            assert!(
                (Duration::from_secs(60) + ms(20)..=most).contains(&waited),
                "{waited:?}"
            );
            let stage = Stage::always(Act::Hang);
            let layer = TimeoutLayer::new(ms(50)).unwrap();
            let request = call(&mut layer.layer(stage.backend()), 0).await_it();
            assert!(request.await.unwrap_err().is_timeout());
        });
    }
}
