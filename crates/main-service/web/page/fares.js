// Merges, sorts and filters fares. Pure functions. Offers with the same id are the same flights. The order is the
// gateway's, so that fares are already in the order of the terminal event while they arrive.

import { minuteOfDay } from "./format.js";

/** The parts of a day to filter departures by, in minutes after midnight. */
export const DAY_PARTS = [
  { id: "night", label: "Night", hours: "00–06", from: 0, to: 360 },
  { id: "morning", label: "Morning", hours: "06–12", from: 360, to: 720 },
  { id: "afternoon", label: "Afternoon", hours: "12–18", from: 720, to: 1080 },
  { id: "evening", label: "Evening", hours: "18–24", from: 1080, to: 1440 },
];

/** The numbers of stops to filter by; the last one includes all higher ones. */
export const STOPS = [
  { id: "0", label: "Direct" },
  { id: "1", label: "1 stop" },
  { id: "2", label: "2 or more stops" },
];

/** Filters that all offers pass: an empty list means all. */
export const NO_FILTERS = Object.freeze({ carriers: [], stops: [], parts: [] });

/** The id of an offer. Those of the replaced system have none, and no flight twice. */
export function idOf({ id, flight_number, departure = "" }) {
  return id ?? `${flight_number}|${departure}`;
}

/**
 * Merges the offers of several suppliers by id: each at its best price, with all its sellers.
 * @param {Iterable<[string|null, object[]]>} answers each supplier's offers; `null` for offers that are already merged
 *   and have their sellers
 */
export function byId(answers) {
  const offers = new Map();
  for (const [supplier, answer] of answers) {
    for (const offer of answer) {
      const id = idOf(offer);
      const sellers = supplier === null ? (offer.suppliers ?? []) : [supplier];
      const known = offers.get(id);
      const best = known && known.price <= offer.price ? known : offer;
      offers.set(id, { ...best, suppliers: [...new Set([...(known?.suppliers ?? []), ...sellers])] });
    }
  }
  return sort([...offers.values()], "price");
}

const byPrice = (a, b) => a.price - b.price;
const byDuration = (a, b) => (a.duration_minutes ?? Infinity) - (b.duration_minutes ?? Infinity) || 0;
const byDeparture = (a, b) => instant(a) - instant(b) || 0;
const byNumber = (a, b) => (a.flight_number < b.flight_number ? -1 : Number(a.flight_number > b.flight_number));

const ORDERS = {
  price: [byPrice, byDeparture, byNumber],
  duration: [byDuration, byPrice, byDeparture, byNumber],
  departure: [byDeparture, byPrice, byNumber],
};

/** The offers ordered by `price`, `duration` or `departure`. Ties have a fixed order. */
export function sort(offers, order) {
  const comparisons = ORDERS[order] ?? ORDERS.price;
  return [...offers].sort((a, b) => {
    for (const compare of comparisons) {
      const result = compare(a, b);
      if (result !== 0 && !Number.isNaN(result)) return result;
    }
    return 0;
  });
}

/** The offers that pass the filters, in the same order. */
export function filter(offers, { carriers, stops, parts }) {
  return offers.filter((offer) =>
    (carriers.length === 0 || carriers.includes(carrierOf(offer)))
    && (stops.length === 0 || stops.includes(stopsOf(offer)))
    && (parts.length === 0 || parts.includes(partOf(offer))));
}

/** Whether all offers pass the filters. */
export function isUnfiltered({ carriers, stops, parts }) {
  return carriers.length + stops.length + parts.length === 0;
}

/** The carrier of an offer; if the supplier names none, the code at the start of the flight number. */
export function carrierOf(offer) {
  return offer.carrier || offer.flight_number.slice(0, 2);
}

/** The carriers with their lowest fares, in the order of the offers. */
export function carriers(offers) {
  const lowest = new Map();
  for (const offer of offers) {
    const name = carrierOf(offer);
    const known = lowest.get(name);
    if (!known || offer.price < known.price) lowest.set(name, offer);
  }
  return [...lowest].map(([name, { price, currency }]) => ({ name, price, currency }));
}

/** The cheapest, fastest and earliest offers. Compares prices only within the most frequent currency. */
export function highlights(offers) {
  const currency = mostFrequent(offers.map((offer) => offer.currency));
  return {
    cheapest: first(offers.filter((offer) => offer.currency === currency), ORDERS.price),
    fastest: first(offers.filter((offer) => offer.duration_minutes > 0), ORDERS.duration),
    earliest: first(offers.filter((offer) => offer.departure), ORDERS.departure),
  };
}

function first(offers, [compare]) {
  return offers.reduce((best, offer) => (best === null || compare(offer, best) < 0 ? offer : best), null);
}

function mostFrequent(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [undefined, 0])[0];
}

function instant(offer) {
  return offer.departure ? Date.parse(offer.departure) : Infinity;
}

function stopsOf(offer) {
  return offer.stops === undefined ? null : String(Math.min(offer.stops, STOPS.length - 1));
}

function partOf(offer) {
  if (!offer.departure) return null;
  const minute = minuteOfDay(offer.departure);
  return DAY_PARTS.find(({ from, to }) => from <= minute && minute < to)?.id ?? null;
}
