import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import {
  addDays, clock, country, date, dayMark, dayShift, dayWords, duration, elapsed, exactPrice, flightNumbers, isDay,
  minuteOfDay, moment, number, price, roughPrice, shortAmount, shortDate, stops, today, weekday, zone,
} from "../page/format.js";
import { use } from "../page/text.js";

beforeEach(() => use("en"));

/** Each in a language, with its non-breaking spaces as spaces. */
function inLanguage(language, preferred, texts) {
  use(language, preferred);
  return texts().map((text) => text.replace(/[\u00a0\u202f]/g, " "));
}

test("money and numbers are written as the language does", () => {
  const values = () => [price(1500000), price(999, "IDR"), price(1234567, "USD"), price(0), number(1234.5), number(2, 1)];
  assert.deepEqual(inLanguage("en", [], values), ["Rp 1,500,000", "Rp 999", "US$1,234,567", "Rp 0", "1,234.5", "2.0"]);
  assert.deepEqual(inLanguage("id", [], values), ["Rp 1.500.000", "Rp 999", "US$1.234.567", "Rp 0", "1.234,5", "2,0"]);
  assert.deepEqual(inLanguage("en", ["fr-FR", "en-US"], () => [price(60, "USD"), price(60.5, "USD")]), ["$60", "$60.50"]);
  // A supplier may quote in what is no currency.
  assert.deepEqual(inLanguage("en", [], () => [price(1200, "MILES")]), ["MILES 1,200"]);
});

test("a seller's price is exact, and one by a rate is about that", () => {
  const usd = { total: "212.40", currency: "USD" };
  const rupiah = { total: "3398400.01", currency: "IDR" };
  assert.deepEqual(inLanguage("en", [], () => [exactPrice(usd), roughPrice(rupiah), roughPrice(usd)]),
    ["US$212.40", "≈ Rp 3,398,401", "≈ US$212.40"]);
  assert.deepEqual(inLanguage("id", [], () => [roughPrice(rupiah), shortAmount(1_716_000), shortAmount(212.4)]),
    ["≈ Rp 3.398.401", "1,72 jt", "212"]);
  assert.deepEqual(inLanguage("en", [], () => [shortAmount(1_716_000), shortAmount(88_000_000)]), ["1.72m", "88m"]);
});

test("time zones are offsets from UTC", () => {
  const zones = ["+07:00", "-03:30", "+05:45", "+00:00", "-11:00"].map((offset) => zone(`2025-07-10T06:05:00${offset}`));
  assert.deepEqual(zones, ["UTC+7", "UTC−3:30", "UTC+5:45", "UTC+0", "UTC−11"]);
});

test("an instant has the day only if it is not today", () => {
  const now = new Date(2027, 6, 10, 9);
  assert.deepEqual(inLanguage("en", [], () => [new Date(2027, 6, 10, 14, 5), new Date(2027, 6, 11, 1)].map((at) => moment(at, now))),
    ["14:05", "11 Jul, 01:00"]);
});

test("durations omit zeros", () => {
  assert.equal(duration(110), "1 h 50 m");
  assert.equal(duration(45), "45 m");
  assert.equal(duration(120), "2 h");
  assert.equal(duration(0), "0 m");
  assert.equal(duration(1505), "25 h 5 m");
  assert.deepEqual(inLanguage("id", [], () => [duration(110), duration(0)]), ["1 j 50 m", "0 m"]);
});

test("counts have a singular and a plural", () => {
  assert.deepEqual([0, 1, 2].map(stops), ["Direct", "1 stop", "2 stops"]);
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

test("dates are written as the locale does", () => {
  assert.deepEqual(inLanguage("en", [], () => [date("2025-07-10"), country("ID")]), ["Thu, 10 Jul 2025", "Indonesia"]);
  assert.deepEqual(inLanguage("en", ["en-US"], () => [date("2025-07-10")]), ["Thu, Jul 10, 2025"]);
  assert.deepEqual(inLanguage("id", [], () => [date("2025-07-10"), country("JP")]), ["Kam, 10 Jul 2025", "Jepang"]);
  assert.deepEqual(inLanguage("id", [], () => [shortDate("2025-07-10"), weekday("2025-07-10")]), ["Kam, 10 Jul", "Kam"]);
  assert.equal(shortDate("nonsense"), "nonsense");
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
  assert.equal(date("9999-12-31"), "Fri, 31 Dec 9999");
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
