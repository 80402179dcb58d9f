// Why no fares are shown, and what the user can do. Pure functions.

import { isUnfiltered } from "./filter.js";
import { isRunning } from "./search.js";
import { t } from "./text.js";
import { hasWishes, shifted } from "./trip.js";

/** What there is to know about the number of fares. */
export function countText({ offers, total, phase }, shown, filters) {
  if (offers.length === 0) return isRunning({ phase }) ? t("waiting") : "";
  if (!isUnfiltered(filters)) return t("matching", shown, offers.length);
  return total > offers.length ? t("cheapestOf", offers.length, total) : t("fares", total);
}

/**
 * The notice that is shown instead of fares; null if there are some, or may be soon.
 * @param {object} search
 * @param {number} shown how many fares pass the filters
 * @param {string} today `YYYY-MM-DD`; no earlier day is offered
 * @param {{ search: (query: object) => void, create: () => void, clear: () => void }} act
 * @returns {{ title: string, text: string, actions: [string, () => void][] } | null}
 */
export function noticeOf(search, shown, today, act) {
  const { phase, query, offers } = search;
  const again = query ? [[t("searchAgain"), () => act.search(query)]] : [];
  if (phase === "missing") {
    return {
      title: t("expired"),
      text: query ? t("expiredText") : t("expiredNew"),
      actions: query ? again : [[t("newSearch"), act.create]],
    };
  }
  if (phase === "failed") {
    const text = search.reason === "deadline" ? t("failedDeadline") : t("failedText");
    return { title: t("noSupplierAnswered"), text, actions: again };
  }
  if (offers.length > 0 && shown === 0) {
    return { title: t("noMatch"), text: t("noMatchText", offers.length), actions: [[t("clearFilters"), act.clear]] };
  }
  if (offers.length > 0 || isRunning(search)) return null;
  if (phase === "cancelled") return { title: t("cancelled"), text: t("cancelledText"), actions: again };
  const other = (label, days) => {
    const day = query && shifted(query, days);
    return day && day.slices[0].date >= today ? [[t(label), () => act.search(day)]] : [];
  };
  return {
    title: t("noFlights"),
    text: t(query && hasWishes(query) ? "noFlightsWishes" : "noFlightsText"),
    actions: [...other("previousDay", -1), ...other("followingDay", 1)],
  };
}
