// Renders /openapi.json. All texts are inserted as text, never as markup.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Renders the Markdown that descriptions use: paragraphs, `code` and **strong**.
function prose(text = '') {
  return text.split(/\n\s*\n/).filter(Boolean).map((paragraph) => element('p', {}, ...inline(paragraph)));
}

function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).filter(Boolean).map((part) => {
    if (part.startsWith('`')) return element('code', {}, part.slice(1, -1));
    if (part.startsWith('**')) return element('strong', {}, ...inline(part.slice(2, -2)));
    return part;
  });
}

function code(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return element('pre', { tabindex: '0' }, element('code', {}, text));
}

const nameOf = (reference) => reference.split('/').pop();

// The type of a schema in a few words; named schemas as links.
function kind(schema) {
  if (!schema) return ['anything'];
  if (schema.$ref) return [element('a', { href: `#schema-${nameOf(schema.$ref)}` }, nameOf(schema.$ref))];
  for (const list of [schema.oneOf, schema.anyOf, schema.allOf]) {
    if (list) return list.flatMap((one, at) => (at ? [' or ', ...kind(one)] : kind(one)));
  }
  const types = [schema.type ?? 'anything'].flat();
  return types.flatMap((type, at) => {
    const words = type === 'array' ? ['array of ', ...kind(schema.items)] : [type];
    return at ? [' or ', ...words] : words;
  });
}

function limitsOf(schema = {}) {
  const limits = [];
  if (schema.format) limits.push(schema.format);
  if (schema.enum) limits.push(`one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`);
  if (schema.minimum !== undefined && schema.maximum !== undefined) {
    limits.push(`${schema.minimum} to ${schema.maximum}`);
  } else if (schema.minimum !== undefined) {
    limits.push(`at least ${schema.minimum}`);
  }
  if (schema.pattern) limits.push(schema.pattern);
  return limits.join('; ');
}

function table(head, rows) {
  if (rows.length === 0) return null;
  return element('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': head.join(', ') },
    element('table', {},
      element('thead', {}, element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, text)))),
      element('tbody', {}, ...rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, ...cell)))))));
}

const typed = (schema) => [element('p', {}, ...kind(schema)), element('p', { class: 'quiet' }, limitsOf(schema))];

function parameters(list = []) {
  return table(['Parameter', 'In', 'Type', 'Meaning'], list.map((parameter) => [
    [element('code', {}, parameter.name), parameter.required ? ' *' : ''],
    [parameter.in],
    typed(parameter.schema),
    prose(parameter.description),
  ]));
}

function properties(schema) {
  const required = new Set(schema.required ?? []);
  return table(['Field', 'Type', 'Meaning'], Object.entries(schema.properties ?? {}).map(([name, property]) => [
    [element('code', {}, name), required.has(name) ? ' *' : ''],
    typed(property),
    prose(property.description),
  ]));
}

function content(media = {}) {
  return Object.entries(media).flatMap(([type, { schema, example, examples }]) => [
    element('p', { class: 'quiet' }, element('code', {}, type), ' ', ...kind(schema)),
    ...(example === undefined ? [] : [code(example)]),
    ...Object.entries(examples ?? {}).flatMap(([name, one]) => [element('p', { class: 'quiet' }, name), code(one.value)]),
  ]);
}

function response([status, { description, content: media, headers }]) {
  const tone = status < '400' ? 'ok' : 'no';
  const names = Object.keys(headers ?? {}).map((name) => element('code', {}, name));
  return element('details', {},
    element('summary', {}, element('span', { class: `status ${tone}` }, status), ' ', ...inline((description ?? '').split('\n')[0])),
    ...prose(description),
    names.length ? element('p', { class: 'quiet' }, 'Headers: ', ...names.flatMap((name, at) => (at ? [', ', name] : [name]))) : null,
    ...content(media));
}

function operation({ path, method, operation: one }) {
  const body = one.requestBody;
  return element('section', { 'aria-labelledby': one.operationId },
    element('h3', { id: one.operationId }, one.summary ?? one.operationId),
    element('p', { class: 'route' }, element('span', { class: `method ${method}` }, method), ' ', path),
    ...prose(one.description),
    ...(one.parameters?.length ? [element('h4', {}, 'Parameters'), parameters(one.parameters)] : []),
    ...(body ? [element('h4', {}, 'Body'), ...content(body.content)] : []),
    element('h4', {}, 'Responses'),
    ...Object.entries(one.responses).map(response));
}

function schemaSection([name, schema]) {
  return element('section', { 'aria-labelledby': `schema-${name}` },
    element('h3', { id: `schema-${name}` }, name),
    ...prose(schema.description),
    element('p', { class: 'quiet' }, ...kind(schema), ' ', limitsOf(schema)),
    properties(schema),
    ...(schema.example === undefined ? [] : [code(schema.example)]));
}

function link(id, ...children) {
  return element('li', {}, element('a', { href: `#${id}` }, ...children));
}

function render(api) {
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method] })));
  const tags = api.tags ?? [...new Set(operations.flatMap((one) => one.operation.tags ?? []))].map((name) => ({ name }));
  const schemas = Object.entries(api.components?.schemas ?? {});
  const of = (tag) => operations.filter((one) => one.operation.tags?.includes(tag.name));

  document.querySelector('#index').replaceChildren(
    ...tags.map((tag) => element('ul', {}, ...of(tag).map((one) =>
      link(one.operation.operationId, element('span', { class: `method ${one.method}` }, one.method), ` ${one.operation.summary}`)))),
    element('ul', {}, link('schemas', 'Schemas'), element('li', {}, element('a', { href: '/openapi.json' }, 'openapi.json'))));

  const main = document.querySelector('#content');
  main.replaceChildren(
    element('h1', {}, `${api.info.title} ${api.info.version}`),
    ...prose(api.info.description),
    ...tags.flatMap((tag) => [element('h2', { id: `tag-${tag.name}` }, tag.name), ...prose(tag.description), ...of(tag).map(operation)]),
    element('h2', { id: 'schemas' }, 'Schemas'),
    ...schemas.map(schemaSection));
  main.setAttribute('aria-busy', 'false');
  // The browser could not scroll to the fragment before its section existed.
  if (location.hash) document.getElementById(fragment())?.scrollIntoView();
}

// The decoded fragment of the address. It may contain anything, even an invalid percent encoding.
function fragment() {
  const text = location.hash.slice(1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

try {
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(`/openapi.json responded with ${response.status}`);
  render(await response.json());
} catch (error) {
  document.querySelector('#content').replaceChildren(
    element('h1', {}, 'The API'),
    element('p', { role: 'alert' }, `The document could not be loaded: ${error.message}.`),
    element('p', {}, element('a', { href: '/openapi.json' }, '/openapi.json')));
}
