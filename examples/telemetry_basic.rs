//! What policies tell: a short run over a service that is down for a while, and everything that happened in it.
//!
//! `cargo run --example telemetry_basic`
//!
//! One sink hands the events to a task that prints them as they come; another keeps the newest, to look at when the run is over.
//! Neither can slow a call down: both are rings. Tokio's clock is paused, so every run says the same.

#![allow(clippy::disallowed_methods)] // a program owns its runtime

use std::error::Error;
use std::time::Duration;

use ninelives::emit::{Interest, Kind, PolicyEvent};
use ninelives::{prelude::*, telemetry::Delivery};
use tower::{Layer, Service, ServiceExt};

const MS: Duration = Duration::from_millis(1);

/// Is down for the calls 3 to 8.
async fn quote(number: u32) -> Result<u32, std::io::Error> {
    tokio::time::sleep(MS).await;
    match number {
        3..=8 => Err(std::io::Error::other("the exchange is closed")),
        _ => Ok(number),
    }
}

/// Prints events until the circuit closes again; sleeps while there are none.
async fn print(mut events: Subscriber, stream: StreamingSink<TokioTimer>) {
    loop {
        match events.recv().await {
            Delivery::Event(event) => {
                let name = stream.name_of(event.policy()).expect("it was attached");
                println!("{:>8}  {event}", name.as_str());
                if let PolicyEvent::CircuitClosed { .. } = event {
                    return;
                }
            }
            Delivery::Lagged(lost) => println!("came too fast, so lost: {lost}"),
        }
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn Error>> {
    let stream = StreamingSink::new(1024)?.with_clock(TokioTimer);
    let memory = MemorySink::new().with_clock(TokioTimer);
    // Everything but the routine; what nobody wants is not even made.
    let routine = [Kind::RequestSuccess, Kind::BulkheadAcquired];
    let unusual = routine.into_iter().fold(Interest::ALL, Interest::without);
    let printer = tokio::spawn(print(stream.subscribe_to(unusual), stream.clone()));

    let retry = RetryPolicy::builder().max_attempts(2).with_seed(9);
    let retry = retry
        .backoff(Backoff::constant(5 * MS))
        .with_jitter(Jitter::full());
    let breaker = CircuitBreakerConfig::new(2, 20 * MS, 1)?;
    let breaker = CircuitBreakerLayer::with_clock(breaker, TokioTimer)?;
    let policy = Policy(breaker.named("breaker"))
        + Policy(BulkheadLayer::new(8)?.named("bulkhead"))
        + Policy(retry.build()?.into_layer().named("retry"));
    let policy = policy.with_sink(stream + memory.clone());

    let mut service = policy.layer(tower::service_fn(quote));
    for number in 0..16 {
        let _ = service.ready().await?.call(number).await;
        tokio::time::sleep(5 * MS).await;
    }
    printer.await?;
    let events = memory.events();
    println!("{} events kept:", events.len());
    for kind in Kind::ALL {
        let count = events.iter().filter(|event| event.kind() == kind).count();
        if count > 0 {
            println!("{count:>8}  {}", kind.name());
        }
    }
    Ok(())
}
