import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_VIEW, format, parse } from "../page/address.js";
import { NO_FILTERS } from "../page/filter.js";
import { queryWith, sliceWith } from "../page/trip.js";

const ID = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
const slice = (from, to, date) => ({ from, to, date });
const QUERY = queryWith([slice("CGK", "DPS", "2027-07-10")], { adults: 2 });
const RETURN = queryWith([...QUERY.slices, slice("DPS", "CGK", "2027-07-17")], { adults: 2, children: [7, 11], infants: [0] },
  { cabin: "business", maxStops: 0, currency: "USD" });
const SEVERAL = queryWith([...RETURN.slices, slice("SUB", "NRT", "2027-07-17")]);
const TIMED = queryWith([slice("CGK", "DPS", "2027-07-10"), slice("DPS", "CGK", "2027-07-17")].map((one, at) => sliceWith(one, [
  { departure: { earliest: "06:00", latest: "12:00" } }, { departure: { latest: "09:30" }, arrival: { earliest: "00:00" } },
][at])));
const VIEW = {
  order: "fastest",
  filters: {
    ...NO_FILTERS, stops: ["0", "2"], parts: ["night"], parts2: ["morning", "evening"], arrivals: ["night"], arrivals2: ["afternoon"],
    bags: ["checked"], carriers: ["Lion Air", "A&B, C#D=%"], sellers: ["GA"],
    maxPrice: 1500000, maxDuration: 240,
  },
};

const reparsed = (state) => parse(`http://localhost${format(state)}`);

test("parsing an address restores its search and its view", () => {
  for (const state of [
    { id: ID, query: QUERY, view: VIEW },
    { id: ID, query: QUERY, view: NO_VIEW },
    { id: ID, query: null, view: VIEW },
    { id: null, query: QUERY, view: NO_VIEW },
    { id: ID, query: RETURN, view: { ...VIEW, order: "best" } },
    { id: null, query: SEVERAL, view: NO_VIEW },
    { id: ID, query: TIMED, view: VIEW },
    { id: null, query: null, view: NO_VIEW },
  ]) {
    assert.deepEqual(reparsed(state), state, format(state));
  }
});

test("a view that nobody has changed is not in the address", () => {
  assert.equal(format({ id: ID, query: QUERY }), `/?search=${ID}#CGK-DPS-2027-07-10-2`);
  assert.equal(format({ id: ID, query: QUERY, view: { ...NO_VIEW, order: "earliest" } }),
    `/?search=${ID}#CGK-DPS-2027-07-10-2&sort=earliest`);
  assert.equal(format({ id: null, query: null }), "/");
  assert.equal(format({ id: null, query: RETURN }), "/#CGK-DPS-2027-07-10-2&return=2027-07-17&child=7&child=11&infant=0"
    + "&cabin=business&stops=0&currency=USD");
  assert.equal(format({ id: null, query: SEVERAL }),
    "/#CGK-DPS-2027-07-10-1&then=DPS-CGK-2027-07-17&then=SUB-NRT-2027-07-17");
});

test("the times of each slice are in the address, without what is no time", () => {
  assert.equal(format({ id: null, query: TIMED }),
    "/#CGK-DPS-2027-07-10-1&return=2027-07-17&depart=0600-1200&depart2=-0930&arrive2=0000-");
  const { query } = parse("http://localhost/#CGK-DPS-2027-07-10-2&depart=2400-1260&arrive=x-2359&depart2=0600-");
  assert.deepEqual(query.slices, [{ from: "CGK", to: "DPS", date: "2027-07-10", arrival: { latest: "23:59" } }]);
});

test("the id alone is enough, and an invalid query is ignored", () => {
  assert.deepEqual(parse(`http://localhost/?search=${ID}`), { id: ID, query: null, view: NO_VIEW });
  for (const hash of ["#top", "#CGK-DPS", "#CGK-DPS-2027-07-10-0", "#cgk-dps-2027-07-10-1",
    "#CGK-DPS-9999-99-99-9", "#CGK-DPS-2027-02-30-1", "#CGK-DPS-2027-00-01-1"]) {
    assert.equal(parse(`http://localhost/${hash}`).query, null, hash);
  }
  assert.equal(parse("http://localhost/?search=").id, null);
});

test("invalid parts of a query are ignored, and no address means more than a search may have", () => {
  const then = "&then=DPS-CGK-2027-07-17".repeat(9);
  const { query } = parse(`http://localhost/#CGK-DPS-2027-07-10-2&return=tomorrow${then}&then=x&child=1&child=7&child=7x`
    + "&infant=2&cabin=cargo&stops=4&currency=usd");
  assert.equal(query.slices.length, 6);
  assert.deepEqual(query.passengers, { adults: 2, children: [7], infants: [] });
  assert.deepEqual([query.cabin, query.maxStops, query.currency], [null, null, null]);
  const many = parse(`http://localhost/#CGK-DPS-2027-07-10-9${"&child=7".repeat(12)}${"&infant=1".repeat(12)}`).query;
  assert.deepEqual([many.passengers.children.length, many.passengers.infants.length], [8, 9]);
});

test("invalid parts of a view are ignored", () => {
  const { view } = parse("http://localhost/#CGK-DPS-2027-07-10-2&sort=toString&stop=9&stop=1&stop=1&time=noon&price=-1&minutes=1e9&x=y");
  assert.deepEqual(view, { order: "cheapest", filters: { ...NO_FILTERS, stops: ["1"] } });
  assert.deepEqual(parse("http://localhost/#%E0%A4%A&sort=fastest").view.order, "fastest");
});
