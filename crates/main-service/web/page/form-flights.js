// The form's flights: from where to where, and when. The first is in index.html; a trip to several cities has more.

import { Combobox } from "./combobox.js";
import { byId, el, icon, setText } from "./dom.js";
import { numbered } from "./errors.js";
import { field } from "./form-errors.js";
import { Times } from "./form-times.js";
import { addDays, today } from "./format.js";
import { t } from "./text.js";
import { MAX_SLICES, kindOf, sliceWith } from "./trip.js";

/** The first date at the start, in days from today; then the days between two flights. */
const DAYS_AHEAD = 14;
const STAY_DAYS = 7;
const NEXT_DAYS = 3;

export class Flights {
  #status = byId("suggestions-status");
  #kinds = document.getElementsByName("trip");
  #list = byId("flight-list");
  #back = byId("return");
  #rows = [];
  #times = new Times();

  constructor() {
    this.#rows.push(this.#row(0));
    this.refreshDays();
    this.#rows[0].date.value = addDays(today(new Date()), DAYS_AHEAD);
    for (const input of this.#kinds) input.addEventListener("change", () => this.#show(input.value));
    byId("add-return").addEventListener("click", () => {
      this.#show("return");
      this.#back.focus();
    });
    byId("remove-return").addEventListener("click", () => {
      this.#show("oneWay");
      byId("add-return").focus();
    });
    byId("add-flight").addEventListener("click", () => {
      this.#add();
      this.#rows.at(-1).to.input.focus();
      this.#finish();
    });
    byId("swap").addEventListener("click", () => this.#swap());
    this.#list.addEventListener("click", ({ target }) => this.#remove(target.closest("[data-remove]")));
    // The later dates follow, so that no flight is before the one before it.
    byId("search-form").addEventListener("change", ({ target }) => target.type === "date" && this.refreshDays());
    this.#show(this.kind);
  }

  /** `oneWay`, `return` or `several`. */
  get kind() {
    return [...this.#kinds].find(({ checked }) => checked).value;
  }

  /** How many flights have times of the day. */
  get timeCount() {
    return this.#times.count;
  }

  /** Shows the slices of a query. */
  set slices(slices) {
    const kind = kindOf({ slices });
    const shown = kind === "return" ? slices.slice(0, 1) : slices;
    while (this.#rows.length > shown.length) this.#rows.pop().element.remove();
    while (this.#rows.length < shown.length) this.#add();
    shown.forEach(({ from, to, date }, at) => {
      const row = this.#rows[at];
      void row.from.showCode(from);
      void row.to.showCode(to);
      row.date.value = date;
    });
    this.#back.value = kind === "return" ? slices[1].date : "";
    this.#show(kind);
    this.#times.value = slices;
  }

  /** The slices as filled in. A place is empty without a text, and null for a text that is none. */
  async read() {
    const kind = this.kind;
    const rows = kind === "several" ? this.#rows : this.#rows.slice(0, 1);
    const slices = await Promise.all(rows.map(async ({ from, to, date }) => {
      const [origin, destination] = await Promise.all([from, to].map(codeOf));
      return { from: origin, to: destination, date: date.value };
    }));
    const [{ from, to }] = slices;
    if (kind === "return") slices.push({ from: to, to: from, date: this.#back.value });
    return this.#timed(slices);
  }

  /** The slices of a trip from here to there on the chosen days. */
  between(from, to) {
    const there = { from, to, date: this.#rows[0].date.value };
    const back = { from: to, to: from, date: this.#back.value };
    return this.#timed(this.kind === "return" ? [there, back] : [there]);
  }

  /** The field of a place, by its id: `from`, `to-2`. */
  place(id) {
    return this.#rows.flatMap(({ from, to }) => [from, to]).find(({ input }) => input.id === id);
  }

  /** Shows those of these fields that are folded away. */
  reveal(fields) {
    for (const { id } of fields) this.#times.reveal(id);
  }

  focus() {
    this.#rows[0].from.input.focus();
  }

  /** Sets the days that can be chosen. */
  refreshDays() {
    let earliest = today(new Date());
    // Hidden rows keep what was chosen before.
    const rows = this.kind === "several" ? this.#rows : this.#rows.slice(0, 1);
    for (const date of [...rows.map((row) => row.date), this.#back]) {
      date.min = earliest;
      if (date.value > earliest) earliest = date.value;
    }
  }

  /** Writes all texts in the language of the page. */
  relabel() {
    this.#rows.slice(1).forEach((row, index) => {
      const number = index + 2;
      setText(row.element.querySelector(".flight-number"), t("flightNumber", number));
      row.element.querySelector("[data-remove]").setAttribute("aria-label", t("removeFlight", number));
      for (const [place, label, list] of [["from", "from", "placesFrom"], ["to", "to", "placesTo"]]) {
        setText(row[place].input.labels[0], t(label));
        row[place].input.placeholder = t("cityOrAirport");
        row.element.querySelector(`[id^=${place}-][role=listbox]`).setAttribute("aria-label", t(list));
      }
      setText(row.date.labels[0], t("date"));
    });
    this.#times.relabel(this.kind);
  }

  #timed(slices) {
    const times = this.#times.value;
    return slices.map((slice, at) => sliceWith(slice, times[at]));
  }

  #show(kind) {
    for (const input of this.#kinds) input.checked = input.value === kind;
    const isReturn = kind === "return";
    byId("flights").hidden = kind !== "several";
    document.documentElement.dataset.trip = kind;
    const first = this.#rows[0].date.value;
    if (isReturn && this.#back.value < first) this.#back.value = addDays(first, STAY_DAYS) ?? first;
    if (!isReturn) this.#back.value = "";
    if (kind === "several" && this.#rows.length === 1) this.#add();
    this.#finish();
  }

  #finish() {
    byId("add-flight").hidden = this.#rows.length >= MAX_SLICES;
    this.#times.length = { oneWay: 1, return: 2, several: this.#rows.length }[this.kind];
    this.#times.relabel(this.kind);
    this.refreshDays();
    byId("search-form").dispatchEvent(new Event("options"));
  }

  /** Adds a flight from where the last one ends. */
  #add() {
    const last = this.#rows.at(-1);
    const at = this.#rows.length;
    this.#list.append(flightElement(at));
    const row = this.#row(at);
    row.from.place = last.to.place;
    row.date.value = (last.date.value && addDays(last.date.value, NEXT_DAYS)) || "";
    this.#rows.push(row);
    this.relabel();
  }

  #row(at) {
    const [from, to] = ["from", "to"].map((place) => new Combobox(byId(numbered(place, at)), this.#status));
    return { from, to, date: byId(numbered("date", at)), element: at === 0 ? null : this.#list.lastElementChild };
  }

  /** Removes a flight: the later ones move up, so that their fields keep their numbers. */
  #remove(button) {
    if (!button) return;
    const at = Number(button.dataset.remove);
    const rows = this.#rows.slice(at + 1);
    rows.forEach((row, index) => {
      const before = this.#rows[at + index];
      copy(row.from, before.from);
      copy(row.to, before.to);
      before.date.value = row.date.value;
    });
    this.#rows.pop().element.remove();
    this.#times.remove(at);
    if (this.#rows.length === 1) this.#show("oneWay");
    this.#finish();
    (this.#rows[at]?.element.querySelector("[data-remove]") ?? document.querySelector("[name=trip]:checked")).focus();
  }

  #swap() {
    const [{ from, to }] = this.#rows;
    const [origin, destination] = [from, to].map(({ place, input }) => ({ place, input: { value: input.value } }));
    copy(destination, from);
    copy(origin, to);
    for (const { input } of [from, to]) input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Shows in a field what another one has: a place, or only a text. */
function copy(source, target) {
  const { place, input: { value } } = source;
  target.place = place;
  if (!place) target.input.value = value;
}

/** Without suggestions, the text is submitted as a code; the gateway rejects unknown ones. */
function codeOf(place) {
  return place.resolve().catch(() => place.input.value.trim().toUpperCase());
}

/** The fields of a further flight. Their texts follow. */
function flightElement(at) {
  const place = (name) => {
    const id = numbered(name, at);
    const list = `${id}-suggestions`;
    const part = field(id, "", el("input", {
      type: "text", maxlength: 80, role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list",
      "aria-controls": list, autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "next",
    }));
    part.lastElementChild.before(el("ul", { class: "suggestions", id: list, role: "listbox", tabindex: "-1", hidden: true }));
    return part;
  };
  return el("li", { class: "flight-row" },
    el("span", { class: "flight-number" }),
    place("from"), place("to"),
    field(numbered("date", at), "", el("input", { type: "date" })),
    el("button", { type: "button", class: "remove", "data-remove": at }, icon("cross")));
}
