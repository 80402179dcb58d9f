// Who reaches whom.

import assert from "node:assert/strict";
import { test } from "node:test";

import { refusal, render } from "./kit/helm.js";
import { components, has, one } from "./kit/select.js";

const namespaces = (...values) => ({
  namespaceSelector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values }] },
});
const ingress = (rendered, component) => one(rendered, "NetworkPolicy", `-${component}`).spec.ingress ?? [];
const egress = (rendered, component) => one(rendered, "NetworkPolicy", `-${component}`).spec.egress;
const numbers = ({ ports }) => ports.map(({ port }) => port);
const rule = (rules, port) => rules.find((found) => numbers(found).includes(port));

test("the public port is open to the ingress controller, the operators' ports to Prometheus, and nothing to others", () => {
  const rendered = render("minimal");
  const operators = { ports: [{ port: "operators", protocol: "TCP" }], from: [namespaces("monitoring")] };
  assert.deepEqual(ingress(rendered, "gateway"), [
    { ports: [{ port: "http", protocol: "TCP" }], from: [namespaces("ingress-nginx")] },
    operators,
  ]);
  assert.deepEqual(ingress(rendered, "worker"), [operators]);
  for (const component of components) {
    assert.deepEqual(one(rendered, "NetworkPolicy", `-${component}`).spec.policyTypes, ["Ingress", "Egress"]);
  }
});

test("namespaces and networks can be chosen", () => {
  const rendered = render("everything");
  assert.deepEqual(ingress(rendered, "gateway")[0].from, [
    namespaces("ingress-nginx", "gateways"),
    { ipBlock: { cidr: "192.0.2.0/24" } },
    { ipBlock: { cidr: "2001:db8::/32" } },
  ]);
});

test("an empty list lets nobody in, not everybody", () => {
  const none = { networkPolicy: { ingressNamespaces: [], ingressCidrs: [], monitoringNamespaces: [] } };
  for (const component of components) {
    const { spec } = one(render("minimal", none), "NetworkPolicy", `-${component}`);
    assert.equal(spec.ingress, undefined);
    assert.ok(spec.policyTypes.includes("Ingress"));
  }
});

test("pods reach DNS and Redis; workers the internet's suppliers, but nothing private", () => {
  const rendered = render("minimal");
  for (const component of components) {
    assert.deepEqual(rule(egress(rendered, component), 53).to, [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } },
    ]);
    assert.deepEqual(rule(egress(rendered, component), 6379), { ports: [{ port: 6379, protocol: "TCP" }] });
  }
  assert.equal(egress(rendered, "gateway").length, 2);
  assert.equal(egress(rendered, "worker").length, 3);
  const suppliers = rule(egress(rendered, "worker"), 443);
  assert.deepEqual(numbers(suppliers), [443, 80]);
  const [ipv4, ipv6] = suppliers.to.map(({ ipBlock }) => ipBlock);
  assert.equal(ipv4.cidr, "0.0.0.0/0");
  for (const network of ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]) assert.ok(ipv4.except.includes(network));
  assert.deepEqual(ipv6, { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] });
  assert.equal(rule(egress(render("minimal", { networkPolicy: { suppliers: [] } }), "worker"), 443), undefined);
});

test("the collector and further rules hold for both", () => {
  const rendered = render("everything");
  for (const component of components) {
    assert.deepEqual(rule(egress(rendered, component), 6380).to, [{ ipBlock: { cidr: "198.51.100.7/32" } }]);
    assert.deepEqual(numbers(rule(egress(rendered, component), 4317)), [4317, 4318]);
    assert.ok(rule(egress(rendered, component), 3128));
  }
});

test("Redis' port is that of its address", () => {
  const addresses = { redis: 6379, "redis:7000": 7000, "rediss://me@redis.example:6380/2": 6380, "redis://redis.example/2": 6379, "redis://[fd00::7]:6390": 6390, "redis://[fd00::7]": 6379, "redis://redis:6391/?protocol=resp3": 6391 };
  for (const [address, port] of Object.entries(addresses)) {
    assert.ok(rule(egress(render("minimal", { redis: { address } }), "worker"), port), address);
  }
});

test("policies can be left to others", () => {
  assert.ok(!has(render("minimal", { networkPolicy: { enabled: false } }), "NetworkPolicy"));
});

test("the operators' ports have Services of their own, which are never public", () => {
  const rendered = render("everything");
  assert.equal(one(rendered, "Service", "-gateway").spec.type, "LoadBalancer");
  assert.deepEqual(one(rendered, "Service", "-gateway").spec.ports.map(({ targetPort }) => targetPort), ["http"]);
  for (const component of components) {
    const { spec } = one(rendered, "Service", `-${component}-operators`);
    assert.equal(spec.clusterIP, "None");
    assert.equal(spec.publishNotReadyAddresses, true, "metrics matter most when a pod is not ready");
  }
  for (const { http } of one(rendered, "Ingress").spec.rules) {
    assert.deepEqual(http.paths.map(({ backend }) => backend.service), [{ name: "fs-flight-search-gateway", port: { name: "http" } }]);
  }
  assert.match(refusal({ gateway: { settings: { METRICS_PORT: 8080 } } }), /APP_PORT and METRICS_PORT must differ/);
});

test("an ingress does not buffer streams or end them after silence", () => {
  const { metadata, spec } = one(render("everything"), "Ingress");
  const nginx = (name) => metadata.annotations[`nginx.ingress.kubernetes.io/${name}`];
  assert.equal(nginx("proxy-buffering"), "off");
  assert.equal(nginx("proxy-http-version"), "1.1");
  assert.ok(Number(nginx("proxy-read-timeout")) > 15, "a stream may be silent for 15 s");
  assert.deepEqual(spec.rules.map(({ host }) => host), ["flights.example.com", "flights.example.net"]);
  assert.deepEqual(spec.tls, [{ secretName: "flights-tls", hosts: ["flights.example.com", "flights.example.net"] }]);
  assert.match(refusal({ gateway: { ingress: { enabled: true } } }), /gateway\.ingress\.hosts is empty/);
});
