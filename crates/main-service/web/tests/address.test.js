import assert from "node:assert/strict";
import { test } from "node:test";

import { format, parse } from "../page/address.js";

const ID = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
const QUERY = { from: "CGK", to: "DPS", date: "2027-07-10", passengers: 2 };

test("parsing an address restores its search", () => {
  assert.deepEqual(parse(`http://localhost${format(ID, QUERY)}`), { id: ID, query: QUERY });
});

test("the id alone is enough, and an invalid fragment is ignored", () => {
  assert.deepEqual(parse(`http://localhost/?search=${ID}`), { id: ID, query: null });
  for (const hash of ["#top", "#CGK-DPS", "#CGK-DPS-2027-07-10-0", "#cgk-dps-2027-07-10-1",
    "#CGK-DPS-9999-99-99-9", "#CGK-DPS-2027-02-30-1", "#CGK-DPS-2027-00-01-1"]) {
    assert.equal(parse(`http://localhost/${hash}`).query, null, hash);
  }
  assert.equal(parse("http://localhost/?search=").id, null);
});
