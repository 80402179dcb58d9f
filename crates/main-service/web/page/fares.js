// Merges and sorts fares. Pure functions. Offers with the same id are the same flights. Merging and orders are the
// gateway's, so that fares are already in the order of the terminal event while they arrive.

import { byBest } from "./best.js";
import { amountIn, bestOf, comparePrices, pricesOf, ranked, sellersOf } from "./prices.js";
import { minutesOf, slicesOf } from "./slices.js";
import { DEFAULT_CURRENCY } from "./trip.js";

/** The id of an offer. Those of the replaced system have none, and no flight twice. */
export function idOf({ id, flight_number, departure = "" }) {
  return id ?? `${flight_number}|${departure}`;
}

/**
 * Merges the offers of several suppliers by id: each has the prices of all its sellers. It tells of the flights what the
 * cheapest seller does, and for what that one leaves out, the next.
 * @param {Iterable<[string|null, object[]]>} answers each supplier's offers; `null` for offers that are already merged
 *   and have their sellers
 * @param {string} [currency] what prices are compared in
 */
export function byId(answers, currency = DEFAULT_CURRENCY) {
  const all = [...answers].flatMap(([supplier, offers]) => offers.map((offer) => ({
    // Ranks are known of final results only.
    ...offer, best_rank: undefined, prices: ranked(pricesOf(offer, supplier ?? undefined), currency),
  })));
  const offers = new Map();
  for (const offer of sort(all, "cheapest", currency)) {
    const id = idOf(offer);
    const known = offers.get(id);
    offers.set(id, known ? absorbed(known, offer) : offer);
  }
  return [...offers.values()].map((offer) => {
    const whole = { ...offer, prices: ranked(offer.prices, currency) };
    return { ...whole, suppliers: sellersOf(whole) };
  });
}

/** An offer with the prices of the same itinerary, and what only `other` tells of it. */
function absorbed(offer, other) {
  const merged = { ...other, ...offer, prices: [...offer.prices, ...other.prices] };
  if (!offer.slices?.length) {
    // Only if it says the same of the first slice.
    const agrees = offer.arrival === other.arrival && offer.stops === other.stops;
    const { slices, ...flat } = merged;
    return agrees && other.slices?.length ? { ...flat, slices: other.slices } : flat;
  }
  if (!other.slices?.length) return merged;
  merged.slices = offer.slices.map((slice, at) => ({
    ...slice,
    segments: slice.segments.map((segment, index) => {
      const same = other.slices[at]?.segments[index];
      return same && isSameFlight(segment, same) ? { ...same, ...segment } : segment;
    }),
  }));
  return merged;
}

function isSameFlight(a, b) {
  return a.carrier === b.carrier && a.flight_number === b.flight_number && a.origin === b.origin
    && Date.parse(a.departure) === Date.parse(b.departure);
}

const byPrice = (a, b, currency) => comparePrices(bestOf(a), bestOf(b), currency);
const byDuration = (a, b) => (minutesOf(a) ?? Infinity) - (minutesOf(b) ?? Infinity) || 0;
const byDeparture = (a, b) => instant(a) - instant(b) || 0;
const byNumber = (a, b) => (a.flight_number < b.flight_number ? -1 : Number(a.flight_number > b.flight_number));
/** Which of two sellers' offers of the same itinerary comes first, at the same price: not the one that arrived first. */
const bySellers = (a, b) => {
  const [one, other] = [a, b].map(({ prices }) => (prices ?? []).map(({ supplier }) => supplier).join(" "));
  return one < other ? -1 : Number(one > other);
};
const byIdentity = (a, b) => (idOf(a) < idOf(b) ? -1 : Number(idOf(a) > idOf(b)));

/** The orders by name, each with its comparisons: a later one decides ties. */
const COMPARISONS = {
  cheapest: [byPrice, byDeparture, byNumber, byIdentity, bySellers],
  fastest: [byDuration, byPrice, byDeparture, byNumber, byIdentity],
  earliest: [byDeparture, byPrice, byNumber, byIdentity],
};

/** The names of the orders, as they are shown. */
export const ORDERS = ["best", "cheapest", "fastest", "earliest"];

/** The offers in an order. */
export function sort(offers, order, currency = DEFAULT_CURRENCY) {
  const comparisons = COMPARISONS[order] ?? COMPARISONS.cheapest;
  const sorted = [...offers].sort((a, b) => {
    for (const compare of comparisons) {
      const result = compare(a, b, currency);
      if (result !== 0 && !Number.isNaN(result)) return result;
    }
    return 0;
  });
  return order === "best" ? byBest(sorted, currency) : sorted;
}

/** The first offer of each order that has what the order is about; null without one. */
export function highlights(offers, currency = DEFAULT_CURRENCY) {
  const priced = offers.filter((offer) => amountIn(bestOf(offer), currency) !== null);
  return {
    best: first(priced.filter((offer) => minutesOf(offer) > 0), "best", currency),
    cheapest: first(priced, "cheapest", currency),
    fastest: first(offers.filter((offer) => minutesOf(offer) > 0), "fastest", currency),
    earliest: first(offers.filter((offer) => offer.departure), "earliest", currency),
  };
}

function first(offers, order, currency) {
  return sort(offers, order, currency)[0] ?? null;
}

function instant(offer) {
  const departure = slicesOf(offer)[0].departure;
  return departure ? Date.parse(departure) : Infinity;
}
