use super::missing;

#[test]
fn a_readme_with_both_commands_passes() {
    assert!(
        missing("run `cargo run --release --example storm`, then\n    cargo xtask test\n")
            .is_empty()
    );
}

#[test]
fn a_readme_without_one_names_it() {
    assert_eq!(
        missing("cargo run --release --example storm"),
        ["README.md does not name `cargo xtask test`"]
    );
}
