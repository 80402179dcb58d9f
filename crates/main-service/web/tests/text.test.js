import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { LANGUAGES, locale, t, use } from "../page/text.js";

const page = new URL("../page/", import.meta.url);
const read = (name) => readFileSync(new URL(name, page), "utf8");
const modules = readdirSync(page).filter((name) => name.endsWith(".js"));
const html = read("index.html").replace(/<svg class="sprite"[^]*?<\/svg>/, "");

test("both languages have the same texts, made of the same values", () => {
  const [en, id] = [LANGUAGES.en, LANGUAGES.id];
  assert.deepEqual(Object.keys(id), Object.keys(en));
  for (const [key, text] of Object.entries(en)) {
    assert.equal(typeof id[key], typeof text, key);
    assert.notEqual(text, "", key);
    assert.notEqual(id[key], "", key);
    if (typeof text === "function") assert.equal(id[key].length, text.length, key);
  }
});

test("texts are translated", () => {
  // Names, which are the same in both.
  const names = new Set(["siteName", "api", "routeCgkDps", "routeSubUpg", "routeKnoLbj"]);
  for (const [key, text] of Object.entries(LANGUAGES.en)) {
    if (typeof text === "string" && !names.has(key)) assert.notEqual(LANGUAGES.id[key], text, key);
  }
});

test("each text is used, and each used one exists", () => {
  const code = modules.filter((name) => !name.startsWith("text")).map(read).join("") + html;
  for (const key of Object.keys(LANGUAGES.en)) assert.ok(code.includes(`"${key}"`), `nothing uses ${key}`);
  for (const [, key] of code.matchAll(/\bt\("(\w+)"/g)) assert.ok(key in LANGUAGES.en, `there is no ${key}`);
  assert.throws(() => t("nonsense"));
});

test("index.html has the English texts, each marked with its key", () => {
  const marks = [
    [/<(\w+)[^>]*\sdata-text="(\w+)"[^>]*>([^<]*)</g, (match) => [match[2], match[3]]],
    [/<[^>]*\saria-label="([^"]*)"[^>]*\sdata-label="(\w+)"/g, (match) => [match[2], match[1]]],
    [/<[^>]*\splaceholder="([^"]*)"[^>]*\sdata-placeholder="(\w+)"/g, (match) => [match[2], match[1]]],
    [/<[^>]*\sdata-content="(\w+)"[^>]*\scontent="([^"]*)"/g, (match) => [match[1], match[2]]],
  ];
  let count = 0;
  for (const [pattern, read] of marks) {
    for (const match of html.matchAll(pattern)) {
      const [key, text] = read(match);
      assert.equal(text, LANGUAGES.en[key], key);
      count += 1;
    }
  }
  assert.equal(count, [...html.matchAll(/\sdata-(text|label|placeholder|content)=/g)].length);
});

test("index.html has no other visible text", () => {
  const rest = html
    .replace(/<(title|noscript)[^]*?<\/\1>/g, "")
    .replace(/<(\w+)[^>]*\sdata-text="[^>]*>[^<]*/g, "")
    .replace(/<small>[A-Z]{3} – [A-Z]{3}<\/small>/g, "")
    .replace(/<[^>]*>/g, "");
  assert.deepEqual(rest.match(/\p{L}+/gu) ?? [], ["nbsp"]);
  for (const [attribute, mark] of [["aria-label", "data-label"], ["placeholder", "data-placeholder"], ["title", "data-title"]]) {
    for (const [tag] of html.matchAll(new RegExp(`<[^>]*\\s${attribute}="[^>]*>`, "g"))) assert.ok(tag.includes(mark), tag);
  }
});

test("no module but the texts has a text to be read", () => {
  // What looks like a text: a capital and lower-case letters, or two words.
  const looksLikeText = /^[^a-z]*[A-Z][a-z]+([ ,.!?…]|$)|^[a-z]+ [a-z]+ /;
  const allowed = new Set(["Escape", "Enter", " International"]);
  for (const name of modules.filter((name) => !name.startsWith("text"))) {
    const code = read(name).replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
    // The messages of exceptions are for developers.
    const lines = code.split("\n").filter((line) => !/new (Error|Unreachable)\(|super\(/.test(line));
    for (const line of lines) {
      for (const [, , text] of line.matchAll(/(["'`])((?:(?!\1).)*)\1/g)) {
        const plain = text.replace(/\$\{[^}]*\}/g, "");
        assert.ok(allowed.has(plain) || !looksLikeText.test(plain), `${name}: ${text}`);
      }
    }
  }
});

test("the locale is the browser's for this language", () => {
  for (const [language, preferred, expected] of [
    ["en", [], "en-GB"], ["id", [], "id-ID"], ["en", ["id", "en-US", "en-GB"], "en-US"], ["id", ["en-US"], "id-ID"],
    ["id", ["in-ID"], "in-ID"],
    // Of a Chromium without a locale.
    ["en", ["en-US@posix"], "en-GB"], ["en", ["en-US@posix", "en-AU"], "en-AU"],
  ]) {
    use(language, preferred);
    assert.equal(locale(), expected);
  }
});
