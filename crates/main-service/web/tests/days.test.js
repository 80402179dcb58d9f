import assert from "node:assert/strict";
import { test } from "node:test";

import { Days } from "../page/days.js";
import { unknown } from "../page/search.js";
import { queryWith, shifted } from "../page/trip.js";

const QUERY = queryWith([{ from: "CGK", to: "DPS", date: "2027-07-10" }]);
const found = (id, query, prices, phase = "completed") => ({
  ...unknown(id, query), startedAt: 0, phase, offers: prices.map((price) => ({ price, currency: "IDR" })),
});
const known = (days, now = 1) => days.around(QUERY, "2027-07-09", now).map((day) => day.known?.id ?? null);

test("seven days, of which those that have passed are marked", () => {
  const days = new Days().around(QUERY, "2027-07-09", 0);
  assert.deepEqual(days.map(({ query }) => query.slices[0].date.slice(-2)), ["07", "08", "09", "10", "11", "12", "13"]);
  assert.deepEqual(days.map(({ isPast }) => isPast), [true, true, false, false, false, false, false]);
});

test("a searched day has its lowest price, for ten minutes", () => {
  const days = new Days();
  days.note(found("a", QUERY, [300, 200]), 0);
  days.note(found("b", shifted(QUERY, 2), [], "processing"), 0);
  days.note(found("c", { ...shifted(QUERY, 1), cabin: "business" }, [900]), 0);
  assert.deepEqual(known(days), [null, null, null, "a", null, "b", null]);
  const [, , , here, , later] = days.around(QUERY, "2027-07-09", 1);
  assert.deepEqual([here.known.lowest, here.known.isDone], [200, true]);
  assert.deepEqual([later.known.lowest, later.known.isDone], [null, false]);
  assert.deepEqual(known(days, 600_001), [null, null, null, null, null, null, null]);
});

test("a day whose search had no answer may have fares", () => {
  for (const phase of ["failed", "cancelled"]) {
    const days = new Days();
    days.note(found("a", QUERY, [], "processing"), 0);
    assert.equal(known(days)[3], "a");
    days.note(found("a", QUERY, [], phase), 0);
    assert.equal(known(days)[3], null, phase);
  }
  const days = new Days();
  days.note(found("a", QUERY, [200], "cancelled"), 0);
  days.note(found("b", shifted(QUERY, 1), []), 0);
  assert.deepEqual(known(days).slice(3, 5), ["a", "b"]);
});

test("an expired search is forgotten", () => {
  const days = new Days();
  days.note(found("a", QUERY, [200]), 0);
  days.note(found("a", QUERY, [], "missing"), 0);
  assert.deepEqual(known(days), [null, null, null, null, null, null, null]);
});
