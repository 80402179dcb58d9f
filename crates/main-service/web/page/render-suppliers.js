// A row for each supplier: its state and time.

import { byId, el, icon, reconcile, setText, spoken } from "./dom.js";
import { elapsed } from "./format.js";
import { isRunning, progress, supplierRows } from "./search.js";
import { t } from "./text.js";

/** How often to update the times of pending suppliers. */
const TICK_MS = 100;

/** The texts of the states. */
const LABELS = {
  pending: "supplierPending",
  ok: "supplierOk",
  empty: "supplierEmpty",
  timeout: "supplierTimeout",
  error: "supplierError",
  unavailable: "supplierUnavailable",
  skipped: "supplierSkipped",
  dropped: "supplierDropped",
};

const ICONS = {
  ok: "check", empty: "dash", timeout: "clock", error: "cross", unavailable: "cross", skipped: "dash", dropped: "dash",
};

/** The panel of suppliers. Updates the times of pending ones. */
export class Suppliers {
  #list = byId("supplier-list");
  #rows = new Map();
  #timer = null;
  #startedAt = 0;

  render(search) {
    const rows = supplierRows(search);
    const byCode = new Map(rows.map((row) => [row.code, row]));
    reconcile(this.#list, this.#rows, [...byCode.keys()], (code) => emptyRow(code));
    for (const row of rows) fill(this.#rows.get(row.code), row);
    const { answered, of } = progress(search);
    setText(byId("supplier-count"), of > 0 ? t("countOf", answered, of) : "");
    byId("suppliers").hidden = rows.length === 0 && !isRunning(search);

    this.#startedAt = search.startedAt;
    if (isRunning(search)) this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    else this.stop();
    this.#tick();
  }

  /** Forgets all rows: for another language. */
  reset() {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick() {
    const text = elapsed(performance.now() - this.#startedAt);
    for (const row of this.#list.querySelectorAll("[data-status=pending] .time")) setText(row, text);
  }
}

function emptyRow(code) {
  return el("li", { class: "supplier", "data-code": code },
    el("span", { class: "supplier-icon" }),
    el("span", { class: "supplier-name" }),
    spoken(": "),
    el("span", { class: "supplier-note" }),
    spoken(", "),
    el("span", { class: "time" }));
}

function fill(element, { name, code, status, fares, elapsed_ms }) {
  const part = (className) => element.querySelector(`.${className}`);
  setText(part("supplier-name"), name || code);
  setText(part("supplier-note"), status === "ok" && fares !== undefined ? t("fares", fares) : t(LABELS[status] ?? LABELS.dropped));
  // One that is not asked takes no time.
  const hasTime = elapsed_ms !== undefined && status !== "skipped";
  if (status !== "pending") setText(part("time"), hasTime ? elapsed(elapsed_ms) : "");
  if (element.dataset.status === status) return;
  element.dataset.status = status;
  part("supplier-icon").replaceChildren(...(ICONS[status] ? [icon(ICONS[status])] : []));
}
