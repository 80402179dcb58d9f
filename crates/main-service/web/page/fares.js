// Sorting and filtering fares. Pure. Which offers are the same flight their ids say; the order is the gateway's, so that
// the page shows while fares land what the terminal event says in the end.

import { minuteOfDay } from "./format.js";

/** The parts of a day that departures are filtered by, as minutes after midnight. */
export const DAY_PARTS = [
  { id: "night", label: "Night", hours: "00–06", from: 0, to: 360 },
  { id: "morning", label: "Morning", hours: "06–12", from: 360, to: 720 },
  { id: "afternoon", label: "Afternoon", hours: "12–18", from: 720, to: 1080 },
  { id: "evening", label: "Evening", hours: "18–24", from: 1080, to: 1440 },
];

/** How many stops are told apart; more count as the last. */
export const STOPS = [
  { id: "0", label: "Direct" },
  { id: "1", label: "1 stop" },
  { id: "2", label: "2 or more stops" },
];

/** What lets everything pass. In each set, none chosen means all. */
export const NO_FILTERS = Object.freeze({ carriers: [], stops: [], parts: [] });

/** The id of an offer; the replaced system gives none, and never the same flight twice. */
export function idOf({ id, flight_number, departure = "" }) {
  return id ?? `${flight_number}|${departure}`;
}

/**
 * The offers of several suppliers by id: each at its best price, with all who sell it.
 * @param {Iterable<[string|null, object[]]>} answers each supplier's offers; `null` for offers merged before, which
 *   name their suppliers themselves
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

/** The offers in a new order: by `price`, `duration` or `departure`, with ties broken the same way each time. */
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

/** The offers that pass the filters, in their order. */
export function filter(offers, { carriers, stops, parts }) {
  return offers.filter((offer) =>
    (carriers.length === 0 || carriers.includes(carrierOf(offer)))
    && (stops.length === 0 || stops.includes(stopsOf(offer)))
    && (parts.length === 0 || parts.includes(partOf(offer))));
}

/** Whether the filters let everything pass. */
export function isUnfiltered({ carriers, stops, parts }) {
  return carriers.length + stops.length + parts.length === 0;
}

/** Who operates an offer; where the supplier does not tell, the code in front of the flight's number. */
export function carrierOf(offer) {
  return offer.carrier || offer.flight_number.slice(0, 2);
}

/** The carriers with their lowest fares, in the order in which the offers name them. */
export function carriers(offers) {
  const lowest = new Map();
  for (const offer of offers) {
    const name = carrierOf(offer);
    const known = lowest.get(name);
    if (!known || offer.price < known.price) lowest.set(name, offer);
  }
  return [...lowest].map(([name, { price, currency }]) => ({ name, price, currency }));
}

/** Which offers are the cheapest and the fastest. Prices compare only within a currency: the commonest one. */
export function highlights(offers) {
  const currency = commonest(offers.map((offer) => offer.currency));
  return {
    cheapest: first(offers.filter((offer) => offer.currency === currency), ORDERS.price),
    fastest: first(offers.filter((offer) => offer.duration_minutes > 0), ORDERS.duration),
    earliest: first(offers.filter((offer) => offer.departure), ORDERS.departure),
  };
}

function first(offers, [compare]) {
  return offers.reduce((best, offer) => (best === null || compare(offer, best) < 0 ? offer : best), null);
}

function commonest(values) {
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
