// The page's address: `/?search=<id>#CGK-DPS-2027-07-10-2&sort=fastest&stop=0&carrier=Lion+Air`.
//
// The id is enough as long as the search can be read. The fragment, which no server sees, has the rest: the query, so that
// the page of an expired search can offer to search again, then the order and the filters. Pure functions.

import { DAY_PARTS, NO_FILTERS, STOPS } from "./filter.js";
import { ORDERS } from "./fares.js";
import { isDay } from "./format.js";

/** The view that an address without one means: the cheapest first, without filters. */
export const NO_VIEW = Object.freeze({ order: "cheapest", filters: NO_FILTERS });

/** The lists of a view's filters by their names in the address, and the values they may have. */
const LISTS = {
  stop: ["stops", (value) => STOPS.includes(value)],
  time: ["parts", (value) => DAY_PARTS.some(({ id }) => id === value)],
  carrier: ["carriers", (value) => value !== ""],
  seller: ["sellers", (value) => value !== ""],
};

/** The limits of a view's filters by their names in the address. */
const LIMITS = { price: "maxPrice", minutes: "maxDuration" };

/** The address of a search, or of a query without one, and of its view. */
export function format({ id, query, view = NO_VIEW }) {
  const parts = [query && queryText(query), viewText(view)].filter(Boolean);
  return `/${id ? `?search=${encodeURIComponent(id)}` : ""}${parts.length > 0 ? `#${parts.join("&")}` : ""}`;
}

/** The id, the query and the view in an address. Id and query are null if it has none; what is invalid is ignored. */
export function parse(url) {
  const { searchParams, hash } = new URL(url);
  const [first, ...rest] = hash.slice(1).split("&");
  const query = queryOf(first);
  return {
    id: searchParams.get("search") || null,
    query,
    view: viewOf(new URLSearchParams((query ? rest : [first, ...rest]).join("&"))),
  };
}

function queryText({ from, to, date, passengers }) {
  return `${from}-${to}-${date}-${passengers}`;
}

function queryOf(text) {
  const parts = /^([A-Z]{3})-([A-Z]{3})-(\d{4}-\d{2}-\d{2})-([1-9])$/.exec(text);
  if (!parts || !isDay(parts[3])) return null;
  return { from: parts[1], to: parts[2], date: parts[3], passengers: Number(parts[4]) };
}

function viewText({ order, filters }) {
  const params = new URLSearchParams();
  if (order !== NO_VIEW.order) params.set("sort", order);
  for (const [name, [list]] of Object.entries(LISTS)) {
    for (const value of filters[list]) params.append(name, value);
  }
  for (const [name, limit] of Object.entries(LIMITS)) {
    if (filters[limit] !== null) params.set(name, filters[limit]);
  }
  return params.toString();
}

function viewOf(params) {
  const filters = { ...NO_FILTERS };
  for (const [name, [list, isValid]] of Object.entries(LISTS)) {
    filters[list] = [...new Set(params.getAll(name))].filter(isValid);
  }
  for (const [name, limit] of Object.entries(LIMITS)) {
    const text = params.get(name) ?? "";
    if (/^\d{1,12}$/.test(text)) filters[limit] = Number(text);
  }
  const order = params.get("sort");
  return { order: Object.hasOwn(ORDERS, order) ? order : NO_VIEW.order, filters };
}
