// The page's address: `/?search=<id>#CGK-DPS-2027-07-10-2&return=2027-07-17&sort=fastest&stop=0&carrier=Lion+Air`.
//
// The id is enough as long as the search can be read. The fragment, which no server sees, has the rest: the query, so that
// the page of an expired search can offer to search again, then the order and the filters. Pure functions.

import { ORDERS } from "./fares.js";
import { ARRIVAL_KINDS, BAGS, DAY_PARTS, NO_FILTERS, PART_KINDS, STOPS } from "./filter.js";
import { isDay } from "./format.js";
import { AGED, CABINS, MAX_SLICES, WINDOWS, kindOf, queryWith, sliceWith } from "./trip.js";

/** The view that an address without one means: the cheapest first, without filters. */
export const NO_VIEW = Object.freeze({ order: "cheapest", filters: NO_FILTERS });

const isPart = (value) => DAY_PARTS.some(({ id }) => id === value);

/** The lists of a view's filters by their names in the address, and the values they may have. */
const LISTS = {
  stop: ["stops", (value) => STOPS.includes(value)],
  // The first slice's is `time`, the second's `time2`.
  ...Object.fromEntries(PART_KINDS.map((kind, at) => [`time${at === 0 ? "" : at + 1}`, [kind, isPart]])),
  ...Object.fromEntries(ARRIVAL_KINDS.map((kind, at) => [`until${at === 0 ? "" : at + 1}`, [kind, isPart]])),
  carrier: ["carriers", (value) => value !== ""],
  seller: ["sellers", (value) => value !== ""],
  bag: ["bags", (value) => BAGS.includes(value)],
};

/** The windows of a query's slices by their names in the address: the first slice's is `depart`, the second's `depart2`. */
const TIMES = WINDOWS.flatMap((window) => Array.from({ length: MAX_SLICES }, (_, at) =>
  ({ name: `${{ departure: "depart", arrival: "arrive" }[window]}${at === 0 ? "" : at + 1}`, window, at })));

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
  const [head, ...rest] = hash.slice(1).split("&");
  const start = startOf(head);
  const params = new URLSearchParams((start ? rest : [head, ...rest]).join("&"));
  return {
    id: searchParams.get("search") || null,
    query: start && queryOf(start, params),
    view: viewOf(params),
  };
}

/**
 * `CGK-DPS-2027-07-10-2&return=2027-07-17&depart2=0600-1200&child=7&cabin=business`; `then=DPS-SUB-2027-07-12` is a further
 * slice.
 */
function queryText({ slices, passengers: { adults, children, infants }, cabin, maxStops, currency }) {
  const [first, ...further] = slices;
  const params = new URLSearchParams();
  if (kindOf({ slices }) === "return") params.set("return", further[0].date);
  else for (const slice of further) params.append("then", sliceText(slice));
  for (const { name, window, at } of TIMES) {
    if (slices[at]?.[window]) params.set(name, timesText(slices[at][window]));
  }
  for (const age of children) params.append("child", age);
  for (const age of infants) params.append("infant", age);
  if (cabin) params.set("cabin", cabin);
  if (maxStops !== null) params.set("stops", maxStops);
  if (currency) params.set("currency", currency);
  return [`${sliceText(first)}-${adults}`, params.toString()].filter(Boolean).join("&");
}

function sliceText({ from, to, date }) {
  return `${from}-${to}-${date}`;
}

/** `0600-1200`, `0600-`, `-1200` */
function timesText({ earliest = "", latest = "" }) {
  return [earliest, latest].map((time) => time.replace(":", "")).join("-");
}

/** The window of a text; it has no bound that is no time. */
function timesOf(text) {
  const [earliest, latest] = (text ?? "").split("-").map((time) => {
    const [, hours, minutes] = /^([01]\d|2[0-3])([0-5]\d)$/.exec(time) ?? [];
    return hours && `${hours}:${minutes}`;
  });
  return { earliest, latest };
}

function startOf(text) {
  const [, slice, adults] = /^(.+)-([1-9])$/.exec(text) ?? [];
  const first = slice && sliceOf(slice);
  return first ? { first, adults: Number(adults) } : null;
}

function sliceOf(text) {
  const [, from, to, date] = /^([A-Z]{3})-([A-Z]{3})-(\d{4}-\d{2}-\d{2})$/.exec(text) ?? [];
  return date && isDay(date) ? { from, to, date } : null;
}

function queryOf({ first, adults }, params) {
  const back = params.get("return");
  const further = back && isDay(back)
    ? [{ from: first.to, to: first.from, date: back }]
    : params.getAll("then").map(sliceOf).filter(Boolean).slice(0, MAX_SLICES - 1);
  const slices = [first, ...further].map((slice, at) => sliceWith(slice, Object.fromEntries(TIMES
    .filter((times) => times.at === at).map(({ name, window }) => [window, timesOf(params.get(name))]))));
  const ages = (name, { most, ages: [youngest, oldest] }) => params.getAll(name)
    .filter((age) => /^\d{1,2}$/.test(age)).map(Number)
    .filter((age) => youngest <= age && age <= oldest).slice(0, most);
  const passengers = { adults, children: ages("child", AGED.children), infants: ages("infant", AGED.infants) };
  const [cabin, stops, currency] = ["cabin", "stops", "currency"].map((name) => params.get(name));
  return queryWith(slices, passengers, {
    cabin: Object.hasOwn(CABINS, cabin) ? cabin : null,
    maxStops: /^[0-3]$/.test(stops) ? Number(stops) : null,
    currency: /^[A-Z]{3}$/.test(currency) ? currency : null,
  });
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
  return { order: ORDERS.includes(order) ? order : NO_VIEW.order, filters };
}
