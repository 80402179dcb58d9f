// Merges and sorts fares. Pure functions. Offers with the same id are the same flights. The order is the gateway's, so
// that fares are already in the order of the terminal event while they arrive.

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
      const best = known && byPrice(known, offer) <= 0 ? known : offer;
      offers.set(id, { ...best, suppliers: [...new Set([...(known?.suppliers ?? []), ...sellers])] });
    }
  }
  return sort([...offers.values()], "cheapest");
}

/** The best price in the search's currency; infinite without a rate for it, so that such fares come last. */
function comparablePrice({ price, prices: [best] = [], comparable }) {
  return comparable === false ? Infinity : Number(best?.approximate?.total ?? best?.total ?? price);
}

const byPrice = (a, b) => {
  const [one, other] = [comparablePrice(a), comparablePrice(b)];
  return one === other ? 0 : one - other;
};
const byDuration = (a, b) => (a.duration_minutes ?? Infinity) - (b.duration_minutes ?? Infinity) || 0;
const byDeparture = (a, b) => instant(a) - instant(b) || 0;
const byNumber = (a, b) => (a.flight_number < b.flight_number ? -1 : Number(a.flight_number > b.flight_number));

/** The orders by name, each with its comparisons: a later one decides ties. */
export const ORDERS = {
  cheapest: [byPrice, byDeparture, byNumber],
  fastest: [byDuration, byPrice, byDeparture, byNumber],
  earliest: [byDeparture, byPrice, byNumber],
};

/** The offers in an order. */
export function sort(offers, order) {
  const comparisons = ORDERS[order] ?? ORDERS.cheapest;
  return [...offers].sort((a, b) => {
    for (const compare of comparisons) {
      const result = compare(a, b);
      if (result !== 0 && !Number.isNaN(result)) return result;
    }
    return 0;
  });
}

/** The cheapest, fastest and earliest offers. Compares prices within the most frequent currency, and by exchange rates. */
export function highlights(offers) {
  const currency = mainCurrency(offers);
  return {
    cheapest: first(offers.filter((offer) => offer.currency === currency || offer.prices?.[0]?.approximate), ORDERS.cheapest),
    fastest: first(offers.filter((offer) => offer.duration_minutes > 0), ORDERS.fastest),
    earliest: first(offers.filter((offer) => offer.departure), ORDERS.earliest),
  };
}

/** The most frequent currency of offers; prices are compared only within it. */
export function mainCurrency(offers) {
  const counts = new Map();
  for (const { currency } of offers) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [undefined, 0])[0];
}

/** The cheaper one of two offers, the first of which may be null. One in the currency wins over one in another. */
export function cheaperOf(known, offer, currency) {
  if (known === null) return offer;
  const [isKnown, isOther] = [known, offer].map((one) => one.currency === currency);
  if (isKnown !== isOther) return isKnown ? known : offer;
  return offer.price < known.price ? offer : known;
}

function first(offers, [compare]) {
  return offers.reduce((best, offer) => (best === null || compare(offer, best) < 0 ? offer : best), null);
}

function instant(offer) {
  return offer.departure ? Date.parse(offer.departure) : Infinity;
}
