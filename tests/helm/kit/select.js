// Finds objects and what is in them.

export const components = ["gateway", "worker"];

/** The one object of a kind whose name ends in `suffix`. */
export function one(objects, kind, suffix = "") {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name.endsWith(suffix));
  if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} *${suffix}, not one`);
  return found[0];
}

/** Whether there is an object of a kind. */
export const has = (objects, kind) => objects.some((object) => object.kind === kind);

/** The pod spec of a component. */
export const pod = (objects, component) => one(objects, "Deployment", `-${component}`).spec.template.spec;

/** The only container of a component. */
export function container(objects, component) {
  const { containers, initContainers } = pod(objects, component);
  if (containers.length !== 1 || initContainers) throw new Error(`${component} has not just one container`);
  return containers[0];
}

/** The environment of a component: values by name. A value from elsewhere is the object that says from where. */
export function environment(objects, component) {
  const { env } = container(objects, component);
  const byName = Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
  if (Object.keys(byName).length !== env.length) throw new Error(`${component} has a variable twice`);
  return byName;
}

/** Whether labels are what `selector` (matchLabels) asks for. */
export const matches = (selector, labels) =>
  Object.entries(selector).every(([name, value]) => labels?.[name] === value);
