// The lowest prices of the days around a search, as far as they were searched. Pure, but for the memory.

import { amountIn, bestOf } from "./prices.js";
import { isRunning } from "./search.js";
import { currencyOf, shifted } from "./trip.js";

/** How many days before and after are shown. */
export const SPAN = 3;

/** For how long after its start a search stands for the price of its day, in milliseconds. Prices change. */
const FRESH_MS = 10 * 60_000;

/** The searches of this visit by their query. */
export class Days {
  #searches = new Map();

  /** Remembers a search with its lowest price so far. */
  note(search, now) {
    if (!search.query) return;
    const key = JSON.stringify(search.query);
    // Without an answer, a day without fares may have some.
    const isAnswered = isRunning(search) || search.phase === "completed" || search.offers.length > 0;
    if (search.phase === "missing" || !isAnswered) {
      this.#searches.delete(key);
      return;
    }
    if (search.phase === "loading") return;
    const currency = currencyOf(search.query);
    const amounts = search.offers.map((offer) => amountIn(bestOf(offer), currency)).filter((amount) => amount !== null);
    const { id, startedAt = now } = search;
    const isDone = !isRunning(search);
    this.#searches.set(key, { id, isDone, startedAt, currency, lowest: amounts.length > 0 ? Math.min(...amounts) : null });
  }

  /**
   * The days around a query's, each with its query and, if it was searched lately, that search.
   * @param {string} today `YYYY-MM-DD`; trips can't begin earlier
   * @returns {{ offset: number, query: object | null, isPast: boolean, known: object | null }[]}
   */
  around(query, today, now) {
    return Array.from({ length: 2 * SPAN + 1 }, (_, at) => {
      const day = shifted(query, at - SPAN);
      const known = (day && this.#searches.get(JSON.stringify(day))) ?? null;
      return {
        offset: at - SPAN,
        query: day,
        isPast: !day || day.slices[0].date < today,
        known: known && now - known.startedAt < FRESH_MS ? known : null,
      };
    });
  }
}
