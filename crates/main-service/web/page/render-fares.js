// The list of fares, sorted while more arrive.
//
// Each fare is positioned by a transform from the top of the list. A new fare above causes no layout of the others, and
// the move is animated. The document has the fares in their visible order, for screen readers.

import { byId, reconcile } from "./dom.js";
import { idOf } from "./fares.js";
import { createFare, updateFare } from "./render-fare.js";
import { OfferPanel, nextExpiry, placesOf } from "./render-offer.js";
import { carrierOf, numbersOf, slicesOf } from "./slices.js";

/** What a row shows of an offer's flights. */
function flightsOf(offer) {
  const slices = slicesOf(offer).map(({ origin, destination, departure, arrival, duration_minutes, stops }) =>
    [origin, destination, departure, arrival, duration_minutes, stops]);
  return JSON.stringify([carrierOf(offer), numbersOf(offer), slices]);
}

export class Fares {
  #list = byId("fares");
  #skeleton = byId("skeleton");
  #rows = new Map();
  /** The ids of the opened fares. */
  #open = new Set();
  #offers = new Map();
  /** The flights that each row shows. */
  #flights = new Map();
  #about = null;
  #places;
  #checks;
  /** The panels by their element. */
  #panels = new WeakMap();
  #timer = null;

  /**
   * @param {import("./places.js").Places} places
   * @param {import("./checks.js").Checks} checks
   */
  constructor(places, checks) {
    this.#places = places;
    this.#checks = checks;
    // Rows grow when the window narrows or the text is made larger.
    new ResizeObserver(() => this.#place()).observe(this.#list);
    this.#list.addEventListener("click", ({ target }) => {
      const row = target.closest(".fare");
      const key = [...this.#rows].find(([, element]) => element === row)?.[0];
      if (target.closest(".open")) this.#toggle(key);
      const price = target.closest("[data-check]") && this.#panel(row).priceOf(target);
      if (price) void this.#checks.start(this.#about.searchId, this.#offers.get(key), price);
    });
  }

  /** Forgets all rows: for another language. */
  reset() {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  /** Closes all fares: for another search. */
  fold() {
    this.#open.clear();
    this.reset();
  }

  /**
   * @param {object[]} offers in the order to be shown
   * @param {{ searchId: string, passengers: number, currency: string, sellers: Map<string, string>, names: Map<string, string>,
   *   best: object, cheapest: object, fastest: object, waiting: boolean }} about
   */
  render(offers, about) {
    this.#about = about;
    this.#offers = new Map(offers.map((offer) => [idOf(offer), offer]));
    for (const [key, offer] of this.#offers) {
      const flights = flightsOf(offer);
      // A cheaper seller may name other times or another carrier.
      if (this.#flights.get(key) !== flights) this.#forget(key);
      this.#flights.set(key, flights);
    }
    reconcile(this.#list, this.#rows, [...this.#offers.keys()], (key) => createFare(this.#offers.get(key)));
    for (const [key, offer] of this.#offers) updateFare(this.#rows.get(key), offer, about);
    this.#skeleton.hidden = !(about.waiting && offers.length === 0);
    this.#list.hidden = offers.length === 0;
    this.#fillOpen();
    this.#place();
  }

  /** Shows what the checks of prices have found. */
  refresh() {
    this.#fillOpen();
    this.#place();
  }

  #forget(key) {
    this.#rows.get(key)?.remove();
    this.#rows.delete(key);
  }

  #toggle(key) {
    if (!this.#open.delete(key)) this.#open.add(key);
    this.refresh();
  }

  #panel(row) {
    const element = row.querySelector(".offer");
    if (!this.#panels.has(element)) this.#panels.set(element, new OfferPanel(element));
    return this.#panels.get(element);
  }

  /** Shows what is open, and hides what is not. */
  #fillOpen() {
    const now = new Date();
    const about = { ...this.#about, places: this.#places, checks: this.#checks, now };
    for (const [key, row] of this.#rows) {
      const isOpen = this.#open.has(key);
      row.querySelector(".offer").hidden = !isOpen;
      row.querySelector(".open").ariaExpanded = String(isOpen);
      if (isOpen) this.#panel(row).update(this.#offers.get(key), about);
    }
    const open = [...this.#open].map((key) => this.#offers.get(key)).filter(Boolean);
    void this.#places.learn(placesOf(open));
    // When a price expires, the page says so.
    clearTimeout(this.#timer);
    const wait = nextExpiry(open, now);
    if (wait !== null) this.#timer = setTimeout(() => this.refresh(), wait);
  }

  #place() {
    const rows = [...this.#list.children];
    // Measure all before moving any, so that the browser lays out once.
    const heights = rows.map((element) => element.offsetHeight);
    let top = 0;
    rows.forEach((element, at) => {
      element.style.transform = `translateY(${top}px)`;
      // Animate only after the first placement, or it would fly in from the top.
      if (!element.dataset.placed) requestAnimationFrame(() => { element.dataset.placed = "true"; });
      top += heights[at];
    });
    this.#list.style.height = `${top}px`;
  }
}
