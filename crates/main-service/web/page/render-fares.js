// The list of fares, sorted while more arrive.
//
// Each fare is positioned by a transform from the top of the list. A new fare above causes no layout of the others, and
// the move is animated. The document has the fares in their visible order, for screen readers.

import { byId, el, reconcile, setText, spoken } from "./dom.js";
import { idOf } from "./fares.js";
import { carrierOf } from "./filter.js";
import { clock, dayMark, dayShift, dayWords, duration, flightNumbers, price, stops } from "./format.js";
import { t } from "./text.js";

/** The number of tints for carriers' marks. */
const TINTS = 6;

export class Fares {
  #list = byId("fares");
  #skeleton = byId("skeleton");
  #rows = new Map();

  constructor() {
    // Rows grow when the window narrows or the text is made larger.
    new ResizeObserver(() => this.#place()).observe(this.#list);
  }

  /** Forgets all rows: for another language. */
  reset() {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  /**
   * @param {object[]} offers in the order to be shown
   * @param {{ passengers?: number, names: Map<string, string>, cheapest: object, fastest: object, waiting: boolean }} about
   */
  render(offers, about) {
    const byKey = new Map(offers.map((offer) => [idOf(offer), offer]));
    reconcile(this.#list, this.#rows, [...byKey.keys()], (key) => row(byKey.get(key)));
    for (const [key, offer] of byKey) update(this.#rows.get(key), offer, about);
    this.#skeleton.hidden = !(about.waiting && offers.length === 0);
    this.#list.hidden = offers.length === 0;
    this.#place();
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

function row(offer) {
  const carrier = carrierOf(offer);
  return el("li", { class: "fare" },
    el("div", { class: "fare-card" },
      el("span", { class: `mark tint-${tint(carrier)}`, "aria-hidden": "true" }, offer.flight_number.slice(0, 2)),
      el("div", { class: "carrier" },
        el("span", { class: "carrier-name" }, carrier), spoken(", "),
        el("span", { class: "flight" }, flightNumbers(offer.flight_number)), spoken(". "),
        el("span", { class: "sellers" })),
      offer.departure && offer.arrival ? times(offer) : el("div", { class: "times unknown" }, t("noTimes")),
      el("div", { class: "badges" },
        el("span", { class: "badge best", hidden: true }, t("cheapest")), spoken(" "),
        el("span", { class: "badge fast", hidden: true }, t("fastest")), spoken(" ")),
      el("div", { class: "price" },
        el("span", { class: "amount" }), spoken(" "),
        el("span", { class: "for" }))));
}

function times(offer) {
  const shift = dayShift(offer.departure, offer.arrival);
  return el("div", { class: "times" },
    el("div", { class: "leg" },
      spoken(`${t("departs")} `),
      el("time", { class: "clock", datetime: offer.departure }, clock(offer.departure)), " ",
      el("span", { class: "code" }, offer.origin)),
    spoken(", "),
    el("div", { class: "path" },
      el("span", { class: "duration" }, duration(offer.duration_minutes)), spoken(", "),
      el("span", { class: "line", "aria-hidden": "true" }, ...dots(offer.stops)),
      el("span", { class: "stops", "data-stops": offer.stops }, stops(offer.stops))),
    spoken(", "),
    el("div", { class: "leg" },
      spoken(`${t("arrives")} `),
      el("span", { class: "clock" },
        el("time", { datetime: offer.arrival }, clock(offer.arrival)),
        shift !== 0 && el("sup", { class: "shift", title: t("arrivesShifted", dayWords(shift)) },
          el("span", { "aria-hidden": "true" }, dayMark(shift)), spoken(` ${dayWords(shift)}`))), " ",
      el("span", { class: "code" }, offer.destination)),
    spoken(". "));
}

function dots(count) {
  return Array.from({ length: count }, () => el("i"));
}

/** Updates the parts of a fare that may change: price, sellers, badges. */
function update(element, offer, { passengers, names, cheapest, fastest }) {
  const part = (selector) => element.querySelector(selector);
  setText(part(".amount"), price(offer.price, offer.currency));
  setText(part(".for"), passengers > 1 ? t("forPassengers", passengers) : "");
  const sellers = offer.suppliers ?? [];
  setText(part(".sellers"), sellers.length > 1 ? t("soldBy", sellers.map((code) => names.get(code) ?? code).join(", ")) : "");
  part(".best").hidden = offer !== cheapest;
  part(".fast").hidden = offer !== fastest;
}

/** A carrier's tint, always the same. */
function tint(name) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 9973;
  return hash % TINTS;
}
