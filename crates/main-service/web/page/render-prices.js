// What each seller asks for an offer, what that includes, and where to buy it.

import { Checks, checkText } from "./checks.js";
import { el, fill, reconcile, setText, spoken } from "./dom.js";
import { date, exactPrice, moment, price as money, roughPrice } from "./format.js";
import { isRough, keyOf, linkOf, pricesOf, sellersIn } from "./prices.js";
import { t } from "./text.js";

/** More seats than this are no news. */
const FEW_SEATS = 9;

/** The prices of an offer. Rows stay, so that the focus does. */
export class PriceList {
  #list = el("ul");
  #rows = new Map();
  #prices = new Map();
  element = el("section", { class: "prices" }, el("h3", {}, t("sellersAndPrices")), this.#list);

  /** The price whose row has this element. */
  priceOf(element) {
    const row = element.closest(".price-row");
    return [...this.#rows].filter(([, known]) => known === row).map(([key]) => this.#prices.get(key))[0] ?? null;
  }

  /** @param {{ sellers: Map<string, string>, checks: Checks, now: Date }} about */
  update(offer, about) {
    this.#prices = new Map(pricesOf(offer).map((price) => [keyOf(price), price]));
    reconcile(this.#list, this.#rows, [...this.#prices.keys()], emptyRow);
    for (const [key, price] of this.#prices) updateRow(this.#rows.get(key), offer, price, about);
  }
}

function emptyRow() {
  return el("li", { class: "price-row" },
    el("div", { class: "price-what" }),
    el("div", { class: "price-much" }),
    el("div", { class: "price-act" }),
    el("p", { class: "check-note", hidden: true }));
}

function updateRow(row, offer, found, { sellers, checks, now }) {
  const nameOf = (code) => sellers.get(code) ?? code ?? "";
  const seller = nameOf(found.supplier);
  const state = checks.of(offer, found);
  const isGone = state?.outcome === "gone";
  const price = checks.current(offer, found);
  const note = checkText(state, now, navigator.onLine);
  setText(row.querySelector(".check-note"), note);
  row.querySelector(".check-note").hidden = note === "";

  const isExpired = Date.parse(price.expires_at) <= now;
  const key = JSON.stringify([found, price, isExpired, isGone, sellersIn(found).map(nameOf)]);
  if (row.dataset.key !== key) {
    row.dataset.key = key;
    fill(row.querySelector(".price-what"), price.bookings ? bookingParts(price, nameOf) : whatParts(price, seller));
    fill(row.querySelector(".price-much"), muchParts(price, { found, isGone, isExpired, now }));
  }
  const act = row.querySelector(".price-act");
  showLink(act, isGone ? null : linkOf(price), seller);
  if (Checks.canAsk(offer, found)) showCheck(act, [seller, found.fare_brand], state);
}

/** The seller, the fare brand, and what it includes. */
function whatParts(price, seller) {
  return [
    el("span", { class: "seller" }, seller),
    price.fare_brand && el("span", { class: "fare-brand" }, `${seller && " · "}${price.fare_brand}`),
    el("p", { class: "facts" }, factsOf(price).join(" · ")),
  ];
}

/** The bookings that a price is made of, each with its own seller, total and conditions. */
function bookingParts({ bookings }, nameOf) {
  return [
    el("span", { class: "seller" }, t("twoBookings")),
    el("ol", { class: "bookings" }, bookings.map((booking) => el("li", {},
      ...whatParts(booking, nameOf(booking.supplier)),
      el("p", {}, exactPrice(booking)),
      linkOf(booking) && el("a", { href: linkOf(booking), target: "_blank", rel: "noopener" },
        t("goTo"), spoken(`: ${t("newTab", nameOf(booking.supplier))}`))))),
  ];
}

/** The total, what it was before a check, and how long it is valid. */
function muchParts(price, { found, isGone, isExpired, now }) {
  const { approximate, expires_at } = price;
  const isChanged = price.total !== found.total || price.currency !== found.currency;
  return [
    isChanged && el("s", { class: "before" }, exactPrice(found)),
    el(isGone ? "s" : "span", { class: "total" }, isRough(price) ? roughPrice(approximate) : exactPrice(price)),
    approximate && !isRough(price) && el("span", { class: "approximate" }, roughPrice(approximate)),
    approximate && el("span", { class: "rate" }, t("rateOf", date(approximate.rate_date))),
    expires_at && !isGone && el("span", { class: isExpired ? "expiry expired" : "expiry" },
      t(isExpired ? "expiredAt" : "validUntil", moment(expires_at, now))),
  ];
}

function showLink(act, href, seller) {
  const link = act.querySelector("a");
  if (href === null) link?.remove();
  else if (link) link.href = href;
  else {
    act.prepend(el("a", { class: "button quiet", href, target: "_blank", rel: "noopener" },
      t("goTo"), spoken(`: ${t("newTab", seller)}`)));
  }
}

function showCheck(act, names, state) {
  let button = act.querySelector("[data-check]");
  if (!button) {
    button = el("button", { type: "button", class: "button quiet", "data-check": true }, t("checkPrice"));
    act.append(button);
  }
  button.setAttribute("aria-label", t("checkPriceOf", names.filter(Boolean).join(", ")));
  button.ariaDisabled = String(state?.phase === "asking");
}

/** Baggage, conditions and seats, as far as the seller tells them. */
function factsOf({ baggage = {}, conditions = {}, seats_left, currency }) {
  const { cabin_pieces, checked_pieces, checked_kg } = baggage;
  const fee = (penalty) => money(Number(penalty), currency);
  return [
    cabin_pieces !== undefined && t("cabinBags", cabin_pieces),
    checkedText(checked_pieces, checked_kg),
    conditionText(conditions.change, ["changeRefused", "changeAllowed", "changeFree", "changeFor"], fee),
    conditionText(conditions.refund, ["refundRefused", "refundAllowed", "refundFree", "refundFor"], fee),
    seats_left <= FEW_SEATS && t("seatsLeft", seats_left),
  ].filter(Boolean);
}

function checkedText(pieces, weight) {
  if (pieces === undefined) return weight > 0 && t("checkedWeight", weight);
  return pieces > 0 && weight > 0 ? t("withWeight", t("checkedBags", pieces), weight) : t("checkedBags", pieces);
}

function conditionText(condition, [refused, allowed, free, withFee], fee) {
  if (!condition) return null;
  if (!condition.allowed) return t(refused);
  if (condition.penalty === undefined) return t(allowed);
  return Number(condition.penalty) === 0 ? t(free) : t(withFee, fee(condition.penalty));
}
