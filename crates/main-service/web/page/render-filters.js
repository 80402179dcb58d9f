// The filters of the fares. Shows them and reports each change; keeps none itself.

import { byId, el, fill, reconcile, setText, spoken } from "./dom.js";
import {
  ARRIVAL_KINDS, BAGS, DAY_PARTS, LIST_KINDS, NO_FILTERS, PART_KINDS, STOPS, choices, isUnfiltered, limits, totals,
} from "./filter.js";
import { duration, number, price } from "./format.js";
import { shortPrice } from "./render-orders.js";
import { t } from "./text.js";

/** The sliders, each with how it writes its limit. */
const SLIDERS = { maxPrice: price, maxDuration: (minutes) => duration(minutes) };

/** The filter panel. */
export class Filters {
  #panel = byId("filters");
  #rows = Object.fromEntries(LIST_KINDS.map((kind) => [kind, new Map()]));
  #chosen = NO_FILTERS;
  /** The limits that the positions of the sliders stand for, ascending. */
  #limits = { maxPrice: [], maxDuration: [] };
  #currency = "";
  #onChange;

  /** @param {(filters: object) => void} onChange called with the filters that the user chose */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#panel.addEventListener("change", ({ target }) => target.type === "checkbox" && this.#check(target));
    for (const limit of Object.keys(SLIDERS)) {
      byId(limit).addEventListener("input", ({ target }) => this.#slide(limit, target.valueAsNumber));
    }
    byId("clear-filters").addEventListener("click", () => this.clear());
  }

  clear() {
    this.#onChange(NO_FILTERS);
  }

  /** Forgets all rows: for another search. */
  reset() {
    for (const kind of LIST_KINDS) {
      this.#rows[kind].clear();
      document.getElementById(`filter-${kind}`)?.replaceChildren();
    }
    byId("filter-times").replaceChildren();
  }

  /**
   * @param {{ query: object | null, offers: object[] }} search
   * @param {object} filters
   * @param {{ currency: string, sellers: Map<string, string>, names: Map<string, string> }} about the currency that
   *   prices are compared in, the names of all suppliers that were asked, and of carriers, by code
   */
  render({ query, offers }, filters, about) {
    this.#chosen = filters;
    this.#currency = about.currency;
    const found = choices(offers, filters, about);
    const kept = (kind) => [...new Set([...this.#rows[kind].keys(), ...found[kind].keys(), ...filters[kind]])];
    this.#renderList("stops", STOPS, found, stopsLabel);
    this.#renderTimes(query?.slices ?? [{}], found);
    this.#renderList("bags", BAGS, found, (value) => t({ checked: "withChecked", cabin: "cabinOnly" }[value]));
    // Rows stay in order of arrival, so that none moves while the user points at it.
    this.#renderList("carriers", kept("carriers"), found, (name) => name);
    // All sellers from the start, so that answers add no row.
    const sellers = [...new Set([...about.sellers.keys(), ...kept("sellers")])];
    this.#renderList("sellers", sellers, found, (code) => about.sellers.get(code) ?? code);
    byId("carriers-none").hidden = this.#rows.carriers.size > 0;
    byId("sellers").hidden = this.#rows.sellers.size === 0;
    if (filters.sellers.length > 0) byId("sellers").open = true;

    this.#limits = limits(offers, filters, about);
    const { count, cheapest } = totals(offers, filters, about);
    for (const limit of Object.keys(SLIDERS)) {
      this.#renderSlider(limit, filters[limit]);
      setText(byId(`${limit}-note`), faresText(count, cheapest && shortPrice(cheapest, about.currency)));
    }
    byId("clear-filters").hidden = isUnfiltered(filters);
  }

  /** The times of each slice: the departure, and folded, the arrival. */
  #renderTimes(slices, found) {
    const list = byId("filter-times");
    const kinds = [PART_KINDS, ARRIVAL_KINDS].map((all) => all.slice(0, slices.length));
    if (list.childElementCount !== slices.length) {
      kinds.flat().forEach((kind) => this.#rows[kind].clear());
      fill(list, slices.map((_, at) => el("div", {}, choiceGroup(kinds[0][at]), el("details", { class: "folded" },
        el("summary"), choiceGroup(kinds[1][at], "spoken")))));
    }
    slices.forEach(({ from, to }, at) => {
      const [departure, arrival] = list.children[at].children;
      const name = (one, of) => (slices.length > 1 ? t(of, from, to) : t(one));
      setText(departure.firstElementChild, name("departureLegend", "departureOf"));
      for (const part of ["summary", "legend"]) setText(arrival.querySelector(part), name("arrivalLegend", "arrivalOf"));
      for (const all of kinds) this.#renderList(all[at], DAY_PARTS.map(({ id }) => id), found, partLabel);
      if (this.#chosen[kinds[1][at]].length > 0) arrival.open = true;
    });
  }

  #renderList(kind, values, found, label) {
    const rows = this.#rows[kind];
    reconcile(byId(`filter-${kind}`), rows, values, (value) => choice(kind, value));
    for (const [value, row] of rows) {
      const { count, cheapest } = found[kind].get(value) ?? { count: 0, cheapest: null };
      const [input] = row.getElementsByTagName("input");
      input.checked = this.#chosen[kind].includes(value);
      row.classList.toggle("none", count === 0);
      const part = (name) => row.querySelector(`.choice-${name}`);
      const lowest = cheapest ? shortPrice(cheapest, this.#currency) : "";
      setText(part("label"), label(value));
      setText(part("note"), lowest);
      setText(part("count"), number(count));
      setText(part("spoken"), faresText(count, lowest));
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
    const text = chosen === null ? t("any") : t("upTo", SLIDERS[limit](chosen, this.#currency));
    slider.setAttribute("aria-valuetext", text);
    setText(byId(`${limit}-value`), text);
  }

  #check({ name, value, checked }) {
    const others = this.#chosen[name].filter((chosen) => chosen !== value);
    this.#onChange({ ...this.#chosen, [name]: checked ? [...others, value] : others });
  }

  #slide(limit, at) {
    const values = this.#limits[limit];
    this.#onChange({ ...this.#chosen, [limit]: at < values.length - 1 ? values[at] : null });
  }
}

function faresText(count, lowest) {
  return lowest ? t("faresFrom", count, lowest) : t("fares", count);
}

function stopsLabel(value) {
  return { 0: t("direct"), 1: t("stops", 1), 2: t("twoOrMoreStops") }[value];
}

function partLabel(value) {
  const { hours } = DAY_PARTS.find(({ id }) => id === value);
  // Word joiners: a line may break before the hours, not within them.
  return `${t(value)} ${hours.replace("–", "\u2060–\u2060")}`;
}

/** Room for the choices of a kind. The legend follows. */
function choiceGroup(kind, legend = "") {
  return el("fieldset", {}, el("legend", { class: legend }), el("div", { id: `filter-${kind}` }));
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
