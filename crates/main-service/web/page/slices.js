// The slices of an offer, and their flights. Pure functions.

/** The slices of an offer. One that tells none has the slice of its flat fields, whose flights are not known. */
export function slicesOf(offer) {
  if (offer.slices?.length > 0) return offer.slices;
  const { origin, destination, departure, arrival, duration_minutes, stops } = offer;
  return [{ origin, destination, departure, arrival, duration_minutes, stops, segments: [] }];
}

/** The durations of all slices together, in minutes; undefined if one is not known. */
export function minutesOf(offer) {
  const sum = slicesOf(offer).reduce((minutes, slice) => minutes + slice.duration_minutes, 0);
  return Number.isNaN(sum) ? undefined : sum;
}

/** The most stops of a slice; undefined if one is not known. */
export function stopsOf(offer) {
  const stops = slicesOf(offer).map((slice) => slice.stops);
  return stops.includes(undefined) ? undefined : Math.max(...stops);
}

/** The flight numbers of each slice: `["GA57/GA402", "GA409"]`. */
export function numbersOf(offer) {
  const [, ...further] = slicesOf(offer);
  const number = ({ segments }) => segments.map(({ carrier, flight_number }) => `${carrier}${flight_number}`).join("/");
  return [offer.flight_number, ...further.map(number)];
}

/** The carrier of an offer's first flight; if the supplier names none, the code at the start of the flight number. */
export function carrierOf(offer) {
  return offer.carrier || offer.flight_number.slice(0, 2);
}

/** The code of the carrier that flies a segment, or its name if it has none. */
export function operatorOf({ carrier, operating_carrier }) {
  return operating_carrier ?? carrier;
}

/**
 * The names of all carriers of an offer, that of its first flight first.
 * @param {Map<string, string>} names carriers' names by code
 */
export function carriersOf(offer, names) {
  const [own, ...others] = slicesOf(offer).flatMap(({ segments }) => segments.map(operatorOf));
  const further = others.filter((code) => code !== own).map((code) => names.get(code) ?? code);
  return [...new Set([carrierOf(offer), ...further])];
}

/** The names of carriers by code: the supplier of the same code, or as an offer calls the carrier of its first flight. */
export function carrierNames(offers, suppliers) {
  const names = new Map(suppliers);
  for (const offer of offers) {
    const [segment] = slicesOf(offer)[0].segments;
    if (segment && offer.carrier) names.set(operatorOf(segment), offer.carrier);
  }
  return names;
}

/**
 * What happens between two flights of a slice.
 * @returns {{ minutes: number, at: string, airports: [string, string] | null, terminals: [string, string] | null }} the
 *   length, the airport of arrival, and the two airports or terminals if they differ
 */
export function layover(before, after) {
  const [arrival, departure] = [before.destination_terminal, after.origin_terminal];
  const stays = before.destination === after.origin;
  return {
    minutes: Math.round((Date.parse(after.departure) - Date.parse(before.arrival)) / 60_000),
    at: before.destination,
    airports: stays ? null : [before.destination, after.origin],
    terminals: stays && arrival && departure && arrival !== departure ? [arrival, departure] : null,
  };
}

/** Whether the local times of a slice are in several time zones. */
export function hasZones({ departure, arrival, segments }) {
  const times = [departure, arrival, ...segments.flatMap((segment) => [segment.departure, segment.arrival])];
  return new Set(times.map((time) => time.slice(19))).size > 1;
}
