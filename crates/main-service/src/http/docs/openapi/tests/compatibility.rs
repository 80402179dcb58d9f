//! Finds what in a new version of an `OpenAPI` document breaks clients of the old one.
//!
//! Requests that were valid must stay valid, and whatever a client reads from a response must still be there. So these
//! are breaks:
//!
//! | in | break |
//! | --- | --- |
//! | paths | a path, operation or operation id is gone |
//! | requests | a parameter, property, media type or enum value is gone; one is newly required; a type or limit is narrower |
//! | responses | a status, media type, header, property or failure code is gone; a property is no longer always there; a type is wider |
//!
//! New paths, optional fields, properties of responses and codes are compatible: clients have to ignore what they don't
//! know. Schemas are compared keyword by keyword, so an equivalent rewrite may count as a break.

mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The sender of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Client,
    Gateway,
}

/// Whether the versions of the two documents differ enough for breaks, by Semantic Versioning.
pub(super) fn may_break(old: &Value, new: &Value) -> bool {
    // 0.1.2 → 0.1, 1.2.3 → 1: the part of a version that only a breaking change may raise.
    let line = |document: &Value| {
        let version = document["info"]["version"].as_str().unwrap_or_default().to_owned();
        let parts = if version.starts_with("0.") { 2 } else { 1 };
        version.split('.').take(parts).collect::<Vec<_>>().join(".")
    };
    line(old) != line(new)
}

/// The breaks, each with its place in the document.
pub(super) fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, breaks: Vec::new(), compared: BTreeSet::new() };
    for (path, item) in entries(&old["paths"]) {
        for (method, operation) in entries(item) {
            let at = format!("{} {path}", method.to_uppercase());
            match new["paths"][path].get(method) {
                Some(other) => comparison.operation(&at, operation, other),
                None => comparison.breaks.push(format!("{at} is gone")),
            }
        }
    }
    // The stream's own schema describes only lines of text; its events have schemas named `…Event`.
    for (name, schema) in entries(&old["components"]["schemas"]).filter(|(name, _)| name.ends_with("Event")) {
        comparison.one(name, schema, new["components"]["schemas"].get(name), By::Gateway);
    }
    comparison.breaks
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    breaks: Vec<String>,
    /// References that were compared, by name and side: schemas may contain themselves.
    compared: BTreeSet<(String, bool)>,
}

impl Comparison<'_> {
    fn is_a_break(&mut self, found: bool, at: &str, what: &str) {
        if found {
            self.breaks.push(format!("{at} {what}"));
        }
    }

    fn operation(&mut self, at: &str, old: &Value, new: &Value) {
        self.is_a_break(old["operationId"] != new["operationId"], at, "has another operationId");
        self.parameters(at, &old["parameters"], &new["parameters"]);

        let body = format!("{at} body");
        let is_newly_required =
            is_true(&new["requestBody"]["required"]) && !is_true(&old["requestBody"]["required"]);
        self.is_a_break(is_newly_required, &body, "is now required");
        self.content(&body, &old["requestBody"], &new["requestBody"], By::Client);

        for (status, response) in entries(&old["responses"]) {
            let at = format!("{at} {status}");
            match new["responses"].get(status) {
                Some(other) => self.response(&at, response, other),
                None => self.breaks.push(format!("{at} is gone")),
            }
        }
    }

    fn parameters(&mut self, at: &str, old: &Value, new: &Value) {
        let same = |one: &Value, other: &Value| one["name"] == other["name"] && one["in"] == other["in"];
        for parameter in items(old) {
            let at = format!("{at} {}", name(parameter));
            match items(new).iter().find(|other| same(parameter, other)) {
                Some(other) => {
                    let is_newly_required = is_true(&other["required"]) && !is_true(&parameter["required"]);
                    self.is_a_break(is_newly_required, &at, "is now required");
                    self.one(&at, &parameter["schema"], other.get("schema"), By::Client);
                }
                None => self.breaks.push(format!("{at} is gone")),
            }
        }
        for parameter in items(new).iter().filter(|parameter| is_true(&parameter["required"])) {
            let is_new = !items(old).iter().any(|other| same(parameter, other));
            self.is_a_break(is_new, &format!("{at} {}", name(parameter)), "is new and required");
        }
    }

    fn response(&mut self, at: &str, old: &Value, new: &Value) {
        for (header, _) in entries(&old["headers"]) {
            self.is_a_break(new["headers"].get(header).is_none(), &format!("{at} {header}"), "is gone");
        }
        self.content(at, old, new, By::Gateway);
        // Failures are shown by example, named by their codes.
        let failures = |response: &Value| response["content"]["application/json"]["examples"].clone();
        let (old, new) = (failures(old), failures(new));
        for (code, example) in entries(&old).filter(|(_, example)| !example["value"]["code"].is_null()) {
            let is_gone = new[code]["value"]["code"] != example["value"]["code"];
            self.is_a_break(is_gone, &format!("{at} code {code}"), "is gone");
        }
    }

    fn content(&mut self, at: &str, old: &Value, new: &Value, by: By) {
        for (kind, media) in entries(&old["content"]) {
            match new["content"].get(kind) {
                Some(other) => self.one(at, &media["schema"], other.get("schema"), by),
                None => self.breaks.push(format!("{at} {kind} is gone")),
            }
        }
    }

    fn one(&mut self, at: &str, old: &Value, new: Option<&Value>, by: By) {
        match new {
            Some(new) => self.schema(at, old, new, by),
            None => self.is_a_break(!old.is_null(), at, "has no schema any more"),
        }
    }

    fn schema(&mut self, at: &str, old: &Value, new: &Value, by: By) {
        if let (Some(reference), Some(_)) = (old["$ref"].as_str(), new["$ref"].as_str())
            && !self.compared.insert((format!("{reference} {}", new["$ref"]), by == By::Client))
        {
            return;
        }
        let (old_document, new_document) = (self.old, self.new);
        let (old, new) = (resolved(old_document, old), resolved(new_document, new));

        let alternatives = items(&new["oneOf"]);
        if by == By::Client && old["oneOf"].is_null() && !alternatives.is_empty() {
            // Clients can go on if one alternative takes what they send.
            let fits = alternatives.iter().any(|alternative| self.is_compatible(old, alternative, by));
            self.is_a_break(!fits, at, "takes other values");
            return;
        }

        let (before, after) = (texts(&old["type"]), texts(&new["type"]));
        let is_fine = match by {
            By::Client => takes(&after, &before),
            By::Gateway => takes(&before, &after),
        };
        self.is_a_break(!is_fine, at, &format!("was {before:?} and is {after:?}"));
        let is_text = before.contains(&"string");
        self.is_a_break(is_text && old["format"] != new["format"], at, "has another format");
        if by == By::Client {
            self.limits(at, old, new);
        }
        self.properties(at, old, new, by);
        if !old["items"].is_null() {
            self.one(&format!("{at}[]"), &old["items"], new.get("items"), by);
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let (before, after) = (items(&old[keyword]), items(&new[keyword]));
            self.is_a_break(before.len() != after.len(), at, &format!("has another number of {keyword}"));
            for (before, after) in before.iter().zip(after) {
                self.schema(at, before, after, by);
            }
        }
    }

    fn is_compatible(&self, old: &Value, new: &Value, by: By) -> bool {
        let (compared, breaks) = (self.compared.clone(), Vec::new());
        let mut comparison = Comparison { old: self.old, new: self.new, breaks, compared };
        comparison.schema("", old, new, by);
        comparison.breaks.is_empty()
    }

    /// What a client may send must not become less.
    fn limits(&mut self, at: &str, old: &Value, new: &Value) {
        if !new["enum"].is_null() {
            let is_narrower = old["enum"].is_null() || !contains(items(&new["enum"]), items(&old["enum"]));
            self.is_a_break(is_narrower, at, "takes fewer values");
        }
        let is_narrower = !new["pattern"].is_null() && new["pattern"] != old["pattern"];
        self.is_a_break(is_narrower, at, "has another pattern");
        for (keyword, sign) in [
            ("minimum", 1.0),
            ("minLength", 1.0),
            ("minItems", 1.0),
            ("maximum", -1.0),
            ("maxLength", -1.0),
            ("maxItems", -1.0),
        ] {
            let limit =
                |schema: &Value| schema[keyword].as_f64().map_or(f64::NEG_INFINITY, |limit| limit * sign);
            self.is_a_break(limit(new) > limit(old), at, &format!("has a narrower {keyword}"));
        }
    }

    fn properties(&mut self, at: &str, old: &Value, new: &Value, by: By) {
        for (name, property) in entries(&old["properties"]) {
            let at = format!("{at}.{name}");
            match new["properties"].get(name) {
                Some(other) => self.schema(&at, property, other, by),
                None => self.breaks.push(format!("{at} is gone")),
            }
        }
        let (before, after) = (texts(&old["required"]), texts(&new["required"]));
        let (has, lacks, what) = match by {
            By::Client => (&after, &before, "is now required"),
            By::Gateway => (&before, &after, "is no longer always there"),
        };
        for name in has.iter().filter(|name| !lacks.contains(name)) {
            self.is_a_break(new["properties"].get(name).is_some(), &format!("{at}.{name}"), what);
        }
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    target.map_or(schema, |pointer| document.pointer(pointer).unwrap_or(&Value::Null))
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Whether a reader of these types can read what is sent. A schema without a type allows any.
fn takes(read: &[&str], sent: &[&str]) -> bool {
    read.is_empty() || !sent.is_empty() && contains(read, sent)
}

/// A text, or a list of them.
fn texts(value: &Value) -> Vec<&str> {
    let single = value.as_str().into_iter();
    single.chain(items(value).iter().filter_map(Value::as_str)).collect()
}

fn contains<T: PartialEq>(all: &[T], some: &[T]) -> bool {
    some.iter().all(|one| all.contains(one))
}

fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true)
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap_or_default()
}
