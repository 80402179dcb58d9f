import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { NO_FILTERS } from "../page/filter.js";
import { countText, noticeOf } from "../page/notice.js";
import { unknown } from "../page/search.js";
import { use } from "../page/text.js";
import { queryWith } from "../page/trip.js";

beforeEach(() => use("en"));

const QUERY = queryWith([{ from: "CGK", to: "DPS", date: "2027-07-10" }], { adults: 2 });
const ended = { ...unknown("id", QUERY), phase: "completed" };
const some = { ...ended, offers: [{}, {}], total: 2 };

test("another day is offered unless it has passed", () => {
  const labels = (today) => noticeOf(ended, 0, today, {}).actions.map(([label]) => label);
  assert.deepEqual(labels("2027-07-09"), ["Day before", "Day after"]);
  assert.deepEqual(labels("2027-07-10"), ["Day after"]);
  const searched = [];
  noticeOf(ended, 0, "2027-07-10", { search: (query) => searched.push(query.slices[0].date) }).actions[0][1]();
  assert.deepEqual(searched, ["2027-07-11"]);
});

test("there is a notice only if there are no fares to show or to wait for", () => {
  assert.equal(noticeOf(some, 2, "2027-07-01", {}), null);
  assert.equal(noticeOf(unknown("id"), 0, "2027-07-01", {}), null);
  assert.equal(noticeOf(some, 0, "2027-07-01", {}).title, "No fare matches your filters");
  assert.equal(noticeOf({ ...ended, phase: "missing", query: null }, 0, "2027-07-01", {}).actions[0][0], "New search");
});

test("a search that asked for much is said to have", () => {
  const text = (wishes) => noticeOf({ ...ended, query: { ...QUERY, ...wishes } }, 0, "2027-07-01", {}).text;
  assert.match(text({}), /^No supplier has flights on this route/);
  const slices = [{ ...QUERY.slices[0], departure: { latest: "06:00" } }];
  for (const wishes of [{ cabin: "first" }, { maxStops: 0 }, { slices }]) assert.match(text(wishes), /or ask for less\.$/);
});

test("the number of fares says whether some are not shown", () => {
  assert.equal(countText(some, 2, NO_FILTERS), "2 fares");
  assert.equal(countText({ ...some, total: 1300 }, 2, NO_FILTERS), "The 2 cheapest of 1,300 fares");
  assert.equal(countText(some, 1, { ...NO_FILTERS, stops: ["0"] }), "1 of 2 fares match your filters");
});
