// The page: connects the form, the current search, the URL and the view.

import * as address from "./address.js";
import { announcer } from "./announce.js";
import * as api from "./api.js";
import { byId, setText } from "./dom.js";
import { filter, highlights, isUnfiltered, sort } from "./fares.js";
import { follow } from "./follow.js";
import { Form } from "./form.js";
import { addDays, plural } from "./format.js";
import { Fares } from "./render-fares.js";
import { Filters } from "./render-filters.js";
import { renderNotice, renderSummary, spokenState, titleOf } from "./render-summary.js";
import { Suppliers } from "./render-suppliers.js";
import {
  isRunning, supplierRows, unknown, withEnd, withoutMore, withPartial, withStatus, withWarnings,
} from "./search.js";

const form = new Form((query) => submit(query));
const filters = new Filters(() => render());
const suppliers = new Suppliers();
const fares = new Fares();
const announce = announcer(byId("announcements"));

/** City names by code. */
const cities = new Map();

/** The current search, and a function that stops following it. */
let search = null;
let leave = () => {};

// --- Starting and following a search ---------------------------------------------------------------------------

async function submit(query, key = randomKey()) {
  try {
    const id = await api.submit(query, key);
    history.pushState(null, "", address.format(id, query));
    open(id, query);
    reveal();
  } catch (error) {
    refused(error, () => void resubmit(query, key));
  }
}

/** Submits a query that is not from the form. */
async function resubmit(query, key) {
  if (form.busy) return;
  form.show(query);
  form.busy = true;
  await submit(query, key);
  form.busy = false;
}

function refused(error, again) {
  if (error instanceof api.Problem && error.status === 400 && error.errors.length > 0) {
    form.refuse(error.errors);
  } else if (error instanceof api.Problem && (error.status === 503 || error.status === 429)) {
    form.alert(`The service is busy: ${error.message}.`, again);
  } else if (error instanceof api.Problem) {
    form.alert(`The search was rejected: ${error.message}.`, again);
  } else if (error instanceof api.Unreachable) {
    form.alert(navigator.onLine
      ? "The service can’t be reached. It may be restarting, so please try again."
      : "You are offline. Connect to the internet and try again.", again);
  } else {
    throw error;
  }
}

/** Shows a search and follows it to its terminal event. */
function open(id, query) {
  leave();
  filters.reset();
  change(unknown(id, query));
  if (query) void learnCities(query);
  leave = follow(id, {
    status: (data) => {
      // Only the first: after a reconnect the form may hold another query.
      const isFirst = search.phase === "loading";
      change({ ...withStatus(search, data), startedAt: performance.now() - (data.elapsed_ms ?? 0) });
      if (isFirst && search.query) {
        form.show(search.query);
        void learnCities(search.query);
      }
    },
    warnings: (data) => change(withWarnings(search, data)),
    partial: (data) => change(withPartial(search, data)),
    end: (data) => change(withEnd(search, data)),
    connection: (connection) => change({ ...search, connection }),
    missing: () => change({ ...search, phase: "missing", connection: "open" }),
  });
}

/** Shows the search in the URL. */
function route() {
  const { id, query } = address.parse(location.href);
  if (id) {
    if (query) form.show(query);
    open(id, query);
    return;
  }
  leave();
  search = null;
  form.reset();
  render();
}

async function cancel() {
  const { id } = search;
  byId("cancel").ariaDisabled = "true";
  try {
    const status = await api.cancel(id);
    if (status === "processing" && search?.id === id && isRunning(search)) {
      // It continues for other clients. For this one it has ended.
      leave();
      change(withoutMore(search));
    }
  } catch (error) {
    // A 4xx means that the search has ended or expired. The stream shows which.
    if (!(error instanceof api.Problem && error.status < 500)) announce("Cancelling failed. Try again.", { now: true });
  } finally {
    byId("cancel").ariaDisabled = "false";
  }
}

async function learnCities({ from, to }) {
  const unknownCodes = [from, to].filter((code) => !cities.has(code));
  const places = await Promise.all(unknownCodes.map((code) => api.place(code).catch(() => null)));
  for (const place of places) if (place) cities.set(place.code, place.city || place.name);
  if (places.length > 0) render();
}

// --- The screen --------------------------------------------------------------------------------------------------

function change(next) {
  search = next;
  render();
  announce(spokenState(search), { now: !isRunning(search) });
}

function render() {
  document.title = titleOf(search);
  byId("results").hidden = search === null;
  byId("welcome").hidden = search !== null;
  if (search === null) {
    suppliers.stop();
    return;
  }
  renderSummary(search, cities);
  suppliers.render(search);
  filters.render(search);
  const shown = sort(filter(search.offers, filters.chosen), filters.order);
  const names = new Map(supplierRows(search).map(({ code, name }) => [code, name]));
  const { cheapest, fastest } = highlights(search.offers);
  const passengers = search.query?.passengers;
  fares.render(shown, { passengers, names, cheapest, fastest, waiting: isRunning(search) });
  setText(byId("fare-count"), countText(shown.length));
  renderNotice(notice(shown.length));
  byId("results").dataset.fares = String(isRunning(search) || search.offers.length > 0);
}

function countText(shown) {
  const { offers, total } = search;
  if (offers.length === 0) return isRunning(search) ? "Waiting for the first fares…" : "";
  if (!isUnfiltered(filters.chosen)) return `${shown} of ${plural(offers.length, "fare")} match your filters`;
  return total > offers.length ? `The ${offers.length} cheapest of ${total} fares` : plural(total, "fare");
}

/** The notice that is shown instead of fares if there are none. */
function notice(shown) {
  const { phase, query, offers } = search;
  const again = query ? [["Search again", () => void resubmit(query)]] : [];
  const fresh = ["New search", () => form.focus()];
  if (phase === "missing") {
    return {
      title: "This search has expired",
      text: query
        ? "Fares change, so results expire quickly. Search again for current fares."
        : "Fares change, so results expire quickly. Start a new search.",
      actions: query ? again : [fresh],
    };
  }
  if (phase === "failed") {
    return { title: "No supplier answered", text: failure(search.reason), actions: again };
  }
  if (offers.length > 0 && shown === 0) {
    return {
      title: "No fare matches your filters",
      text: `Clear them to see ${plural(offers.length, "fare")}.`,
      actions: [["Clear filters", () => filters.clear()]],
    };
  }
  if (offers.length > 0 || isRunning(search)) return null;
  if (phase === "cancelled") {
    return { title: "Search cancelled", text: "The search was cancelled before any fares arrived.", actions: again };
  }
  const other = (label, days) => {
    const date = query && addDays(query.date, days);
    return date ? [[label, () => void resubmit({ ...query, date })]] : [];
  };
  return {
    title: "No flights found",
    text: "No supplier has flights on this route on this day. Try another day.",
    actions: [...other("Day before", -1), ...other("Day after", 1)],
  };
}

function failure(reason) {
  return reason === "deadline"
    ? "All suppliers took too long. Please try again."
    : "This is usually temporary. Please try again.";
}

/** Scrolls to the results, which are below the form on a narrow screen. */
function reveal() {
  const { top } = byId("results").getBoundingClientRect();
  if (top < innerHeight / 2) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  byId("results").scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
}

/** Not `randomUUID`, which needs HTTPS or localhost. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// --- Wiring ------------------------------------------------------------------------------------------------------

byId("cancel").addEventListener("click", () => void cancel());
byId("again").addEventListener("click", () => void resubmit(search.query));
byId("home").addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", "/");
  route();
});
for (const button of document.querySelectorAll("[data-route]")) {
  const [from, to] = button.dataset.route.split("-");
  button.addEventListener("click", () => void resubmit({ from, to, ...form.rest }));
}

// Panels are open on wide screens only.
const wide = matchMedia("(min-width: 60rem)");
const unfold = () => document.querySelectorAll("details.panel").forEach((panel) => { panel.open = wide.matches; });
wide.addEventListener("change", unfold);
unfold();

addEventListener("popstate", route);
// A page restored from the back/forward cache has lost its connection.
addEventListener("pageshow", (event) => event.persisted && route());
route();
