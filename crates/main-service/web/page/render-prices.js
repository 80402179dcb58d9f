// What each seller asks for an offer, what that includes, and where to buy it.

import { el, spoken } from "./dom.js";
import { date, exactPrice, moment, price, roughPrice } from "./format.js";
import { linkOf } from "./prices.js";
import { t } from "./text.js";

/** More seats than this are no news. */
const FEW_SEATS = 9;

/** @param {{ sellers: Map<string, string>, now: Date }} about */
export function priceList(prices, about) {
  return el("section", { class: "prices" },
    el("h3", {}, t("sellersAndPrices")),
    el("ul", {}, prices.map((one) => priceRow(one, about))));
}

function priceRow(one, { sellers, now }) {
  const { supplier, fare_brand, approximate, expires_at } = one;
  const seller = sellers.get(supplier) ?? supplier ?? "";
  const link = linkOf(one);
  const expiry = expires_at && Date.parse(expires_at);
  return el("li", { class: "price-row" },
    el("div", { class: "price-what" },
      el("span", { class: "seller" }, seller),
      fare_brand && el("span", { class: "fare-brand" }, `${seller && " · "}${fare_brand}`),
      el("p", { class: "facts" }, factsOf(one).join(" · "))),
    el("div", { class: "price-much" },
      el("span", { class: "total" }, exactPrice(one)),
      approximate && el("span", { class: "approximate" }, roughPrice(approximate)),
      approximate && el("span", { class: "rate" }, t("rateOf", date(approximate.rate_date))),
      expiry && el("span", { class: expiry > now ? "expiry" : "expiry expired" },
        t(expiry > now ? "validUntil" : "expiredAt", moment(expiry, now)))),
    el("div", { class: "price-act" },
      link && el("a", {
        class: "button quiet", href: link, target: "_blank", rel: "noopener",
      }, t("goTo"), spoken(`: ${t("newTab", seller)}`))));
}

/** Baggage, conditions and seats, as far as the seller tells them. */
function factsOf({ baggage = {}, conditions = {}, seats_left, currency }) {
  const { cabin_pieces, checked_pieces, checked_kg } = baggage;
  const fee = (penalty) => price(Number(penalty), currency);
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
