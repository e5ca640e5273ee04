use super::budgets::{self, Budget};
use super::counts::{self, Count};
use super::{emptied, locked, verdict};

const OUTPUT: &str = "\
instructions::layers::bare
  Instructions:                           8|N/A                  (*********)
  L1 Hits:                               12|N/A                  (*********)
instructions::layers::timeout ready:5
  Instructions:                          18|28                   (-35.7143%) [-1.55556x]
instructions::layers::timeout pending:Some(\"a::b\")
  Instructions:                          36|36                   (No change)

Iai-Callgrind result: Ok. 3 without regressions; 0 regressed; 3 benchmarks finished in 0.62074s
";

const BUDGETS: &str = "\
[\"timeout ready\"]
baseline = \"bare\"
max = 10
[\"layers/timeout/pending\"]
baseline = \"bare\"
max = 30
";

fn count(id: &str, instructions: i64) -> Count {
    Count {
        id: id.to_string(),
        instructions,
    }
}

fn complaints(budgets: &str, output: &str) -> Vec<String> {
    let rows = verdict::judge(
        &budgets::parse(budgets).unwrap(),
        &counts::parse(output).unwrap(),
    );
    rows.iter().filter_map(verdict::Row::complaint).collect()
}

#[test]
fn counts_are_read_from_the_new_side_with_the_case_in_the_path() {
    let expected = [
        count("instructions::layers::bare", 8),
        count("instructions::layers::timeout::ready", 18),
        count("instructions::layers::timeout::pending", 36),
    ];
    assert_eq!(counts::parse(OUTPUT).unwrap(), expected);
}

#[test]
fn output_without_counts_is_an_error() {
    assert_eq!(
        counts::parse("SKIP: no runner\n").unwrap_err(),
        "the benchmark printed no counts"
    );
}

#[test]
fn an_unreadable_count_is_an_error_that_names_the_benchmark() {
    let error = counts::parse("a::b\n  Instructions:   many|1 (x)\n").unwrap_err();
    assert_eq!(error, "a::b: `many` is not a count");
}

#[test]
fn budgets_are_read_with_and_without_a_baseline() {
    let parsed = budgets::parse("a = { baseline = \"b\", max = 3 }\nc = { max = -1 }\n").unwrap();
    let a = Budget {
        id: "a".to_string(),
        baseline: Some("b".to_string()),
        max: 3,
    };
    let c = Budget {
        id: "c".to_string(),
        baseline: None,
        max: -1,
    };
    assert_eq!(parsed, [a, c]);
}

#[test]
fn a_page_that_gates_nothing_or_misspells_a_field_is_refused() {
    assert_eq!(budgets::parse("").unwrap_err(), "it has no rows");
    assert_eq!(
        budgets::parse("a = { maximum = 3 }").unwrap_err(),
        "row `a`: unknown field `maximum`"
    );
    assert_eq!(
        budgets::parse("a = { baseline = \"b\" }").unwrap_err(),
        "row `a`: `max` is not a whole number"
    );
}

#[test]
fn counts_within_their_budgets_pass() {
    assert!(complaints(BUDGETS, OUTPUT).is_empty());
}

#[test]
fn one_instruction_too_many_fails_and_names_the_row() {
    let output = OUTPUT.replace("18|28", "19|28");
    assert_eq!(
        complaints(BUDGETS, &output),
        ["timeout ready: 11 instructions, budget 10"]
    );
}

#[test]
fn a_row_that_was_not_measured_fails() {
    let error = "retry: `retry` was not measured";
    assert_eq!(
        complaints("retry = { baseline = \"bare\", max = 1 }", OUTPUT),
        [error]
    );
    let error = "bare: baseline `none` was not measured";
    assert_eq!(
        complaints("bare = { baseline = \"none\", max = 1 }", OUTPUT),
        [error]
    );
}

#[test]
fn a_row_that_could_mean_two_benchmarks_fails() {
    let output = "x::one::a\n  Instructions: 1|N/A\nx::two::a\n  Instructions: 2|N/A\n";
    assert_eq!(
        complaints("a = { max = 9 }", output),
        ["a: `a` is ambiguous: x::one::a, x::two::a"]
    );
}

#[test]
fn a_count_of_zero_fails_also_without_a_budget() {
    let output = OUTPUT.replace("36|36", "0|36");
    let of_row =
        "layers/timeout/pending: `instructions::layers::timeout::pending` counted no instructions";
    let unnamed = "instructions::layers::timeout::pending: `instructions::layers::timeout::pending` counted no instructions";
    assert_eq!(complaints(BUDGETS, &output), [of_row, unnamed]);
    assert_eq!(complaints("bare = { max = 9 }", &output), [unnamed]);
}

#[test]
fn the_table_shows_row_budget_and_measured() {
    let rows = verdict::judge(
        &budgets::parse(BUDGETS).unwrap(),
        &counts::parse(OUTPUT).unwrap(),
    );
    let text = verdict::table(&rows);
    let row = text
        .lines()
        .find(|line| line.starts_with("timeout ready"))
        .unwrap();
    assert_eq!(
        row.split_whitespace().collect::<Vec<_>>(),
        ["timeout", "ready", "10", "10", "within"]
    );
}

#[test]
fn the_runner_takes_the_locked_version() {
    let lock = "[[package]]\nname = \"iai-callgrind\"\nversion = \"0.16.1\"\n";
    assert_eq!(locked(lock, "iai-callgrind").unwrap(), "0.16.1");
    assert_eq!(
        locked(lock, "loom").unwrap_err(),
        "Cargo.lock names no loom"
    );
}

#[test]
fn what_a_killed_run_left_is_gone_before_the_next() {
    let folder = std::env::temp_dir().join(format!("ninelives-iai-{}", std::process::id()));
    let row = folder.join("layers/timeout");
    std::fs::create_dir_all(&row).unwrap();
    std::fs::write(row.join("callgrind.out.part"), "events: Ir").unwrap();
    emptied(&folder).unwrap();
    assert!(!folder.exists());
}

#[test]
fn a_folder_that_no_run_has_made_yet_is_empty() {
    let never = std::env::temp_dir().join("ninelives-iai-that-nobody-makes");
    assert_eq!(emptied(&never), Ok(()));
}

#[test]
fn a_folder_that_cannot_be_emptied_is_named() {
    let file = std::env::temp_dir().join(format!("ninelives-iai-file-{}", std::process::id()));
    std::fs::write(&file, "").unwrap();
    let error = emptied(&file).unwrap_err();
    std::fs::remove_file(&file).unwrap();
    assert!(error.contains("ninelives-iai-file"), "{error}");
}

fn dearer(told: i64, untold: &str) -> Vec<String> {
    let counts = [
        count("instructions::layers::timeout::ready", told),
        count("instructions::layers::retry::heard", 99),
        count("instructions::telemetry::event::room", 99),
    ];
    let rows = verdict::no_dearer(&counts, &[count(untold, 50)]);
    rows.iter().filter_map(verdict::Row::complaint).collect()
}

#[test]
fn a_layer_that_nobody_listens_to_may_cost_what_it_costs_without_telemetry() {
    assert!(dearer(50, "instructions::layers::timeout::ready").is_empty());
    assert_eq!(
        dearer(51, "instructions::layers::timeout::ready"),
        ["timeout::ready untold: 51 instructions, budget 50"]
    );
}

#[test]
fn a_layer_that_is_missing_without_telemetry_is_named() {
    assert_eq!(
        dearer(50, "instructions::layers::renamed::ready"),
        ["timeout::ready untold: the build without telemetry has no such benchmark"]
    );
}
