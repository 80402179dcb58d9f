//! What browsers get as `/`: `index.html`, made to load with few round trips.
//!
//! Over HTTP/1.1 a browser loads six files at a time, and on a phone each round trip takes long. So a page's style sheets
//! are joined into one, and its modules into another one.

use crate::link::{LinkError, link};

/// The directory of all files, as `index.html` writes it.
pub(super) const DIRECTORY: &str = "/assets/";
/// The joined style sheets.
pub(super) const STYLES: &str = "styles.css";
/// The joined modules.
pub(super) const MODULES: &str = "modules.js";

pub(super) struct Document {
    pub(super) html: String,
    /// The content of [`STYLES`].
    pub(super) styles: String,
    /// The content of [`MODULES`]. If they can't be joined, the document has the modules themselves, which a browser loads
    /// one after the other.
    pub(super) modules: Result<String, LinkError>,
}

impl Document {
    /// Reads `index.html`, in which each style sheet and each module script has a line of its own. Sheets with a
    /// `media` attribute stay separate. `text` finds a file by its name.
    pub(super) fn new<'a>(index: &'a str, text: impl Fn(&str) -> Option<&'a str>) -> Self {
        let entries: Vec<_> = index.lines().filter_map(entry).collect();
        let mut document =
            Self { html: String::new(), styles: String::new(), modules: link(&entries, &text) };
        for line in index.lines() {
            if let Some(sheet) = sheet(line).and_then(&text) {
                if document.styles.is_empty() {
                    document.add(&format!("  <link rel=\"stylesheet\" href=\"{DIRECTORY}{STYLES}\">"));
                }
                document.styles.push_str(sheet);
                document.styles.push('\n');
            } else if document.modules.is_ok() && entry(line).is_some() {
                if entry(line) == entries.first().copied() {
                    document.add(&script());
                }
            } else {
                document.add(line);
            }
        }
        document
    }

    fn add(&mut self, line: &str) {
        self.html.push_str(line);
        self.html.push('\n');
    }
}

/// Of low priority, so that it does not delay the style sheet, which the first picture waits for.
fn script() -> String {
    format!("  <script type=\"module\" src=\"{DIRECTORY}{MODULES}\" fetchpriority=\"low\"></script>")
}

/// The style sheet that a line names.
fn sheet(line: &str) -> Option<&str> {
    let is_sheet = line.trim_start().starts_with("<link rel=\"stylesheet\"") && !line.contains(" media=");
    is_sheet.then(|| file_in(line)).flatten()
}

/// The module that a line runs.
fn entry(line: &str) -> Option<&str> {
    line.trim_start().starts_with("<script type=\"module\"").then(|| file_in(line)).flatten()
}

fn file_in(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(DIRECTORY)?;
    rest.split_once('"').map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = r#"<head>
  <link rel="icon" href="/assets/icon.svg">
  <link rel="stylesheet" href="/assets/a.css">
  <link rel="stylesheet" href="/assets/b.css">
  <link rel="stylesheet" href="/assets/print.css" media="print">
  <script type="module" src="/assets/first.js"></script>
  <script type="module" src="/assets/main.js"></script>
</head>
"#;

    fn text(name: &str) -> Option<&'static str> {
        Some(match name {
            "a.css" => "a {}",
            "b.css" => "b {}",
            "first.js" => "first();",
            "main.js" => "main();",
            _ => return None,
        })
    }

    #[test]
    fn style_sheets_and_modules_are_one_file_each_in_their_order() {
        let document = Document::new(INDEX, text);
        assert_eq!(document.styles, "a {}\nb {}\n");
        let script = document.modules.unwrap();
        assert!(script.find("first();") < script.find("main();"), "{script}");
        let expected = r#"<head>
  <link rel="icon" href="/assets/icon.svg">
  <link rel="stylesheet" href="/assets/styles.css">
  <link rel="stylesheet" href="/assets/print.css" media="print">
  <script type="module" src="/assets/modules.js" fetchpriority="low"></script>
</head>
"#;
        assert_eq!(document.html, expected);
    }

    #[test]
    fn what_can_t_be_joined_stays() {
        let index = "<link rel=\"stylesheet\" href=\"/assets/gone.css\">\n\
                     <script type=\"module\" src=\"/assets/gone.js\"></script>\n";
        let document = Document::new(index, text);
        assert_eq!(document.html, index);
        assert_eq!(document.modules, Err(LinkError::Missing("gone.js".to_owned())));
    }
}
