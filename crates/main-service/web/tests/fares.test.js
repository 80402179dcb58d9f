import assert from "node:assert/strict";
import { test } from "node:test";

import { byId, highlights, idOf, mainCurrency, sort } from "../page/fares.js";

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
  const expected = { cheapest: ["GA3", "GA2", "GA1"], fastest: ["GA2", "GA3", "GA1"], earliest: ["GA3", "GA2", "GA1"] };
  for (const [order, wanted] of Object.entries(expected)) {
    for (const offers of [[a, b, c], [c, b, a], [b, a, c]]) {
      assert.deepEqual(numbers(sort(offers, order)), wanted, order);
    }
  }
});

test("departures are ordered as instants, not as clocks", () => {
  const west = offer("GA1", 1, { departure: "2025-07-10T07:00:00+07:00" });
  const east = offer("GA2", 1, { departure: "2025-07-10T07:30:00+09:00" });
  assert.deepEqual(numbers(sort([west, east], "earliest")), ["GA2", "GA1"]);
});

test("the cheapest and the fastest are highlighted; prices are compared only within the most frequent currency", () => {
  const a = offer("GA1", 900, { duration_minutes: 200 });
  const b = offer("GA2", 950, { duration_minutes: 100 });
  const dollars = offer("GA3", 60, { currency: "USD", duration_minutes: 300 });
  const { cheapest, fastest } = highlights([a, b, dollars]);
  assert.equal(cheapest, a);
  assert.equal(fastest, b);
  assert.equal(mainCurrency([dollars, a, b]), "IDR");
  assert.deepEqual(highlights([]), { cheapest: null, fastest: null, earliest: null });
});

test("offers of the replaced system, with only a number and a price, can be shown", () => {
  const bare = [{ flight_number: "GA57", price: 2 }, { flight_number: "JT1", price: 1 }];
  assert.deepEqual(numbers(byId([[null, bare]])), ["JT1", "GA57"]);
  for (const order of ["cheapest", "fastest", "earliest"]) assert.deepEqual(numbers(sort(bare, order)), ["JT1", "GA57"]);
  assert.equal(highlights(bare).fastest, null);
  assert.equal(highlights(bare).cheapest.price, 1);
  assert.notEqual(idOf(bare[0]), idOf(bare[1]));
});

test("fares are compared in the search's currency, and those without a rate for it come last", () => {
  const dollars = offer("GA1", 100, {
    currency: "USD", prices: [{ total: "100.00", currency: "USD", approximate: { total: "1600000", currency: "IDR" } }],
  });
  const rupiah = offer("GA2", 1_500_000);
  const unknown = [1, 2].map((price) => offer(`GA${price + 2}`, price, { currency: "QQQ", comparable: false }));
  assert.deepEqual(numbers(sort([...unknown, dollars, rupiah], "cheapest")), ["GA2", "GA1", "GA3", "GA4"]);
});
