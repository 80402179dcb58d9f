import assert from "node:assert/strict";
import { test } from "node:test";

import { byId, highlights, idOf, sort } from "../page/fares.js";

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
  assert.deepEqual(merged[0].prices.map(({ supplier, total }) => [supplier, total]), [["AGG", "800"], ["GA", "900"]]);
  assert.deepEqual(merged[0].suppliers, ["AGG", "GA"]);
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

test("the first of each order is highlighted; prices are compared only in the search's currency", () => {
  const a = offer("GA1", 900, { duration_minutes: 200 });
  const b = offer("GA2", 950, { duration_minutes: 100 });
  const dollars = offer("GA3", 60, { currency: "USD", duration_minutes: 300 });
  const { best, cheapest, fastest } = highlights([a, b, dollars]);
  assert.deepEqual([best, cheapest, fastest], [b, a, b]);
  assert.equal(highlights([a, b, dollars], "USD").cheapest, dollars);
  assert.deepEqual(highlights([]), { best: null, cheapest: null, fastest: null, earliest: null });
});

test("the best is computed by the gateway's formula until the gateway has", () => {
  // Scores: 2 + 3, 3 + 2, 3 + 1, 4 + 1, as in the gateway's test.
  const offers = [[100, 300], [150, 200], [150, 100], [200, 100]]
    .map(([price, duration_minutes], at) => offer(`GA${at}`, price, { duration_minutes }));
  assert.deepEqual(numbers(sort(offers, "best")), ["GA2", "GA0", "GA1", "GA3"]);
  const told = offers.map((one, at) => ({ ...one, best_rank: 4 - at }));
  assert.deepEqual(numbers(sort(told, "best")), ["GA3", "GA2", "GA1", "GA0"]);
  // Ranks of an earlier state say nothing about what came later.
  assert.deepEqual(numbers(sort(byId([[null, told]]), "best")), ["GA2", "GA0", "GA1", "GA3"]);
  const other = offer("GA9", 1, { currency: "USD", duration_minutes: 1 });
  assert.equal(numbers(sort([...offers, other], "best")).at(-1), "GA9");
});

test("a merged offer keeps each seller's cheapest price of each fare, and completes the flights", () => {
  const price = (supplier, total, fare_brand) => ({ supplier, total, currency: "IDR", fare_brand });
  const flight = { carrier: "GA", flight_number: "1", origin: "CGK", departure: "2025-07-10T06:00:00+07:00" };
  const slices = (more) => [{ duration_minutes: 110, stops: 0, segments: [{ ...flight, ...more }] }];
  const one = offer("GA1", 900, { prices: [price("GA", "900", "Lite"), price("GA", "950", "Lite"), price("GA", "990", "Flex")],
    slices: slices({ origin_terminal: "3" }) });
  const two = offer("GA1", 920, { prices: [price("AGG", "920", "Lite")], slices: slices({ origin_terminal: "2", aircraft: "738" }) });
  for (const answers of [[["GA", [one]], ["AGG", [two]]], [["AGG", [two]], ["GA", [one]]]]) {
    const [merged] = byId(answers);
    assert.deepEqual(merged.prices.map(({ total }) => total), ["900", "920", "990"]);
    assert.deepEqual(merged.slices[0].segments, [{ ...flight, origin_terminal: "3", aircraft: "738" }]);
  }
});

test("of two sellers at the same price the first by code tells the flights, whichever answered first", () => {
  const sold = (supplier, carrier) => [supplier, [offer("GA1", 900, { carrier })]];
  for (const answers of [[sold("GA", "Garuda"), sold("AGG", "garuda")], [sold("AGG", "garuda"), sold("GA", "Garuda")]]) {
    assert.equal(byId(answers)[0].carrier, "garuda");
  }
});

test("an offer without slices takes another's only if the first slice is the same", () => {
  const slices = [{ duration_minutes: 110, stops: 0, segments: [] }];
  const flat = (more) => offer("GA1", 900, { arrival: "2025-07-10T09:00:00+08:00", stops: 0, ...more });
  const merged = (more) => byId([["GA", [flat()]], ["JT", [flat({ price: 950, slices, ...more })]]])[0];
  assert.deepEqual(merged({}).slices, slices);
  assert.equal(merged({ stops: 1 }).slices, undefined);
  assert.equal(merged({ arrival: "2025-07-10T09:30:00+08:00" }).slices, undefined);
});

test("offers of the replaced system, with only a number and a price, can be shown", () => {
  const bare = [{ flight_number: "GA57", price: 2 }, { flight_number: "JT1", price: 1 }];
  assert.deepEqual(numbers(byId([[null, bare]])), ["JT1", "GA57"]);
  for (const order of ["cheapest", "fastest", "earliest"]) assert.deepEqual(numbers(sort(bare, order)), ["JT1", "GA57"]);
  assert.equal(highlights(bare).fastest, null);
  assert.equal(highlights(bare).cheapest.price, 1);
  assert.equal(highlights(bare).best, null);
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
