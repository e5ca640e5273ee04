//! Puts a table between its marks on a page.

use std::fs;
use std::path::{Path, PathBuf};

/// The page with the few.
pub const README: &str = "README.md";

/// Replaces what stands between `<!-- name -->` and `<!-- /name -->` on a page of the repository.
pub fn write(page: &str, name: &str, text: &str) -> Result<(), String> {
    let path = root().join(page);
    let said = |error: std::io::Error| format!("{page}: {error}");
    let old = fs::read_to_string(&path).map_err(said)?;
    let new = replaced(&old, name, text).ok_or_else(|| format!("{page}: no marks of `{name}`"))?;
    fs::write(&path, new).map_err(said)
}

fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_path_buf()
}

fn replaced(page: &str, name: &str, text: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n\n{end}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn what_stands_between_the_marks_is_replaced_and_nothing_else() {
        let page = "a\n<!-- t -->\nold\n<!-- /t -->\nb\n";
        let new = replaced(page, "t", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- t -->\n\nnew\n\n<!-- /t -->\nb\n");
        assert_eq!(replaced(&new, "t", "new").as_ref(), Some(&new));
        assert_eq!(replaced(page, "u", "new"), None);
    }
}
