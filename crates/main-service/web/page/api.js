// The gateway's HTTP API.

/** An answer that says no, with the envelope's words. */
export class Problem extends Error {
  constructor(status, { code = "unknown", message, errors = [] } = {}) {
    super(message ?? "The service answered in a way this page does not understand.");
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** No answer at all: offline, or the gateway is down. */
export class Unreachable extends Error {}

/** How long any answer may take. The gateway itself gives up on Redis after 1.5 s. */
const TIMEOUT_MS = 10_000;

async function call(path, { signal, ...options } = {}) {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  try {
    response = await fetch(path, { ...options, signal: signal ? AbortSignal.any([signal, limit]) : limit });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable("The service can't be reached.", { cause: error });
  }
  // What is no envelope, such as a proxy's own error page, is a problem without words.
  const body = await response.json().catch(() => null);
  if (!response.ok || body?.success !== true) throw new Problem(response.status, body ?? {});
  return body.data;
}

const searchPath = (id) => `/api/flights/search/${encodeURIComponent(id)}`;

/** Submits a search and gives its id. The same key gives the same search, so that a second try is not a second one. */
export async function submit(query, idempotencyKey) {
  const headers = { "content-type": "application/json", "idempotency-key": idempotencyKey };
  const data = await call("/api/flights/search", { method: "POST", headers, body: JSON.stringify(query) });
  return data.search_id;
}

/** Where a search stands. */
export function status(id, signal) {
  return call(searchPath(id), { signal, cache: "no-store" });
}

/** Ends a search, unless others share it. Gives its status: `processing` if it goes on for them. */
export async function cancel(id) {
  const data = await call(searchPath(id), { method: "DELETE" });
  return data.status;
}

/** The places a text may mean, the likeliest first. */
export function airports(text, { limit = 8, signal } = {}) {
  return call(`/api/airports?${new URLSearchParams({ q: text, limit })}`, { signal });
}

/** The place with this code, or null. */
export async function place(code) {
  const places = await airports(code, { limit: 50 });
  return places.find((found) => found.code === code) ?? null;
}

/** The events of a search, from behind the one with this id. */
export function events(id, after) {
  const query = new URLSearchParams({ partials: "true" });
  if (after) query.set("last_event_id", after);
  return new EventSource(`${searchPath(id)}/stream?${query}`);
}
