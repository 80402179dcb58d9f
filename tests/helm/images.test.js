// The chart runs the images as the Dockerfiles build them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";

import { chartFile, image, read, settings } from "./kit/documents.js";
import { refusal, render, sets } from "./kit/helm.js";
import { components, container, environment, one, pod } from "./kit/select.js";

for (const component of components) {
  test(`${component}: user, program and ports are those of the Dockerfile`, () => {
    const { base, user, entrypoint, env, exposed } = image(component);
    const rendered = render("minimal");
    const { runAsUser, runAsGroup } = pod(rendered, component).securityContext;
    assert.equal(`${runAsUser}:${runAsGroup}`, user);

    const { command, args, ports, ...rest } = container(rendered, component);
    // The image's entry point is the service, and its repository has the service's name.
    assert.deepEqual([command, args], [undefined, undefined]);
    assert.equal(entrypoint.length, 1);
    assert.equal(rest.image.split("/").at(-1).split(":")[0], entrypoint[0].split("/").at(-1));
    // Nothing can be executed in an image from scratch but the service.
    assert.equal(base, "scratch");
    for (const hook of [rest.livenessProbe, rest.readinessProbe, rest.startupProbe, rest.lifecycle?.preStop]) {
      assert.equal(hook?.exec, undefined);
    }

    const http = ports.filter(({ name }) => name === "http").map(({ containerPort }) => containerPort);
    assert.deepEqual(http, exposed);
    if (component === "gateway") assert.deepEqual(env, [`APP_PORT=${http[0]}`]);
    const row = settings().find(({ name }) => name === "METRICS_PORT").text;
    const [, port] = row.match(new RegExp(`\`(\\d+)\` ${component}`));
    assert.equal(environment(rendered, component).METRICS_PORT, port);
  });
}

test("the names of the images are those that a release pushes", () => {
  const [, pushed] = read("docs/releasing.md").match(/-t "REGISTRY\/(\S+):X\.Y\.Z"/);
  for (const [component, service] of [["gateway", "main"], ["worker", "provider"]]) {
    const expected = `registry.example/${pushed.replace("$service", service)}:${version()}`;
    assert.equal(container(render("minimal"), component).image, expected);
  }
});

test("chart and images have the version of the services", () => {
  const { version: own, appVersion } = parse(chartFile("Chart.yaml"));
  assert.deepEqual([own, appVersion], [version(), version()]);
});

test("a component's own tag goes before the common one, and a digest before both", () => {
  const rendered = render("everything");
  assert.match(container(rendered, "gateway").image, /^registry\.example\/team\/flight-search\/main-service@sha256:[0-9a-f]{64}$/);
  assert.equal(container(rendered, "worker").image, "registry.example/team/flight-search/provider-service:1.2.4");
});

test("the first step of an upgrade replaces the workers and leaves the gateways alone", () => {
  const template = (values, component) => one(render("minimal", values), "Deployment", `-${component}`).spec.template;
  const [before, between] = [{ image: { tag: "1.0.0" } }, { image: { tag: "1.1.0" }, gateway: { image: { tag: "1.0.0" } } }];
  assert.deepEqual(template(between, "gateway"), template(before, "gateway"));
  assert.notDeepEqual(template(between, "worker"), template(before, "worker"));
  // A new version of the chart is no reason to restart pods.
  for (const component of components) {
    assert.doesNotMatch(JSON.stringify(template(before, component).metadata), /version|helm\.sh/);
  }
});

test("no image is `latest`, or from wherever", () => {
  for (const set of Object.keys(sets)) {
    for (const component of components) assert.doesNotMatch(container(render(set), component).image, /:latest$|^flight-search/);
  }
  assert.match(refusal({ image: { tag: "latest" } }), /image\.tag must be a version, not latest/);
  assert.match(refusal({ worker: { image: { tag: "latest" } } }), /image\.tag must be a version, not latest/);
  assert.match(refusal({ image: { registry: "" } }), /image\.registry is required/);
});

function version() {
  const [, found] = read("Cargo.toml").match(/^\[workspace\.package\]\n(?:.+\n)*?version = "([^"]+)"/m);
  return found;
}
