// What pods may do, how they end, and who finds them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { render, run, chart, sets, withValues, objects } from "./kit/helm.js";
import { components, container, environment, matches, one, pod } from "./kit/select.js";

for (const set of Object.keys(sets)) {
  const rendered = render(set);

  for (const component of components) {
    test(`${set}: ${component} pods pass Pod Security "restricted", and more`, () => {
      const { securityContext, ...spec } = pod(rendered, component);
      const { securityContext: own, ...rest } = container(rendered, component);
      for (const field of ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"]) {
        assert.ok(!spec[field], field);
      }
      for (const context of [securityContext, own]) {
        assert.equal(context.runAsNonRoot, true);
        assert.deepEqual(context.seccompProfile, { type: "RuntimeDefault" });
      }
      assert.equal(own.allowPrivilegeEscalation, false);
      assert.deepEqual(own.capabilities, { drop: ["ALL"] });
      assert.ok(!own.privileged);
      assert.ok(securityContext.runAsUser > 0);
      const allowed = ["configMap", "secret"];
      for (const { name, ...source } of spec.volumes ?? []) {
        assert.ok(allowed.includes(Object.keys(source)[0]), name);
      }
      for (const port of rest.ports) assert.equal(port.hostPort, undefined);
      // More than "restricted" asks for.
      assert.equal(own.readOnlyRootFilesystem, true);
      assert.equal(spec.automountServiceAccountToken, false);
      for (const mount of rest.volumeMounts ?? []) assert.equal(mount.readOnly, true, mount.name);
      assert.ok(rest.resources.requests.cpu && rest.resources.requests.memory && rest.resources.limits.memory);
    });

    test(`${set}: ${component}'s objects find its pods and no others`, () => {
      const labels = (which) => one(rendered, "Deployment", `-${which}`).spec.template.metadata.labels;
      const other = components.find((name) => name !== component);
      const finds = (selector, what) => {
        assert.ok(matches(selector, labels(component)), `${what} does not find its pods`);
        assert.ok(!matches(selector, labels(other)), `${what} finds pods of ${other}`);
      };
      finds(one(rendered, "Deployment", `-${component}`).spec.selector.matchLabels, "Deployment");
      finds(one(rendered, "Service", `-${component}-operators`).spec.selector, "Service for operators");
      finds(one(rendered, "PodDisruptionBudget", `-${component}`).spec.selector.matchLabels, "PodDisruptionBudget");
      finds(one(rendered, "NetworkPolicy", `-${component}`).spec.podSelector.matchLabels, "NetworkPolicy");
      const spread = pod(rendered, component).topologySpreadConstraints;
      assert.deepEqual(spread.map(({ topologyKey }) => topologyKey), ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]);
      for (const { labelSelector } of spread) finds(labelSelector.matchLabels, "topology spread");
      if (component === "gateway") finds(one(rendered, "Service", "-gateway").spec.selector, "Service");
    });

    test(`${set}: ${component} listens on the ports that its probes, Services and settings name`, () => {
      const { ports, ...probes } = container(rendered, component);
      const numbers = Object.fromEntries(ports.map(({ name, containerPort }) => [name, containerPort]));
      const settings = environment(rendered, component);
      const expected = { operators: Number(settings.METRICS_PORT) };
      if (component === "gateway") expected.http = Number(settings.APP_PORT);
      assert.deepEqual(numbers, expected);
      // A flood on the public port must not restart a gateway, and clients must reach what is ready.
      const asked = (probe) => `${probes[probe].httpGet.port} ${probes[probe].httpGet.path}`;
      assert.equal(asked("livenessProbe"), "operators /health/live");
      assert.equal(asked("startupProbe"), "operators /health/live");
      assert.equal(asked("readinessProbe"), `${component === "gateway" ? "http" : "operators"} /health/ready`);
      const targets = (service) => service.spec.ports.map(({ targetPort }) => targetPort);
      assert.deepEqual(targets(one(rendered, "Service", `-${component}-operators`)), ["operators"]);
      if (component === "gateway") assert.deepEqual(targets(one(rendered, "Service", "-gateway")), ["http"]);
    });

    test(`${set}: a drain may stop ${component} pods, but never all`, () => {
      const { maxUnavailable } = one(rendered, "PodDisruptionBudget", `-${component}`).spec;
      const scaler = rendered.find(({ kind, metadata }) =>
        ["HorizontalPodAutoscaler", "ScaledObject"].includes(kind) && metadata.name.endsWith(`-${component}`));
      const replicas = scaler?.spec.minReplicas ?? scaler?.spec.minReplicaCount ?? one(rendered, "Deployment", `-${component}`).spec.replicas;
      // Kubernetes rounds percentages up.
      const stopped = typeof maxUnavailable === "string" ? Math.ceil((replicas * parseInt(maxUnavailable, 10)) / 100) : maxUnavailable;
      assert.ok(stopped >= 1 && stopped < replicas, `${stopped} of ${replicas}`);
    });
  }
}

/** Seconds from the deletion of a pod until its service has ended by itself, at the latest. */
function longest(rendered, component) {
  const pause = container(rendered, component).lifecycle?.preStop.sleep.seconds ?? 0;
  // The operators' port closes last, within half a second.
  return pause + Number(environment(rendered, component).SHUTDOWN_GRACE_MS) / 1000 + 0.5;
}

test("a pod is killed only after its service has ended by itself", () => {
  const cases = [{}, { settings: { SHUTDOWN_GRACE_MS: 1 } }, { settings: { SHUTDOWN_GRACE_MS: 86_400_000 } }];
  for (const preStopSeconds of [0, 1, 600]) cases.push({ gateway: { preStopSeconds, settings: { SHUTDOWN_GRACE_MS: 30_001 } } });
  for (const set of Object.keys(sets)) {
    for (const values of cases) {
      const rendered = render(set, values);
      for (const component of components) {
        const { terminationGracePeriodSeconds } = pod(rendered, component);
        assert.ok(terminationGracePeriodSeconds > longest(rendered, component), `${component} ${JSON.stringify(values)}`);
      }
    }
  }
});

test("a gateway pauses before SIGTERM without a shell, a worker does not pause", () => {
  const rendered = render("minimal", { gateway: { preStopSeconds: 7 } });
  assert.deepEqual(container(rendered, "gateway").lifecycle, { preStop: { sleep: { seconds: 7 } } });
  assert.equal(container(rendered, "worker").lifecycle, undefined);
  assert.equal(container(render("minimal", { gateway: { preStopSeconds: 0 } }), "gateway").lifecycle, undefined);
});

test("a rolling update never has fewer pods than before", () => {
  for (const component of components) {
    const { strategy } = one(render("minimal"), "Deployment", `-${component}`).spec;
    assert.deepEqual(strategy, { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  }
});

test("users of OpenShift leave user and group to it", () => {
  const rendered = render("minimal", { runAs: { user: null, group: null } });
  for (const component of components) {
    assert.deepEqual(Object.keys(pod(rendered, component).securityContext).sort(), ["runAsNonRoot", "seccompProfile"]);
  }
});

test("releases don't get into each other's way, and long names stay valid", () => {
  const named = (name) => objects(withValues("everything", {}, (args) => run("template", name, chart, ...args)));
  const long = "a".repeat(53);
  const [first, second, longest] = [named("first"), named("second"), named(long)];
  const names = (all) => all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  assert.deepEqual(names(first).filter((name) => names(second).includes(name)), []);
  for (const { metadata } of longest) assert.ok(metadata.name.length <= 63, metadata.name);
  const pods = (all, component) => one(all, "Deployment", `-${component}`).spec.template.metadata.labels;
  for (const component of components) {
    assert.ok(!matches(one(first, "Deployment", `-${component}`).spec.selector.matchLabels, pods(second, component)));
  }
});
