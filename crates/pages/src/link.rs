//! Joins the modules of a page into one script, which takes a phone one round trip instead of many.
//!
//! This is no bundler for any JavaScript. It knows the forms of `import` and `export` that the pages use, each at the start
//! of a line, and refuses all others, circles, and `import()`. A module becomes a function that returns its exports, after
//! the modules that it imports:
//!
//! ```js
//! const $dom_js = (() => {
//! function byId(id) { … }
//! return { byId };
//! })();
//! ```

use thiserror::Error;

/// Why modules can't be joined.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum LinkError {
    /// No file has this name.
    #[error("there is no module {0}")]
    Missing(String),
    /// The module imports itself, directly or not.
    #[error("{0} imports itself")]
    Circle(String),
    /// A line with an `import` or `export` of another form.
    #[error("{module}: {line}")]
    Form { module: String, line: String },
}

/// The script that runs these modules in their order, after what they import. `text` finds a module by its name.
pub(super) fn link<'a>(
    entries: &[&'a str],
    text: impl Fn(&str) -> Option<&'a str>,
) -> Result<String, LinkError> {
    let mut linker = Linker { text, linked: Vec::new(), path: Vec::new(), script: String::new() };
    entries.iter().try_for_each(|entry| linker.add(entry))?;
    Ok(linker.script)
}

struct Linker<Text> {
    text: Text,
    linked: Vec<String>,
    /// The modules whose imports are being added.
    path: Vec<String>,
    script: String,
}

impl<'a, Text: Fn(&str) -> Option<&'a str>> Linker<Text> {
    fn add(&mut self, name: &str) -> Result<(), LinkError> {
        if self.linked.iter().any(|linked| linked == name) {
            return Ok(());
        }
        if self.path.iter().any(|waiting| waiting == name) {
            return Err(LinkError::Circle(name.to_owned()));
        }
        let source = (self.text)(name).ok_or_else(|| LinkError::Missing(name.to_owned()))?;
        let module = Module::parse(name, source)?;
        self.path.push(name.to_owned());
        module.imports.iter().try_for_each(|import| self.add(import))?;
        self.path.pop();
        self.linked.push(name.to_owned());
        let (variable, exports) = (variable(name), module.exports.join(", "));
        let parts = [
            &format!("const {variable} = (() => {{\n"),
            &module.body,
            &format!("return {{ {exports} }};\n}})();\n"),
        ];
        self.script.extend(parts.map(String::as_str));
        Ok(())
    }
}

#[derive(Default)]
struct Module {
    /// The names of the files.
    imports: Vec<String>,
    /// The source with other statements in place of `import` and `export`.
    body: String,
    exports: Vec<String>,
}

impl Module {
    fn parse(name: &str, source: &str) -> Result<Self, LinkError> {
        let mut module = Self::default();
        let mut lines = source.lines();
        while let Some(line) = lines.next() {
            let mut statement = line.to_owned();
            while statement.starts_with("import ") && !statement.ends_with(';') {
                statement.push_str(lines.next().unwrap_or(";"));
            }
            let added = module.add(&statement);
            added.ok_or_else(|| LinkError::Form { module: name.to_owned(), line: line.to_owned() })?;
        }
        Ok(module)
    }

    /// `None` for a form that is not known.
    fn add(&mut self, statement: &str) -> Option<()> {
        let is_comment = ["//", "/*", "*"].iter().any(|start| statement.trim_start().starts_with(start));
        let statement = if let Some(import) = statement.strip_prefix("import ") {
            let (names, file) = import.strip_suffix("\";")?.split_once(" from \"./")?;
            self.imports.push(file.to_owned());
            format!("const {} = {};", pattern(names)?, variable(file))
        } else if let Some(object) = statement.strip_prefix("export default {") {
            self.exports.push("default: $default".to_owned());
            format!("const $default = {{{object}")
        } else if let Some(declaration) = statement.strip_prefix("export ") {
            self.exports.push(declared(declaration)?.to_owned());
            declaration.to_owned()
        } else if !is_comment && statement.contains("import(") {
            return None;
        } else {
            statement.to_owned()
        };
        self.body.push_str(&statement);
        self.body.push('\n');
        Some(())
    }
}

/// What an import declares, as the pattern of a `const`: of `* as a`, `a`, `{ a, b as c }`, or `a, { b }`.
fn pattern(clause: &str) -> Option<String> {
    if let Some(all) = clause.strip_prefix("* as ") {
        return Some(all.to_owned());
    }
    let (default, list) = match clause.split_once('{') {
        Some((before, list)) => (before.trim_end_matches([' ', ',']), list.strip_suffix('}')?),
        None => (clause, ""),
    };
    let default = (!default.is_empty()).then(|| format!("default: {default}"));
    let others =
        list.split(',').map(|name| name.trim().replace(" as ", ": ")).filter(|name| !name.is_empty());
    Some(format!("{{ {} }}", default.into_iter().chain(others).collect::<Vec<_>>().join(", ")))
}

/// The name that a declaration declares.
fn declared(declaration: &str) -> Option<&str> {
    let declaration = declaration.strip_prefix("async ").unwrap_or(declaration);
    let mut kinds = ["class ", "const ", "function "].into_iter();
    let rest = kinds.find_map(|kind| declaration.strip_prefix(kind))?;
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
    (end > 0).then(|| &rest[..end])
}

/// The variable with a module's exports.
fn variable(file: &str) -> String {
    format!("${}", file.replace(['-', '.'], "_"))
}

#[cfg(test)]
mod tests;
