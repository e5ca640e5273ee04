//! Arrows point down: each page's `crate::…` and `super::…` paths against the table of floors.

use super::paths::Path;
use super::table::{DOOR, Floor, House};
use super::{Breach, Sheet};

const RULE: &str = "arrows";

/// Every arrow of the page that the table does not allow.
pub fn check(sheet: &Sheet<'_>) -> Vec<Breach> {
    let Some((house, parts)) = House::of(&sheet.page.path) else {
        return Vec::new();
    };
    let own = parts.first().copied().unwrap_or("lib");
    let Some(floor) = house.floor(own) else {
        return vec![sheet.breach(
            1,
            RULE,
            format!("no floor has a module `{own}`; give it one in the table of floors"),
        )];
    };
    if floor.name == DOOR {
        return Vec::new();
    }
    let refused = |path: &Path| refusal(house, floor, own, &target(path, parts.len())?);
    let mut found: Vec<Breach> = Vec::new();
    for path in &sheet.paths {
        if let Some(text) = refused(path) {
            found.push(sheet.breach(path.line, RULE, text));
        }
    }
    found
}

/// The top-level module that the path enters, when it starts at the root or climbs to it.
fn target(path: &Path, depth: usize) -> Option<String> {
    let parts = &path.parts;
    if parts.first()? == "crate" {
        // An exported macro stands in the root, whichever module defines it.
        if path.is_macro && parts.len() == 2 {
            return None;
        }
        return parts.get(1).cloned();
    }
    let mut rest = parts
        .iter()
        .skip_while(|part| *part == "self" || *part == "super");
    let climbed = parts
        .iter()
        .take_while(|part| *part == "self" || *part == "super");
    let climbed = climbed.filter(|part| *part == "super").count();
    if climbed > 0 && climbed == depth + path.inline {
        rest.next().cloned()
    } else {
        None
    }
}

/// Why a module of this floor may not import that one.
fn refusal(house: &House, floor: &Floor, own: &str, target: &str) -> Option<String> {
    if target == own {
        return None;
    }
    let Some(other) = house.floor(target) else {
        return Some(format!(
            "`{own}` imports `{target}` through the root; import it from its module, which must be on a floor"
        ));
    };
    if floor.sees.contains(&other.name) {
        return None;
    }
    Some(if other.name == floor.name {
        format!("`{own}` imports its neighbour `{target}`")
    } else {
        format!(
            "`{own}` ({}) imports `{target}` ({})",
            floor.name, other.name
        )
    })
}
