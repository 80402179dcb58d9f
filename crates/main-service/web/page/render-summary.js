// The summary above the results: query, progress and actions.

import { byId, el, setText } from "./dom.js";
import { date, plural, price } from "./format.js";
import { highlights } from "./fares.js";
import { isRunning, isStalled, progress } from "./search.js";

/** Shown while no worker is running. */
const STALLED = "Searches are delayed at the moment. Yours continues as soon as the service recovers, or ends without fares.";

/** Shows the summary. `cities` has the city names by code that are known. */
export function renderSummary(search, cities) {
  const { query } = search;
  setText(byId("route"), query ? `${query.from} → ${query.to}` : "Flight search");
  byId("route").setAttribute("aria-label", query ? `Flights from ${query.from} to ${query.to}` : "Flight search");
  const between = query && `${cities.get(query.from) ?? query.from} to ${cities.get(query.to) ?? query.to}`;
  setText(byId("cities"), between || "\u00a0");
  setText(byId("when"), query ? `${date(query.date)} · ${plural(query.passengers, "passenger")}` : "\u00a0");
  setText(byId("state"), stateText(search));
  renderProgress(search);

  const running = search.phase === "processing";
  setText(byId("stalled"), isStalled(search) ? STALLED : "");
  byId("stalled").hidden = !isStalled(search);
  byId("reconnecting").hidden = search.connection === "open";
  byId("cancel").hidden = !running;
  byId("again").hidden = isRunning(search) || search.phase === "missing" || !query;
  byId("results").dataset.phase = search.phase;
}

function renderProgress(search) {
  const bar = byId("progress");
  const { answered, of } = progress(search);
  bar.hidden = search.phase === "missing";
  if (!isRunning(search)) {
    bar.max = 1;
    bar.value = 1;
  } else if (of > 0) {
    bar.max = of;
    bar.value = answered;
  } else {
    // The number of suppliers is not known yet.
    bar.removeAttribute("value");
  }
}

/** The state of the search in one line. */
function stateText(search) {
  const { answered, of } = progress(search);
  const seconds = `${(search.elapsedMs / 1000).toFixed(1)} s`;
  switch (search.phase) {
    case "loading": return "Loading…";
    case "processing": return of > 0 ? `${answered} of ${of} answered` : "Searching…";
    case "completed": return `${plural(search.total, "fare")} in ${seconds}`;
    case "cancelled": return `Cancelled with ${plural(search.total, "fare")}`;
    case "failed": return "No supplier answered";
    default: return "";
  }
}

/** The screen reader announcement for this state. */
export function spokenState(search) {
  const { cheapest } = highlights(search.offers);
  const best = cheapest ? ` The best price is ${price(cheapest.price, cheapest.currency)}.` : "";
  const fares = plural(search.total, "fare");
  const { answered, of } = progress(search);
  if (search.connection !== "open") return "Connection lost. Reconnecting.";
  if (isStalled(search)) return STALLED;
  switch (search.phase) {
    case "loading": return "Loading the search.";
    case "processing": return `Searching: ${fares} so far, ${answered} of ${of} suppliers answered.${best}`;
    case "completed": return `Search complete: ${fares}.${best}`;
    case "cancelled": return `Search cancelled: ${fares}.${best}`;
    case "failed": return "The search failed: no supplier answered.";
    case "missing": return "This search has expired.";
    default: return "";
  }
}

/** The page's title. */
export function titleOf(search) {
  if (!search?.query) return "Flight Search";
  const { from, to } = search.query;
  const fares = search.total > 0 ? ` · ${plural(search.total, "fare")}` : "";
  return `${from} → ${to}${fares} – Flight Search`;
}

/**
 * Shows why there are no fares, with actions.
 * @param {{ title: string, text: string, actions: [string, () => void][] } | null} notice
 */
export function renderNotice(notice) {
  const element = byId("notice");
  element.hidden = notice === null;
  const key = notice ? `${notice.title} ${notice.text}` : "";
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(...(notice ? [
    el("h3", {}, notice.title),
    el("p", {}, notice.text),
    notice.actions.length > 0 && el("p", { class: "actions" }, notice.actions.map(([label, act]) =>
      el("button", { type: "button", class: "button quiet", onclick: act }, label))),
  ].filter(Boolean) : []));
}
