// The search form and its errors.

import { Combobox } from "./combobox.js";
import { byId, el, fill, setText } from "./dom.js";
import { fieldErrors } from "./errors.js";
import { addDays, isDay, today } from "./format.js";
import { t } from "./text.js";

/** The initial date, in days from today. */
const DAYS_AHEAD = 14;
const MAX_PASSENGERS = 9;
const FIELDS = ["from", "to", "date", "passengers"];

const REQUIRED = { from: "chooseFrom", to: "chooseTo", date: "chooseDate", passengers: "wrongPassengers" };

export class Form {
  #form = byId("search-form");
  #from = new Combobox(byId("from"), byId("suggestions-status"));
  #to = new Combobox(byId("to"), byId("suggestions-status"));
  #date = byId("date");
  #passengers = byId("passengers");
  #button = byId("submit");
  #alert = byId("form-alert");

  /** @param {(query: object) => void} onSubmit called with a query that has all fields, which may be wrong */
  constructor(onSubmit) {
    this.#date.min = today(new Date());
    this.#date.value = addDays(this.#date.min, DAYS_AHEAD);
    for (let count = 1; count <= MAX_PASSENGERS; count += 1) {
      this.#passengers.append(el("option", { value: count }, t("passengers", count)));
    }
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.busy) void this.#send(onSubmit);
    });
    byId("swap").addEventListener("click", () => this.#swap());
    for (const field of FIELDS) byId(field).addEventListener("input", () => this.#clear(field));
    for (const field of FIELDS) byId(field).addEventListener("change", () => this.#clear(field));
  }

  /** Whether a search is being submitted. */
  get busy() {
    return this.#form.ariaBusy === "true";
  }

  set busy(busy) {
    this.#form.ariaBusy = String(busy);
    this.#button.ariaDisabled = String(busy);
  }

  /** Shows a query. */
  show({ from, to, date, passengers }) {
    this.reset();
    void this.#from.showCode(from);
    void this.#to.showCode(to);
    this.#date.value = date;
    this.#passengers.value = String(passengers);
  }

  /** Date and passengers, for a query with another origin and destination. */
  get rest() {
    return { date: this.#date.value, passengers: Number(this.#passengers.value) };
  }

  focus() {
    this.#from.input.focus();
  }

  /** Clears all errors. */
  reset() {
    FIELDS.forEach((field) => this.#clear(field));
    if (this.#alert.contains(document.activeElement)) this.#button.focus();
    this.#alert.hidden = true;
  }

  /** Shows the texts that the form has made, in another language. */
  relabel() {
    this.reset();
    [...this.#passengers.options].forEach((option) => setText(option, t("passengers", Number(option.value))));
  }

  /** Whether the gateway may be asked. If not, shows what is wrong. */
  accepts(query) {
    const now = today(new Date());
    this.#date.min = now;
    const wrong = FIELDS.filter((field) => query[field] === "").map((field) => ({ field, text: t(REQUIRED[field]) }));
    for (const [field, { input }] of [["from", this.#from], ["to", this.#to]]) {
      if (query[field] === null) wrong.push({ field, text: t("unknownPlace", input.value.trim()) });
    }
    // The day of the user's clock. The gateway, which knows no user's day, accepts any.
    if (isDay(query.date) && query.date < now) wrong.push({ field: "date", text: t("pastDate") });
    if (wrong.length > 0) this.#mark(wrong);
    return wrong.length === 0;
  }

  /** Shows the errors of a response beside their fields, and the others as an alert. */
  refuse(errors, query) {
    const texts = fieldErrors(errors, { ...query, knowsTo: this.#to.isKnown });
    this.#mark(texts);
    if (texts.length === 0) this.alert(t("rejected"));
  }

  /** Shows an error that concerns no field, with a button to try again. */
  alert(message, again) {
    fill(this.#alert,
      el("p", {}, message),
      again && el("button", { type: "button", class: "button quiet", onclick: again }, t("tryAgain")));
    this.#alert.hidden = false;
  }

  async #send(onSubmit) {
    this.reset();
    this.busy = true;
    try {
      const [from, to] = await Promise.all([this.#from, this.#to].map((field) => codeOf(field)));
      await onSubmit({ from, to, ...this.rest });
    } finally {
      this.busy = false;
    }
  }

  #swap() {
    const [from, to] = [this.#from, this.#to].map(({ place, input }) => ({ place, text: input.value }));
    for (const [field, { place, text }] of [[this.#from, to], [this.#to, from]]) {
      field.place = place;
      if (!place) field.input.value = text;
    }
    this.#clear("from");
    this.#clear("to");
  }

  /** Shows each error beside its field, and focuses the first. */
  #mark(errors) {
    for (const { field, text, suggestion } of errors) {
      const error = byId(`${field}-error`);
      const take = () => {
        this.#clear(field);
        void { from: this.#from, to: this.#to }[field].showCode(suggestion);
        byId(field).focus();
      };
      fill(error,
        el("span", {}, text),
        suggestion && el("button", { type: "button", class: "link", onclick: take }, t("useCode", suggestion)));
      error.hidden = false;
      byId(field).setAttribute("aria-invalid", "true");
    }
    const first = FIELDS.find((field) => errors.some((error) => error.field === field));
    if (first) byId(first).focus();
  }

  #clear(field) {
    const error = byId(`${field}-error`);
    error.hidden = true;
    setText(error, "");
    byId(field).removeAttribute("aria-invalid");
  }
}

/** Without suggestions, the text is submitted as a code; the gateway rejects unknown ones. */
function codeOf(field) {
  return field.resolve().catch(() => field.input.value.trim().toUpperCase());
}
