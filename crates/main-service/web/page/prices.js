// The prices of an offer: the cheapest first, one for each seller and fare brand. Pure functions.

import { DEFAULT_CURRENCY } from "./trip.js";

/**
 * The prices of an offer. One that tells none has its flat price from each of its sellers.
 * @param {object} offer
 * @param {string} [supplier] who sent the offer
 */
export function pricesOf({ prices, price, currency = DEFAULT_CURRENCY, suppliers }, supplier) {
  if (prices?.length > 0) return prices;
  const sellers = suppliers?.length > 0 ? suppliers : [supplier];
  return sellers.map((seller) => ({ supplier: seller, total: String(price), currency }));
}

/** The best price of an offer. */
export function bestOf(offer) {
  return pricesOf(offer)[0];
}

/** What a price is in a currency: its own amount, or the approximate one; null if neither is in this currency. */
export function amountIn({ total, currency: own, approximate }, currency) {
  if (own === currency) return Number(total);
  return approximate?.currency === currency ? Number(approximate.total) : null;
}

/** Whether a price is itself by exchange rates: that of two bookings in different currencies. */
export function isRough({ currency, approximate }) {
  return approximate?.currency === currency;
}

/** The order of prices as the gateway's: those that can't be compared come last, by currency and amount. */
export function comparePrices(a, b, currency) {
  const [one, other] = [amountIn(a, currency), amountIn(b, currency)];
  if (one !== null && other !== null) return one - other;
  if (one !== null || other !== null) return one === null ? 1 : -1;
  return compareTexts(a.currency, b.currency) || Number(a.total) - Number(b.total);
}

/** What no two prices of an offer have in common: the seller and the fare brand, and those of its bookings. */
export function keyOf({ supplier, fare_brand = "", bookings = [] }) {
  return [`${supplier}\n${fare_brand}`, ...bookings.map(keyOf)].join("\n");
}

/** Who sells a price: of two bookings, who sells each. */
export function sellersIn({ supplier, bookings }) {
  return [...new Set(bookings ? bookings.map((booking) => booking.supplier) : [supplier])].filter(Boolean);
}

/** Sorts prices, and keeps the cheapest of each seller and fare brand. */
export function ranked(prices, currency) {
  const kept = new Map();
  const sorted = [...prices].sort((a, b) => comparePrices(a, b, currency)
    || compareTexts(a.supplier, b.supplier) || compareTexts(a.fare_brand, b.fare_brand));
  for (const price of sorted) {
    if (!kept.has(keyOf(price))) kept.set(keyOf(price), price);
  }
  return [...kept.values()];
}

/** The sellers of an offer, the cheapest first. */
export function sellersOf(offer) {
  return [...new Set(pricesOf(offer).flatMap(sellersIn))];
}

/** Whether a price includes checked baggage: `checked`, or `cabin` if not; null if the seller does not tell. */
export function baggageOf({ baggage }) {
  const { checked_pieces: pieces, checked_kg: weight } = baggage ?? {};
  if (pieces === undefined && weight === undefined) return null;
  return pieces > 0 || weight > 0 ? "checked" : "cabin";
}

/** Where a price can be bought. Only an https address: anything else may be a script, or be read on the way. */
export function linkOf({ deep_link }) {
  try {
    const url = new URL(deep_link);
    return url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

function compareTexts(a = "", b = "") {
  return a < b ? -1 : Number(a > b);
}
