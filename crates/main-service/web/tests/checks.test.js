import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem, Unreachable } from "../page/api.js";
import { Checks, checkText, ended } from "../page/checks.js";
import { use } from "../page/text.js";

const AT = new Date("2027-07-10T06:05:00Z");
const money = (total) => ({ total, currency: "IDR" });
const text = (state) => checkText(state, AT, true).replaceAll("\u00a0", " ");
const told = (check, results = []) => text(ended({ check, results }, AT));

test("each outcome of a check has its text, a changed price with both", () => {
  use("en");
  const before = money("900000");
  assert.match(told({ outcome: "same", before, now: before }), /^Still the same price at \d\d:\d\d\.$/);
  assert.match(told({ outcome: "changed", before, now: money("950000") }), /changed from Rp 900,000 to Rp 950,000, at /);
  assert.match(told({ outcome: "gone", before }), /^No longer sold by this seller, at /);
  for (const unknown of [told({ outcome: "unknown", before }), told(undefined), text(ended({}, AT))]) {
    assert.match(unknown, /^The seller did not say/);
  }
  assert.equal(text(null), "");
});

test("an ended check has the price as it is now", () => {
  const price = { supplier: "GA", ...money("950000"), deep_link: "https://ga.example/2" };
  assert.equal(ended({ check: { outcome: "changed" }, results: [{ prices: [price] }] }, AT).price, price);
  assert.equal(ended({ check: { outcome: "gone" }, results: [] }, AT).price, null);
});

test("a check that is refused says why in a person's words", () => {
  use("en");
  const refused = (error, isOnline = true) => checkText({ phase: "refused", error }, AT, isOnline);
  for (const code of ["unknown_search", "unknown_offer", "not_sold"]) {
    assert.match(refused(new Problem(404, { code })), /^This search has expired/);
  }
  assert.match(refused(new Problem(429, { code: "rate_limited" })), /^You have searched very often/);
  assert.match(refused(new Problem(503, { code: "unavailable" })), /^The price can’t be checked at the moment/);
  assert.match(refused(new Problem(404, { code: "no_such_route" })), /^The price can’t be checked at the moment/);
  assert.match(refused(new Unreachable("")), /^The service can’t be reached/);
  assert.match(refused(new Unreachable(""), false), /^You are offline/);
});

test("a price expires as it was found, or as a check has found it; a later hour is waited for in steps", async (context) => {
  const minutes = (number) => new Date(AT.getTime() + number * 60_000).toISOString();
  const price = (supplier, expires) => ({ supplier, ...money("900000"), ...(expires !== null && { expires_at: minutes(expires) }) });
  const offer = { id: "8a3f5e0c92d14b67", prices: [price("GA", 1), price("QZ", null), price("JT", -5)] };
  const checks = new Checks(() => {});
  const wait = (...prices) => checks.nextExpiry([{ ...offer, prices }], AT);
  assert.equal(checks.nextExpiry([offer], AT), 60_500);
  assert.equal(wait(price("SQ", 600)), 3_600_500);
  assert.deepEqual([wait(price("QZ", null), price("JT", -5)), checks.nextExpiry([], AT)], [null, null]);

  const ended = { status: "completed", check: { outcome: "same" }, results: [{ prices: [price("GA", 20)] }] };
  context.mock.method(globalThis, "fetch", async (_, { method }) =>
    Response.json({ success: true, data: method === "POST" ? { check_id: "c" } : ended }));
  await new Promise((done) => {
    const asking = new Checks((state) => state.phase === "ended" && done(assert.equal(asking.nextExpiry([offer], AT), 20 * 60_000 + 500)));
    void asking.start("s", offer, offer.prices[0]);
  });
});

test("a seller is asked about an offer with an id only", () => {
  assert.ok(Checks.canAsk({ id: "8a3f5e0c92d14b67" }, { supplier: "GA" }));
  assert.ok(!Checks.canAsk({ flight_number: "GA1" }, { supplier: "GA" }));
  assert.ok(!Checks.canAsk({ id: "8a3f5e0c92d14b67" }, {}));
});
