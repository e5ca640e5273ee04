//! Links from one page of the repository to another, or to a heading.

use crate::pages::Page;

/// Each link of `texts` that leads to no file, which `exists` knows, or to no heading of one of them.
pub fn broken(texts: &[Page], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut broken = Vec::new();
    for page in texts {
        for target in targets(&page.source) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() {
                page.path.clone()
            } else {
                beside(&page.path, file)
            };
            let text = texts.iter().find(|text| text.path == path);
            let found = match text {
                Some(text) if !heading.is_empty() => has_heading(&text.source, heading),
                Some(_) => true,
                None => exists(&path),
            };
            if !found {
                broken.push(format!("{}: {target} leads nowhere", page.path));
            }
        }
    }
    broken
}

/// What the links of a text lead to, but for other sites and for what stands between fences, as code.
fn targets(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    let links = prose.flat_map(|prose| prose.split("](").skip(1));
    links
        .filter_map(|rest| Some(rest.split_once(')')?.0))
        .filter(|target| !target.contains("://"))
        .collect()
}

/// The path from the root of what `file` is, as a page at `path` writes it.
fn beside(path: &str, file: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn has_heading(text: &str, heading: &str) -> bool {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let mut names = headings.map(|line| name(line.trim_start_matches('#').trim()));
    names.any(|name| name == heading)
}

/// How a link names a heading: lower case, dashes for spaces, no punctuation.
fn name(heading: &str) -> String {
    let kept = |c: char| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        _ => None,
    };
    heading.to_lowercase().chars().filter_map(kept).collect()
}

#[cfg(test)]
mod tests;
