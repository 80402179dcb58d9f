// The page: connects the form, the current search, the address and the screen.

import * as address from "./address.js";
import { announcer } from "./announce.js";
import * as api from "./api.js";
import { Bookmark, go } from "./bookmark.js";
import { Current } from "./current.js";
import { byId } from "./dom.js";
import { refusalText } from "./errors.js";
import { Form } from "./form.js";
import { switchLanguage } from "./localize.js";
import { Places } from "./places.js";
import { spokenState } from "./render-summary.js";
import { Screen } from "./screen.js";
import { isRunning } from "./search.js";
import { t } from "./text.js";
import { bodyOf, codesOf } from "./trip.js";

const form = new Form((query) => submit(query), () => turn);
const announce = announcer(byId("announcements"));
const places = new Places(() => render());
const screen = new Screen(places, {
  look, choose,
  search: (query) => void resubmit(query),
  create: () => form.focus(),
  say: (text) => announce(text, { now: true }),
});
const bookmark = new Bookmark(() => current.search && { ...current.search, view });
const current = new Current({
  change: (search) => {
    render();
    announce(spokenState(search), { now: !isRunning(search) });
  },
  query: (query) => {
    form.show(query);
    void places.learn(codesOf(query));
  },
});

/** The order and the filters of the fares. */
let view = address.NO_VIEW;

/** Raised whenever another search is shown, or none: what was begun before no longer counts. */
let turn = 0;

// --- Searching ---------------------------------------------------------------------------------------------------

async function submit(query, key = api.randomKey()) {
  if (!form.accepts(query)) return;
  // At once, because a shift of the layout right after a click is expected.
  document.documentElement.dataset.view = "results";
  const before = turn;
  const [id, error] = await api.submit(bodyOf(query), key).then((found) => [found, null], (failure) => [null, failure]);
  // The user has gone elsewhere meanwhile.
  if (turn !== before) return;
  if (error) {
    refused(error, query, key);
    return;
  }
  form.unfold(false);
  visit(id, query);
  reveal();
}

function refused(error, query, key) {
  if (current.search === null) document.documentElement.dataset.view = "form";
  const again = () => void resubmit(query, key);
  if (error instanceof api.Problem && error.errors.length > 0) form.refuse(error.errors, query);
  else form.alert(refusalText(error, navigator.onLine), again);
}

/** Submits a query that is not from the form. */
async function resubmit(query, key) {
  if (form.busy) return;
  form.show(query);
  form.busy = true;
  try {
    await submit(query, key);
  } finally {
    form.busy = false;
  }
}

/** Shows the search of another day: the one that there is, or a new one. */
function choose({ query, known }) {
  if (known?.id === current.search?.id) return;
  if (!known) {
    void resubmit(query);
    return;
  }
  form.show(query);
  visit(known.id, query);
}

/** Shows a search at a new address, in the chosen order. */
function visit(id, query) {
  bookmark.write();
  view = { ...address.NO_VIEW, order: view.order };
  go(address.format({ id, query, view }));
  open(id, query);
}

function open(id, query) {
  turn += 1;
  byId("cancel").ariaDisabled = "false";
  screen.reset(() => current.open(id, query));
  if (query) void places.learn(codesOf(query));
}

/** Shows what the address says: a search with its view, or the form. */
function route() {
  bookmark.forget();
  const { id, query, view: chosen } = address.parse(location.href);
  view = chosen;
  if (id && id === current.search?.id) {
    // Only the view is another one.
    render();
    return;
  }
  if (query) form.show(query);
  else form.reset();
  form.unfold(!id && form.hasOptions);
  if (id) {
    open(id, query);
    return;
  }
  turn += 1;
  screen.reset(() => {
    current.close();
    render();
  });
}

async function cancel() {
  byId("cancel").ariaDisabled = "true";
  if (await current.cancel()) announce(t("cancelFailed"), { now: true });
  byId("cancel").ariaDisabled = "false";
}

// --- The screen --------------------------------------------------------------------------------------------------

function render() {
  screen.render(current.search, view);
}

/** Shows another view of the same fares. */
function look(chosen) {
  view = chosen;
  render();
  bookmark.changed();
}

/** Scrolls to the results, which are below the form on a narrow screen. */
function reveal() {
  const { top } = byId("results").getBoundingClientRect();
  if (top < innerHeight / 2) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  byId("results").scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
}

// --- Wiring ------------------------------------------------------------------------------------------------------

byId("cancel").addEventListener("click", () => void cancel());
byId("again").addEventListener("click", () => void resubmit(current.search.query));
byId("home").addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  bookmark.write();
  go("/");
  route();
});
byId("language").addEventListener("click", () => {
  switchLanguage();
  form.relabel();
  screen.relabel();
  render();
});
for (const button of document.querySelectorAll("[data-route]")) {
  const [from, to] = button.dataset.route.split("-");
  button.addEventListener("click", () => void resubmit(form.between(from, to)));
}

// Panels are open on wide screens only.
const wide = matchMedia("(min-width: 60rem)");
const unfold = () => document.querySelectorAll("details.panel").forEach((panel) => { panel.open = wide.matches; });
wide.addEventListener("change", unfold);
unfold();

addEventListener("popstate", route);
// A page restored from the back/forward cache has lost its connection.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  current.close();
  route();
});
route();
