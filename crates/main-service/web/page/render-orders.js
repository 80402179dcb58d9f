// The sort order of the fares, each with what its first fare has.

import { byId, setText } from "./dom.js";
import { clock, duration, exactPrice, price, roughPrice } from "./format.js";
import { amountIn, bestOf, isRough } from "./prices.js";
import { minutesOf } from "./slices.js";

export class Orders {
  #inputs = document.getElementsByName("order");

  /** @param {(order: string) => void} onChange */
  constructor(onChange) {
    byId("orders").addEventListener("change", ({ target }) => onChange(target.value));
  }

  /** @param {Record<"best" | "cheapest" | "fastest" | "earliest", object | null>} firsts the first fare of each order */
  render({ best, cheapest, fastest, earliest }, order, { currency }) {
    for (const input of this.#inputs) input.checked = input.value === order;
    setText(byId("order-best"), best ? shortPrice(bestOf(best), currency) : "–");
    setText(byId("order-cheapest"), cheapest ? shortPrice(bestOf(cheapest), currency) : "–");
    setText(byId("order-fastest"), fastest ? duration(minutesOf(fastest)) : "–");
    setText(byId("order-earliest"), earliest ? clock(earliest.departure) : "–");
  }
}

/** A price in the search's currency, in whole units; its own amount if it can't be compared. */
export function shortPrice(own, currency) {
  const amount = amountIn(own, currency);
  if (amount === null) return exactPrice(own);
  return own.currency === currency && !isRough(own) ? price(amount, currency) : roughPrice({ total: amount, currency });
}
