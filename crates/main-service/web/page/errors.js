// What the gateway rejects, in a person's words. The API's messages are for developers, and in English.

import { Problem, Unreachable } from "./api.js";
import { t } from "./text.js";
import { kindOf } from "./trip.js";

/** The texts of refusals by the code of the response. */
const REFUSALS = {
  rate_limited: "tooMany",
  too_many_from_client: "tooMany",
  backlog_full: "busy",
  storage_full: "busy",
  too_many_connections: "busy",
};

/** The fields of the form that the API calls otherwise. */
const NAMES = {
  return_date: "return",
  passengers: "passengers",
  "passengers.adults": "passengers",
  "passengers.children": "children",
  "passengers.infants": "infants",
  max_stops: "max-stops",
};

/** What is wrong with a field of the form, by its name without a number. */
const TEXTS = {
  from: ({ from }) => t("unknownCode", from),
  to: ({ from, to }, isKnown) => (from === to || isKnown ? t("samePlace") : t("unknownCode", to)),
  date: (slice, _, before) => dateText(slice, before),
  return: (slice, _, before) => dateText(slice, before),
  passengers: () => t("wrongPassengers"),
  children: () => t("tooManySeats"),
  child: () => t("wrongChildAge"),
  infants: () => t("tooManyInfants"),
  infant: () => t("wrongInfantAge"),
  cabin: () => t("wrongCabin"),
  "max-stops": () => t("wrongChoice"),
  currency: () => t("wrongCurrency"),
  // A single time is valid, so it is about the two of them.
  "departure-earliest": () => t("wrongTime"),
  "departure-latest": () => t("wrongTimes"),
  "arrival-earliest": () => t("wrongTime"),
  "arrival-latest": () => t("wrongTimes"),
};

/** The fields of the way back in the form of a return, by their names in the API. */
const BACK = { from: "to", to: "from", date: "return" };

/** The field of the form for a path of the API: `date-2` for `slices[1].date`. Null if there is none. */
export function fieldOf(path, kind = "several") {
  const [, at, part] = /^slices\[(\d)\]\.(from|to|date)$/.exec(path) ?? [];
  if (part) return kind === "return" && at === "1" ? BACK[part] : numbered(part, Number(at));
  const [, of, window, bound] = /^slices\[(\d)\]\.(departure|arrival)\.(earliest|latest)$/.exec(path) ?? [];
  if (window) return numbered(`${window}-${bound}`, Number(of));
  const [, ages, index] = /^passengers\.(children|infants)\[(\d)\]$/.exec(path) ?? [];
  if (ages) return `${ages === "children" ? "child" : "infant"}-${Number(index) + 1}`;
  if (Object.hasOwn(NAMES, path)) return NAMES[path];
  return ["from", "to", "date", "passengers", "cabin", "currency"].includes(path) ? path : null;
}

/** The field's name for the slice at an index: `from`, `from-2`. */
export function numbered(field, at) {
  return at === 0 ? field : `${field}-${at + 1}`;
}

/**
 * The errors of a response that belong to a field of the form.
 * @param {{ field: string, suggestion?: string }[]} errors
 * @param {{ slices: object[] }} query the rejected query
 * @param {(field: string) => boolean} isKnown whether the place in a field exists
 * @returns {{ field: string, text: string, suggestion?: string }[]}
 */
export function fieldErrors(errors, { slices }, isKnown = () => false) {
  const trip = kindOf({ slices });
  return errors.map(({ field: path, suggestion }) => ({ field: fieldOf(path, trip), suggestion }))
    .filter(({ field }) => field !== null)
    .map(({ field, suggestion }) => {
      const [, kind, number] = /^([a-z-]+?)(?:-(\d))?$/.exec(field);
      const at = kind === "return" ? 1 : Number(number ?? 1) - 1;
      return { field, text: TEXTS[kind](slices[at] ?? {}, isKnown(field), slices[at - 1]), suggestion };
    });
}

/**
 * Why a request was refused.
 * @param {string} [otherwise] the text for a refusal without one of its own
 */
export function refusalText(error, isOnline, otherwise) {
  if (error instanceof Unreachable) return t(isOnline ? "unreachable" : "offline");
  if (!(error instanceof Problem)) throw error;
  return t(REFUSALS[error.code] ?? otherwise ?? (error.status >= 500 ? "trouble" : "rejected"));
}

function dateText({ date }, before) {
  return before && date < before.date ? t("earlierDate") : t("wrongDate");
}
