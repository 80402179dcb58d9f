import assert from "node:assert/strict";
import { test } from "node:test";

import {
  isRunning, isStalled, progress, supplierRows, unknown, withEnd, withPartial, withStatus, withWarnings, withoutMore,
} from "../page/search.js";
import { queryWith } from "../page/trip.js";

const GA = { code: "GA", name: "Garuda Indonesia", status: "ok", elapsed_ms: 700 };
const SQ = { code: "SQ", name: "Singapore Airlines", status: "timeout", elapsed_ms: 9000 };
const ASKED = [GA, SQ].map(({ code, name }) => ({ code, name }));
const FARE = { flight_number: "GA1", price: 900 };

const processing = {
  status: "processing", from: "CGK", to: "DPS", date: "2027-07-10", passengers: 2,
  asked: ASKED, results: [], suppliers: [], elapsed_ms: 20,
};
const partial = { supplier: GA, results: [FARE], progress: { answered: 1, of: 2 } };
const end = { status: "completed", results: [{ ...FARE, suppliers: ["GA"] }], total: 1, suppliers: [GA, SQ], elapsed_ms: 9000 };

test("a search is followed from its id to its end", () => {
  let search = unknown("id");
  assert.ok(isRunning(search));
  search = withStatus(search, processing);
  assert.deepEqual(search.query, queryWith([{ from: "CGK", to: "DPS", date: "2027-07-10" }], { adults: 2 }));
  assert.deepEqual(progress(search), { answered: 0, of: 2 });
  search = withPartial(search, partial);
  assert.deepEqual(progress(search), { answered: 1, of: 2 });
  assert.deepEqual(supplierRows(search).map(({ code, status }) => [code, status]), [["GA", "ok"], ["SQ", "pending"]]);
  assert.equal(search.total, 1);
  search = withEnd(search, end);
  assert.ok(!isRunning(search));
  assert.deepEqual(supplierRows(search).map(({ status }) => status), ["ok", "timeout"]);
  assert.equal(supplierRows(search)[0].fares, 1);
});

test("an answer that is sent again after a reconnect counts once", () => {
  const once = withPartial(withStatus(unknown("id"), processing), partial);
  assert.deepEqual(withPartial(once, partial), once);
});

test("a page opened late shows the same as one that followed from the start", () => {
  const early = withEnd(withPartial(withStatus(unknown("id"), processing), partial), end);
  const late = withStatus(unknown("id"), { ...processing, ...end });
  for (const field of ["phase", "offers", "total", "query"]) assert.deepEqual(late[field], early[field], field);
});

test("answers in the state stay if the connection breaks before their partials arrive", () => {
  const snapshot = { ...processing, results: [{ ...FARE, suppliers: ["GA"] }], suppliers: [GA] };
  const search = withStatus(unknown("id"), snapshot);
  assert.equal(search.offers.length, 1);
  assert.deepEqual(progress(search), { answered: 1, of: 2 });
});

test("a supplier without an answer is not pending after the search was cancelled", () => {
  const search = withEnd(withPartial(withStatus(unknown("id"), processing), partial), { status: "cancelled", results: [] });
  assert.deepEqual(supplierRows(search).map(({ status }) => status), ["ok", "dropped"]);
});

test("a supplier that a cancellation cut off has neither answered nor timed out", () => {
  const cutOff = { ...SQ, reason: "the search was cancelled" };
  const search = withEnd(withPartial(withStatus(unknown("id"), processing), partial), {
    status: "cancelled", results: [], suppliers: [GA, cutOff],
  });
  assert.deepEqual(supplierRows(search).map(({ status }) => status), ["ok", "dropped"]);
  assert.deepEqual(progress(search), { answered: 1, of: 2 });
});

test("a shared search that the user has left keeps its state", () => {
  const left = withoutMore(withPartial(withStatus(unknown("id"), processing), partial));
  assert.ok(!isRunning(left));
  assert.equal(left.total, 1);
  assert.deepEqual(supplierRows(left).map(({ status }) => status), ["ok", "dropped"]);
});

test("an end without details, like the replaced system's, is enough", () => {
  const search = withEnd(unknown("id"), { search_id: "id", status: "completed", results: [FARE] });
  assert.equal(search.total, 1);
  assert.deepEqual(supplierRows(search), []);
});

test("a search is stalled while there is no worker, until an answer or the end arrives", () => {
  const warnings = [{ code: "no_worker", message: "…" }];
  const running = withStatus(unknown("id"), processing);
  assert.ok(!isStalled(running));
  const stalled = withWarnings(running, { warnings });
  assert.ok(isStalled(stalled) && isStalled(withStatus(unknown("id"), { ...processing, warnings })));
  for (const going of [withWarnings(stalled, {}), withPartial(stalled, partial), withEnd(stalled, end)]) {
    assert.ok(!isStalled(going));
  }
  assert.ok(!isStalled(withWarnings(withEnd(stalled, end), { warnings })));
});
