// Every setting of README.md can be set, reaches the services as written, and secrets don't show.

import assert from "node:assert/strict";
import { test } from "node:test";

import { chartFile, settings } from "./kit/documents.js";
import { refusal, render } from "./kit/helm.js";
import { samples } from "./kit/samples.js";
import { components, container, environment, one, pod } from "./kit/select.js";

/** Settings that have a value of the chart's own. */
const byOtherValues = {
  REDIS_ADDR: [{ redis: { address: "rediss://me@redis.example:6380/3" } }, "rediss://me@redis.example:6380/3"],
  REDIS_PASSWORD_FILE: [{ redis: { passwordSecret: { name: "redis" } } }, "/etc/flight-search/redis/password"],
  SUPPLIERS_FILE: [{ worker: { suppliers: { file: "# none" } } }, "/etc/flight-search/suppliers/suppliers.toml"],
  EXCHANGE_RATES_FILE: [{ worker: { exchangeRates: { configMap: { name: "rates" } } } }, "/etc/flight-search/rates/eurofxref.csv"],
};

const table = settings();

test("the table of README.md is read as a whole", () => {
  assert.ok(table.length >= 26, `${table.length} rows`);
});

for (const { name, components: having } of table) {
  test(`${name} can be set, and only for ${having.join(" and ")}`, () => {
    if (name in byOtherValues) {
      const [values, expected] = byOtherValues[name];
      for (const component of components) {
        assert.equal(environment(render("minimal", values), component)[name], having.includes(component) ? expected : undefined);
      }
      return;
    }
    assert.ok(name in samples, "this test needs a value for it");
    const values = (component) => ({ [component]: { settings: { [name]: samples[name] } } });
    for (const component of components) {
      if (having.includes(component)) {
        assert.equal(environment(render("minimal", values(component)), component)[name], String(samples[name]));
      } else {
        assert.match(refusal(values(component)), new RegExp(`'${name}' not allowed`));
      }
    }
    // Each service has a METRICS_PORT of its own.
    if (having.length === 2 && name !== "METRICS_PORT") {
      const rendered = render("minimal", { settings: { [name]: samples[name] } });
      for (const component of components) assert.equal(environment(rendered, component)[name], String(samples[name]));
    }
  });
}

test("the chart has no setting that README.md does not have", () => {
  const { settings: both, gateway, worker } = JSON.parse(chartFile("values.schema.json")).properties;
  const known = (component) => table.filter(({ components: having }) => having.includes(component)).map(({ name }) => name);
  for (const [schema, names] of [
    [both, known("gateway").filter((name) => known("worker").includes(name))],
    [gateway.properties.settings, known("gateway")],
    [worker.properties.settings, known("worker")],
  ]) {
    assert.deepEqual(Object.keys(schema.properties).filter((name) => !names.includes(name)), []);
  }
});

test("settings can be emptied", () => {
  const rendered = render("minimal", { settings: null, gateway: { settings: null }, worker: { settings: null } });
  assert.equal(environment(rendered, "gateway").MAX_CONNECTIONS, undefined);
  assert.equal(environment(rendered, "worker").LOG_FORMAT, undefined);
});

test("a component's own setting goes before the common one", () => {
  const rendered = render("minimal", { settings: { RUST_LOG: "warn" }, worker: { settings: { RUST_LOG: "debug" } } });
  assert.deepEqual(components.map((component) => environment(rendered, component).RUST_LOG), ["warn", "debug"]);
});

test("variables of OpenTelemetry are passed on", () => {
  const rendered = render("minimal", { settings: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.example:4318" } });
  for (const component of components) {
    assert.equal(environment(rendered, component).OTEL_EXPORTER_OTLP_ENDPOINT, "http://collector.example:4318");
  }
});

test("every variable is set for a reason, so that the services' own defaults hold", () => {
  const rendered = render("minimal");
  const common = ["LOG_FORMAT", "METRICS_PORT", "REDIS_ADDR", "SHUTDOWN_GRACE_MS"];
  assert.deepEqual(Object.keys(environment(rendered, "gateway")).sort(), ["APP_PORT", ...common, "MAX_CONNECTIONS"].sort());
  assert.deepEqual(Object.keys(environment(rendered, "worker")).sort(), [...common, "MAX_CONCURRENCY"].sort());
  // What the chart must know, it repeats: these are still the services' defaults.
  const text = (name) => table.find((row) => row.name === name).text;
  assert.equal(text("SHUTDOWN_GRACE_MS"), `\`${environment(rendered, "worker").SHUTDOWN_GRACE_MS}\``);
  assert.equal(text("MAX_CONCURRENCY"), `\`${environment(rendered, "worker").MAX_CONCURRENCY}\``);
});

test("Redis' password is a file from a Secret, and never in the environment", () => {
  const rendered = render("everything");
  for (const component of components) {
    assert.equal(environment(rendered, component).REDIS_PASSWORD_FILE, "/etc/flight-search/redis/password");
    const mount = container(rendered, component).volumeMounts.find(({ mountPath }) => mountPath === "/etc/flight-search/redis");
    const { secret } = pod(rendered, component).volumes.find(({ name }) => name === mount.name);
    assert.deepEqual(secret, { secretName: "redis", items: [{ key: "redis-password", path: "password" }] });
  }
  const addresses = ["redis://me:hush@redis:6379", "redis://:hush@redis", "me:hush@redis:6379", "redis://:hu/sh@redis", "rediss://:h@sh@redis"];
  for (const address of addresses) {
    const message = refusal({ redis: { address } });
    assert.match(message, /redis\.address must not contain a password/);
    assert.doesNotMatch(message, /hush|hu\/sh|h@sh/);
  }
});

test("certificates are those of the ConfigMap", () => {
  const rendered = render("everything");
  for (const component of components) {
    assert.equal(environment(rendered, component).SSL_CERT_FILE, "/etc/flight-search/ca/ca-certificates.crt");
    const mount = container(rendered, component).volumeMounts.find(({ mountPath }) => mountPath === "/etc/flight-search/ca");
    const { configMap } = pod(rendered, component).volumes.find(({ name }) => name === mount.name);
    assert.deepEqual(configMap, { name: "corporate-cas", items: [{ key: "bundle.pem", path: "ca-certificates.crt" }] });
  }
});

/** The volume with the suppliers file, if there is one. */
const suppliersVolume = (rendered) => pod(rendered, "worker").volumes?.find(({ name }) => name === "suppliers");

test("a suppliers file arrives as it is, and other content restarts the pods", () => {
  const file = '\n  # "quotes" \'and\' {{ .Values }} #\n[defaults]\ntimeout_ms = 8_000\t# é\n\n\n';
  const rendered = render("minimal", { worker: { suppliers: { file } } });
  const { metadata, data } = one(rendered, "ConfigMap");
  assert.equal(data["suppliers.toml"], file);
  assert.deepEqual(suppliersVolume(rendered).configMap, { name: metadata.name });
  const checksum = (text) =>
    one(render("minimal", { worker: { suppliers: { file: text } } }), "Deployment", "-worker").spec.template.metadata.annotations["checksum/suppliers"];
  assert.equal(checksum(file), checksum(file));
  assert.notEqual(checksum(file), checksum(`${file}#`));
  assert.equal(environment(rendered, "worker").SUPPLIERS_FILE, "/etc/flight-search/suppliers/suppliers.toml");
});

test("a suppliers file may come from a ConfigMap or Secret, but from one place only", () => {
  const from = (suppliers) => suppliersVolume(render("minimal", { worker: { suppliers } }));
  const items = [{ key: "mine.toml", path: "suppliers.toml" }];
  assert.deepEqual(from({ configMap: { name: "mine", key: "mine.toml" } }).configMap, { name: "mine", items });
  assert.deepEqual(from({ secret: { name: "mine", key: "mine.toml" } }).secret, { secretName: "mine", items });
  assert.equal(from({}), undefined);
  const twice = { worker: { suppliers: { file: "# x", secret: { name: "mine" } } } };
  assert.match(refusal(twice), /set only one of file, configMap and secret/);
});

test("exchange rates come from a ConfigMap, mounted so that changes arrive", () => {
  const rendered = render("minimal", { worker: { exchangeRates: { configMap: { name: "rates", key: "today.csv" } } } });
  const { volumes, containers } = pod(rendered, "worker");
  const items = [{ key: "today.csv", path: "eurofxref.csv" }];
  assert.deepEqual(volumes.find(({ name }) => name === "rates").configMap, { name: "rates", items });
  const mount = containers[0].volumeMounts.find(({ name }) => name === "rates");
  assert.deepEqual(mount, { name: "rates", mountPath: "/etc/flight-search/rates", readOnly: true });
  assert.equal(pod(render("minimal"), "worker").volumes?.find(({ name }) => name === "rates"), undefined);
});

test("suppliers' secrets come from Secrets, and none is forgotten", () => {
  const rendered = render("everything");
  assert.deepEqual(environment(rendered, "worker").DUFFEL_TOKEN, { secretKeyRef: { name: "suppliers", key: "duffel" } });
  assert.equal(environment(rendered, "gateway").DUFFEL_TOKEN, undefined);
  assert.match(one(rendered, "ConfigMap").data["suppliers.toml"], /\$\{DUFFEL_TOKEN\}/);
  const file = 'token = "${A_KEY}"\n# "${COMMENTED}"\n';
  assert.match(refusal({ worker: { suppliers: { file } } }), /has \$\{A_KEY\}, so worker\.suppliers\.secrets needs `A_KEY:/);
  render("minimal", { worker: { suppliers: { file, secrets: { A_KEY: { name: "s", key: "k" } } } } });
});
