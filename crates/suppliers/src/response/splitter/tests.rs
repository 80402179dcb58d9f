use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn pointer(text: &str) -> JsonPointer {
    text.to_owned().try_into().unwrap()
}

/// The elements of the list at the pointer `at`, if the body arrives in chunks of `size` bytes. Elements longer than
/// `max` are `None`.
fn split(at: &str, body: &[u8], size: usize, max: usize) -> Result<Vec<Option<Vec<u8>>>, String> {
    let pointer = pointer(at);
    let mut splitter = Splitter::new(&pointer, max);
    let mut elements = Vec::new();
    let mut chunks = body.chunks(size);
    let read = chunks.try_for_each(|chunk| {
        splitter.push(chunk, |Element { index, json }| {
            assert_eq!(index, elements.len());
            elements.push(json.map(<[u8]>::to_vec));
            Ok(())
        })
    });
    read.and_then(|()| splitter.finish()).map(|()| elements).map_err(|error| error.to_string())
}

fn parsed(pointer: &str, body: &str, size: usize) -> Result<Vec<Json>, String> {
    let elements = split(pointer, body.as_bytes(), size, usize::MAX)?;
    Ok(elements.iter().map(|json| serde_json::from_slice(json.as_ref().unwrap()).unwrap()).collect())
}

#[test]
fn the_list_is_found_wherever_it_is() {
    let list = vec![json!({ "a": [1, "]"] }), json!("x,\"]"), json!(null), json!(1.5)];
    let text = Json::from(list.clone()).to_string();
    for (pointer, body) in [
        ("", text.clone()),
        ("", format!("\n {text}\n")),
        ("/data/flights", format!(r#"{{"data": {{"n": {{"flights": [7]}}, "flights": {text}, "z": [1]}}}}"#)),
        ("/data/flights", format!(r#"{{"flights": [7], "data": {{"flights": {text}}}, "data2": [{{}}]}}"#)),
        ("/1/f", format!(r#"[{{"f": [7]}}, {{"f": {text}}}, {{"f": [7]}}]"#)),
        ("/a~1b/c~0d", format!(r#"{{"a/b": {{"c~d": {text}}}}}"#)),
        ("/größe", format!(r#"{{"gr\u00f6\u00dfe": {text}}}"#)),
        ("/", format!(r#"{{"": {text}}}"#)),
        // The first of two equal keys.
        ("/f", format!(r#"{{"f": {text}, "f": [7]}}"#)),
    ] {
        for size in [1, 2, 7, 1000] {
            assert_eq!(parsed(pointer, &body, size), Ok(list.clone()), "{pointer} in {body} by {size}");
        }
    }
    assert_eq!(parsed("", "[ ]", 1), Ok(Vec::new()));
    assert_eq!(parsed("", "", 1), Ok(Vec::new()), "an empty body");
}

#[test]
fn a_response_without_the_list_is_an_error() {
    for body in
        ["{}", r#"{"f": null}"#, r#"{"f": {"0": []}}"#, r#"{"g": [1]}"#, r#"{"x": {"f": [1]}}"#, "[[1]]"]
    {
        assert_eq!(parsed("/f", body, 3), Err("there is no list of offers at `/f`".into()), "{body}");
    }
}

#[test]
fn invalid_or_truncated_json_is_an_error() {
    for (body, at) in [
        ("<html>", 0),
        ("null", 0),
        ("\"f\"", 0),
        ("[1,]", 3),
        ("[,1]", 1),
        ("[1}", 2),
        ("[] x", 3),
        ("][", 0),
    ] {
        let error = format!("invalid JSON at byte {at}");
        assert_eq!(parsed("", body, 2), Err(error), "{body}");
    }
    for body in [" ", "{", "[", "[1", "[\"a]", "[{]", "{\"f\": [1]", "[\"a\\\"]"] {
        assert_eq!(parsed("", body, 2).unwrap_err(), "the JSON ends too early", "{body}");
    }
}

#[test]
fn an_element_that_is_too_long_is_skipped() {
    let body = br#"["1234", "12345", "1", ["12", "3"], 7]"#;
    let short = |text: &str| Some(text.as_bytes().to_vec());
    let expected = [short("\"1234\""), None, short("\"1\""), None, short("7")];
    for size in [1, 3, 100] {
        assert_eq!(split("", body, size, 6).unwrap(), expected, "by {size}");
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::btree_map("[fg\"\\\\/~0]{0,2}", inner, 0..4)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn it_finds_the_same_list_as_a_parser(
        body in any_json(),
        pointer in prop::sample::select(&["", "/f", "/0", "/f/g", "/1/f", "/g/0", "/"][..]),
        size in 1..9_usize,
        pretty: bool,
    ) {
        let text = if pretty { serde_json::to_string_pretty(&body) } else { serde_json::to_string(&body) }.unwrap();
        let list = body.pointer(pointer).and_then(Json::as_array);
        let found = parsed(pointer, &text, size).ok();
        prop_assert_eq!(found.as_ref(), list, "{} in {}", pointer, text);
    }

    #[test]
    fn no_bytes_make_it_panic(body: Vec<u8>, size in 1..9_usize, max in 0..9_usize) {
        let _ = split("/f", &body, size, max);
        let _ = split("", &[b"[", &body[..]].concat(), size, max);
    }
}
