import assert from "node:assert/strict";
import { test } from "node:test";

import { age, bytes, route, time } from "../page/format.js";

test("ages have the largest unit that fits", () => {
  const ages = [0, 9_900, 10_000, 119_000, 120_000, 7_200_000, 172_800_000, null, undefined].map(age);
  assert.deepEqual(ages, ["0.0 s", "9.9 s", "10 s", "119 s", "2 min", "2 h", "2 days", "", ""]);
});

test("sizes too", () => {
  assert.deepEqual([1023, 1024, 3 << 20].map(bytes), ["1023 B", "1 KiB", "3 MiB"]);
});

test("a time of another day has its day", () => {
  const noon = Date.parse("2025-07-10T12:00:00.000Z");
  assert.equal(time(noon + 5, noon), "12:00:00.005 UTC");
  assert.equal(time(noon - 86_400_000, noon), "2025-07-09 12:00:00.000 UTC");
  assert.equal(time(null), "");
  assert.equal(time(18_446_744_073_709_551_615), "", "beyond all dates");
});

test("what is unknown of a route is a question mark", () => {
  assert.equal(route({ from: "CGK", to: "DPS", date: "2027-07-10" }), "CGK → DPS, 2027-07-10");
  assert.equal(route({ from: null, to: undefined, date: null }), "? → ?, ?");
});
