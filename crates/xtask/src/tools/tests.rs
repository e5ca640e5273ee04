use super::Tool;

const RECORD: &str = "[v1]\n\"a-runner 0.16.1 (registry+index)\" = [\"a-runner\"]\n";

fn tool(name: &'static str, version: Option<&str>) -> Tool {
    Tool {
        name,
        version: version.map(str::to_string),
    }
}

#[test]
fn the_recorded_version_is_reused() {
    assert!(tool("a-runner", Some("0.16.1")).is_recorded(RECORD));
    assert!(tool("a-runner", None).is_recorded(RECORD));
}

#[test]
fn another_version_or_another_name_is_installed() {
    assert!(!tool("a-runner", Some("0.16.2")).is_recorded(RECORD));
    assert!(!tool("a-runner", Some("0.16")).is_recorded(RECORD));
    assert!(!tool("a", None).is_recorded(RECORD));
}
