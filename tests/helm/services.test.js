// The real services accept what the chart gives them: environment, files, ports, probes and time to end. Not in a
// container: of the image, images.test.js checks what the Dockerfile says.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

import { settings } from "./kit/documents.js";
import { render, root } from "./kit/helm.js";
import { samples } from "./kit/samples.js";
import { components, container, environment, one, pod } from "./kit/select.js";

const built = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug");
const program = { gateway: join(built, "main-service"), worker: join(built, "provider-service") };
const missing = Object.values(program).filter((path) => !existsSync(path));
const skip = missing.length > 0 && `not built: ${missing} (cargo build --workspace --bins)`;

const password = "correct horse";
let redis, ports, directory, rendered;

/** Values with which the services find this test's Redis, on free ports. `settings` are those of a component. */
const values = ({ gateway, worker } = {}) => ({
  redis: { address: `redis://127.0.0.1:${ports[0]}/1` },
  gateway: { settings: { ...gateway, APP_PORT: ports[1], METRICS_PORT: ports[2] } },
  worker: { settings: { ...worker, METRICS_PORT: ports[3] } },
});

before(async () => {
  if (skip) return;
  ports = await freePorts(4);
  directory = mkdtempSync(join(tmpdir(), "chart-"));
  const [port] = ports;
  redis = spawn(process.env.REDIS_SERVER ?? "redis-server", ["--port", port, "--bind", "127.0.0.1", "--requirepass", password, "--save", "", "--dir", directory], { stdio: "ignore" });
  write("redis/password", `${password}\n`);
  write("suppliers/suppliers.toml", one(render("everything"), "ConfigMap").data["suppliers.toml"]);
  await eventually(() => execFileSync("redis-cli", ["-p", port, "--no-auth-warning", "-a", password, "ping"], { encoding: "utf8" }).trim() === "PONG");
});

after(() => {
  redis?.kill("SIGKILL");
  if (directory) rmSync(directory, { recursive: true, force: true });
});

/** Writes a file that a volume would hold. */
function write(path, text) {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}

/** The environment of a pod, with secrets' values, and volumes in the test's directory. Certificates are this machine's. */
function variables(component) {
  const { SSL_CERT_FILE: _, ...rest } = environment(rendered, component);
  const value = (text) => (typeof text === "string" ? text.replace("/etc/flight-search", directory) : "token");
  return Object.fromEntries(Object.entries(rest).map(([name, text]) => [name, value(text)]));
}

/** Runs the service of a component until `use` is done, and stops it as Kubernetes does. Its output and exit code. */
async function run(component, use) {
  const service = spawn(program[component], [], { env: variables(component), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [service.stdout, service.stderr]) stream.on("data", (text) => (output += text));
  const ended = new Promise((resolve) => service.on("exit", (code, signal) => resolve(code ?? signal)));
  try {
    await use(() => output);
    const since = Date.now();
    service.kill("SIGTERM");
    const code = await ended;
    assert.ok(Date.now() - since < pod(rendered, component).terminationGracePeriodSeconds * 1000);
    assert.equal(code, 0, output);
    return output;
  } finally {
    service.kill("SIGKILL");
  }
}

/** Waits until a probe succeeds. `output` is what the service has printed. */
async function succeeds(component, probe, output) {
  const { ports: numbers, ...probes } = container(rendered, component);
  const { port, path } = probes[probe].httpGet;
  const { containerPort } = numbers.find(({ name }) => name === port);
  const ask = async () => (await fetch(`http://127.0.0.1:${containerPort}${path}`)).status === 200;
  await eventually(ask, () => `${probe}: ${output()}`);
}

for (const component of components) {
  test(`${component}: starts with what the chart gives it, is ready, and ends in time`, { skip }, async () => {
    rendered = render("everything", values());
    const output = await run(component, async (soFar) => {
      for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) await succeeds(component, probe, soFar);
    });
    // Each line is JSON, as the chart sets it.
    for (const line of output.trim().split("\n")) JSON.parse(line);
  });

  test(`${component}: accepts a value of each setting that the chart accepts`, { skip }, async () => {
    const known = settings().filter(({ name, components: having }) => having.includes(component) && name in samples);
    const chosen = Object.fromEntries(known.map(({ name }) => [name, samples[name]]));
    rendered = render("everything", values({ [component]: chosen }));
    await run(component, (soFar) => succeeds(component, "livenessProbe", soFar));
  });
}

/** Waits for a condition, at most 30 s. A check that throws has not succeeded. */
async function eventually(check, describe = () => "") {
  const end = Date.now() + 30_000;
  for (;;) {
    const done = await Promise.resolve().then(check).catch(() => false);
    if (done) return;
    if (Date.now() > end) throw new Error(`not within 30 s: ${check} ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Ports that nobody uses. They are all open at once, so that they differ. */
async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
  })));
  const found = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return found;
}
