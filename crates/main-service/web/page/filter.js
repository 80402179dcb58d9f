// Filters fares, and counts what each filter would leave. Pure functions.

import { cheaperOf, mainCurrency } from "./fares.js";
import { minuteOfDay } from "./format.js";

/** The parts of a day to filter departures by, in minutes after midnight. Their names are texts. */
export const DAY_PARTS = [
  { id: "night", hours: "00–06", from: 0, to: 360 },
  { id: "morning", hours: "06–12", from: 360, to: 720 },
  { id: "afternoon", hours: "12–18", from: 720, to: 1080 },
  { id: "evening", hours: "18–24", from: 1080, to: 1440 },
];

/** The numbers of stops to filter by; the last one includes all higher ones. */
export const STOPS = ["0", "1", "2"];

/** Filters that all offers pass: an empty list means all, and `null` no limit. The duration is in minutes. */
export const NO_FILTERS = Object.freeze({
  stops: [], parts: [], carriers: [], sellers: [], maxPrice: null, maxDuration: null,
});

/** What an offer has of each kind of filter. An offer passes if one of it is chosen. */
const KINDS = {
  stops: (offer) => (offer.stops === undefined ? [] : [String(Math.min(offer.stops, STOPS.length - 1))]),
  parts: (offer) => partsOf(offer),
  carriers: (offer) => [carrierOf(offer)],
  sellers: (offer) => offer.suppliers ?? [],
};

/** The offers that pass the filters, in the same order. */
export function filter(offers, chosen) {
  const currency = mainCurrency(offers);
  return offers.filter((offer) => passes(offer, chosen, currency));
}

/** Whether all offers pass the filters. */
export function isUnfiltered(chosen) {
  return Object.values(chosen).every((value) => value === null || value.length === 0);
}

/**
 * What can be chosen of each kind: each value with the number of offers that it would show beside the other kinds'
 * filters, and the cheapest of them. Values come in the order of the offers, also those without an offer to show.
 * @returns {Record<"stops" | "parts" | "carriers" | "sellers", Map<string, { count: number, cheapest: object | null }>>}
 */
export function choices(offers, chosen) {
  const currency = mainCurrency(offers);
  const found = {};
  for (const [kind, valuesOf] of Object.entries(KINDS)) {
    found[kind] = new Map();
    for (const offer of offers) {
      const counts = passes(offer, chosen, currency, kind);
      for (const value of valuesOf(offer)) {
        const known = found[kind].get(value) ?? { count: 0, cheapest: null };
        found[kind].set(value, counts
          ? { count: known.count + 1, cheapest: cheaperOf(known.cheapest, offer, currency) }
          : known);
      }
    }
  }
  return found;
}

/** The distinct prices in the most frequent currency and the distinct durations of offers, ascending. */
export function limits(offers) {
  const currency = mainCurrency(offers);
  const ascending = (values) => [...new Set(values)].sort((a, b) => a - b);
  return {
    currency,
    maxPrice: ascending(offers.filter((offer) => offer.currency === currency).map(({ price }) => price)),
    maxDuration: ascending(offers.map((offer) => offer.duration_minutes).filter((minutes) => minutes > 0)),
  };
}

/** The carrier of an offer; if the supplier names none, the code at the start of the flight number. */
export function carrierOf(offer) {
  return offer.carrier || offer.flight_number.slice(0, 2);
}

/** Whether an offer passes all filters but those of one kind. A price in another currency can't be compared. */
function passes(offer, chosen, currency, except = null) {
  const { maxPrice, maxDuration } = chosen;
  if (maxPrice !== null && offer.currency === currency && offer.price > maxPrice) return false;
  if (maxDuration !== null && !(offer.duration_minutes <= maxDuration)) return false;
  return Object.entries(KINDS).every(([kind, valuesOf]) =>
    kind === except || chosen[kind].length === 0 || valuesOf(offer).some((value) => chosen[kind].includes(value)));
}

function partsOf(offer) {
  if (!offer.departure) return [];
  const minute = minuteOfDay(offer.departure);
  return DAY_PARTS.filter(({ from, to }) => from <= minute && minute < to).map(({ id }) => id);
}
