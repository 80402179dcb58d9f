// A fare in the list: its slices, its price, and the button that opens it.

import { el, fill, setText, spoken } from "./dom.js";
import { idOf } from "./fares.js";
import {
  clock, date, dayMark, dayOf, dayShift, dayWords, duration, exactPrice, flightNumbers, roughPrice, shortDate, stops,
} from "./format.js";
import { amountIn, bestOf, isRough, sellersOf } from "./prices.js";
import { carrierOf, numbersOf, slicesOf } from "./slices.js";
import { t } from "./text.js";

/** The number of tints for carriers' marks. */
const TINTS = 6;

/** A row of the list without its offer, which `updateFare` fills in. */
export function createFare(id) {
  const panel = `offer-${id.replace(/\W/g, "_")}`;
  return el("li", { class: "fare" },
    el("div", { class: "fare-card" },
      el("span", { class: "mark", "aria-hidden": "true" }),
      el("div", { class: "carrier" },
        el("span", { class: "carrier-name" }), spoken(", "),
        el("span", { class: "flight" }), spoken(". "),
        el("span", { class: "sellers" })),
      el("div", { class: "itinerary" }),
      el("div", { class: "badges" },
        el("span", { class: "badge top", hidden: true }, t("best")), spoken(" "),
        el("span", { class: "badge best", hidden: true }, t("cheapest")), spoken(" "),
        el("span", { class: "badge fast", hidden: true }, t("fastest")), spoken(" ")),
      el("div", { class: "price" },
        el("span", { class: "amount" }), spoken(" "),
        el("span", { class: "own" }), spoken(" "),
        el("span", { class: "pair" }), spoken(" "),
        el("span", { class: "for" }), " ",
        el("button", {
          type: "button", class: "link open", "aria-expanded": "false", "aria-controls": panel,
        }, t("details"))),
      el("div", { class: "offer", id: panel, hidden: true })));
}

function times({ origin, destination, departure, arrival, duration_minutes, stops: count }, isDated) {
  return el("div", { class: "times" },
    isDated && el("span", { class: "slice-date" }, shortDate(dayOf(departure)), spoken(". ")),
    el("div", { class: "leg" },
      spoken(`${t("departs")} `),
      el("time", { class: "clock", datetime: departure }, clock(departure)), " ",
      el("span", { class: "code" }, origin)),
    spoken(", "),
    el("div", { class: "path" },
      el("span", { class: "duration" }, duration(duration_minutes)), spoken(", "),
      el("span", { class: "line", "aria-hidden": "true" }, ...dots(count)),
      el("span", { class: "stops", "data-stops": count }, stops(count))),
    spoken(", "),
    el("div", { class: "leg" },
      spoken(`${t("arrives")} `),
      el("span", { class: "clock" },
        el("time", { datetime: arrival }, clock(arrival)),
        dayLater(departure, arrival)), " ",
      el("span", { class: "code" }, destination)),
    spoken(". "));
}

/** The mark of a time on another day than the departure, which names the day; false on the same. */
export function dayLater(departure, at) {
  const shift = dayShift(departure, at);
  return shift !== 0 && el("sup", { class: "shift", title: date(dayOf(at)) },
    el("span", { "aria-hidden": "true" }, dayMark(shift)), spoken(` ${dayWords(shift)}`));
}

function dots(count) {
  return Array.from({ length: count }, () => el("i"));
}

/** Fills in a fare's flights, price, sellers and badges. What stays is not touched, so that the focus stays in it. */
export function updateFare(element, offer, { passengers, sellers, currency, best, cheapest, fastest }) {
  const part = (selector) => element.querySelector(selector);
  fillFlights(element, offer);
  const price = bestOf(offer);
  const [amount, own] = amountTexts(price, currency);
  setText(part(".amount"), amount);
  setText(part(".own"), own);
  setText(part(".pair"), price.bookings ? t("twoBookings") : "");
  setText(part(".for"), passengers > 1 ? t("forPassengers", passengers) : "");
  const codes = sellersOf(offer);
  setText(part(".sellers"), codes.length > 1 ? t("soldBy", codes.map((code) => sellers.get(code) ?? code).join(", ")) : "");
  const isFirst = (first) => first !== null && idOf(offer) === idOf(first);
  // Not on fares that are the cheapest or the fastest already.
  part(".top").hidden = !isFirst(best) || isFirst(cheapest) || isFirst(fastest);
  part(".best").hidden = !isFirst(cheapest);
  part(".fast").hidden = !isFirst(fastest);
}

/** Fills in the flights, if they are other ones: a cheaper seller may name other times or another carrier. */
function fillFlights(element, offer) {
  const part = (selector) => element.querySelector(selector);
  const carrier = carrierOf(offer);
  const numbers = numbersOf(offer).map(flightNumbers).join(" · ");
  const slices = slicesOf(offer).map(({ origin, destination, departure, arrival, duration_minutes, stops: count }) =>
    ({ origin, destination, departure, arrival, duration_minutes, stops: count }));
  const key = JSON.stringify([carrier, numbers, slices]);
  if (element.dataset.flights === key) return;
  element.dataset.flights = key;
  part(".mark").className = `mark tint-${tint(carrier)}`;
  setText(part(".mark"), offer.flight_number.slice(0, 2));
  setText(part(".carrier-name"), carrier);
  setText(part(".flight"), numbers);
  part(".open").setAttribute("aria-label", t("detailsOf", numbers));
  fill(part(".itinerary"), slices.map((slice) => (slice.departure && slice.arrival
    ? times(slice, slices.length > 1)
    : el("div", { class: "times unknown" }, t("noTimes")))));
}

/** A price in the search's currency, so that all in the list can be compared; and beside it the seller's own, or why not. */
function amountTexts(price, currency) {
  if (price.currency === currency) return [isRough(price) ? roughPrice(price.approximate) : exactPrice(price), ""];
  const total = amountIn(price, currency);
  return total === null ? [exactPrice(price), t("noRate")] : [roughPrice({ total, currency }), exactPrice(price)];
}

/** A carrier's tint, always the same. */
function tint(name) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 9973;
  return hash % TINTS;
}
