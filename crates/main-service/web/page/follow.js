// Following one search until its terminal event, whatever happens to the connection in between.
//
// An EventSource comes back by itself after a broken connection, naming the last event it had. It gives up for good
// when it is answered by anything but a stream: a proxy's 502 while the gateway restarts, a 404 when the record has
// expired. Then, and before the first connection, the state of the search is asked for, which tells what to do.

import * as api from "./api.js";

/** Pauses between attempts to ask for the state, in milliseconds; the last one is repeated. */
const PAUSES = [500, 1000, 2000, 4000];
/** How long past its deadline a search may stay silent before its state is asked for. */
const MARGIN_MS = 3000;
/** How long a search is silent before it is asked again what keeps it from going on. */
const SILENCE_MS = 6000;

/**
 * @param {string} id
 * @param {object} on `status(data)`, `warnings(data)`, `partial(data)`, `end(data)`,
 *   `connection("open" | "reconnecting")`, `missing()`: but for `warnings` the last call is `status` or `end` with an ended search, or `missing`
 * @returns {() => void} stops following
 */
export function follow(id, on) {
  const stop = new AbortController();
  void run(id, on, stop.signal);
  return () => stop.abort();
}

async function run(id, on, signal) {
  let last = null;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const data = await api.status(id, signal);
      if (signal.aborted) return;
      on.status(data);
      if (data.status !== "processing") return;
      failures = 0;
      const outcome = await listen(id, last, patience(data), on, signal);
      if (outcome.ended) return;
      last = outcome.last;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof api.Problem && (error.status === 404 || error.status === 400)) {
        on.missing();
        return;
      }
      if (!(error instanceof api.Problem || error instanceof api.Unreachable)) throw error;
    }
    on.connection("reconnecting");
    await pause(PAUSES[Math.min(failures, PAUSES.length - 1)], signal);
    failures += 1;
  }
}

/** Listens until the terminal event, or until this EventSource is of no more use. */
function listen(id, after, patienceMs, on, signal) {
  return new Promise((resolve) => {
    const source = api.events(id, after);
    let last = after;
    const asking = setInterval(() => void api.status(id, signal).then(on.warnings, () => {}), SILENCE_MS);
    const finish = (ended) => {
      clearInterval(asking);
      clearTimeout(watchdog);
      signal.removeEventListener("abort", abort);
      source.close();
      resolve({ ended, last });
    };
    const abort = () => finish(true);
    const watchdog = setTimeout(() => finish(false), patienceMs);
    signal.addEventListener("abort", abort);

    source.onopen = () => on.connection("open");
    source.addEventListener("partial", (event) => {
      clearInterval(asking);
      last = event.lastEventId;
      on.partial(JSON.parse(event.data));
    });
    source.onmessage = (event) => {
      on.end(JSON.parse(event.data));
      finish(true);
    };
    source.onerror = () => {
      on.connection("reconnecting");
      if (source.readyState === EventSource.CLOSED) finish(false);
    };
  });
}

/** How long the search may still take, reckoned with the gateway's clock alone. */
function patience({ created_at, deadline_at, elapsed_ms = 0 }) {
  const whole = Date.parse(deadline_at) - Date.parse(created_at);
  return (Number.isFinite(whole) ? Math.max(0, whole - elapsed_ms) : 60_000) + MARGIN_MS;
}

/** Waits, but no longer than until the network is back. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
