// What scales gateways and workers, and by which metrics.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { parse } from "yaml";

import { chartFile, read } from "./kit/documents.js";
import { refusal, render, root } from "./kit/helm.js";
import { matches, one } from "./kit/select.js";

const scaled = (values) => one(render("minimal", { gateway: { autoscaling: { enabled: true, ...values } } }), "HorizontalPodAutoscaler").spec;
const keda = (worker) => one(render("minimal", { worker: { ...worker, autoscaling: { enabled: true, ...worker?.autoscaling } } }), "ScaledObject").spec;

test("gateways scale by open streams, by CPU or by both", () => {
  const streams = { type: "Pods", pods: { metric: { name: "flight_search_open_streams" }, target: { type: "AverageValue", averageValue: "10000" } } };
  const cpu = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } };
  assert.deepEqual(scaled().metrics, [streams]);
  assert.deepEqual(scaled({ openStreams: 0, cpuPercent: 70 }).metrics, [cpu]);
  assert.deepEqual(scaled({ cpuPercent: 70 }).metrics, [streams, cpu]);
  assert.match(refusal({ gateway: { autoscaling: { enabled: true, openStreams: 0 } } }), /needs openStreams, cpuPercent or both/);
});

test("an autoscaler alone decides on the number of pods", () => {
  const rendered = render("everything");
  for (const [kind, component] of [["HorizontalPodAutoscaler", "gateway"], ["ScaledObject", "worker"]]) {
    const deployment = one(rendered, "Deployment", `-${component}`);
    assert.equal(deployment.spec.replicas, undefined);
    assert.equal(one(rendered, kind).spec.scaleTargetRef.name, deployment.metadata.name);
    assert.equal(one(render("minimal"), "Deployment", `-${component}`).spec.replicas, 2);
  }
});

test("workers scale by jobs waiting and in progress, at 70 % of their concurrency unless set", () => {
  const threshold = (worker) => keda(worker).triggers[0].metadata.threshold;
  assert.equal(threshold(), "700");
  assert.equal(threshold({ settings: { MAX_CONCURRENCY: 2000 } }), "1400");
  assert.equal(threshold({ settings: { MAX_CONCURRENCY: 1 } }), "1");
  assert.equal(threshold({ autoscaling: { jobsPerWorker: 250 } }), "250");
  const { type, metricType, metadata } = keda().triggers[0];
  assert.deepEqual([type, metricType], ["prometheus", "AverageValue"]);
  // The gateways' values are the same and must not be summed up.
  const labels = '{namespace="flights",service="fs-flight-search-gateway-operators"}';
  assert.equal(metadata.query, `max(flight_search_jobs_waiting${labels}) + max(flight_search_jobs_delivered${labels})`);
  assert.equal(metadata.ignoreNullValues, "false", "without metrics nothing is scaled down");
  assert.equal(keda({ autoscaling: { query: "vector(1)" } }).triggers[0].metadata.query, "vector(1)");
});

test("pods leave one at a time, and not for a short lull", () => {
  const calm = { stabilizationWindowSeconds: 300, policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] };
  assert.deepEqual(scaled().behavior.scaleDown, calm);
  assert.deepEqual(keda().advanced.horizontalPodAutoscalerConfig.behavior.scaleDown, calm);
});

test("limits the wrong way round are refused", () => {
  for (const component of ["gateway", "worker"]) {
    const values = { [component]: { autoscaling: { enabled: true, minReplicas: 5, maxReplicas: 4 } } };
    assert.match(refusal(values), new RegExp(`${component}\\.autoscaling: minReplicas is above maxReplicas`));
  }
});

test("every metric that the chart names is measured", () => {
  const measured = [...read("docs/metrics.md").matchAll(/^\| `(flight_search_\w+)` /gm)].map(([, name]) => name);
  const named = new Set();
  // The rules have a test of their own, in tests/documents.
  const objects = render("everything").filter(({ kind }) => kind !== "PrometheusRule");
  for (const text of [JSON.stringify(objects), chartFile("README.md")]) {
    for (const [name] of text.matchAll(/\bflight_search_\w+/g)) named.add(name);
  }
  assert.ok(named.has("flight_search_open_streams") && named.has("flight_search_jobs_waiting"));
  for (const name of named) assert.ok(measured.includes(name), `${name} is not in docs/metrics.md`);
});

test("the PrometheusRule has every group of the project's rules, as they are", () => {
  const files = readdirSync(join(root, "deploy/observability/rules"));
  const groups = files.sort().flatMap((file) => parse(read(`deploy/observability/rules/${file}`)).groups);
  assert.ok(groups.length >= 5);
  // Templates in annotations, such as {{ $value }}, are for Prometheus.
  assert.deepEqual(one(render("everything"), "PrometheusRule").spec.groups, groups);
});

test("the ServiceMonitor finds both operators' ports, and nothing else", () => {
  const rendered = render("everything");
  const { selector, endpoints, jobLabel } = one(rendered, "ServiceMonitor").spec;
  const found = rendered.filter(({ kind, metadata }) => kind === "Service" && matches(selector.matchLabels, metadata.labels));
  assert.deepEqual(found.map(({ metadata }) => metadata.name).sort(), ["fs-flight-search-gateway-operators", "fs-flight-search-worker-operators"]);
  for (const { metadata, spec } of found) {
    assert.deepEqual(spec.ports.map(({ name }) => name), endpoints.map(({ port }) => port));
    // The name of the scrape job, by which rules tell the services apart.
    assert.ok(["gateway", "worker"].includes(metadata.labels[jobLabel]));
  }
  assert.equal(one(rendered, "ServiceMonitor").metadata.labels.release, "prometheus");
});
