import assert from "node:assert/strict";
import { test } from "node:test";

import { bodyOf, codesOf, currencyOf, kindOf, queryOf, queryWith, routeText, shifted, sliceWith, travellers } from "../page/trip.js";

const slice = (from, to, date, more = {}) => ({ from, to, date, ...more });
const ONE_WAY = queryWith([slice("CGK", "DPS", "2027-07-10")], { adults: 2 });
const RETURN = queryWith([...ONE_WAY.slices, slice("DPS", "CGK", "2027-07-17")]);
const SEVERAL = queryWith([...ONE_WAY.slices, slice("SUB", "CGK", "2027-07-17")]);

test("a trip is one way, return or several", () => {
  assert.deepEqual([ONE_WAY, RETURN, SEVERAL].map(kindOf), ["oneWay", "return", "several"]);
  assert.equal(kindOf({ slices: [...RETURN.slices, ...ONE_WAY.slices] }), "several");
  assert.deepEqual([ONE_WAY, RETURN, SEVERAL].map(routeText), ["CGK → DPS", "CGK ⇄ DPS", "CGK → DPS, SUB → CGK"]);
  assert.deepEqual(codesOf(SEVERAL), ["CGK", "DPS", "SUB"]);
});

test("the body is in the shortest form that says it all", () => {
  assert.deepEqual(bodyOf(ONE_WAY), { from: "CGK", to: "DPS", date: "2027-07-10", passengers: 2 });
  assert.deepEqual(bodyOf(RETURN), { from: "CGK", to: "DPS", date: "2027-07-10", return_date: "2027-07-17", passengers: 1 });
  assert.deepEqual(bodyOf(SEVERAL), { slices: SEVERAL.slices, passengers: 1 });
  const family = queryWith(ONE_WAY.slices, { adults: 2, children: [7], infants: [0] },
    { cabin: "business", maxStops: 0, currency: "USD" });
  assert.deepEqual(bodyOf(family), {
    from: "CGK", to: "DPS", date: "2027-07-10", passengers: { adults: 2, children: [7], infants: [0] },
    cabin: "business", max_stops: 0, currency: "USD",
  });
  const morning = queryWith([slice("CGK", "DPS", "2027-07-10", { departure: { latest: "12:00" } })]);
  assert.deepEqual(bodyOf(morning), { slices: morning.slices, passengers: 1 });
});

test("the state of a search tells its query", () => {
  const state = { from: "CGK", to: "DPS", date: "2027-07-10", passengers: 2 };
  assert.deepEqual(queryOf(state), ONE_WAY);
  assert.deepEqual(queryOf({ ...state, passengers: 1, slices: SEVERAL.slices }), SEVERAL);
  const family = queryOf({ ...state, passenger_types: { adults: 1, infants: [1] }, cabin: "first", max_stops: 0, currency: "JPY" });
  assert.deepEqual(family, queryWith(ONE_WAY.slices, { adults: 1, infants: [1] }, { cabin: "first", maxStops: 0, currency: "JPY" }));
  assert.deepEqual([travellers(family), currencyOf(family), currencyOf(ONE_WAY), currencyOf(null)], [2, "JPY", "IDR", "IDR"]);
  assert.equal(queryOf({ status: "completed" }), null);
  const timed = { from: "CGK", to: "DPS", date: "2027-07-10", arrival: { latest: "12:00" } };
  assert.deepEqual(queryOf({ ...state, slices: [timed] }).slices, [timed]);
});

test("a slice has only the times that are limited", () => {
  const [plain] = ONE_WAY.slices;
  assert.deepEqual(sliceWith(plain, { departure: {}, arrival: { earliest: "" } }), plain);
  const timed = sliceWith(plain, { arrival: { latest: "12:00", earliest: "06:00" }, departure: { latest: "09:00" } });
  assert.equal(JSON.stringify(timed),
    JSON.stringify({ ...plain, departure: { latest: "09:00" }, arrival: { earliest: "06:00", latest: "12:00" } }));
});

test("a trip moves as a whole", () => {
  assert.deepEqual(shifted(RETURN, -3).slices.map(({ date }) => date), ["2027-07-07", "2027-07-14"]);
  assert.equal(shifted(queryWith([slice("CGK", "DPS", "9999-12-31")]), 1), null);
});
