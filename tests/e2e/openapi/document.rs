use jsonschema::Validator;
use reqwest::{Method, Response};
use serde_json::Value;
use test_kit::Client;

/// The document of a running gateway.
pub(super) struct Document(pub(super) Value);

impl Document {
    pub(super) async fn of(client: &Client) -> Self {
        let (status, document) = client.get("/openapi.json").await;
        assert_eq!(status, 200);
        Self(document)
    }

    /// A validator of `schema`, which may refer to the document's.
    pub(super) fn validator(&self, schema: &Value) -> Validator {
        let mut root = schema.clone();
        root["components"] = self.0["components"].clone();
        jsonschema::options().should_validate_formats(true).build(&root).unwrap()
    }

    pub(super) fn assert_valid(&self, schema: &Value, value: &Value, what: &str) {
        let validator = self.validator(schema);
        let errors: Vec<_> =
            validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{what}: {errors:?}\n{value}");
        self.assert_all_documented(schema, value, what);
    }

    /// Checks that each field of each object is in its schema.
    fn assert_all_documented(&self, schema: &Value, value: &Value, what: &str) {
        // A nullable value has a schema with two alternatives.
        let schema = schema["oneOf"].get(0).unwrap_or(schema);
        let schema = match schema["$ref"].as_str() {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => schema,
        };
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let field = schema["properties"].get(name);
                    let field = field.unwrap_or_else(|| panic!("{what}: {schema} does not document {name}"));
                    self.assert_all_documented(field, value, what);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.assert_all_documented(&schema["items"], item, what);
                }
            }
            _ => {}
        }
    }

    /// Checks a response's status, headers, content type and body against the document. Returns the body.
    pub(super) async fn assert_documented(&self, method: &Method, path: &str, response: Response) -> String {
        let status = response.status();
        let what = format!("{method} {path} {status}");
        let operation = &self.0["paths"][path][method.as_str().to_lowercase()];
        let documented = &operation["responses"][status.as_str()];
        assert!(documented.is_object(), "{what} is not documented");
        for (name, _) in documented["headers"].as_object().unwrap() {
            assert!(response.headers().contains_key(name), "{what} has no {name}");
        }
        let content_type =
            response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        let body = response.text().await.unwrap();
        match content_type.as_deref() {
            None => assert!(documented["content"].is_null() && body.is_empty(), "{what}"),
            Some("application/json") => {
                let media = &documented["content"]["application/json"];
                let value: Value = serde_json::from_str(&body).unwrap();
                self.assert_valid(&media["schema"], &value, &what);
                if let Some(code) = value["code"].as_str() {
                    assert!(media["examples"][code].is_object(), "{what}: {code} is not documented");
                }
            }
            Some(other) => assert!(documented["content"][other].is_object(), "{what}: {other}"),
        }
        body
    }
}
