import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTERS, carrierOf, choices, filter, isUnfiltered, limits } from "../page/filter.js";

function offer(flight_number, price, more = {}) {
  return {
    flight_number, price, currency: "IDR", carrier: "Garuda Indonesia", departure: "2025-07-10T06:00:00+07:00",
    duration_minutes: 110, stops: 0, suppliers: ["GA"], ...more,
  };
}

const OFFERS = [
  offer("GA1", 100),
  offer("JT1", 200, { carrier: "Lion Air", stops: 1, suppliers: ["JT", "TRIP"], duration_minutes: 200 }),
  offer("JT2", 300, { carrier: "Lion Air", stops: 3, departure: "2025-07-10T18:00:00+07:00", suppliers: ["TRIP"] }),
];

const shown = (filters, offers = OFFERS) =>
  filter(offers, { ...NO_FILTERS, ...filters }).map((found) => found.flight_number);

test("filters of one kind add offers, filters of several kinds restrict them", () => {
  assert.deepEqual(shown({}), ["GA1", "JT1", "JT2"]);
  assert.deepEqual(shown({ carriers: ["Lion Air"] }), ["JT1", "JT2"]);
  assert.deepEqual(shown({ stops: ["0", "1"] }), ["GA1", "JT1"]);
  assert.deepEqual(shown({ stops: ["2"] }), ["JT2"]);
  assert.deepEqual(shown({ parts: ["evening"] }), ["JT2"]);
  assert.deepEqual(shown({ sellers: ["JT", "GA"] }), ["GA1", "JT1"]);
  assert.deepEqual(shown({ carriers: ["Lion Air"], parts: ["morning"] }), ["JT1"]);
});

test("limits include their value, and a price in another currency can't be compared", () => {
  assert.deepEqual(shown({ maxPrice: 200 }), ["GA1", "JT1"]);
  assert.deepEqual(shown({ maxDuration: 110 }), ["GA1", "JT2"]);
  assert.deepEqual(shown({ maxPrice: 100 }, [...OFFERS, offer("SQ1", 500, { currency: "USD" })]), ["GA1", "SQ1"]);
});

test("no filter and no limit means all", () => {
  assert.ok(isUnfiltered(NO_FILTERS));
  for (const one of [{ stops: ["0"] }, { maxPrice: 1 }, { maxDuration: 1 }, { sellers: ["GA"] }]) {
    assert.ok(!isUnfiltered({ ...NO_FILTERS, ...one }), JSON.stringify(one));
  }
});

test("each choice has the number and the lowest price of the fares that it would show", () => {
  const rows = (found) => [...found].map(([value, { count, cheapest }]) => [value, count, cheapest?.price ?? null]);
  const all = choices(OFFERS, NO_FILTERS);
  assert.deepEqual(rows(all.carriers), [["Garuda Indonesia", 1, 100], ["Lion Air", 2, 200]]);
  assert.deepEqual(rows(all.sellers), [["GA", 1, 100], ["JT", 1, 200], ["TRIP", 2, 200]]);
  assert.deepEqual(rows(all.stops), [["0", 1, 100], ["1", 1, 200], ["2", 1, 300]]);

  // Its own kind does not restrict it: what is chosen there is added.
  const some = choices(OFFERS, { ...NO_FILTERS, stops: ["1"], maxPrice: 250 });
  assert.deepEqual(rows(some.stops), [["0", 1, 100], ["1", 1, 200], ["2", 0, null]]);
  assert.deepEqual(rows(some.carriers), [["Garuda Indonesia", 0, null], ["Lion Air", 1, 200]]);
  for (const [value, count] of rows(some.carriers)) {
    assert.equal(shown({ stops: ["1"], maxPrice: 250, carriers: [value] }).length, count);
  }
});

test("the lowest price is in the most frequent currency, if it is there at all", () => {
  const dollars = offer("JT3", 20, { currency: "USD", carrier: "Lion Air" });
  const only = offer("SQ1", 30, { currency: "SGD", carrier: "Singapore Airlines" });
  const { carriers } = choices([dollars, ...OFFERS, only], NO_FILTERS);
  assert.equal(carriers.get("Lion Air").cheapest.price, 200);
  assert.equal(carriers.get("Singapore Airlines").cheapest.currency, "SGD");
});

test("the limits to choose from are distinct and ascending", () => {
  const { currency, maxPrice, maxDuration } = limits([...OFFERS, offer("GA2", 100), offer("SQ1", 1, { currency: "USD" })]);
  assert.deepEqual([currency, maxPrice, maxDuration], ["IDR", [100, 200, 300], [110, 200]]);
});

test("the parts of a day have no gaps", () => {
  for (const [time, part] of [["00:00", "night"], ["05:59", "night"], ["06:00", "morning"], ["12:00", "afternoon"],
    ["17:59", "afternoon"], ["23:59", "evening"]]) {
    const offers = [offer("GA1", 1, { departure: `2025-07-10T${time}:00+07:00` })];
    assert.deepEqual(shown({ parts: [part] }, offers), ["GA1"], time);
  }
});

test("offers with only a number and a price pass where nothing is chosen", () => {
  const bare = [{ flight_number: "GA57", price: 2 }, { flight_number: "JT1", price: 1 }];
  assert.deepEqual(bare.map(carrierOf), ["GA", "JT"]);
  assert.deepEqual([...choices(bare, NO_FILTERS).carriers.keys()], ["GA", "JT"]);
  for (const none of [{ stops: ["0"] }, { parts: ["night"] }, { maxDuration: 100 }, { sellers: ["GA"] }]) {
    assert.deepEqual(shown(none, bare), [], JSON.stringify(none));
  }
  assert.deepEqual(shown({ carriers: ["GA"], maxPrice: 2 }, bare), ["GA57"]);
});
