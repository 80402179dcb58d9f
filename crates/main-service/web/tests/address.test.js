import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_VIEW, format, parse } from "../page/address.js";
import { NO_FILTERS } from "../page/filter.js";

const ID = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
const QUERY = { from: "CGK", to: "DPS", date: "2027-07-10", passengers: 2 };
const VIEW = {
  order: "fastest",
  filters: {
    stops: ["0", "2"], parts: ["night"], carriers: ["Lion Air", "A&B, C#D=%"], sellers: ["GA"],
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
});

test("the id alone is enough, and an invalid query is ignored", () => {
  assert.deepEqual(parse(`http://localhost/?search=${ID}`), { id: ID, query: null, view: NO_VIEW });
  for (const hash of ["#top", "#CGK-DPS", "#CGK-DPS-2027-07-10-0", "#cgk-dps-2027-07-10-1",
    "#CGK-DPS-9999-99-99-9", "#CGK-DPS-2027-02-30-1", "#CGK-DPS-2027-00-01-1"]) {
    assert.equal(parse(`http://localhost/${hash}`).query, null, hash);
  }
  assert.equal(parse("http://localhost/?search=").id, null);
});

test("invalid parts of a view are ignored", () => {
  const { view } = parse("http://localhost/#CGK-DPS-2027-07-10-2&sort=toString&stop=9&stop=1&stop=1&time=noon&price=-1&minutes=1e9&x=y");
  assert.deepEqual(view, { order: "cheapest", filters: { ...NO_FILTERS, stops: ["1"] } });
  assert.deepEqual(parse("http://localhost/#%E0%A4%A&sort=fastest").view.order, "fastest");
});
