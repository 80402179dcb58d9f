// What the gateway rejects, in a person's words. The API's messages are for developers, and in English.

import { Problem, Unreachable } from "./api.js";
import { t } from "./text.js";

/** The texts of refusals by the code of the response. */
const REFUSALS = {
  rate_limited: "tooMany",
  too_many_from_client: "tooMany",
  backlog_full: "busy",
  storage_full: "busy",
  too_many_connections: "busy",
};

/**
 * The errors of a response that belong to a field of the form.
 * @param {{ field: string, suggestion?: string }[]} errors
 * @param {{ from: string, to: string, knowsTo: boolean }} query the rejected query, and whether its destination exists
 * @returns {{ field: string, text: string, suggestion?: string }[]}
 */
export function fieldErrors(errors, query) {
  const texts = {
    from: () => t("unknownCode", query.from),
    to: () => (query.from === query.to || query.knowsTo ? t("samePlace") : t("unknownCode", query.to)),
    date: () => t("wrongDate"),
    passengers: () => t("wrongPassengers"),
  };
  return errors.filter(({ field }) => Object.hasOwn(texts, field))
    .map(({ field, suggestion }) => ({ field, text: texts[field](), suggestion }));
}

/** Why a search could not be submitted. */
export function refusalText(error, isOnline) {
  if (error instanceof Unreachable) return t(isOnline ? "unreachable" : "offline");
  if (!(error instanceof Problem)) throw error;
  return t(REFUSALS[error.code] ?? (error.status >= 500 ? "trouble" : "rejected"));
}
