// The gateway's HTTP API.

/** An unsuccessful response. */
export class Problem extends Error {
  constructor(status, { code = "unknown", message, errors = [] } = {}) {
    super(message ?? "The service sent an unexpected response.");
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** No response: offline, or the gateway is down. */
export class Unreachable extends Error {}

/** The timeout of a request. The gateway gives up on Redis after 1.5 s. */
const TIMEOUT_MS = 10_000;

/** The data of the response, and when it was sent: by the gateway's clock, or else by this one. */
async function ask(path, { signal, ...options } = {}) {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  try {
    response = await fetch(path, { ...options, signal: signal ? AbortSignal.any([signal, limit]) : limit });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable("The service can't be reached.", { cause: error });
  }
  // A proxy's error page is not JSON.
  const body = await response.json().catch(() => null);
  if (!response.ok || body?.success !== true) throw new Problem(response.status, body ?? {});
  return { data: body.data, sentAt: Date.parse(response.headers.get("date")) || Date.now() };
}

async function call(path, options) {
  const { data } = await ask(path, options);
  return data;
}

/** A new idempotency key. Not `randomUUID`, which needs HTTPS or localhost. */
export function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const searchPath = (id) => `/api/flights/search/${encodeURIComponent(id)}`;

/** Submits a search and returns its id. Retries with the same key return the same search. */
export async function submit(query, idempotencyKey) {
  const data = await post("/api/flights/search", query, idempotencyKey);
  return data.search_id;
}

/** Asks the seller of an offer's price for its price now, and returns the id of that check. */
export async function check(searchId, offerId, { supplier, fare_brand, offer_ref }, idempotencyKey) {
  const path = `${searchPath(searchId)}/offers/${encodeURIComponent(offerId)}/check`;
  const data = await post(path, { supplier, fare_brand, offer_ref }, idempotencyKey);
  return data.check_id;
}

function post(path, body, idempotencyKey) {
  const headers = { "content-type": "application/json", "idempotency-key": idempotencyKey };
  return call(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The state of a search, and how long ago it was accepted, in milliseconds: `age_ms`. */
export async function status(id, signal) {
  const { data, sentAt } = await ask(searchPath(id), { signal, cache: "no-store" });
  // While it runs, the gateway tells how long. After that, the header does, in whole seconds of its host's clock.
  const since_created = data.ended_at ? sentAt - Date.parse(data.created_at) || 0 : 0;
  return { ...data, age_ms: Math.max(data.elapsed_ms ?? 0, since_created) };
}

/** Cancels a search. Returns its status: `processing` if it continues for other clients. */
export async function cancel(id) {
  const data = await call(searchPath(id), { method: "DELETE" });
  return data.status;
}

/** Place autocomplete, most likely first. */
export function airports(text, { limit = 8, signal } = {}) {
  return call(`/api/airports?${new URLSearchParams({ q: text, limit })}`, { signal });
}

/** The place with this code, or null. */
export async function place(code) {
  const places = await airports(code, { limit: 50 });
  return places.find((found) => found.code === code) ?? null;
}

/** The event stream of a search, from the event after this id. */
export function events(id, after) {
  const query = new URLSearchParams({ partials: "true" });
  if (after) query.set("last_event_id", after);
  return new EventSource(`${searchPath(id)}/stream?${query}`);
}
