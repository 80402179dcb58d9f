import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Current } from "../page/current.js";
import { queryWith } from "../page/trip.js";

const DATA = {
  status: "completed", from: "CGK", to: "DPS", date: "2027-07-10", passengers: 2, results: [], suppliers: [],
  created_at: "2027-07-10T06:05:00Z",
};
const QUERY = queryWith([{ from: "CGK", to: "DPS", date: "2027-07-10" }], { adults: 2 });

/** What the gateway answers. */
let answer;

beforeEach(() => {
  mock.reset();
  mock.method(globalThis, "fetch", async () => answer());
});

/** The queries that are reported when a search is opened. */
async function told(query) {
  answer = () => Response.json({ success: true, data: DATA });
  const queries = [];
  await new Promise((done) => {
    const current = new Current({
      change: ({ phase }) => phase === "completed" && setImmediate(done), query: (found) => queries.push(found),
    });
    current.open("a", query);
  });
  return queries;
}

test("a query that is known is not reported: the form may hold the next one", async () => {
  assert.deepEqual(await told(QUERY), []);
  assert.deepEqual(await told(null), [QUERY]);
  assert.deepEqual(await told({ ...QUERY, cabin: "business" }), [QUERY]);
});

test("a family whose ages the gateway sorts is the same", async () => {
  const passengers = { adults: 2, children: [11, 7], infants: [] };
  answer = () => Response.json({
    success: true, data: { ...DATA, passenger_types: { ...passengers, children: [7, 11] } },
  });
  const told = [];
  await new Promise((done) => {
    const change = ({ phase }) => phase === "completed" && setImmediate(done);
    new Current({ change, query: (query) => told.push(query) }).open("a", { ...QUERY, passengers });
  });
  assert.deepEqual(told, []);
});

test("a cancellation that fails after another search was opened says nothing", async () => {
  answer = () => new Promise(() => {});
  const current = new Current({ change() {}, query() {} });
  current.open("a", QUERY);
  let fail;
  answer = () => new Promise((_, reject) => { fail = reject; });
  const cancelled = current.cancel();
  answer = () => new Promise(() => {});
  current.open("b", QUERY);
  fail(new TypeError("offline"));
  assert.equal(await cancelled, false);
  assert.equal(current.search.cancelFailed ?? false, false);
  current.close();
});

test("a search that could not be cancelled says so until it ends", async () => {
  // The state comes never.
  answer = () => new Promise(() => {});
  const current = new Current({ change() {}, query() {} });
  current.open("a", QUERY);
  for (const [response, isFailure] of [
    [() => Promise.reject(new TypeError("offline")), true],
    [() => new Response("bad gateway", { status: 502 }), true],
    // It has ended or expired.
    [() => Response.json({ success: false, code: "unknown_search" }, { status: 404 }), false],
  ]) {
    answer = response;
    assert.equal(await current.cancel(), isFailure);
    assert.equal(current.search.cancelFailed, isFailure);
  }
  current.close();
});
