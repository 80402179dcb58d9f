// An opened offer: its flights one by one, then what each seller asks.

import { el, fill } from "./dom.js";
import { clock, date, dayOf, duration, flightNumbers, stops, zone } from "./format.js";
import { dayLater } from "./render-fare.js";
import { PriceList } from "./render-prices.js";
import { hasZones, layover, numbersOf, operatorOf, slicesOf } from "./slices.js";
import aircraftNames from "./text-aircraft.js";
import { t } from "./text.js";
import { CABINS } from "./trip.js";

/** The panel of an offer. */
export class OfferPanel {
  #slices = el("div", { class: "slices" });
  #prices = new PriceList();
  #key = "";

  /** @param {Element} element the empty panel */
  constructor(element) {
    fill(element, this.#slices, this.#prices.element);
  }

  /** The price whose row has this element. */
  priceOf(element) {
    return this.#prices.priceOf(element);
  }

  /**
   * Shows an offer.
   * @param {{ places: import("./places.js").Places, names: Map<string, string>, sellers: Map<string, string>,
   *   checks: import("./checks.js").Checks, now: Date }} about
   */
  update(offer, about) {
    this.#prices.update(offer, about);
    const slices = slicesOf(offer);
    // Only the names that are shown: a selection in the panel stays while other carriers' fares arrive.
    const carriers = slices.flatMap(({ segments }) => segments.flatMap((segment) => [segment.carrier, operatorOf(segment)]));
    const names = [
      ...placesOf([offer]).map((code) => about.places.city(code)),
      ...carriers.map((code) => about.names.get(code)),
    ];
    const key = JSON.stringify([slices, names]);
    if (this.#key === key) return;
    this.#key = key;
    const numbers = numbersOf(offer);
    fill(this.#slices, slices.map((slice, at) =>
      sliceDetails(slice, { ...about, title: titleOf(at, slices), number: numbers[at] })));
  }
}

/** The codes of the places that the details of offers name. */
export function placesOf(offers) {
  const stations = ({ origin, destination, segments }) =>
    [origin, destination, ...segments.flatMap((segment) => [segment.origin, segment.destination])];
  return [...new Set(offers.flatMap((offer) => slicesOf(offer).flatMap(stations)))].filter(Boolean);
}

function titleOf(at, slices) {
  if (slices.length === 1) return null;
  const [there, back] = slices;
  const isReturn = slices.length === 2 && there.destination === back.origin && there.origin === back.destination;
  return isReturn ? t(["outbound", "inbound"][at]) : t("flightOf", at + 1);
}

function sliceDetails(slice, about) {
  const { departure, duration_minutes: minutes, stops: count, segments } = slice;
  const facts = [
    departure && date(dayOf(departure)),
    minutes !== undefined && duration(minutes),
    count !== undefined && stops(count),
  ];
  const zoned = departure && hasZones(slice);
  return el("section", { class: "slice" },
    el("h3", {}, [about.title, ...facts].filter(Boolean).join(" · ")),
    segments.length > 0
      ? el("ol", { class: "segments" }, segments.flatMap((segment, at) => [
        at > 0 && layoverRow(layover(segments[at - 1], segment), about),
        segmentRow(segment, { ...about, slice, zoned }),
      ].filter(Boolean)))
      : bareSlice(slice, { ...about, slice, zoned }),
    zoned && el("p", { class: "muted" }, t("localTimes")));
}

/** A slice of which only its ends are known. */
function bareSlice({ origin, destination, departure, arrival }, about) {
  return el("div", { class: "segments" },
    departure && point({ at: departure, code: origin }, about),
    departure && arrival && point({ at: arrival, code: destination }, about),
    el("p", { class: "muted" }, `${flightNumbers(about.number)}. ${t("noFlightDetails")}`));
}

function segmentRow(segment, about) {
  const { carrier, flight_number, aircraft, cabin, duration_minutes } = segment;
  const name = (code) => about.names.get(code) ?? code;
  const operator = operatorOf(segment);
  const facts = [
    el("span", { class: "segment-number" }, `${carrier.length <= 3 ? carrier : ""}${flight_number}`),
    el("span", { class: "segment-carrier" }, name(carrier)),
    operator !== carrier && el("span", { class: "operator" }, t("operatedBy", name(operator))),
    aircraft && el("span", { class: "aircraft" }, aircraftNames[aircraft] ?? aircraft),
    cabin && el("span", { class: "segment-cabin" }, t(CABINS[cabin] ?? "anyCabin")),
    el("span", { class: "segment-duration" }, duration(duration_minutes)),
  ].filter(Boolean);
  return el("li", { class: "segment" },
    point({ at: segment.departure, code: segment.origin, terminal: segment.origin_terminal }, about),
    el("p", { class: "ride" }, facts.flatMap((fact, at) => (at === 0 ? [fact] : [" · ", fact]))),
    point({ at: segment.arrival, code: segment.destination, terminal: segment.destination_terminal }, about));
}

/** A time at an airport. */
function point({ at, code, terminal }, { slice, zoned, places }) {
  return el("p", { class: "point" },
    el("span", { class: "point-time" },
      el("time", { datetime: at }, clock(at)),
      dayLater(slice.departure, at),
      zoned && el("span", { class: "zone" }, ` ${zone(at)}`)), " ",
    el("span", { class: "point-place" },
      el("span", { class: "point-city" }, `${places.city(code)} (${code})`),
      places.airport(code) && el("span", { class: "point-airport" }, ` ${places.airport(code)}`),
      terminal && el("span", { class: "point-terminal" }, `, ${t("terminal", terminal)}`)));
}

function layoverRow({ minutes, at, airports, terminals }, { places }) {
  const airport = (code) => `${places.airport(code) || places.city(code)} (${code})`;
  return el("li", { class: "layover" },
    el("p", {}, t("layover", duration(minutes), `${places.city(at)} (${at})`)),
    airports && el("p", { class: "change" }, t("changeAirport", ...airports.map(airport))),
    terminals && el("p", { class: "change" }, t("changeTerminal", ...terminals.map((name) => t("terminal", name)))));
}
