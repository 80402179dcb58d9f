import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTERS, byId, carriers, filter, highlights, idOf, isUnfiltered, sort } from "../page/fares.js";

function offer(flight_number, price, more = {}) {
  return {
    flight_number, price, currency: "IDR", carrier: "Garuda Indonesia", origin: "CGK", destination: "DPS",
    departure: "2025-07-10T06:00:00+07:00", arrival: "2025-07-10T08:50:00+08:00", duration_minutes: 110, stops: 0,
    suppliers: [], id: `id of ${flight_number}`, ...more,
  };
}

const numbers = (offers) => offers.map((found) => found.flight_number);

test("the same flight from two suppliers is one fare at the best price", () => {
  const merged = byId([["GA", [offer("GA1", 900)]], ["AGG", [offer("GA1", 800)]]]);
  assert.equal(merged.length, 1);
  assert.equal(merged[0].price, 800);
  assert.deepEqual(merged[0].suppliers, ["GA", "AGG"]);
});

test("offers with different ids are different fares", () => {
  const merged = byId([["GA", [offer("GA1", 900), offer("GA1", 900, { id: "another" })]]]);
  assert.equal(merged.length, 2);
});

test("an answer that the state already had changes nothing", () => {
  const snapshot = [offer("GA1", 900, { suppliers: ["GA"] })];
  const once = byId([["GA", [offer("GA1", 900)]]]);
  assert.deepEqual(byId([[null, snapshot], ["GA", [offer("GA1", 900)]]]), once);
});

test("each order breaks ties the same way, independent of the order of arrival", () => {
  const a = offer("GA1", 900, { duration_minutes: 120, departure: "2025-07-10T09:00:00+07:00" });
  const b = offer("GA2", 900, { duration_minutes: 100, departure: "2025-07-10T08:00:00+07:00" });
  const c = offer("GA3", 800, { duration_minutes: 120, departure: "2025-07-10T08:00:00+07:00" });
  const expected = { price: ["GA3", "GA2", "GA1"], duration: ["GA2", "GA3", "GA1"], departure: ["GA3", "GA2", "GA1"] };
  for (const [order, wanted] of Object.entries(expected)) {
    for (const offers of [[a, b, c], [c, b, a], [b, a, c]]) {
      assert.deepEqual(numbers(sort(offers, order)), wanted, order);
    }
  }
});

test("departures are ordered as instants, not as clocks", () => {
  const west = offer("GA1", 1, { departure: "2025-07-10T07:00:00+07:00" });
  const east = offer("GA2", 1, { departure: "2025-07-10T07:30:00+09:00" });
  assert.deepEqual(numbers(sort([west, east], "departure")), ["GA2", "GA1"]);
});

test("filters of one kind add offers, filters of several kinds restrict them", () => {
  const offers = [
    offer("GA1", 1),
    offer("JT1", 2, { carrier: "Lion Air", stops: 1 }),
    offer("JT2", 3, { carrier: "Lion Air", stops: 3, departure: "2025-07-10T18:00:00+07:00" }),
  ];
  const chosen = (more) => numbers(filter(offers, { ...NO_FILTERS, ...more }));
  assert.deepEqual(chosen({}), ["GA1", "JT1", "JT2"]);
  assert.deepEqual(chosen({ carriers: ["Lion Air"] }), ["JT1", "JT2"]);
  assert.deepEqual(chosen({ stops: ["0", "1"] }), ["GA1", "JT1"]);
  assert.deepEqual(chosen({ stops: ["2"] }), ["JT2"]);
  assert.deepEqual(chosen({ parts: ["evening"] }), ["JT2"]);
  assert.deepEqual(chosen({ carriers: ["Lion Air"], parts: ["morning"] }), ["JT1"]);
  assert.ok(isUnfiltered(NO_FILTERS) && !isUnfiltered({ ...NO_FILTERS, stops: ["0"] }));
});

test("the parts of a day have no gaps", () => {
  for (const [time, part] of [["00:00", "night"], ["05:59", "night"], ["06:00", "morning"], ["12:00", "afternoon"],
    ["17:59", "afternoon"], ["23:59", "evening"]]) {
    const found = filter([offer("GA1", 1, { departure: `2025-07-10T${time}:00+07:00` })], { ...NO_FILTERS, parts: [part] });
    assert.equal(found.length, 1, time);
  }
});

test("the cheapest and the fastest are highlighted; prices are compared only within the most frequent currency", () => {
  const a = offer("GA1", 900, { duration_minutes: 200 });
  const b = offer("GA2", 950, { duration_minutes: 100 });
  const dollars = offer("GA3", 60, { currency: "USD", duration_minutes: 300 });
  const { cheapest, fastest } = highlights([a, b, dollars]);
  assert.equal(cheapest, a);
  assert.equal(fastest, b);
  assert.deepEqual(highlights([]), { cheapest: null, fastest: null, earliest: null });
});

test("offers of the replaced system, with only a number and a price, can be shown", () => {
  const bare = [{ flight_number: "GA57", price: 2 }, { flight_number: "JT1", price: 1 }];
  assert.deepEqual(numbers(byId([[null, bare]])), ["JT1", "GA57"]);
  for (const order of ["price", "duration", "departure"]) assert.deepEqual(numbers(sort(bare, order)), ["JT1", "GA57"]);
  assert.deepEqual(carriers(bare).map(({ name }) => name), ["GA", "JT"]);
  assert.equal(highlights(bare).fastest, null);
  assert.equal(highlights(bare).cheapest.price, 1);
  assert.deepEqual(filter(bare, { ...NO_FILTERS, stops: ["0"] }), []);
  assert.notEqual(idOf(bare[0]), idOf(bare[1]));
});
