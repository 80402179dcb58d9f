import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Problem, Unreachable } from "../page/api.js";
import { fieldErrors, refusalText } from "../page/errors.js";
import { use } from "../page/text.js";

beforeEach(() => use("en"));

const QUERY = { from: "CGX", to: "DPS", date: "2027-07-10", passengers: 1, knowsTo: true };

test("a field's error is in a person's words, with the suggestion", () => {
  const errors = [{ field: "from", message: "no airport or city has the code CGX; did you mean CGK?", suggestion: "CGK" }];
  assert.deepEqual(fieldErrors(errors, QUERY), [
    { field: "from", text: "No airport or city has the code CGX.", suggestion: "CGK" },
  ]);
  use("id");
  assert.equal(fieldErrors(errors, QUERY)[0].text, "Tidak ada bandara atau kota dengan kode CGX.");
});

test("a known destination is refused because it is the origin", () => {
  const to = (query) => fieldErrors([{ field: "to" }], { ...QUERY, ...query })[0].text;
  assert.match(to({ from: "JKT", to: "CGK" }), /^You fly from there/);
  assert.match(to({ from: "XXX", to: "XXX", knowsTo: false }), /^You fly from there/);
  assert.match(to({ to: "QQQ", knowsTo: false }), /code QQQ/);
});

test("errors of what the form has no field for are left out", () => {
  assert.deepEqual(fieldErrors([{ field: "suppliers", message: "…" }, { field: "toString" }], QUERY), []);
});

test("each refusal has a text that says what to do", () => {
  const text = (status, code) => refusalText(new Problem(status, { code, message: "for developers" }), true);
  assert.match(text(503, "backlog_full"), /^Many people/);
  assert.match(text(429, "rate_limited"), /wait a minute/);
  assert.match(text(503, "unavailable"), /^Searching does not work/);
  assert.match(text(502, "unknown"), /^Searching does not work/);
  assert.match(text(422, "idempotency_key_reused"), /^This search can’t be made/);
  assert.match(refusalText(new Unreachable(""), false), /offline/);
  assert.match(refusalText(new Unreachable(""), true), /can’t be reached/);
  assert.throws(() => refusalText(new TypeError("a bug"), true), TypeError);
});
