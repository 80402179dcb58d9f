// Filters fares, and counts what each filter would leave. Pure functions.
//
// Sellers and baggage filter an offer's prices: an offer passes with the prices that are left, and costs the first of
// them. All other filters are of the whole offer.

import { minuteOfDay } from "./format.js";
import { amountIn, baggageOf, bestOf, pricesOf, sellersIn } from "./prices.js";
import { carriersOf, minutesOf, slicesOf, stopsOf } from "./slices.js";
import { MAX_SLICES } from "./trip.js";

/** The parts of a day to filter times by, in minutes after midnight. Their names are texts. */
export const DAY_PARTS = [
  { id: "night", hours: "00–06", from: 0, to: 360 },
  { id: "morning", hours: "06–12", from: 360, to: 720 },
  { id: "afternoon", hours: "12–18", from: 720, to: 1080 },
  { id: "evening", hours: "18–24", from: 1080, to: 1440 },
];

/** The numbers of stops to filter by; the last one includes all higher ones. */
export const STOPS = ["0", "1", "2"];

/** The baggage to filter prices by. */
export const BAGS = ["checked", "cabin"];

const forEachSlice = (name) => Array.from({ length: MAX_SLICES }, (_, at) => `${name}${at === 0 ? "" : at + 1}`);

/** The filters of departures, one for each slice: `parts`, `parts2`. */
export const PART_KINDS = forEachSlice("parts");

/** The filters of arrivals: `arrivals`, `arrivals2`. */
export const ARRIVAL_KINDS = forEachSlice("arrivals");

/** What an offer has of each kind of filter. An offer passes if one of it is chosen. */
const KINDS = {
  stops: (offer) => {
    const stops = stopsOf(offer);
    return stops === undefined ? [] : [String(Math.min(stops, STOPS.length - 1))];
  },
  ...Object.fromEntries(PART_KINDS.map((kind, at) => [kind, (offer) => partsOf(slicesOf(offer)[at]?.departure)])),
  ...Object.fromEntries(ARRIVAL_KINDS.map((kind, at) => [kind, (offer) => partsOf(slicesOf(offer)[at]?.arrival)])),
  carriers: (offer, { names }) => carriersOf(offer, names),
};

/** What a price has of each kind of filter. */
const PRICE_KINDS = {
  sellers: sellersIn,
  bags: (price) => [baggageOf(price)].filter(Boolean),
};

/** All kinds of filters that are lists. */
export const LIST_KINDS = [...Object.keys(KINDS), ...Object.keys(PRICE_KINDS)];

/** Filters that all offers pass: an empty list means all, and `null` no limit. The duration is in minutes. */
export const NO_FILTERS = Object.freeze({
  ...Object.fromEntries(LIST_KINDS.map((kind) => [kind, []])), maxPrice: null, maxDuration: null,
});

/**
 * The offers that pass the filters, in the same order, each with the prices that pass.
 * @param {{ currency: string, names: Map<string, string> }} about the currency that prices are compared in, and carriers'
 *   names by code
 */
export function filter(offers, chosen, about) {
  return offers.map((offer) => passed(offer, chosen, about)).filter(Boolean);
}

/** Whether all offers pass the filters. */
export function isUnfiltered(chosen) {
  return Object.values(chosen).every((value) => value === null || value.length === 0);
}

/**
 * What can be chosen of each kind: each value with the number of offers that it would show beside the other kinds'
 * filters, and the lowest price of them. Values come in the order of the offers, also those without an offer to show.
 * @returns {Record<string, Map<string, { count: number, cheapest: object | null }>>} by kind and value
 */
export function choices(offers, chosen, about) {
  const found = Object.fromEntries(LIST_KINDS.map((kind) => [kind, new Map()]));
  for (const offer of offers) {
    for (const kind of LIST_KINDS) {
      for (const value of valuesOf(offer, kind, about)) {
        const known = found[kind].get(value) ?? { count: 0, cheapest: null };
        const shown = passed(offer, { ...chosen, [kind]: [value] }, about);
        found[kind].set(value, shown
          ? { count: known.count + 1, cheapest: cheaperOf(known.cheapest, bestOf(shown), about.currency) }
          : known);
      }
    }
  }
  return found;
}

/** How many offers the filters show together, and the lowest price of them. */
export function totals(offers, chosen, { currency, names }) {
  const shown = filter(offers, chosen, { currency, names });
  const cheapest = shown.reduce((known, offer) => cheaperOf(known, bestOf(offer), currency), null);
  return { count: shown.length, cheapest };
}

/** The distinct prices, in whole units, and the distinct durations that can be limits, ascending. */
export function limits(offers, { sellers, bags }, about) {
  const ascending = (values) => [...new Set(values)].sort((a, b) => a - b);
  const sold = filter(offers, { ...NO_FILTERS, sellers, bags }, about);
  const amounts = sold.map((offer) => amountIn(bestOf(offer), about.currency));
  return {
    maxPrice: ascending(amounts.filter((amount) => amount !== null).map(Math.ceil)),
    maxDuration: ascending(offers.map(minutesOf).filter((minutes) => minutes > 0)),
  };
}

function valuesOf(offer, kind, about) {
  if (KINDS[kind]) return KINDS[kind](offer, about);
  return new Set(pricesOf(offer).flatMap(PRICE_KINDS[kind]));
}

/** The offer with the prices that pass, or null. A price that can't be compared passes every limit. */
function passed(offer, chosen, about) {
  const passes = (kind, values) => chosen[kind].length === 0 || values.some((value) => chosen[kind].includes(value));
  const { maxPrice, maxDuration } = chosen;
  if (maxDuration !== null && !(minutesOf(offer) <= maxDuration)) return null;
  for (const [kind, of] of Object.entries(KINDS)) {
    if (chosen[kind].length > 0 && !passes(kind, of(offer, about))) return null;
  }
  const all = pricesOf(offer);
  const prices = all.filter((price) => Object.entries(PRICE_KINDS).every(([kind, of]) => passes(kind, of(price))));
  if (prices.length === 0) return null;
  const amount = amountIn(prices[0], about.currency);
  if (maxPrice !== null && amount !== null && amount > maxPrice) return null;
  // The gateway has ranked it by all its prices.
  return prices.length === all.length ? offer : { ...offer, prices, best_rank: undefined };
}

/** The lower one of two prices, the first of which may be null. One that can be compared wins over one that can't. */
function cheaperOf(known, price, currency) {
  if (known === null) return price;
  const [one, other] = [known, price].map((either) => amountIn(either, currency));
  if (other === null) return known;
  return one === null || other < one ? price : known;
}

function partsOf(time) {
  if (!time) return [];
  const minute = minuteOfDay(time);
  return DAY_PARTS.filter(({ from, to }) => from <= minute && minute < to).map(({ id }) => id);
}
