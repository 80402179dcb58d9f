// The page: connects the form, the current search, the address and the view.

import * as address from "./address.js";
import { announcer } from "./announce.js";
import * as api from "./api.js";
import { byId, setText } from "./dom.js";
import { refusalText } from "./errors.js";
import { highlights, sort } from "./fares.js";
import { filter } from "./filter.js";
import { isShown, keepFocus } from "./focus.js";
import { follow } from "./follow.js";
import { Form } from "./form.js";
import { today } from "./format.js";
import { switchLanguage } from "./localize.js";
import { countText, noticeOf } from "./notice.js";
import { Fares } from "./render-fares.js";
import { Filters } from "./render-filters.js";
import { renderNotice, renderSummary, spokenState, titleOf } from "./render-summary.js";
import { Suppliers } from "./render-suppliers.js";
import {
  isRunning, supplierRows, unknown, withEnd, withoutMore, withPartial, withStatus, withWarnings,
} from "./search.js";
import { t } from "./text.js";

const form = new Form((query) => submit(query));
const filters = new Filters((chosen) => look(chosen));
const suppliers = new Suppliers();
const fares = new Fares();
const announce = announcer(byId("announcements"));

/** City names by code. */
const cities = new Map();

/** The current search, and a function that stops following it. */
let search = null;
let leave = () => {};

/** The order and the filters of the fares. */
let view = address.NO_VIEW;

/** The least time between two changes of the address by a changed view. Browsers limit how often a page may change it. */
const SETTLE_MS = 250;
let settling = null;
let isWritten = true;

// --- Starting and following a search ---------------------------------------------------------------------------

async function submit(query, key = randomKey()) {
  if (!form.accepts(query)) return;
  // At once, because a shift of the layout right after a click is expected.
  document.documentElement.dataset.view = "results";
  try {
    const id = await api.submit(query, key);
    writeAddress();
    view = { ...address.NO_VIEW, order: view.order };
    history.pushState(null, "", address.format({ id, query, view }));
    open(id, query);
    reveal();
  } catch (error) {
    const again = () => void resubmit(query, key);
    if (error instanceof api.Problem && error.errors.length > 0) form.refuse(error.errors, query);
    else form.alert(refusalText(error, navigator.onLine), again);
    if (search === null) document.documentElement.dataset.view = "form";
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

/** Shows what the address says: a search with its view, or the form. */
function route() {
  isWritten = true;
  const { id, query, view: chosen } = address.parse(location.href);
  view = chosen;
  if (id && id === search?.id) {
    // Only the view is another one.
    render();
    return;
  }
  if (query) form.show(query);
  else form.reset();
  if (id) {
    open(id, query);
    return;
  }
  leave();
  search = null;
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
    if (!(error instanceof api.Problem && error.status < 500)) announce(t("cancelFailed"), { now: true });
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
  keepFocus(draw, (lost) => {
    if (lost.id === "clear-filters") return byId("filters").querySelector("summary");
    const actions = [byId("cancel"), byId("again")];
    return (actions.includes(lost) && actions.find(isShown)) || (search ? byId("route") : byId("home"));
  });
}

function draw() {
  document.title = titleOf(search);
  byId("results").hidden = search === null;
  byId("welcome").hidden = search !== null;
  document.documentElement.dataset.view = search === null ? "form" : "results";
  if (search === null) {
    suppliers.stop();
    return;
  }
  renderSummary(search, cities);
  suppliers.render(search);
  const names = new Map(supplierRows(search).map(({ code, name }) => [code, name || code]));
  filters.render(search, view, names);
  const shown = sort(filter(search.offers, view.filters), view.order);
  const { cheapest, fastest } = highlights(search.offers);
  const passengers = search.query?.passengers;
  fares.render(shown, { passengers, names, cheapest, fastest, waiting: isRunning(search) });
  setText(byId("fare-count"), countText(search, shown.length, view.filters));
  renderNotice(noticeOf(search, shown.length, today(new Date()), {
    search: (query) => void resubmit(query),
    create: () => form.focus(),
    clear: () => filters.clear(),
  }));
  byId("results").dataset.fares = String(isRunning(search) || search.offers.length > 0);
}

/** Shows another view of the same fares. */
function look(chosen) {
  view = chosen;
  isWritten = false;
  render();
  if (settling === null) writeAddress();
  settling ??= setTimeout(() => {
    settling = null;
    writeAddress();
  }, SETTLE_MS);
}

/** Puts the view into the address, if it has changed. */
function writeAddress() {
  if (search && !isWritten) history.replaceState(null, "", address.format({ ...search, view }));
  isWritten = true;
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
  writeAddress();
  history.pushState(null, "", "/");
  route();
});
byId("language").addEventListener("click", () => {
  switchLanguage();
  form.relabel();
  for (const part of [fares, suppliers]) part.reset();
  render();
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
// The address must have the view before the page is left.
addEventListener("pagehide", writeAddress);
// A page restored from the back/forward cache has lost its connection.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  search = null;
  route();
});
route();
