import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addDays, clock, date, dayMark, dayShift, dayWords, duration, elapsed, flightNumbers, isDay, minuteOfDay, plural,
  price, stops, today,
} from "../page/format.js";

test("prices are grouped by dots and start with the currency", () => {
  assert.equal(price(1500000), "Rp 1.500.000");
  assert.equal(price(999, "IDR"), "Rp 999");
  assert.equal(price(1000), "Rp 1.000");
  assert.equal(price(12345678, "USD"), "USD 12.345.678");
  assert.equal(price(0), "Rp 0");
});

test("durations omit zeros", () => {
  assert.equal(duration(110), "1 h 50 m");
  assert.equal(duration(45), "45 m");
  assert.equal(duration(120), "2 h");
  assert.equal(duration(0), "0 m");
  assert.equal(duration(1505), "25 h 5 m");
});

test("counts have a singular and a plural", () => {
  assert.deepEqual([0, 1, 2].map(stops), ["Direct", "1 stop", "2 stops"]);
  assert.equal(plural(1, "fare"), "1 fare");
  assert.equal(plural(0, "fare"), "0 fares");
});

test("times are the airport's local times, whatever the time zone of this machine", () => {
  assert.equal(clock("2025-07-10T06:05:00+07:00"), "06:05");
  assert.equal(clock("2025-07-10T23:59:00-11:00"), "23:59");
  assert.equal(minuteOfDay("2025-07-10T06:05:00+07:00"), 365);
});

test("the day shift compares the local dates of both airports", () => {
  const shift = (departure, arrival) => dayShift(departure, arrival);
  assert.equal(shift("2025-07-10T06:05:00+07:00", "2025-07-10T08:55:00+08:00"), 0);
  assert.equal(shift("2025-07-10T21:10:00+07:00", "2025-07-11T00:00:00+08:00"), 1);
  assert.equal(shift("2025-12-31T21:10:00+07:00", "2026-01-02T00:00:00+08:00"), 2);
  assert.equal(shift("2025-07-10T01:00:00+13:00", "2025-07-09T16:00:00-10:00"), -1);
  assert.deepEqual([0, 1, 2, -1].map(dayMark), ["", "+1", "+2", "−1"]);
  assert.deepEqual([0, 1, 2, -1].map(dayWords), ["", "the next day", "2 days later", "the day before"]);
});

test("dates have the same format in every locale", () => {
  assert.equal(date("2025-07-10"), "Thu 10 Jul 2025");
  assert.equal(addDays("2027-02-28", 1), "2027-03-01");
  assert.equal(addDays("2027-01-01", -1), "2026-12-31");
  assert.equal(today(new Date(2027, 0, 2, 0, 30)), "2027-01-02");
});

test("a text that is no date is shown unchanged, and has no next day", () => {
  for (const text of ["9999-99-99", "2027-02-30", "2027-13-01", "0000-00-00", "nonsense", ""]) {
    assert.equal(isDay(text), false, text);
    assert.equal(date(text), text);
    assert.equal(addDays("nonsense", 1), null);
  }
  for (const text of ["0000-01-01", "2024-02-29", "9999-12-31"]) assert.equal(isDay(text), true, text);
  assert.equal(date("9999-12-31"), "Fri 31 Dec 9999");
  assert.equal(addDays("9999-12-31", 1), null);
  assert.equal(addDays("0000-01-01", -1), null);
});

test("elapsed times keep their width", () => {
  const widths = [0, 400, 9_949, 12_000, 99_900].map((ms) => elapsed(ms).length);
  assert.deepEqual(new Set(widths).size, 1);
  assert.equal(elapsed(12_345), "12.3 s");
  assert.equal(elapsed(-5).trim(), "0.0 s");
});

test("the flights of a connection are separated by a plus", () => {
  assert.equal(flightNumbers("GA57/GA402"), "GA57 + GA402");
});
