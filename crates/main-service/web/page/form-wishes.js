// What the form asks of a trip as a whole: the cabin, the number of stops, and the currency of the prices.

import { byId, el, setText } from "./dom.js";
import { currencyName } from "./format.js";
import { t } from "./text.js";
import { CABINS, DEFAULT_CURRENCY, MAX_STOPS } from "./trip.js";

/** The currencies that are offered. A query may name others. */
const CURRENCIES = ["AUD", "CNY", "EUR", "GBP", "JPY", "KRW", "MYR", "SAR", "SGD", "THB", "USD"];

export class Wishes {
  #cabin = byId("cabin");
  #stops = byId("max-stops");
  #currency = byId("currency");

  constructor() {
    this.#cabin.append(...options("", ...Object.keys(CABINS)));
    this.#stops.append(...options("", ...Array.from({ length: MAX_STOPS + 1 }, (_, stops) => stops)));
    this.#currency.append(...options("", ...CURRENCIES));
  }

  /** `{ cabin, maxStops, currency }`, each null for any. */
  get value() {
    const stops = this.#stops.value;
    return { cabin: this.#cabin.value || null, maxStops: stops ? Number(stops) : null, currency: this.#currency.value || null };
  }

  set value({ cabin, maxStops, currency }) {
    this.#cabin.value = cabin ?? "";
    this.#stops.value = maxStops ?? "";
    const chosen = currency === DEFAULT_CURRENCY ? "" : currency ?? "";
    if (![...this.#currency.options].some(({ value }) => value === chosen)) this.#currency.append(...options(chosen));
    this.#currency.value = chosen;
    this.relabel();
  }

  /** How many are chosen. */
  get count() {
    return Object.values(this.value).filter((value) => value !== null).length;
  }

  /** Writes all texts in the language of the page. */
  relabel() {
    const label = (select, of) => [...select.options].forEach((option) => setText(option, of(option.value)));
    label(this.#cabin, (value) => t(value === "" ? "anyCabin" : CABINS[value]));
    label(this.#stops, (value) => (value === "" ? t("anyStops") : t("stopsChoice", Number(value))));
    label(this.#currency, (value) => currencyName(value || DEFAULT_CURRENCY));
  }
}

function options(...values) {
  return values.map((value) => el("option", { value }));
}
