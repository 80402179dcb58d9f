// What the rest of the project says, which the chart must agree with.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { chart, root } from "./helm.js";

export const read = (path) => readFileSync(join(root, path), "utf8");
export const chartFile = (path) => readFileSync(join(chart, path), "utf8");
export const defaults = () => parse(chartFile("values.yaml"));

/** The settings in the table of README.md: name, default as text, and the components that have it. */
export function settings() {
  const services = { both: ["gateway", "worker"], gateway: ["gateway"], worker: ["worker"] };
  const rows = read("README.md").matchAll(/^\| `([A-Z_]+)` \|(.*)\| (both|gateway|worker) \|/gm);
  return [...rows].map(([, name, text, service]) => ({ name, text: text.trim(), components: services[service] }));
}

/** The instructions of the last stage of a component's Dockerfile, as lists of words after the instruction. */
export function image(component) {
  const file = read(component === "gateway" ? "Dockerfile.main" : "Dockerfile.provider");
  const last = file.slice(file.lastIndexOf("\nFROM "));
  const instruction = (name) => [...last.matchAll(new RegExp(`^${name} (.+)$`, "gm"))].map(([, rest]) => rest);
  return { base: instruction("FROM")[0], user: instruction("USER")[0], entrypoint: JSON.parse(instruction("ENTRYPOINT")[0]), env: instruction("ENV"), exposed: instruction("EXPOSE").map(Number) };
}
