// The filters and the sort order of the fares. Shows a view and reports each change of it; keeps none itself.

import { byId, el, reconcile, setText, spoken } from "./dom.js";
import { highlights } from "./fares.js";
import { DAY_PARTS, NO_FILTERS, STOPS, choices, isUnfiltered, limits } from "./filter.js";
import { clock, duration, number, price } from "./format.js";
import { NO_VIEW } from "./address.js";
import { t } from "./text.js";

const LISTS = ["stops", "parts", "carriers", "sellers"];

/** The sliders, each with how it writes its limit. */
const SLIDERS = { maxPrice: price, maxDuration: (minutes) => duration(minutes) };

/** The filter panel and the order above the fares. */
export class Filters {
  #panel = byId("filters");
  #orders = document.getElementsByName("order");
  #rows = Object.fromEntries(LISTS.map((kind) => [kind, new Map()]));
  #view = NO_VIEW;
  /** The limits that the positions of the sliders stand for, ascending. */
  #limits = { maxPrice: [], maxDuration: [] };
  #onChange;

  /** @param {(view: object) => void} onChange called with the view that the user chose */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#panel.addEventListener("change", ({ target }) => target.type === "checkbox" && this.#check(target));
    for (const limit of Object.keys(SLIDERS)) {
      byId(limit).addEventListener("input", ({ target }) => this.#slide(limit, target.valueAsNumber));
    }
    byId("orders").addEventListener("change", ({ target }) => onChange({ ...this.#view, order: target.value }));
    byId("clear-filters").addEventListener("click", () => this.clear());
  }

  clear() {
    this.#filter(NO_FILTERS);
  }

  /** Forgets all rows: for another search. */
  reset() {
    for (const kind of LISTS) {
      this.#rows[kind].clear();
      byId(`filter-${kind}`).replaceChildren();
    }
  }

  /**
   * @param {{ offers: object[] }} search
   * @param {object} view
   * @param {Map<string, string>} names the suppliers' names by code, of all that were asked
   */
  render({ offers }, view, names) {
    this.#view = view;
    const { filters } = view;
    const found = choices(offers, filters);
    const kept = (kind) => [...new Set([...this.#rows[kind].keys(), ...found[kind].keys(), ...filters[kind]])];
    this.#renderList("stops", STOPS, found, stopsLabel);
    this.#renderList("parts", DAY_PARTS.map(({ id }) => id), found, partLabel);
    // Rows stay in order of arrival, so that none moves while the user points at it.
    this.#renderList("carriers", kept("carriers"), found, (name) => name);
    // All sellers from the start, so that answers add no row.
    this.#renderList("sellers", [...new Set([...names.keys(), ...kept("sellers")])], found, (code) => names.get(code) ?? code);
    byId("carriers-none").hidden = this.#rows.carriers.size > 0;
    byId("sellers").hidden = this.#rows.sellers.size === 0;
    if (filters.sellers.length > 0) byId("sellers").open = true;

    this.#limits = limits(offers);
    for (const limit of Object.keys(SLIDERS)) this.#renderSlider(limit, filters[limit]);
    byId("clear-filters").hidden = isUnfiltered(filters);
    this.#renderOrders(highlights(offers), view.order);
  }

  #renderList(kind, values, found, label) {
    const rows = this.#rows[kind];
    reconcile(byId(`filter-${kind}`), rows, values, (value) => choice(kind, value));
    for (const [value, row] of rows) {
      const { count, cheapest } = found[kind].get(value) ?? { count: 0, cheapest: null };
      const [input] = row.getElementsByTagName("input");
      input.checked = this.#view.filters[kind].includes(value);
      row.classList.toggle("none", count === 0);
      const part = (name) => row.querySelector(`.choice-${name}`);
      setText(part("label"), label(value));
      setText(part("note"), cheapest ? price(cheapest.price, cheapest.currency) : "");
      setText(part("count"), number(count));
      setText(part("spoken"), cheapest ? t("faresFrom", count, price(cheapest.price, cheapest.currency)) : t("fares", count));
    }
  }

  #renderSlider(limit, chosen) {
    const slider = byId(limit);
    const values = this.#limits[limit];
    const last = Math.max(0, values.length - 1);
    slider.max = String(last);
    slider.disabled = last === 0 && chosen === null;
    // The last position means no limit.
    const at = chosen === null ? last : values.findLastIndex((value) => value <= chosen);
    slider.value = String(Math.max(0, at));
    const text = chosen === null ? t("any") : t("upTo", SLIDERS[limit](chosen, this.#limits.currency));
    slider.setAttribute("aria-valuetext", text);
    setText(byId(`${limit}-value`), text);
  }

  #renderOrders({ cheapest, fastest, earliest }, order) {
    for (const input of this.#orders) input.checked = input.value === order;
    setText(byId("order-cheapest"), cheapest ? price(cheapest.price, cheapest.currency) : "–");
    setText(byId("order-fastest"), fastest ? duration(fastest.duration_minutes) : "–");
    setText(byId("order-earliest"), earliest ? clock(earliest.departure) : "–");
  }

  #check({ name, value, checked }) {
    const others = this.#view.filters[name].filter((chosen) => chosen !== value);
    this.#filter({ ...this.#view.filters, [name]: checked ? [...others, value] : others });
  }

  #slide(limit, at) {
    const values = this.#limits[limit];
    this.#filter({ ...this.#view.filters, [limit]: at < values.length - 1 ? values[at] : null });
  }

  #filter(filters) {
    this.#onChange({ ...this.#view, filters });
  }
}

function stopsLabel(value) {
  return { 0: t("direct"), 1: t("stops", 1), 2: t("twoOrMoreStops") }[value];
}

function partLabel(value) {
  const { hours } = DAY_PARTS.find(({ id }) => id === value);
  // Word joiners: a line may break before the hours, not within them.
  return `${t(value)} ${hours.replace("–", "\u2060–\u2060")}`;
}

/** A row with a checkbox: what it stands for, and how many fares it shows from which price. */
function choice(kind, value) {
  return el("label", { class: "choice" },
    el("input", { type: "checkbox", name: kind, value }),
    el("span", { class: "choice-label" }),
    spoken(", "),
    el("span", { class: "choice-count", "aria-hidden": "true" }),
    el("span", { class: "choice-note", "aria-hidden": "true" }),
    el("span", { class: "choice-spoken spoken" }));
}
