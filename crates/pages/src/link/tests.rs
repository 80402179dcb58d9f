use super::*;

const MAIN: &str = r#"// Runs all.

import title, { count as countOf } from "./text-en.js";
import * as dom from "./dom.js";
import {
  byId,
  el,
} from "./dom.js";

/** @param {import("./dom.js").Element} element */
dom.show(byId("x"), el, title, countOf);
"#;
const TEXT: &str = r#"export const count = (n) => `${n}`;
export default {
  a: "b",
};
"#;
const DOM: &str = r#"import { count } from "./text-en.js";
export function byId(id) {
  return id;
}
export async function show() {}
export class el {}
"#;

fn linked(main: &'static str) -> Result<String, LinkError> {
    link(&["main.js"], |name| match name {
        "main.js" => Some(main),
        "text-en.js" => Some(TEXT),
        "dom.js" => Some(DOM),
        _ => None,
    })
}

#[test]
fn modules_become_functions_each_once_after_what_they_import() {
    let expected = r#"const $text_en_js = (() => {
const count = (n) => `${n}`;
const $default = {
  a: "b",
};
return { count, default: $default };
})();
const $dom_js = (() => {
const { count } = $text_en_js;
function byId(id) {
  return id;
}
async function show() {}
class el {}
return { byId, show, el };
})();
const $main_js = (() => {
// Runs all.

const { default: title, count: countOf } = $text_en_js;
const dom = $dom_js;
const { byId, el } = $dom_js;

/** @param {import("./dom.js").Element} element */
dom.show(byId("x"), el, title, countOf);
return {  };
})();
"#;
    assert_eq!(linked(MAIN).unwrap(), expected);
}

#[test]
fn entries_run_in_their_order() {
    let script = link(&["b.js", "a.js"], |name| Some(if name == "a.js" { "a();" } else { "b();" })).unwrap();
    assert!(script.find("b();") < script.find("a();"), "{script}");
}

#[test]
fn other_forms_are_refused() {
    for line in [
        "export let changes = 1;",
        "export { a };",
        "export * from \"./dom.js\";",
        "export default function f() {}",
        "export const { a, b } = c;",
        "export function* all() {}",
        "import \"./dom.js\";",
        "import { a } from 'x';",
        "import { a } from \"npm\";",
        "import { a",
        "import x, * as dom from \"./dom.js\";",
        "import { byId, // the most used",
        "import{ byId } from \"./dom.js\";",
        "  import { byId } from \"./dom.js\";",
        "export{ a }",
        "export const a$b = 1;",
        "const later = () => import(\"./dom.js\");",
        "const later = await load();",
    ] {
        let refused = LinkError::Form { module: "main.js".to_owned(), line: line.to_owned() };
        assert_eq!(linked(line), Err(refused), "{line}");
    }
}

#[test]
fn circles_and_missing_modules_are_refused() {
    assert_eq!(linked("import { a } from \"./main.js\";"), Err(LinkError::Circle("main.js".to_owned())));
    assert_eq!(linked("import { a } from \"./gone.js\";"), Err(LinkError::Missing("gone.js".to_owned())));
    let missing = LinkError::NotExported { module: "main.js".to_owned(), name: "a".to_owned() };
    assert_eq!(linked("import { byId, a } from \"./dom.js\";"), Err(missing));
}
