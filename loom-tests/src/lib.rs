//! Loom models of the machines in `ninelives-core`. They exist only under `--cfg ninelives_loom`: see `cargo xtask loom`.

#![forbid(unsafe_code)]

#[cfg(ninelives_loom)]
mod kept;
#[cfg(ninelives_loom)]
mod models;

#[cfg(ninelives_loom)]
pub use kept::{Dropped, Kept, last, unit_of};
#[cfg(ninelives_loom)]
pub use models::{Actor, Bound, model, model_within, orders, race, touches};
