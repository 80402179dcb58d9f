import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Problem, Unreachable } from "../page/api.js";
import { fieldErrors, fieldOf, refusalText } from "../page/errors.js";
import { use } from "../page/text.js";

beforeEach(() => use("en"));

const query = (...slices) => ({ slices });
const QUERY = query({ from: "CGX", to: "DPS", date: "2027-07-10" });

test("a field's error is in a person's words, with the suggestion", () => {
  const errors = [{ field: "from", message: "no airport or city has the code CGX; did you mean CGK?", suggestion: "CGK" }];
  assert.deepEqual(fieldErrors(errors, QUERY), [
    { field: "from", text: "No airport or city has the code CGX.", suggestion: "CGK" },
  ]);
  use("id");
  assert.equal(fieldErrors(errors, QUERY)[0].text, "Tidak ada bandara atau kota dengan kode CGX.");
});

test("a known destination is refused because it is the origin", () => {
  const to = (slice, isKnown) => fieldErrors([{ field: "to" }], query(slice), () => isKnown)[0].text;
  assert.match(to({ from: "JKT", to: "CGK" }, true), /^You fly from there/);
  assert.match(to({ from: "XXX", to: "XXX" }, false), /^You fly from there/);
  assert.match(to({ from: "CGK", to: "QQQ" }, false), /code QQQ/);
});

test("each path of the API is the field that it is about", () => {
  const paths = {
    "slices[0].from": "from", "slices[1].to": "to-2", "slices[5].date": "date-6", return_date: "return", date: "date",
    passengers: "passengers", "passengers.adults": "passengers", "passengers.children": "children",
    "passengers.children[0]": "child-1", "passengers.infants": "infants", "passengers.infants[1]": "infant-2",
    cabin: "cabin", max_stops: "max-stops", currency: "currency", "slices[0].departure.latest": "departure-latest",
    "slices[2].arrival.earliest": "arrival-earliest-3", suppliers: null, toString: null, child: null, "slices[0].arrival": null,
  };
  for (const [path, field] of Object.entries(paths)) assert.equal(fieldOf(path), field, path);
  const back = ["from", "to", "date"].map((part) => fieldOf(`slices[1].${part}`, "return"));
  assert.deepEqual(back, ["to", "from", "return"], "the form of a return has one row");
});

test("each choice and each time has a text", () => {
  const text = (field) => fieldErrors([{ field }], QUERY)[0].text;
  assert.match(text("max_stops"), /^This can’t be searched/);
  assert.match(text("currency"), /this currency/);
  assert.match(text("slices[0].departure.latest"), /^This is before the earlier time/);
  assert.match(text("slices[0].arrival.earliest"), /^This is not a time/);
});

test("the error of a slice tells of that slice", () => {
  const trip = query(
    { from: "CGK", to: "DPS", date: "2027-07-10" }, { from: "QQQ", to: "SUB", date: "2027-07-09" },
    { from: "SUB", to: "SUB", date: "2027-07-09" },
  );
  const text = (field) => fieldErrors([{ field }], trip)[0].text;
  assert.match(text("slices[1].from"), /code QQQ/);
  assert.match(text("slices[1].date"), /^This is before the flight before it/);
  assert.match(text("return_date"), /^This is before the flight before it/);
  assert.match(text("slices[2].to"), /^You fly from there/);
  assert.match(text("slices[2].date"), /^This is not a day/);
  assert.match(text("passengers.children[0]"), /2 to 17/);
  assert.match(text("passengers.infants"), /adult’s lap/);
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
