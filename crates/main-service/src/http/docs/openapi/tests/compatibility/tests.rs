use serde_json::json;

use super::*;

/// A small document with something of everything.
fn document() -> Value {
    json!({
        "paths": {
            "/search": {
                "post": {
                    "operationId": "submit",
                    "parameters": [
                        {"name": "key", "in": "header", "required": false, "schema": {"type": "string"}}
                    ],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Request"}}}
                    },
                    "responses": {
                        "200": {
                            "headers": {"x-request-id": {}},
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/State"}}}
                        },
                        "503": {
                            "content": {"application/json": {
                                "schema": {"type": "object"},
                                "examples": {"backlog_full": {"value": {"code": "backlog_full"}}}
                            }}
                        }
                    }
                }
            },
            "/search/{id}": {"delete": {"operationId": "cancel"}}
        },
        "components": {"schemas": {
            "Request": {
                "type": "object",
                "required": ["from"],
                "properties": {
                    "from": {"type": "string", "pattern": "^[A-Za-z]{3}$"},
                    "cabin": {"type": ["string", "null"], "enum": ["economy", "business"]},
                    "suppliers": {"type": "array", "maxItems": 100, "items": {"type": "string"}},
                    "timeout_ms": {"type": "integer", "minimum": 100}
                }
            },
            "State": {
                "type": "object",
                "required": ["status"],
                "properties": {
                    "status": {"type": "string", "enum": ["processing", "completed"]},
                    "total": {"type": ["integer", "null"]},
                    "ended_at": {"type": "string", "format": "date-time"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/State"}},
                    "date": {"oneOf": [{"type": "string"}, {"type": "null"}]}
                }
            },
            "PartialEvent": {"type": "object", "properties": {"seq": {"type": "integer"}}}
        }}
    })
}

const SUBMIT: &str = "/paths/~1search/post";
const OK: &str = "/paths/~1search/post/responses/200";
const FAILURES: &str = "/paths/~1search/post/responses/503/content/application~1json/examples";
const REQUEST: &str = "/components/schemas/Request";
const FIELDS: &str = "/components/schemas/Request/properties";
const STATE: &str = "/components/schemas/State";
const STATES: &str = "/components/schemas/State/properties";

/// What breaks when a field of the document gets this value; without one, when it is removed.
fn broken_by(at: &str, field: &str, value: Option<Value>) -> Vec<String> {
    let (old, mut new) = (document(), document());
    let object = new.pointer_mut(at).and_then(Value::as_object_mut).unwrap();
    match value {
        Some(value) => _ = object.insert(field.to_owned(), value),
        None => _ = object.remove(field),
    }
    assert_ne!(old, new, "{at}/{field} changes");
    breaks(&old, &new)
}

#[test]
fn what_is_gone_breaks_clients() {
    for (at, field) in [
        ("/paths", "/search/{id}"),
        ("/paths/~1search~1{id}", "delete"),
        (SUBMIT, "requestBody"),
        (SUBMIT, "parameters"),
        (&format!("{SUBMIT}/responses"), "200"),
        (&format!("{OK}/content"), "application/json"),
        (&format!("{OK}/content/application~1json"), "schema"),
        (&format!("{OK}/headers"), "x-request-id"),
        (FAILURES, "backlog_full"),
        (FIELDS, "suppliers"),
        (STATES, "total"),
        (&format!("{STATES}/total"), "type"),
        (&format!("{STATES}/parts"), "items"),
        ("/components/schemas/PartialEvent/properties", "seq"),
        ("/components/schemas", "PartialEvent"),
    ] {
        assert_eq!(broken_by(at, field, None).len(), 1, "{at}/{field}");
    }
}

#[test]
fn less_to_send_or_more_to_expect_breaks_clients() {
    let key = json!({"name": "trace", "in": "header", "required": true, "schema": {"type": "string"}});
    let old_key = document().pointer(SUBMIT).unwrap()["parameters"][0].clone();
    for (at, field, value) in [
        (SUBMIT, "operationId", json!("search")),
        (SUBMIT, "parameters", json!([old_key, key])),
        (&format!("{SUBMIT}/parameters/0"), "required", json!(true)),
        (&format!("{SUBMIT}/requestBody"), "required", json!(true)),
        (REQUEST, "required", json!(["from", "cabin"])),
        (&format!("{FIELDS}/from"), "pattern", json!("^[A-Z]{3}$")),
        (&format!("{FIELDS}/from"), "enum", json!(["CGK"])),
        (&format!("{FIELDS}/cabin"), "enum", json!(["economy"])),
        (&format!("{FIELDS}/cabin"), "type", json!("string")),
        (&format!("{FIELDS}/suppliers"), "maxItems", json!(10)),
        (&format!("{FIELDS}/suppliers/items"), "type", json!("integer")),
        (&format!("{FIELDS}/timeout_ms"), "minimum", json!(1000)),
        (&format!("{FIELDS}/timeout_ms"), "maximum", json!(1000)),
        (FIELDS, "timeout_ms", json!({"oneOf": [{"type": "string"}, {"type": "object"}]})),
        (STATE, "required", json!([])),
        (&format!("{STATES}/status"), "type", json!(["string", "null"])),
        (&format!("{STATES}/ended_at"), "format", json!("date")),
        (&format!("{STATES}/date"), "oneOf", json!([{"type": "integer"}, {"type": "null"}])),
    ] {
        assert_eq!(broken_by(at, field, Some(value)).len(), 1, "{at}/{field}");
    }
}

#[test]
fn what_is_new_and_optional_breaks_nobody() {
    let text = json!({"type": "string"});
    for (at, field, value) in [
        ("/paths", "/fares", json!({"get": {}})),
        (SUBMIT, "summary", json!("Submits a search")),
        (&format!("{SUBMIT}/responses"), "410", json!({"description": "It has expired."})),
        (FAILURES, "storage_full", json!({"value": {"code": "storage_full"}})),
        (FIELDS, "passengers", text.clone()),
        (&format!("{FIELDS}/cabin"), "enum", json!(["economy", "business", "first"])),
        (&format!("{FIELDS}/suppliers"), "maxItems", json!(1000)),
        (STATE, "required", json!(["status", "total"])),
        (STATES, "cabin", text.clone()),
        (&format!("{STATES}/status"), "enum", json!(["processing", "completed", "failed"])),
        (&format!("{STATES}/total"), "type", json!("integer")),
        ("/components/schemas", "Fare", text),
        (FIELDS, "timeout_ms", json!({"oneOf": [{"type": "object"}, {"type": "integer", "minimum": 100}]})),
    ] {
        assert_eq!(broken_by(at, field, Some(value)), [""; 0], "{at}/{field}");
    }
}

#[test]
fn a_version_that_may_break_clients_is_a_new_major_or_before_1_a_new_minor() {
    let document = |version| json!({"info": {"version": version}});
    for (old, new, may) in [
        ("0.1.0", "0.1.9", false),
        ("0.1.0", "0.2.0", true),
        ("0.9.0", "1.0.0", true),
        ("1.0.0", "1.9.0", false),
        ("1.9.0", "2.0.0", true),
    ] {
        assert_eq!(may_break(&document(old), &document(new)), may, "{old} to {new}");
    }
}
