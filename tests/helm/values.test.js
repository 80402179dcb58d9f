// Wrong values are refused with a message that names them, and README.md of the chart describes all.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { parse } from "yaml";

import { chartFile, defaults } from "./kit/documents.js";
import { chart, objects, refusal, render, run, sets, withValues } from "./kit/helm.js";

const wrong = [
  [{ gateway: { setings: {} } }, /at '\/gateway': additional properties 'setings' not allowed/],
  [{ settings: { MAX_BACKLOG: 1 } }, /at '\/settings': additional properties 'MAX_BACKLOG' not allowed/],
  [{ worker: { settings: { JOB_LEASE_MS: 249 } } }, /JOB_LEASE_MS': minimum: got 249, want 250/],
  [{ settings: { REDIS_TIMEOUT_MS: "1s" } }, /REDIS_TIMEOUT_MS': got string, want integer/],
  [{ settings: { LOG_FORMAT: "xml" } }, /LOG_FORMAT': value must be one of 'text', 'json'/],
  [{ worker: { settings: { SIMULATED_FAILURE_RATE: 2 } } }, /SIMULATED_FAILURE_RATE': maximum: got 2, want 1/],
  [{ worker: { settings: { SIMULATED_LATENCY_MS: "5-" } } }, /SIMULATED_LATENCY_MS': '5-' does not match/],
  [{ gateway: { settings: { APP_PORT: 80 } } }, /APP_PORT': minimum: got 80, want 1,?024/],
  [{ gateway: { settings: { METRICS_PORT: 0 } } }, /METRICS_PORT': minimum: got 0, want 1,?024/],
  [{ gateway: { replicas: -1 } }, /replicas': minimum: got -1, want 0/],
  [{ gateway: { podDisruptionBudget: { maxUnavailable: 0 } } }, /maxUnavailable': minimum: got 0, want 1/],
  [{ gateway: { podDisruptionBudget: { maxUnavailable: "0%" } } }, /maxUnavailable': '0%' does not match/],
  [{ worker: { autoscaling: { minReplicas: 0 } } }, /minReplicas': minimum: got 0, want 1/],
  [{ worker: { suppliers: { secrets: { KEY: "hush" } } } }, /secrets\/KEY': got string, want object/],
  [{ topologySpread: "Always" }, /topologySpread': value must be one of/],
  [{ networkPolicy: { redis: [{}] } }, /networkPolicy\/redis\/0': minProperties: got 0, want 1/],
  [{ networkPolicy: { ingressNamespaces: [""] } }, /ingressNamespaces\/0': minLength: got 0, want 1/],
  [{ runAs: { user: 0 } }, /runAs\/user': minimum: got 0, want 1/],
  [{ redis: { address: "" } }, /redis\.address is required: host:port, or a redis:\/\/ or rediss:\/\/ URL/],
  [{ redis: { address: "http://redis" } }, /redis\.address must be host:port/],
];

for (const [values, message] of wrong) {
  test(`refused: ${JSON.stringify(values)}`, () => assert.match(refusal(values), message));
}

test("the chart's table has each value with its default, and no other", () => {
  const text = (value) => (typeof value === "string" && value !== "" ? value : JSON.stringify(value));
  const expected = new Map([...leaves(defaults())].map(([path, value]) => [path, text(value)]));
  const rows = [...chartFile("README.md").matchAll(/^\| `([\w.]+)` \| (?:`([^`]*)`)? *\|/gm)];
  const described = new Map(rows.map(([, path, value]) => [path, value ?? '""']));
  assert.deepEqual([...described.keys()].sort(), [...expected.keys()].sort());
  for (const [path, value] of expected) {
    // Long ones are in values.yaml.
    if (described.get(path) !== "…") assert.equal(described.get(path), value, path);
  }
});

test("the examples in the chart's README.md work", () => {
  const examples = [...chartFile("README.md").matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => parse(text));
  const values = examples.filter((example) => !example.rules);
  for (const example of values) render("minimal", example);
  const [{ rules }] = examples.filter((example) => example.rules);
  assert.equal(rules.custom[0].seriesQuery, 'flight_search_open_streams{namespace!="",pod!=""}');
  // The install example is complete.
  assert.ok(values.some(({ image, redis }) => image?.registry && redis?.address));
});

test("the packaged chart is the chart", () => {
  const directory = mkdtempSync(join(tmpdir(), "package-"));
  try {
    run("package", chart, "--destination", directory);
    const [archive] = readdirSync(directory);
    for (const set of Object.keys(sets)) {
      const packaged = withValues(set, {}, (args) => run("template", "fs", join(directory, archive), "-n", "flights", ...args));
      assert.deepEqual(objects(packaged), render(set));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("what helm prints after an installation names objects that exist, and what is unsafe", () => {
  const notes = (set) => withValues(set, {}, (args) => run("install", "fs", chart, "-n", "flights", "--dry-run=client", ...args)).split("\nNOTES:\n")[1];
  const [least, most] = [notes("minimal"), notes("everything")];
  assert.match(least, /kubectl -n flights rollout status deployment\/fs-flight-search-worker/);
  assert.match(least, /port-forward service\/fs-flight-search-gateway 8080:80/);
  const warnings = { "No suppliers are set": least, "Redis is used without a password": least, "No ServiceMonitor": least, "Pods may reach any host on Redis' port": least };
  for (const [warning, text] of Object.entries(warnings)) {
    assert.ok(text.includes(`! ${warning}`), warning);
    assert.ok(!most.includes(warning), warning);
  }
  assert.match(most, /From outside: https:\/\/flights\.example\.com, https:\/\/flights\.example\.net/);
  assert.doesNotMatch(most, /^!/m);
});

/** Each path to a value that is no object with fields, such as `gateway.replicas`. */
function* leaves(value, path = []) {
  const nested = value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!nested || ["settings", "annotations", "requests", "limits"].includes(path.at(-1))) yield [path.join("."), value];
  else for (const [key, inner] of Object.entries(value)) yield* leaves(inner, [...path, key]);
}
