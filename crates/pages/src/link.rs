//! Joins the modules of a page into one script, which takes a phone one round trip instead of many.
//!
//! This is no bundler for any JavaScript. It knows the forms of `import` and `export` that the pages use, each at the
//! start of a line. It refuses other forms, circles, imports of names that are not exported, `import()`, and `await`
//! outside of functions. Each module becomes a function that returns its exports, after the modules that it imports:
//!
//! ```js
//! const $dom_js = (() => {
//! function byId(id) { … }
//! return { byId };
//! })();
//! ```

use std::collections::HashMap;

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
    /// The module imports a name that the other one does not export.
    #[error("{module} imports {name}, which is not exported")]
    NotExported { module: String, name: String },
    /// A line with an `import` or `export` of another form.
    #[error("{module}: {line}")]
    Form { module: String, line: String },
}

/// The script that runs these modules in their order, after what they import. `text` finds a module by its name.
pub(super) fn link<'a>(
    entries: &[&'a str],
    text: impl Fn(&str) -> Option<&'a str>,
) -> Result<String, LinkError> {
    let mut linker = Linker { text, linked: HashMap::new(), path: Vec::new(), script: String::new() };
    entries.iter().try_for_each(|entry| linker.add(entry))?;
    Ok(linker.script)
}

struct Linker<Text> {
    text: Text,
    /// What each module exports that is in the script.
    linked: HashMap<String, Vec<String>>,
    /// The modules whose imports are being added.
    path: Vec<String>,
    script: String,
}

impl<'a, Text: Fn(&str) -> Option<&'a str>> Linker<Text> {
    fn add(&mut self, name: &str) -> Result<(), LinkError> {
        if self.linked.contains_key(name) {
            return Ok(());
        }
        if self.path.iter().any(|waiting| waiting == name) {
            return Err(LinkError::Circle(name.to_owned()));
        }
        let source = (self.text)(name).ok_or_else(|| LinkError::Missing(name.to_owned()))?;
        let module = Module::parse(name, source)?;
        self.path.push(name.to_owned());
        for Import { file, names } in &module.imports {
            self.add(file)?;
            let exported = self.linked.get(file).map_or(&[][..], Vec::as_slice);
            if let Some(missing) = names.iter().find(|name| !exported.contains(name)) {
                return Err(LinkError::NotExported { module: name.to_owned(), name: missing.clone() });
            }
        }
        self.path.pop();
        let export = |name: &String| if name == "default" { "default: $default" } else { name }.to_owned();
        let exports = module.exports.iter().map(export).collect::<Vec<_>>().join(", ");
        let variable = variable(name);
        self.linked.insert(name.to_owned(), module.exports);
        let parts = [
            &format!("const {variable} = (() => {{\n"),
            &module.body,
            &format!("return {{ {exports} }};\n}})();\n"),
        ];
        self.script.extend(parts.map(String::as_str));
        Ok(())
    }
}

struct Import {
    file: String,
    /// What is imported by its name, `default` included.
    names: Vec<String>,
}

#[derive(Default)]
struct Module {
    imports: Vec<Import>,
    /// The source with other statements in place of `import` and `export`.
    body: String,
    /// The exported names, `default` included.
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
        let statement = if let Some(import) = statement.strip_prefix("import ") {
            let (clause, file) = import.strip_suffix("\";")?.split_once(" from \"./")?;
            let (pattern, names) = imported(clause)?;
            self.imports.push(Import { file: file.to_owned(), names });
            format!("const {pattern} = {};", variable(file))
        } else if let Some(object) = statement.strip_prefix("export default {") {
            self.exports.push("default".to_owned());
            format!("const $default = {{{object}")
        } else if let Some(declaration) = statement.strip_prefix("export ") {
            self.exports.push(declared(declaration)?.to_owned());
            declaration.to_owned()
        } else if is_other_form(statement) {
            return None;
        } else {
            statement.to_owned()
        };
        self.body.push_str(&statement);
        self.body.push('\n');
        Some(())
    }
}

/// Whether this is an `import` or `export` that can't be joined, or waits outside of a function.
fn is_other_form(line: &str) -> bool {
    let code = line.trim_start();
    if ["//", "/*", "*"].iter().any(|start| code.starts_with(start)) {
        return false;
    }
    let is_statement = ["import", "export"].iter().any(|word| {
        let rest = code.strip_prefix(word).and_then(|rest| rest.chars().next());
        rest.is_some_and(|next| !next.is_ascii_alphanumeric())
    });
    let waits = line.contains("await ") && !line.contains("async") && !line.starts_with(' ');
    is_statement || code.contains("import(") || waits
}

/// What an import declares, as the pattern of a `const`, and the names that it imports: of `* as a`, `a`, `{ a, b as c }`, or
/// `a, { b }`.
fn imported(clause: &str) -> Option<(String, Vec<String>)> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    if let Some(all) = clause.strip_prefix("* as ") {
        return is_name(all).then(|| (all.to_owned(), Vec::new()));
    }
    let (default, list) = match clause.split_once('{') {
        Some((before, list)) => (before.trim_end_matches([' ', ',']), list.strip_suffix('}')?),
        None => (clause, ""),
    };
    let default = (!default.is_empty()).then(|| format!("default as {default}"));
    let listed = list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let (mut parts, mut names) = (Vec::new(), Vec::new());
    for import in default.into_iter().chain(listed) {
        let (name, own) = import.split_once(" as ").unwrap_or((&import, &import));
        if !is_name(name) || !is_name(own) {
            return None;
        }
        parts.push(if name == own { name.to_owned() } else { format!("{name}: {own}") });
        names.push(name.to_owned());
    }
    Some((format!("{{ {} }}", parts.join(", ")), names))
}

/// The name that a declaration declares.
fn declared(declaration: &str) -> Option<&str> {
    let declaration = declaration.strip_prefix("async ").unwrap_or(declaration);
    let mut kinds = ["class ", "const ", "function "].into_iter();
    let rest = kinds.find_map(|kind| declaration.strip_prefix(kind))?;
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
    (end > 0 && rest[end..].starts_with([' ', '('])).then(|| &rest[..end])
}

/// The variable with a module's exports.
fn variable(file: &str) -> String {
    format!("${}", file.replace(['-', '.'], "_"))
}

#[cfg(test)]
mod tests;
