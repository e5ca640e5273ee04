//! Loom models of the machines in `ninelives-core`. They exist only under `--cfg ninelives_loom`: see `cargo xtask loom`.
