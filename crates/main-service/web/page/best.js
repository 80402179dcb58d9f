// The order of price and duration together. Pure functions.

import { amountIn, bestOf } from "./prices.js";
import { minutesOf } from "./slices.js";

/** How much more the price counts than the duration. */
const PRICE_WEIGHT = 2;

/**
 * Offers by price and duration together. The gateway ranks final results (`best_rank`). While answers arrive, this does,
 * by the same formula: `2 × price / lowest price + duration / shortest duration`, the lowest first. Offers that can't be
 * compared come last.
 * @param {object[]} offers sorted by price, which decides ties
 */
export function byBest(offers, currency) {
  if (offers.every(({ best_rank }) => best_rank > 0)) return [...offers].sort((a, b) => a.best_rank - b.best_rank);
  const prices = offers.map((offer) => amountIn(bestOf(offer), currency));
  const lowest = Math.min(...prices.filter((price) => price !== null));
  const shortest = Math.min(...offers.map((offer) => minutesOf(offer) ?? Infinity));
  const score = (offer, at) =>
    (prices[at] === null ? Infinity : PRICE_WEIGHT * prices[at] / lowest + (minutesOf(offer) ?? Infinity) / shortest);
  const scores = new Map(offers.map((offer, at) => [offer, score(offer, at)]));
  const of = (offer) => (Number.isNaN(scores.get(offer)) ? Infinity : scores.get(offer));
  return [...offers].sort((a, b) => (of(a) === of(b) ? 0 : of(a) - of(b)));
}
