//! The page: what was run, what became of the calls, what was checked.

use std::fmt::Write;
use std::time::Duration;

use super::Course;
use crate::soak::calls::End;
use crate::soak::laws::Law;

/// The page of a run.
pub fn page(course: &Course<'_>) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut page, course);
    page
}

fn write(page: &mut String, course: &Course<'_>) -> std::fmt::Result {
    let (job, laws, whole) = (course.job, course.laws, course.whole);
    let held = !laws.are_broken();
    let last = course.samples.last().copied().unwrap_or_default();
    writeln!(page, "# Soak\n")?;
    let verdict = match (held, course.early) {
        (true, false) => "Every law held.",
        (true, true) => "Every law held; a signal ended the run early.",
        (false, _) => "LAWS WERE BROKEN.",
    };
    writeln!(page, "{verdict}\n")?;
    let (seed, epochs, rate) = (job.seed, laws.epoch(), job.rate);
    writeln!(
        page,
        "Seed {seed}, {epochs} epochs in {:.0} s, {rate} calls a second asked for.\n",
        last.at
    )?;

    writeln!(page, "| calls | | share |\n|---|--:|--:|")?;
    let begun = whole.begun.get();
    writeln!(page, "| begun | {begun} | |")?;
    for end in End::ALL {
        let count = whole.of(end);
        let share = 100.0 * count as f64 / begun.max(1) as f64;
        writeln!(page, "| {} | {count} | {share:.2} % |", end.name())?;
    }
    let (most, held_back) = (whole.out.most(), course.held_back);
    writeln!(page, "| out at a time, at most | {most} | |")?;
    writeln!(page, "| not made: too many were out | {held_back} | |\n")?;

    let latency = whole.latency();
    let millis = |time: Option<Duration>| time.unwrap_or_default().as_secs_f64() * 1e3;
    writeln!(
        page,
        "| latency, from when a call was due | ms |\n|---|--:|"
    )?;
    for share in [0.5, 0.9, 0.99, 0.999] {
        writeln!(
            page,
            "| {} % | {:.1} |",
            100.0 * share,
            millis(latency.quantile(share))
        )?;
    }
    writeln!(page, "| the longest | {:.1} |\n", millis(latency.max()))?;

    writeln!(page, "| went wrong | |\n|---|--:|")?;
    writeln!(
        page,
        "| faults injected around the client | {} |",
        last.injected
    )?;
    writeln!(
        page,
        "| requests refused by the backend | {} |",
        last.refused
    )?;
    writeln!(page, "| connections broken | {} |", last.broken)?;
    writeln!(page, "| requests given up | {} |", last.given_up)?;
    writeln!(
        page,
        "| polls that blocked their thread | {} |",
        course.stalls
    )?;
    writeln!(page, "| changes of settings | {} |\n", last.changes)?;

    let heard = course.heard;
    writeln!(page, "| events | |\n|---|--:|")?;
    writeln!(page, "| emitted | {} |", heard.emitted)?;
    writeln!(
        page,
        "| received by the quick subscribers | {} |",
        heard.received
    )?;
    writeln!(page, "| lost to them | {} |", heard.lost)?;
    writeln!(
        page,
        "| delivered by six pumps to bad sinks | {} |",
        heard.delivered
    )?;
    writeln!(
        page,
        "| not delivered by them, and counted | {} |\n",
        heard.missed
    )?;

    let first = course.samples.first().copied().unwrap_or_default();
    let settled = course.samples.iter().find(|sample| sample.at >= 20.0);
    let settled = settled.copied().unwrap_or(first);
    let most = course.samples.iter().map(|sample| sample.memory).max();
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    writeln!(page, "| resident memory | MB |\n|---|--:|")?;
    writeln!(
        page,
        "| at {:.0} s | {:.1} |",
        settled.at,
        megabytes(settled.memory)
    )?;
    writeln!(page, "| at the end | {:.1} |", megabytes(last.memory))?;
    writeln!(page, "| at most | {:.1} |\n", megabytes(most.unwrap_or(0)))?;

    writeln!(page, "| law | | checked | broken |\n|---|---|--:|--:|")?;
    for law in Law::ALL {
        let (checked, broken) = laws.count(law);
        writeln!(
            page,
            "| {} | {} | {checked} | {broken} |",
            law.number(),
            law.text()
        )?;
    }
    for breach in laws.breaches() {
        writeln!(page, "\nBroken: `{breach}`")?;
    }
    writeln!(
        page,
        "\nThe stacks of the house at the end:\n\n```text\n{}\n```",
        course.stacks
    )?;
    if job.report.is_some() {
        writeln!(
            page,
            "\n![calls](throughput.svg)\n![latency](latency.svg)\n![memory](memory.svg)\n![faults](faults.svg)"
        )?;
    }
    Ok(())
}
