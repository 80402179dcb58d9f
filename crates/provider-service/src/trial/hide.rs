use std::collections::BTreeMap;

use serde_json::Value as Json;
use url::{Url, form_urlencoded::byte_serialize};

/// What replaces a value that looks like a secret, but is written in the suppliers file.
const HIDDEN: &str = "(hidden)";

/// The least length of a secret that is hidden wherever it is. A shorter one would be found in any text.
const SHORTEST: usize = 4;

/// Parts of names of headers, parameters and members of a body that have secrets.
const SECRET_NAMES: [&str; 9] =
    ["auth", "cookie", "key", "pass", "pwd", "secret", "session", "signature", "token"];

/// What has such a part and is no secret.
const NO_SECRET: &str = "passenger";

/// What may stand before a secret in a header.
const SCHEMES: [&str; 4] = ["", "Bearer ", "Basic ", "Token "];

/// Hides the values of secrets in what is printed.
pub(super) struct Hider {
    /// A text, and the name of the secret that it is the value of. Longer texts first: one may contain another.
    texts: Vec<(String, String)>,
}

impl Hider {
    /// Hides these values, by their names. Those that are too short are hidden only where [`value`](Self::value) hides
    /// whatever there is.
    pub(super) fn new(secrets: BTreeMap<String, String>) -> Self {
        let mut texts = Vec::new();
        for (name, value) in secrets {
            texts.extend(forms(&value).into_iter().map(|form| (form, format!("${{{name}}}"))));
        }
        texts.retain(|(text, _)| text.len() >= SHORTEST);
        texts.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        Self { texts }
    }

    /// A text in which each secret is replaced by its name, and each control character but a line break by a space.
    pub(super) fn text(&self, text: &str) -> String {
        let hidden =
            self.texts.iter().fold(text.to_owned(), |text, (secret, name)| text.replace(secret, name));
        hidden.chars().map(|char| if char.is_control() && char != '\n' { ' ' } else { char }).collect()
    }

    /// The value of a header or parameter. If its name says that it is secret, it is hidden also if it is written in the
    /// suppliers file.
    pub(super) fn value(&self, name: &str, value: &str) -> String {
        if is_secret(name) { self.secret(value) } else { self.text(value) }
    }

    /// A body. Of JSON, the members that are named like a secret are hidden like headers, with all that is in them.
    pub(super) fn body(&self, body: &str) -> String {
        let Ok(mut json) = serde_json::from_str(body) else { return self.text(body) };
        self.hide_members(&mut json, false);
        self.text(&json.to_string())
    }

    /// A URL. Name and password before the host are hidden.
    pub(super) fn url(&self, url: &str) -> String {
        let url = without_user(url);
        let Some((before, query)) = url.split_once('?') else { return self.text(&url) };
        let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
            Some((name, value)) => format!("{}={}", self.text(name), self.value(name, value)),
            None => self.text(parameter),
        });
        format!("{}?{}", self.text(before), parameters.collect::<Vec<_>>().join("&"))
    }

    /// A value that is secret: the name of the secret, if it is one of the environment and nothing else is with it.
    fn secret(&self, value: &str) -> String {
        let name = |secret: &str| self.texts.iter().find(|(text, _)| text == secret).map(|(_, name)| name);
        let shown = SCHEMES.iter().find_map(|scheme| {
            let name = value.strip_prefix(scheme).and_then(name)?;
            Some(format!("{scheme}{name}"))
        });
        shown.unwrap_or_else(|| HIDDEN.to_owned())
    }

    fn hide_members(&self, json: &mut Json, is_inside_secret: bool) {
        match json {
            Json::Object(members) => {
                for (name, value) in members {
                    self.hide_members(value, is_inside_secret || is_secret(name));
                }
            }
            Json::Array(items) => {
                for item in items {
                    self.hide_members(item, is_inside_secret);
                }
            }
            Json::String(text) if is_inside_secret => *text = self.secret(text),
            Json::Number(number) if is_inside_secret => *json = self.secret(&number.to_string()).into(),
            Json::String(_) | Json::Number(_) | Json::Bool(_) | Json::Null => {}
        }
    }
}

/// Whether a value with this name is secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(NO_SECRET, "");
    SECRET_NAMES.iter().any(|part| name.contains(part))
}

/// The URL with its user information hidden.
fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{HIDDEN}@{host}{path}"),
        None => url.to_owned(),
    }
}

/// How a value is written in headers, in URLs and in JSON.
fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned(), byte_serialize(value.as_bytes()).collect()];
    forms.extend(serde_json::to_string(value).ok().map(|json| json.trim_matches('"').to_owned()));
    if let Ok(mut url) = Url::parse("http://host/") {
        url.set_path(value);
        forms.push(url.path().trim_start_matches('/').to_owned());
        url.set_query(Some(value));
        forms.extend(url.query().map(str::to_owned));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hider() -> Hider {
        let secrets = [("KEY", "s3cret \"&{x}"), ("PART", "s3cret"), ("SHORT", "id"), ("NONE", "")];
        Hider::new(secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    #[test]
    fn secrets_are_hidden_however_they_are_written() {
        let hider = hider();
        assert_eq!(hider.text("Bearer s3cret \"&{x}, s3cret!"), "Bearer ${KEY}, ${PART}!");
        assert_eq!(hider.text(r#"{"key": "s3cret \"&{x}"}"#), r#"{"key": "${KEY}"}"#);
        let mut url = Url::parse("https://host/").unwrap();
        url.set_path("/v1/s3cret \"&{x}/CGK");
        url.query_pairs_mut().append_pair("id", "s3cret \"&{x}").append_pair("on", "2026-12-08");
        assert!(url.as_str().contains("s3cret"));
        assert_eq!(hider.url(url.as_str()), "https://host/v1/${KEY}/CGK?id=${KEY}&on=2026-12-08");
        assert_eq!(hider.text("a\u{1b}[31m\nb"), "a [31m\nb");
    }

    #[test]
    fn a_short_secret_hides_no_other_text() {
        let hider = hider();
        assert_eq!(hider.text("an invalid offer_id"), "an invalid offer_id");
        assert_eq!(hider.url("http://host/valid?token=id"), "http://host/valid?token=(hidden)");
    }

    #[test]
    fn what_is_named_like_a_secret_is_hidden_too() {
        let hider = hider();
        assert_eq!(hider.value("Authorization", "Basic dXNlcg=="), HIDDEN);
        assert_eq!(hider.value("x-api-key", "s3cret"), "${PART}");
        assert_eq!(hider.value("accept", "application/json"), "application/json");
        assert_eq!(hider.url("http://h/?apikey=4711&n=1&x"), "http://h/?apikey=(hidden)&n=1&x");
        assert_eq!(
            hider.url("http://h/?passengers=2&userPass=x"),
            "http://h/?passengers=2&userPass=(hidden)"
        );
        assert_eq!(hider.value("X-Pass-Id", "4711"), HIDDEN);
        assert_eq!(hider.value("authorization", "Bearer s3cret"), "Bearer ${PART}");
        assert_eq!(hider.value("authorization", "literal s3cret"), HIDDEN);
    }

    #[test]
    fn members_of_a_body_are_hidden_by_the_same_names() {
        let hider = hider();
        let body = r#"{"api_key":"abc12345","auth":{"pin":[4711,"x"],"sandbox":true},"note":"s3cret","passengers":[{"key":"s3cret","type":"adult"}],"password":""}"#;
        let shown = r#"{"api_key":"(hidden)","auth":{"pin":["(hidden)","(hidden)"],"sandbox":true},"note":"${PART}","passengers":[{"key":"${PART}","type":"adult"}],"password":"(hidden)"}"#;
        assert_eq!(hider.body(body), shown);
        assert_eq!(hider.body("s3cret, and no JSON"), "${PART}, and no JSON");
    }

    #[test]
    fn the_user_of_a_url_is_hidden() {
        let hider = hider();
        assert_eq!(hider.url("https://user:p@ss@host/a@b?c=d@e"), "https://(hidden)@host/a@b?c=d@e");
        assert_eq!(hider.url("https://user@host?x=1"), "https://(hidden)@host?x=1");
        assert_eq!(hider.url("https://host/a@b"), "https://host/a@b");
    }
}
