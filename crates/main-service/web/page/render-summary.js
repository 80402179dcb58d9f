// The summary above the results: query, progress and actions.

import { byId, el, setText } from "./dom.js";
import { highlights } from "./fares.js";
import { date, number, shortDate } from "./format.js";
import { bestOf } from "./prices.js";
import { shortPrice } from "./render-orders.js";
import { isRunning, isStalled, progress } from "./search.js";
import { t } from "./text.js";
import { CABINS, WINDOWS, currencyOf, kindOf, routeText } from "./trip.js";

/** Shows the summary. */
export function renderSummary(search, places) {
  const { query } = search;
  // One line until the query is known: in some languages the text would take two.
  const unknown = search.phase === "loading" ? "\u00a0" : t("flightSearch");
  setText(byId("route"), query ? routeText(query) : unknown);
  byId("route").setAttribute("aria-label", query ? t("routeOf", placesText(query, (code) => code)) : t("flightSearch"));
  setText(byId("cities"), query ? placesText(query, (code) => places.city(code)) : "\u00a0");
  setText(byId("when"), query ? wishesText(query) : "\u00a0");
  setText(byId("state"), stateText(search));
  renderProgress(search);

  const running = search.phase === "processing";
  setText(byId("stalled"), isStalled(search) ? t("noSupplierListens") : "");
  byId("stalled").hidden = !isStalled(search);
  byId("cancel-failed").hidden = !(running && search.cancelFailed);
  byId("reconnecting").hidden = search.connection === "open";
  byId("cancel").hidden = !running;
  byId("again").hidden = isRunning(search) || search.phase === "missing" || !query;
  byId("results").dataset.phase = search.phase;
}

/** `Jakarta to Denpasar to Surabaya`, `Jakarta to Denpasar and back`. */
function placesText(query, nameOf) {
  const { slices } = query;
  const [first, ...further] = slices;
  const there = t("cities", nameOf(first.from), nameOf(first.to));
  if (kindOf(query) === "return") return t("returnTo", there);
  return further.reduce((text, { from, to }, at) => {
    const gap = slices[at].to === from ? text : `${text}, ${nameOf(from)}`;
    return t("cities", gap, nameOf(to));
  }, there);
}

/** `Thu, 10 Jul 2025 · 2 adults, 1 child · Business` */
function wishesText({ slices, passengers: { adults, children, infants }, cabin, maxStops, currency }) {
  const [first, last] = [slices[0].date, slices.at(-1).date];
  const alone = children.length + infants.length === 0;
  const who = alone ? [t("passengers", adults)] : [
    t("adults", adults),
    children.length > 0 && t("childrenCount", children.length),
    infants.length > 0 && t("infantsCount", infants.length),
  ];
  return [
    slices.length === 1 ? date(first) : t("dates", shortDate(first), date(last)),
    who.filter(Boolean).join(", "),
    cabin && t(CABINS[cabin]),
    maxStops !== null && t("maxStops", maxStops),
    ...slices.flatMap((slice) => timesText(slice, slices.length > 1)),
    currency,
  ].filter(Boolean).join(" · ");
}

/** `depart 06:00–12:00`, of one of several slices with its places. */
function timesText(slice, isOneOfSeveral) {
  return WINDOWS.filter((window) => slice[window]).map((window) => {
    const { earliest, latest } = slice[window];
    const range = t("timeRange", earliest, latest);
    const text = t(window === "departure" ? "departWithin" : "arriveWithin", range);
    return isOneOfSeveral ? `${slice.from}–${slice.to} ${text}` : text;
  });
}

function renderProgress(search) {
  const bar = byId("progress");
  const { answered, of } = progress(search);
  bar.hidden = search.phase === "missing";
  if (!isRunning(search)) {
    bar.max = 1;
    bar.value = 1;
  } else if (of > 0) {
    bar.max = of;
    bar.value = answered;
  } else {
    // The number of suppliers is not known yet.
    bar.removeAttribute("value");
  }
}

/** The state of the search in one line. */
function stateText(search) {
  const { answered, of } = progress(search);
  switch (search.phase) {
    case "loading": return t("loading");
    case "processing": return of > 0 ? t("answered", answered, of) : t("searching");
    case "completed": return t("completedIn", search.total, number(search.elapsedMs / 1000, 1));
    case "cancelled": return t("cancelledWith", search.total);
    case "failed": return t("noSupplierAnswered");
    default: return "";
  }
}

/** The screen reader announcement for this state. */
export function spokenState(search) {
  if (search.connection !== "open") return t("spokenLost");
  if (isStalled(search)) return t("noSupplierListens");
  const currency = currencyOf(search.query);
  const { cheapest } = highlights(search.offers, currency);
  const withPrice = (text) =>
    (cheapest ? `${text} ${t("spokenCheapest", shortPrice(bestOf(cheapest), currency))}` : text);
  const { answered, of } = progress(search);
  switch (search.phase) {
    case "loading": return t("spokenLoading");
    case "processing": return withPrice(t("spokenSearching", search.total, answered, of));
    case "completed": return withPrice(t("spokenCompleted", search.total));
    case "cancelled": return withPrice(t("spokenCancelled", search.total));
    case "failed": return t("spokenFailed");
    case "missing": return t("expired");
    default: return "";
  }
}

/** The page's title. */
export function titleOf(search) {
  if (!search?.query) return t("siteName");
  return t("titleOf", routeText(search.query), search.total);
}

/**
 * Shows why there are no fares, with actions.
 * @param {{ title: string, text: string, actions: [string, () => void][] } | null} notice
 */
export function renderNotice(notice) {
  const element = byId("notice");
  element.hidden = notice === null;
  const key = notice ? `${notice.title} ${notice.text}` : "";
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(...(notice ? [
    el("h3", {}, notice.title),
    el("p", {}, notice.text),
    notice.actions.length > 0 && el("p", { class: "actions" }, notice.actions.map(([label, act]) =>
      el("button", { type: "button", class: "button quiet", onclick: act }, label))),
  ].filter(Boolean) : []));
}
