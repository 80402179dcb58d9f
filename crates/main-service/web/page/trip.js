// What is searched for: a trip, its passengers, and what they want of it. Pure functions.
//
// A query is `{ slices, passengers, cabin, maxStops, currency }`. A slice is `{ from, to, date }`, and may have the
// windows `departure` and `arrival` of the API. Passengers are `{ adults, children, infants }`, the latter two as ages.
// `cabin`, `maxStops` and `currency` are null for any.

import { addDays } from "./format.js";

/** The cabins by their names in the API; the names of their texts. */
export const CABINS = {
  economy: "economy", premium_economy: "premiumEconomy", business: "business", first: "firstClass",
};

/** The most slices of a trip. */
export const MAX_SLICES = 6;

/** The passengers with ages: the most of them, and their youngest and oldest. */
export const AGED = {
  children: { most: 8, ages: [2, 17] },
  infants: { most: 9, ages: [0, 1] },
};

/** The most stops that a search can be limited to. */
export const MAX_STOPS = 3;

/** The times that a slice can be limited to, by their names in the API. */
export const WINDOWS = ["departure", "arrival"];

/** The currency of searches that name none. */
export const DEFAULT_CURRENCY = "IDR";

/** A query with these slices and passengers, and no wishes. */
export function queryWith(slices, { adults = 1, children = [], infants = [] } = {}, wishes = {}) {
  const { cabin = null, maxStops = null, currency = null } = wishes;
  return { slices, passengers: { adults, children, infants }, cabin, maxStops, currency };
}

/** A slice with the windows of these times; empty ones are left out. The same slices have the same form. */
export function sliceWith({ from, to, date }, times = {}) {
  const slice = { from, to, date };
  for (const window of WINDOWS) {
    const { earliest, latest } = times[window] ?? {};
    if (earliest || latest) slice[window] = { ...(earliest && { earliest }), ...(latest && { latest }) };
  }
  return slice;
}

/** The currency that a query's prices are compared in. */
export function currencyOf(query) {
  return query?.currency ?? DEFAULT_CURRENCY;
}

/** The kind of a trip: `oneWay`, `return`, or `several` for all others. */
export function kindOf({ slices }) {
  if (slices.length === 1) return "oneWay";
  const [there, back] = slices;
  return slices.length === 2 && back.from === there.to && back.to === there.from ? "return" : "several";
}

/** The body of the POST. A trip that the API knows in its short form is in that form. */
export function bodyOf({ slices, passengers: { adults, children, infants }, cabin, maxStops, currency }) {
  const [first, back] = slices;
  const kind = slices.some((slice) => WINDOWS.some((window) => slice[window])) ? "several" : kindOf({ slices });
  return {
    ...(kind === "several" ? { slices } : { from: first.from, to: first.to, date: first.date }),
    ...(kind === "return" && { return_date: back.date }),
    passengers: children.length + infants.length === 0 ? adults : { adults, children, infants },
    ...(cabin && { cabin }),
    ...(maxStops !== null && { max_stops: maxStops }),
    ...(currency && { currency }),
  };
}

/** The query of a search's state; null if the state does not tell it. */
export function queryOf({ from, to, date, passengers, passenger_types, slices, cabin, max_stops, currency }) {
  if (!from) return null;
  const wishes = { cabin: cabin ?? null, maxStops: max_stops ?? null, currency: currency ?? null };
  const told = (slices ?? [{ from, to, date }]).map((slice) => sliceWith(slice, slice));
  return queryWith(told, passenger_types ?? { adults: passengers }, wishes);
}

/** Whether two queries are the same, in whatever order they have the ages; null is none. */
export function isSameQuery(one, other) {
  return JSON.stringify(withSortedAges(one)) === JSON.stringify(withSortedAges(other));
}

function withSortedAges(query) {
  if (query === null) return null;
  const sorted = (ages) => [...ages].sort((one, other) => one - other);
  const { adults, children, infants } = query.passengers;
  return { ...query, passengers: { adults, children: sorted(children), infants: sorted(infants) } };
}

/** Whether a query asks for more than any flights on its days. */
export function hasWishes({ slices, cabin, maxStops }) {
  return cabin !== null || maxStops !== null || slices.some((slice) => WINDOWS.some((window) => slice[window]));
}

/** How many travel, infants included. */
export function travellers({ passengers: { adults, children, infants } }) {
  return adults + children.length + infants.length;
}

/** The same trip, so many days later; null if there is no such day. */
export function shifted(query, days) {
  const slices = query.slices.map((slice) => ({ ...slice, date: addDays(slice.date, days) }));
  return slices.every(({ date }) => date !== null) ? { ...query, slices } : null;
}

/** The codes of all places of a query, each once. */
export function codesOf({ slices }) {
  return [...new Set(slices.flatMap(({ from, to }) => [from, to]))];
}

/** The places of a trip in order: `CGK → DPS`, of a return `CGK ⇄ DPS`. A gap between two slices is a comma. */
export function routeText({ slices }) {
  if (kindOf({ slices }) === "return") return `${slices[0].from} ⇄ ${slices[0].to}`;
  return slices.reduce((text, { from, to }, at) => {
    if (at === 0) return `${from} → ${to}`;
    return slices[at - 1].to === from ? `${text} → ${to}` : `${text}, ${from} → ${to}`;
  }, "");
}
