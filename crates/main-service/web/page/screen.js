// Everything below the form: shows a search in a view.

import { byId, setText } from "./dom.js";
import { Checks, checkText } from "./checks.js";
import { Days } from "./days.js";
import { highlights, sort } from "./fares.js";
import { filter } from "./filter.js";
import { canHaveFocus, keepFocus } from "./focus.js";
import { today } from "./format.js";
import { countText, noticeOf } from "./notice.js";
import { DayStrip } from "./render-days.js";
import { Fares } from "./render-fares.js";
import { Filters } from "./render-filters.js";
import { Orders } from "./render-orders.js";
import { renderNotice, renderSummary, titleOf } from "./render-summary.js";
import { Suppliers } from "./render-suppliers.js";
import { isRunning, supplierNames } from "./search.js";
import { carrierNames } from "./slices.js";
import { currencyOf, travellers } from "./trip.js";

export class Screen {
  #places;
  #act;
  #view = null;
  #days = new Days();
  #suppliers = new Suppliers();
  #filters;
  #orders;
  #strip;
  #fares;
  #checks = new Checks((state, price) => this.#checked(state, price));
  #sellers = new Map();

  /**
   * @param {import("./places.js").Places} places
   * @param {object} act what the user asks for: `look(view)`, `search(query)`, `create()`, `choose(day)` of the strip;
   *   and `say(text)`, which reads a text out
   */
  constructor(places, act) {
    this.#places = places;
    this.#act = act;
    this.#filters = new Filters((filters) => act.look({ ...this.#view, filters }));
    this.#orders = new Orders((order) => act.look({ ...this.#view, order }));
    this.#strip = new DayStrip(act.choose);
    this.#fares = new Fares(places, this.#checks);
  }

  /** Shows a search, or none. */
  render(search, view) {
    this.#view = view;
    keepFocus(() => this.#draw(search, view), insteadOf);
  }

  /**
   * Forgets what belongs to another search.
   * @param {() => void} show shows the next one
   */
  reset(show) {
    keepFocus(() => {
      this.#filters.reset();
      this.#checks.reset();
      this.#fares.fold();
      show();
    }, insteadOf);
  }

  /** Makes again what has texts in the language. */
  relabel() {
    for (const part of [this.#fares, this.#suppliers]) part.reset();
  }

  /** A check of a price has begun or ended. */
  #checked(state, price) {
    this.#fares.refresh();
    if (state.phase === "asking" && !state.isStalled) return;
    const seller = this.#sellers.get(price.supplier) ?? price.supplier;
    this.#act.say(`${seller}: ${checkText(state, new Date(), navigator.onLine)}`);
  }

  #draw(search, view) {
    document.title = titleOf(search);
    byId("results").hidden = search === null;
    byId("welcome").hidden = search !== null;
    document.documentElement.dataset.view = search === null ? "form" : "results";
    if (search === null) {
      this.#suppliers.stop();
      return;
    }
    renderSummary(search, this.#places);
    this.#suppliers.render(search);
    const { query, offers } = search;
    this.#days.note(search, performance.now());
    this.#strip.render(query ? this.#days.around(query, today(new Date()), performance.now()) : []);
    const sellers = supplierNames(search);
    this.#sellers = sellers;
    const about = { currency: currencyOf(query), sellers, names: carrierNames(offers, sellers) };
    this.#filters.render(search, view.filters, about);
    const shown = sort(filter(offers, view.filters, about), view.order, about.currency);
    const firsts = highlights(shown, about.currency);
    this.#orders.render(firsts, view.order, about);
    this.#fares.render(shown, {
      ...about, ...firsts, searchId: search.id, passengers: query ? travellers(query) : 1, waiting: isRunning(search),
    });
    setText(byId("fare-count"), countText(search, shown.length, view.filters));
    renderNotice(noticeOf(search, shown.length, today(new Date()), {
      search: this.#act.search,
      create: this.#act.create,
      clear: () => this.#filters.clear(),
    }));
    byId("results").dataset.fares = String(isRunning(search) || offers.length > 0);
  }
}

/** The element that gets the focus of one that has lost it. */
function insteadOf(lost) {
  const actions = [byId("cancel"), byId("again")];
  const near = [
    ...(actions.includes(lost) ? actions : []),
    lost.closest("#days") && document.querySelector(".day[aria-current]"),
    lost.closest("#filters") && byId("filters").querySelector("summary"),
  ];
  return [...near, byId("route"), byId("home")].find((element) => element && canHaveFocus(element));
}
