import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTERS, choices, filter, isUnfiltered, limits, totals } from "../page/filter.js";
import { carrierOf } from "../page/slices.js";

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

const ABOUT = { currency: "IDR", names: new Map([["SQ", "Singapore Airlines"]]) };

const shown = (filters, offers = OFFERS) =>
  filter(offers, { ...NO_FILTERS, ...filters }, ABOUT).map((found) => found.flight_number);

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
  const rows = (found) => [...found].map(([value, { count, cheapest }]) => [value, count, cheapest && Number(cheapest.total)]);
  const all = choices(OFFERS, NO_FILTERS, ABOUT);
  assert.deepEqual(rows(all.carriers), [["Garuda Indonesia", 1, 100], ["Lion Air", 2, 200]]);
  assert.deepEqual(rows(all.sellers), [["GA", 1, 100], ["JT", 1, 200], ["TRIP", 2, 200]]);
  assert.deepEqual(rows(all.stops), [["0", 1, 100], ["1", 1, 200], ["2", 1, 300]]);

  // Its own kind does not restrict it: what is chosen there is added.
  const some = choices(OFFERS, { ...NO_FILTERS, stops: ["1"], maxPrice: 250 }, ABOUT);
  assert.deepEqual(rows(some.stops), [["0", 1, 100], ["1", 1, 200], ["2", 0, null]]);
  assert.deepEqual(rows(some.carriers), [["Garuda Indonesia", 0, null], ["Lion Air", 1, 200]]);
  for (const [value, count] of rows(some.carriers)) {
    assert.equal(shown({ stops: ["1"], maxPrice: 250, carriers: [value] }).length, count);
  }
});

test("the lowest price is one that can be compared, if there is any", () => {
  const dollars = offer("JT3", 20, { currency: "USD", carrier: "Lion Air" });
  const only = offer("SQ1", 30, { currency: "SGD", carrier: "Singapore Airlines" });
  const { carriers } = choices([dollars, ...OFFERS, only], NO_FILTERS, ABOUT);
  assert.equal(carriers.get("Lion Air").cheapest.total, "200");
  assert.equal(carriers.get("Singapore Airlines").cheapest.currency, "SGD");
});

test("the limits to choose from are distinct and ascending", () => {
  const dollars = (rupiah) => ({ currency: "USD", prices: [
    { supplier: "X", total: "1.00", currency: "USD", approximate: { total: rupiah, currency: "IDR" } }] });
  const offers = [...OFFERS, offer("GA2", 100), offer("SQ1", 1, { currency: "USD" }), offer("SQ2", 1, dollars("150.20"))];
  const { maxPrice, maxDuration } = limits(offers, NO_FILTERS, ABOUT);
  assert.deepEqual([maxPrice, maxDuration], [[100, 151, 200, 300], [110, 200]]);
  assert.deepEqual(shown({ maxPrice: 151 }, offers), ["GA1", "GA2", "SQ1", "SQ2"]);
});

/** A return whose slices depart at these times, the second with these flights. */
function trip(flight_number, [out, back], segments = [["GA", "GA"]]) {
  const slice = (time, stops, flights) => ({
    departure: `2025-07-10T${time}:00+07:00`, duration_minutes: 100, stops,
    segments: flights.map(([carrier, operating_carrier]) => ({ carrier, operating_carrier })),
  });
  const slices = [slice(out, 0, [["GA", "GA"]]), slice(back, segments.length - 1, segments)];
  return offer(flight_number, 100, { slices, departure: slices[0].departure });
}

test("each slice has its own times, and stops and duration are of the whole trip", () => {
  const trips = [trip("GA1", ["06:00", "18:00"]), trip("GA2", ["07:00", "08:00"], [["GA", "GA"], ["SQ", "SQ"]])];
  assert.deepEqual(shown({ parts: ["morning"] }, trips), ["GA1", "GA2"]);
  assert.deepEqual(shown({ parts2: ["morning"] }, trips), ["GA2"]);
  assert.deepEqual(shown({ parts: ["morning"], parts2: ["evening"] }, trips), ["GA1"]);
  assert.deepEqual(shown({ parts3: ["morning"] }, trips), []);
  assert.deepEqual(shown({ stops: ["1"] }, trips), ["GA2"]);
  assert.deepEqual(shown({ maxDuration: 199 }, trips), []);
  assert.deepEqual(shown({ maxDuration: 200 }, trips), ["GA1", "GA2"]);
});

test("arrivals of each slice are filtered beside departures", () => {
  const slice = (departure, arrival) => ({ departure, arrival, duration_minutes: 100, stops: 0, segments: [] });
  const overnight = offer("GA1", 100, { slices: [
    slice("2025-07-10T22:00:00+07:00", "2025-07-11T05:00:00+09:00"), slice("2025-07-17T08:00:00+09:00", "2025-07-17T12:00:00+07:00"),
  ] });
  assert.deepEqual(shown({ parts: ["evening"], arrivals: ["night"] }, [overnight]), ["GA1"], "its time is local");
  assert.deepEqual(shown({ arrivals: ["evening"] }, [overnight]), []);
  assert.deepEqual(shown({ arrivals2: ["afternoon"] }, [overnight]), ["GA1"]);
  assert.deepEqual(shown({ arrivals: ["morning"] }), [], "those without an arrival are not known");
  assert.equal(choices([overnight], NO_FILTERS, ABOUT).arrivals2.get("afternoon").count, 1);
});

test("all filters together say how many fares they show from which price", () => {
  const said = (filters) => totals(OFFERS, { ...NO_FILTERS, ...filters }, ABOUT);
  assert.equal(said({}).count, 3);
  assert.equal(said({ maxDuration: 110, stops: ["2"] }).cheapest.total, "300");
  assert.deepEqual(said({ maxPrice: 99 }), { count: 0, cheapest: null });
});

test("an offer has all carriers that fly it, by name", () => {
  const shared = trip("GA1", ["06:00", "18:00"], [["GA", "SQ"], ["GA", "QQ"]]);
  assert.deepEqual([...choices([shared], NO_FILTERS, ABOUT).carriers.keys()], ["Garuda Indonesia", "Singapore Airlines", "QQ"]);
  assert.deepEqual(shown({ carriers: ["Singapore Airlines"] }, [shared]), ["GA1"]);
});

test("sellers and baggage leave an offer with the prices that pass", () => {
  const price = (supplier, total, checked_pieces) => ({
    supplier, total, currency: "IDR", ...(checked_pieces !== undefined && { baggage: { checked_pieces } }),
  });
  const offers = [offer("GA1", 100, { prices: [price("GA", "100", 0), price("TRIP", "120", 1), price("GA", "150", 1)] })];
  const prices = (filters) => filter(offers, { ...NO_FILTERS, ...filters }, ABOUT)
    .map(({ prices: left }) => left.map(({ total }) => total));
  assert.deepEqual(prices({ bags: ["checked"] }), [["120", "150"]]);
  assert.deepEqual(prices({ bags: ["checked"], sellers: ["GA"] }), [["150"]]);
  assert.deepEqual(prices({ bags: ["checked", "cabin"] }), [["100", "120", "150"]]);
  assert.deepEqual(prices({ bags: ["cabin"], sellers: ["TRIP"] }), []);
  assert.deepEqual(prices({ bags: ["checked"], maxPrice: 110 }), []);
  const { bags, sellers } = choices(offers, { ...NO_FILTERS, sellers: ["GA"] }, ABOUT);
  assert.deepEqual([bags.get("checked").cheapest.total, bags.get("cabin").cheapest.total], ["150", "100"]);
  assert.equal(sellers.get("TRIP").cheapest.total, "120");
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
  assert.deepEqual([...choices(bare, NO_FILTERS, ABOUT).carriers.keys()], ["GA", "JT"]);
  for (const none of [{ stops: ["0"] }, { parts: ["night"] }, { maxDuration: 100 }, { sellers: ["GA"] }]) {
    assert.deepEqual(shown(none, bare), [], JSON.stringify(none));
  }
  assert.deepEqual(shown({ carriers: ["GA"], maxPrice: 2 }, bare), ["GA57"]);
});
