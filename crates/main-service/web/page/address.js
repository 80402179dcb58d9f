// The page's address: `/?search=<id>#CGK-DPS-2027-07-10-2`.
//
// The id is enough as long as the search can be read. The fragment, which no server sees, has the query, so that the
// page of an expired search can offer to search again. Pure functions.

import { isDay } from "./format.js";

/** The address of a search. */
export function format(id, query) {
  const { from, to, date, passengers } = query;
  return `/?search=${id}#${from}-${to}-${date}-${passengers}`;
}

/** The id and the query in an address; null if it has none. */
export function parse(url) {
  const { searchParams, hash } = new URL(url);
  const parts = /^#([A-Z]{3})-([A-Z]{3})-(\d{4}-\d{2}-\d{2})-([1-9])$/.exec(hash);
  const query = parts && isDay(parts[3])
    ? { from: parts[1], to: parts[2], date: parts[3], passengers: Number(parts[4]) }
    : null;
  return { id: searchParams.get("search") || null, query };
}
