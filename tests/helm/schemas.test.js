// Every object is one that Kubernetes, KEDA or the Prometheus Operator would take.

import assert from "node:assert/strict";
import { test } from "node:test";

import { chart, render, run, sets, withValues } from "./kit/helm.js";
import { check } from "./kit/schemas.js";
import { has } from "./kit/select.js";

for (const set of Object.keys(sets)) {
  test(`${set}: every object is valid, and has no field that its schema does not have`, () => {
    const objects = render(set);
    for (const object of objects) check(object);
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    assert.equal(new Set(names).size, names.length, `an object occurs twice: ${names}`);
  });

  test(`${set}: helm finds nothing to complain about`, () => {
    const report = withValues(set, {}, (args) => run("lint", chart, "--strict", ...args));
    assert.match(report, /0 chart\(s\) failed/);
  });
}

test("the checks see a wrong type, a missing field and a misspelt one", () => {
  const [deployment] = render("minimal").filter(({ kind }) => kind === "Deployment");
  const broken = (change) => {
    const copy = structuredClone(deployment);
    change(copy.spec.template.spec);
    return () => check(copy);
  };
  assert.throws(broken((pod) => (pod.terminationGracePeriodSeconds = "20")), /terminationGracePeriodSeconds must be integer/);
  assert.throws(broken((pod) => delete pod.containers), /must have required property containers/);
  assert.throws(broken((pod) => (pod.containers[0].imagePolicy = "Always")), /unknown fields: .*\/containers\/0\/imagePolicy$/);
});

test("the checks see a misspelt field in objects of every kind", () => {
  for (const object of render("everything").filter(({ spec }) => spec)) {
    const copy = structuredClone(object);
    copy.spec.misspelt = true;
    assert.throws(() => check(copy), /has unknown fields: \/spec\/misspelt$/, object.kind);
  }
});

test("with everything on, each kind is there; at least, none that needs an operator", () => {
  const optional = ["HorizontalPodAutoscaler", "Ingress", "ScaledObject", "ServiceMonitor", "PrometheusRule", "ConfigMap"];
  const [most, least] = [render("everything"), render("minimal")];
  for (const kind of optional) {
    assert.ok(has(most, kind), kind);
    assert.ok(!has(least, kind), kind);
  }
});
