// Follows a search to its terminal event, with reconnects.
//
// An EventSource reconnects on its own after a broken connection, and resumes after the last event. It gives up on any
// status but 200: a proxy's 502 while the gateway restarts, a 404 when the record has expired. Then, and before the
// first connection, the page requests the search's state.

import * as api from "./api.js";

/** Pauses between requests for the state, in milliseconds. The last one repeats. */
const PAUSES = [500, 1000, 2000, 4000];
/** How long after its deadline to request the state of a search that has not ended. */
const MARGIN_MS = 3000;
/** After how long without a partial to request warnings, and how often until the next one. */
const SILENCE_MS = 6000;

/**
 * @param {string} id
 * @param {object} on `status(data)`, `warnings(data)`, `partial(data)`, `end(data)`,
 *   `connection("open" | "reconnecting")`, `missing()`. Except for `warnings`, the last call has an ended search or is
 *   `missing`
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
      const outcome = await listen(id, last, timeout(data), on, signal);
      if (outcome.ended) return;
      last = outcome.last;
      // A state alone is no success: a gateway that has one may still refuse the stream.
      if (outcome.opened) failures = 0;
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

/** Listens until the terminal event, or until the EventSource gives up or the deadline has passed. */
function listen(id, after, timeoutMs, on, signal) {
  return new Promise((resolve) => {
    const source = api.events(id, after);
    let last = after;
    let opened = false;
    let asking = null;
    // Raised with each request for warnings, and with what makes its answer outdated.
    let turn = 0;
    const ask = async () => {
      turn += 1;
      const mine = turn;
      const data = await api.status(id, signal).catch(() => null);
      if (data && mine === turn) on.warnings(data);
    };
    const quiet = () => {
      turn += 1;
      clearInterval(asking);
    };
    const awaitPartial = () => {
      quiet();
      asking = setInterval(() => void ask(), SILENCE_MS);
    };
    const finish = (ended) => {
      quiet();
      clearTimeout(watchdog);
      signal.removeEventListener("abort", abort);
      source.close();
      resolve({ ended, last, opened });
    };
    const abort = () => finish(true);
    const watchdog = setTimeout(() => finish(false), timeoutMs);
    signal.addEventListener("abort", abort);

    awaitPartial();
    source.onopen = () => {
      opened = true;
      on.connection("open");
    };
    source.addEventListener("partial", (event) => {
      awaitPartial();
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

/** The time left until the deadline, by the gateway's clock only. */
function timeout({ created_at, deadline_at, elapsed_ms = 0 }) {
  const whole = Date.parse(deadline_at) - Date.parse(created_at);
  return (Number.isFinite(whole) ? Math.max(0, whole - elapsed_ms) : 60_000) + MARGIN_MS;
}

/** Waits, at most until the network is back. */
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
