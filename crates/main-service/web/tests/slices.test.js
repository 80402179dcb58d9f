import assert from "node:assert/strict";
import { test } from "node:test";

import { carrierNames, hasZones, layover, minutesOf, numbersOf, slicesOf, stopsOf } from "../page/slices.js";

const segment = (origin, destination, departure, arrival, more = {}) => ({
  carrier: "GA", flight_number: "1", origin, destination, departure, arrival, ...more,
});
const FIRST = segment("CGK", "ICN", "2027-07-10T21:30:00+07:00", "2027-07-11T06:30:00+09:00", { destination_terminal: "1" });

test("a layover has its length, across time zones, and what changes", () => {
  const next = (origin, terminal) =>
    segment(origin, "NRT", "2027-07-11T10:00:00+09:00", "2027-07-11T12:20:00+09:00", { origin_terminal: terminal });
  assert.deepEqual(layover(FIRST, next("ICN", "1")), { minutes: 210, at: "ICN", airports: null, terminals: null });
  assert.deepEqual(layover(FIRST, next("ICN", "2")).terminals, ["1", "2"]);
  assert.deepEqual(layover(FIRST, next("ICN")).terminals, null);
  const other = layover(FIRST, next("GMP", "2"));
  assert.deepEqual([other.airports, other.terminals], [["ICN", "GMP"], null]);
  const west = segment("ICN", "SYD", "2027-07-10T22:00:00-02:00", "2027-07-11T10:00:00+10:00");
  assert.equal(layover(FIRST, west).minutes, 150);
});

test("time zones differ if any time of the slice is in another one", () => {
  const slice = (...segments) => ({ departure: segments[0].departure, arrival: segments.at(-1).arrival, segments });
  assert.ok(hasZones(slice(FIRST)));
  const there = segment("CGK", "SIN", "2027-07-10T08:00:00+07:00", "2027-07-10T11:00:00+08:00");
  const back = segment("SIN", "CGK", "2027-07-10T12:00:00+08:00", "2027-07-10T13:00:00+07:00");
  assert.ok(hasZones(slice(there, back)));
  assert.ok(!hasZones({ departure: "2027-07-10T08:00:00+07:00", arrival: "2027-07-10T09:00:00+07:00", segments: [] }));
});

test("an offer of several slices adds their durations, and has the most stops of one", () => {
  const offer = {
    flight_number: "GA1/GA2", duration_minutes: 100, stops: 1,
    slices: [{ duration_minutes: 100, stops: 1, segments: [FIRST, FIRST] }, { duration_minutes: 200, stops: 0, segments: [FIRST] }],
  };
  assert.deepEqual([minutesOf(offer), stopsOf(offer), numbersOf(offer)], [300, 1, ["GA1/GA2", "GA1"]]);
  const flat = { flight_number: "GA1", duration_minutes: 100, stops: 2 };
  assert.deepEqual([minutesOf(flat), stopsOf(flat), slicesOf(flat)[0].segments], [100, 2, []]);
  assert.deepEqual([minutesOf({ flight_number: "GA1" }), stopsOf({ flight_number: "GA1" })], [undefined, undefined]);
});

test("carriers are named as offers and suppliers name them", () => {
  const offer = { carrier: "Korean Air", flight_number: "GA1", slices: [{ segments: [{ ...FIRST, operating_carrier: "KE" }] }] };
  assert.deepEqual([...carrierNames([offer], new Map([["GA", "Garuda Indonesia"]]))],
    [["GA", "Garuda Indonesia"], ["KE", "Korean Air"]]);
});
