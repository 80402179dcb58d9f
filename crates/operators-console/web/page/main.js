// Reads everything every few seconds, and draws what has changed.

import { announcer } from "./announce.js";
import { get } from "./api.js";
import { deadLettersView } from "./dead-letters.js";
import { byId, setText } from "./dom.js";
import { logView } from "./log.js";
import { searchesView } from "./searches.js";
import { statusView } from "./status.js";
import { suppliersView, workersView } from "./workers.js";

const INTERVAL_MS = 3000;

const announce = announcer(byId("spoken"));
const searches = searchesView();
const views = [
  ["/api/status", statusView(announce)],
  ["/api/workers", workersView(searches.show)],
  ["/api/suppliers", suppliersView()],
  ["/api/searches", searches.draw],
  ["/api/dead-letters?limit=50", deadLettersView(searches.show, () => refresh())],
];

/** When everything was last read. */
let readAt = null;
let timer = null;
let running = null;

/** Reads once more, now; one at a time. */
async function refresh() {
  clearTimeout(timer);
  // A mistake in this page must not stop it.
  running = (running ?? Promise.resolve()).then(read).catch((error) => tell([error]));
  await running;
  clearTimeout(timer);
  // Nobody looks at a hidden page.
  if (!document.hidden) timer = setTimeout(refresh, INTERVAL_MS);
}

/** One path after the other: the port has few connections, and probes need them too. */
async function read() {
  const failures = [];
  for (const [path, draw] of views) {
    try {
      draw((await get(path)).data);
    } catch (error) {
      failures.push(error);
      if (error.offline) break;
    }
  }
  await searches.refresh();
  if (failures.length === 0) readAt = Date.now();
  tell(failures);
}

function tell(failures) {
  const offline = failures.some((error) => error.offline);
  const old = readAt === null ? "" : ` What you see is from ${new Date(readAt).toISOString().slice(11, 19)} UTC.`;
  const [first] = failures;
  byId("offline").hidden = failures.length === 0;
  setText(byId("offline"), !first ? "" : offline
    ? `This port does not answer: the process has ended, or the network is down.${old}`
    : `Not everything could be read: ${first.message}.`);
  document.body.dataset.state = offline ? "offline" : "read";
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});

logView();
refresh();
