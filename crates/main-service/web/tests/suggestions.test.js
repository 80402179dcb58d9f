import assert from "node:assert/strict";
import { test } from "node:test";

import { Suggestions } from "../page/suggestions.js";

const MORESBY = { code: "POM", city: "Port Moresby" };
const PORTO = { code: "OPO", city: "Porto" };

test("the active suggestion is the first one, until the user moves", () => {
  const shown = new Suggestions();
  assert.equal(shown.chosen(""), null);
  shown.show("por", [MORESBY, PORTO]);
  assert.equal(shown.chosen("por"), MORESBY);
  shown.move(1);
  assert.equal(shown.chosen("por"), PORTO);
  shown.move(1);
  assert.equal(shown.active, 0);
  shown.move(-1);
  assert.equal(shown.active, 1);
  shown.clear();
  assert.deepEqual([shown.places, shown.active, shown.chosen("por")], [[], -1, null]);
});

test("a suggestion for an earlier text is not chosen for what was typed since", () => {
  const shown = new Suggestions();
  shown.show("por", [MORESBY]);
  assert.ok(!shown.isOutdated("por"));
  assert.equal(shown.chosen("porto"), null);
  assert.ok(shown.isOutdated("porto"));
  shown.show("porto", [PORTO]);
  assert.equal(shown.chosen("porto"), PORTO);
  assert.ok(!shown.isOutdated("porto"));
});

test("where nothing was found there is nothing to choose or to move to", () => {
  const shown = new Suggestions();
  shown.show("xyzzyx", []);
  shown.move(1);
  assert.deepEqual([shown.active, shown.chosen("xyzzyx"), shown.isOutdated("xyzzyxy")], [-1, null, false]);
});
