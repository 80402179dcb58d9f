// What is known of one search, and how each message about it changes that. Pure: every function gives a new value.

import { byId } from "./fares.js";

/** A search of which nothing is known but its id and, with luck, what was asked. */
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
  };
}

/** After the gateway told where the search stands. */
export function withStatus(search, data) {
  const { from, to, date, passengers } = data;
  const query = from ? { from, to, date, passengers } : search.query;
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

/** After one supplier's answer. A second telling of the same one changes nothing. */
export function withPartial(search, { supplier, results, progress }) {
  return remerged({
    ...search,
    reports: new Map(search.reports).set(supplier.code, { ...supplier, fares: results.length }),
    answers: new Map(search.answers).set(supplier.code, results),
    of: progress.of,
    warnings: [],
  });
}

/** After the terminal event, which alone counts from then on. */
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

/** After the gateway told again what keeps the search from going on. */
export function withWarnings(search, { warnings = [] }) {
  return isRunning(search) ? { ...search, warnings } : search;
}

/** Whether nobody is there to work on the search. */
export function isStalled(search) {
  return search.warnings.some(({ code }) => code === "no_worker");
}

/** After its user has left it while others go on with it: cancelled, with what has come so far. */
export function withoutMore(search) {
  return { ...search, phase: "cancelled", connection: "open" };
}

/** Whether the search still runs, so far as is known. */
export function isRunning(search) {
  return search.phase === "loading" || search.phase === "processing";
}

/**
 * A row for each supplier, those that are asked first and in that order. Who has not answered when the search has
 * ended was not waited for.
 */
export function supplierRows(search) {
  const rows = new Map(search.asked.map(({ code, name }) => [code, { code, name, status: "pending" }]));
  for (const report of search.reports.values()) rows.set(report.code, report);
  const silent = isRunning(search) ? "pending" : "dropped";
  return [...rows.values()].map((row) => (row.status === "pending" ? { ...row, status: silent } : row));
}

/** How many suppliers have answered, of how many. */
export function progress(search) {
  const answered = search.reports.size;
  return { answered, of: Math.max(search.of, answered) };
}

function remerged(search) {
  const offers = byId([[null, search.known], ...search.answers]);
  return { ...search, offers, total: offers.length };
}

/** The reports by supplier; how many fares each had is only told by partial answers, and kept. */
function reportsOf(suppliers, before) {
  const reports = new Map(before);
  for (const report of suppliers ?? []) {
    reports.set(report.code, { ...report, fares: before.get(report.code)?.fares });
  }
  return reports;
}
