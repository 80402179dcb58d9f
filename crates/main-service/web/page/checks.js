// Checks of prices: what a seller asks now for a price that the search found. A check is a search of its own, and followed
// like any other.

import * as api from "./api.js";
import { refusalText } from "./errors.js";
import { follow } from "./follow.js";
import { exactPrice, moment } from "./format.js";
import { keyOf, pricesOf } from "./prices.js";
import { isStalled } from "./search.js";
import { t } from "./text.js";

/** The texts of refusals by the code of the response. */
const REFUSALS = { unknown_search: "checkExpired", unknown_offer: "checkExpired", not_sold: "checkExpired" };

/** The longest wait for a price to expire, in milliseconds: a timer takes no more than 24 days. */
const MAX_WAIT_MS = 60 * 60_000;
/** How long after its expiry a price has expired by any clock, in milliseconds. */
const LATE_MS = 500;

/** The checks of a search's prices, and what came of them. */
export class Checks {
  #states = new Map();
  #stop = new AbortController();
  #onChange;

  /** @param {(state: object, price: object) => void} onChange called with the new state of a price's check */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** Whether a seller can be asked for a price of an offer. Offers of the replaced system have no id, and two bookings no
   *  single seller. */
  static canAsk(offer, price) {
    return Boolean(offer.id && price.supplier && !price.bookings);
  }

  /** The state of the check of a price; null if it was not checked. */
  of(offer, price) {
    return this.#states.get(nameOf(offer, price)) ?? null;
  }

  /** A price as it is now, if it was checked; else as it was found. */
  current(offer, price) {
    return { ...price, ...this.of(offer, price)?.price };
  }

  /** The milliseconds until a price of these offers expires, an hour at most; null if none does. */
  nextExpiry(offers, now) {
    const prices = offers.flatMap((offer) => pricesOf(offer).map((price) => this.current(offer, price)));
    const waits = prices.map(({ expires_at }) => Date.parse(expires_at) - now).filter((wait) => wait > 0);
    return waits.length > 0 ? Math.min(...waits, MAX_WAIT_MS) + LATE_MS : null;
  }

  /** Asks the seller, unless it is being asked. */
  async start(searchId, offer, price) {
    const name = nameOf(offer, price);
    const isAsking = () => this.#states.get(name)?.phase === "asking";
    if (isAsking()) return;
    const { signal } = this.#stop;
    const put = (state) => {
      if (signal.aborted) return;
      this.#states.set(name, state);
      this.#onChange(state, price);
    };
    put(asking());
    try {
      const id = await api.check(searchId, offer.id, price, api.randomKey());
      if (signal.aborted) return;
      const leave = follow(id, {
        status: (data) => put(data.status === "processing" ? asking(data) : ended(data, new Date())),
        // May come after the end.
        warnings: (data) => isAsking() && put(asking(data)),
        partial: () => {},
        end: (data) => put(ended(data, new Date())),
        connection: () => {},
        missing: () => put(ended({}, new Date())),
      });
      signal.addEventListener("abort", leave);
    } catch (error) {
      put({ phase: "refused", error });
    }
  }

  /** Forgets all checks: for another search. */
  reset() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#states.clear();
  }
}

/** The state of a check while the seller is asked. */
function asking({ warnings = [] } = {}) {
  return { phase: "asking", isStalled: isStalled({ warnings }) };
}

/** The state of a check that has ended: the outcome, the totals before and now, and the price as it is now. */
export function ended({ check = {}, results = [] }, at) {
  const { outcome = "unknown", before = null, now = null } = check;
  return { phase: "ended", outcome, before, now, price: results[0]?.prices?.[0] ?? null, at };
}

/** What came of a check, in a person's words. */
export function checkText(state, now, isOnline) {
  if (state === null) return "";
  if (state.phase === "asking") return t(state.isStalled ? "checkStalled" : "checkAsking");
  if (state.phase === "refused") {
    const { error } = state;
    return REFUSALS[error.code] ? t(REFUSALS[error.code]) : refusalText(error, isOnline, "checkFailed");
  }
  const time = moment(state.at, now);
  switch (state.outcome) {
    case "same": return t("checkSame", time);
    case "changed": return t("checkChanged", exactPrice(state.before), exactPrice(state.now), time);
    case "gone": return t("checkGone", time);
    default: return t("checkUnknown");
  }
}

function nameOf(offer, price) {
  return `${offer.id}\n${keyOf(price)}`;
}
