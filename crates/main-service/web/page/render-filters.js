// The filters and the sort order of the fares.

import { DAY_PARTS, NO_FILTERS, STOPS, carriers, highlights, isUnfiltered } from "./fares.js";
import { byId, el, reconcile, setText, spoken } from "./dom.js";
import { clock, duration, price } from "./format.js";

/** The filter panel and the order above the fares. */
export class Filters {
  #panel = byId("filters");
  #carriers = byId("filter-carriers");
  #rows = new Map();
  #orders = document.getElementsByName("order");
  #onChange;

  /** @param {() => void} onChange called when the user changes a filter or the order */
  constructor(onChange) {
    this.#onChange = onChange;
    for (const { id, label } of STOPS) byId("filter-stops").append(choice("stops", id, label));
    for (const { id, label, hours } of DAY_PARTS) byId("filter-parts").append(choice("parts", id, label, hours));
    this.#panel.addEventListener("change", () => this.#changed());
    byId("orders").addEventListener("change", () => this.#onChange());
    byId("clear-filters").addEventListener("click", () => this.clear());
  }

  /** The active filters. */
  get chosen() {
    const values = (name) =>
      [...this.#panel.querySelectorAll(`[name=${name}]:checked`)].map((input) => input.value);
    return { carriers: values("carriers"), stops: values("stops"), parts: values("parts") };
  }

  get order() {
    return [...this.#orders].find((input) => input.checked)?.value ?? "price";
  }

  /** Clears all filters. */
  clear() {
    for (const input of this.#panel.querySelectorAll("input:checked")) input.checked = false;
    this.#changed();
  }

  /** Resets the panel for another search. */
  reset() {
    for (const input of this.#panel.querySelectorAll("input:checked")) input.checked = false;
    this.#carriers.replaceChildren();
    this.#rows.clear();
    byId("clear-filters").hidden = true;
  }

  render(search) {
    const lowest = new Map(carriers(search.offers).map((carrier) => [carrier.name, carrier]));
    // In order of arrival, so that no carrier moves while the user points at it.
    const names = [...this.#rows.keys()].filter((name) => lowest.has(name));
    names.push(...[...lowest.keys()].filter((name) => !this.#rows.has(name)));
    reconcile(this.#carriers, this.#rows, names, (name) => choice("carriers", name, name, ""));
    for (const [name, row] of this.#rows) {
      const { price: amount, currency } = lowest.get(name);
      setText(row.querySelector(".choice-note"), price(amount, currency));
    }
    byId("carriers-none").hidden = names.length > 0;
    this.#renderOrders(highlights(search.offers));
  }

  #renderOrders({ cheapest, fastest, earliest }) {
    setText(byId("order-price"), cheapest ? price(cheapest.price, cheapest.currency) : "–");
    setText(byId("order-duration"), fastest ? duration(fastest.duration_minutes) : "–");
    setText(byId("order-departure"), earliest ? clock(earliest.departure) : "–");
  }

  #changed() {
    byId("clear-filters").hidden = isUnfiltered(this.chosen ?? NO_FILTERS);
    this.#onChange();
  }
}

function choice(name, value, label, note) {
  return el("label", { class: "choice" },
    el("input", { type: "checkbox", name, value }),
    el("span", { class: "choice-label" }, label),
    note !== undefined && spoken(name === "carriers" ? " from " : ", "),
    note !== undefined && el("span", { class: "choice-note" }, note));
}
