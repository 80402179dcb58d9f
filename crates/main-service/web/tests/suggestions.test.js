import assert from "node:assert/strict";
import { test } from "node:test";

import { Suggestions } from "../page/suggestions.js";

const BALIKPAPAN = { code: "BPN", city: "Balikpapan" };
const BALI = { code: "DPS", city: "Denpasar", also: "Bali" };

test("the active suggestion is the first one, until the user moves", () => {
  const shown = new Suggestions();
  assert.equal(shown.chosen(""), null);
  shown.show("bal", [BALIKPAPAN, BALI]);
  assert.equal(shown.chosen("bal"), BALIKPAPAN);
  shown.move(1);
  assert.equal(shown.chosen("bal"), BALI);
  shown.move(1);
  assert.equal(shown.active, 0);
  shown.move(-1);
  assert.equal(shown.active, 1);
  shown.clear();
  assert.deepEqual([shown.places, shown.active, shown.chosen("bal")], [[], -1, null]);
});

test("a suggestion for an earlier text is not chosen for what was typed since", () => {
  const shown = new Suggestions();
  shown.show("bal", [BALIKPAPAN]);
  assert.ok(!shown.isOutdated("bal"));
  assert.equal(shown.chosen("bali"), null);
  assert.ok(shown.isOutdated("bali"));
  shown.show("bali", [BALI]);
  assert.equal(shown.chosen("bali"), BALI);
  assert.ok(!shown.isOutdated("bali"));
});

test("where nothing was found there is nothing to choose or to move to", () => {
  const shown = new Suggestions();
  shown.show("xyzzyx", []);
  shown.move(1);
  assert.deepEqual([shown.active, shown.chosen("xyzzyx"), shown.isOutdated("xyzzyxy")], [-1, null, false]);
});
