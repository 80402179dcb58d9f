// The state of a search, and how each message changes it. All functions are pure.

import { byId } from "./fares.js";
import { currencyOf, queryOf } from "./trip.js";

/** A search with only a known id, and possibly a known query. */
export function unknown(id, query = null) {
  return {
    id, query,
    phase: "loading",
    connection: "open",
    asked: [],
    reports: new Map(),
    answers: new Map(),
    known: [],
    offers: [],
    total: 0,
    of: 0,
    elapsedMs: 0,
    startedAt: performance.now(),
    reason: null,
    warnings: [],
    cancelFailed: false,
  };
}

/** After a response with the search's state. */
export function withStatus(search, data) {
  const query = queryOf(data) ?? search.query;
  const asked = data.asked ?? [];
  const next = {
    ...search, query, asked,
    phase: data.status,
    connection: "open",
    reports: reportsOf(data.suppliers, search.reports),
    known: data.results,
    of: Math.max(search.of, asked.length),
    elapsedMs: data.elapsed_ms ?? 0,
    warnings: data.warnings ?? [],
  };
  return data.status === "processing" ? remerged(next) : withEnd(next, data);
}

/** After a `partial` event. Idempotent. */
export function withPartial(search, { supplier, results, progress }) {
  return remerged({
    ...search,
    reports: new Map(search.reports).set(supplier.code, { ...supplier, fares: results.length }),
    answers: new Map(search.answers).set(supplier.code, results),
    of: progress.of,
    warnings: [],
  });
}

/** After the terminal event, whose results replace all partial ones. */
export function withEnd(search, data) {
  return {
    ...search,
    phase: data.status,
    connection: "open",
    reports: reportsOf(data.suppliers, search.reports),
    offers: data.results,
    total: data.total ?? data.results.length,
    elapsedMs: data.elapsed_ms ?? search.elapsedMs,
    reason: data.reason ?? null,
    warnings: [],
  };
}

/** After a response with new warnings. */
export function withWarnings(search, { warnings = [] }) {
  return isRunning(search) ? { ...search, warnings } : search;
}

/** Whether no worker is running. */
export function isStalled(search) {
  return search.warnings.some(({ code }) => code === "no_worker");
}

/** After the user left a shared search: cancelled, with the offers so far. */
export function withoutMore(search) {
  return { ...search, phase: "cancelled", connection: "open" };
}

/** Whether the search may still be running. */
export function isRunning(search) {
  return search.phase === "loading" || search.phase === "processing";
}

/**
 * A row for each supplier, in the order asked. Suppliers without an answer when the search has ended are `dropped`.
 */
export function supplierRows(search) {
  const rows = new Map(search.asked.map(({ code, name }) => [code, { code, name, status: "pending" }]));
  for (const report of search.reports.values()) {
    const { code, name } = report;
    rows.set(code, isCutOff(report) ? { code, name, status: "pending" } : report);
  }
  const silent = isRunning(search) ? "pending" : "dropped";
  return [...rows.values()].map((row) => (row.status === "pending" ? { ...row, status: silent } : row));
}

/** The suppliers' names by code. */
export function supplierNames(search) {
  return new Map(supplierRows(search).map(({ code, name }) => [code, name || code]));
}

/** How many suppliers have answered, and how many were asked. */
export function progress(search) {
  const answered = [...search.reports.values()].filter((report) => !isCutOff(report)).length;
  return { answered, of: Math.max(search.of, answered) };
}

/** Whether the search was cancelled before the supplier answered. */
function isCutOff({ status, reason }) {
  return status === "timeout" && Boolean(reason);
}

function remerged(search) {
  const offers = byId([[null, search.known], ...search.answers], currencyOf(search.query));
  return { ...search, offers, total: offers.length };
}

/** Reports by supplier. Keeps the number of fares, which only partials have. */
function reportsOf(suppliers, before) {
  const reports = new Map(before);
  for (const report of suppliers ?? []) {
    reports.set(report.code, { ...report, fares: before.get(report.code)?.fares });
  }
  return reports;
}
