// The list of fares, sorted while more arrive.
//
// Each fare is positioned by a transform from the top of the list. A new fare above causes no layout of the others, and
// the move is animated. The document has the fares in their visible order, for screen readers.
//
// Browsers lay out only fares near the screen, by `content-visibility`. A fare that was never laid out counts as high as
// another one. The first fares are built at once and the others in steps, between which the page answers its user.

import { byId, reconcile } from "./dom.js";
import { idOf } from "./fares.js";
import { createFare, updateFare } from "./render-fare.js";
import { OfferPanel, placesOf } from "./render-offer.js";

/** About how high a row is, in pixels, until one is laid out. Were it 0, all would be on the screen at first. */
const USUAL_HEIGHT = 160;

/** How many rows are built at once. More than fit a screen. */
const STEP = 12;

export class Fares {
  #list = byId("fares");
  #skeleton = byId("skeleton");
  #rows = new Map();
  /** The ids of the opened fares. */
  #open = new Set();
  #offers = new Map();
  #about = null;
  #places;
  #checks;
  /** The panels by their element. */
  #panels = new WeakMap();
  /** The rows' heights in pixels, and what a row counts that was never laid out. */
  #heights = new WeakMap();
  #usualHeight = USUAL_HEIGHT;
  #sizes = new ResizeObserver((entries) => this.#measured(entries));
  #timer = null;
  /** The next step of building rows. */
  #next = null;

  /**
   * @param {import("./places.js").Places} places
   * @param {import("./checks.js").Checks} checks
   */
  constructor(places, checks) {
    this.#places = places;
    this.#checks = checks;
    // Paper has all fares.
    addEventListener("beforeprint", () => this.#show(0, Infinity));
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
    clearTimeout(this.#next);
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  /** Closes all fares: for another search. */
  fold() {
    clearTimeout(this.#timer);
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
    this.#skeleton.hidden = !(about.waiting && offers.length === 0);
    this.#list.hidden = offers.length === 0;
    this.#show(0, STEP);
  }

  /** Builds the rows from `from` to `to`, and then those that follow, until all are there. First updates all that are. */
  #show(from, to) {
    clearTimeout(this.#next);
    const keys = [...this.#offers.keys()];
    // A row that is there stays although cheaper ones have come: the focus may be in it.
    const shown = keys.filter((key, at) => at < to || this.#rows.has(key));
    reconcile(this.#list, this.#rows, shown, (key) => this.#create(key));
    for (const key of from === 0 ? shown : keys.slice(from, to)) {
      updateFare(this.#rows.get(key), this.#offers.get(key), this.#about);
    }
    this.refresh();
    const isWhole = shown.length === keys.length;
    this.#list.ariaBusy = String(!isWhole);
    if (!isWhole) this.#next = setTimeout(() => this.#show(to, to + STEP));
  }

  /** Shows what the checks of prices have found. */
  refresh() {
    this.#fillOpen();
    this.#place();
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
    const wait = this.#checks.nextExpiry(open, now);
    if (wait !== null) this.#timer = setTimeout(() => this.refresh(), wait);
  }

  #create(key) {
    const row = createFare(key);
    this.#sizes.observe(row);
    return row;
  }

  /** Rows are new or have another height: because they were opened, the window is narrower, or the text larger. */
  #measured(entries) {
    for (const { target, contentRect, borderBoxSize: [{ blockSize }] } of entries) {
      if (!target.isConnected) this.#sizes.unobserve(target);
      // Without a height it is not shown: the user has gone home.
      if (!target.isConnected || blockSize === 0) continue;
      this.#heights.set(target, blockSize);
      if (target === this.#list.firstElementChild && target.querySelector(".offer").hidden) {
        this.#usualHeight = blockSize;
        this.#list.style.setProperty("--fare-height", `${contentRect.height}px`);
      }
    }
    this.#place();
    // Animate only after the first placement, or it would fly in from the top.
    requestAnimationFrame(() => entries.forEach(({ target }) => { target.dataset.placed = "true"; }));
  }

  #place() {
    let top = 0;
    for (const row of this.#list.children) {
      row.style.transform = `translateY(${top}px)`;
      top += this.#heights.get(row) ?? this.#usualHeight;
    }
    // Room for those to come, so that the page can stay where it is scrolled to.
    const missing = this.#offers.size - this.#rows.size;
    this.#list.style.height = `${top + missing * this.#usualHeight}px`;
  }
}
