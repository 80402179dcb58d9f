// The search form and its errors.

import { Combobox } from "./combobox.js";
import { byId, el, fill, setText } from "./dom.js";
import { addDays, plural, today } from "./format.js";

/** The initial date, in days from today. */
const DAYS_AHEAD = 14;
const FIELDS = ["from", "to", "date", "passengers"];

const REQUIRED = {
  from: "Choose where you fly from.",
  to: "Choose where you fly to.",
  date: "Choose the day you fly.",
};

export class Form {
  #form = byId("search-form");
  #from = new Combobox(byId("from"), byId("suggestions-status"));
  #to = new Combobox(byId("to"), byId("suggestions-status"));
  #date = byId("date");
  #passengers = byId("passengers");
  #button = byId("submit");
  #alert = byId("form-alert");

  /** @param {(query: object) => void} onSubmit called with a complete query, which may be invalid */
  constructor(onSubmit) {
    const now = today(new Date());
    this.#date.min = now;
    this.#date.value = addDays(now, DAYS_AHEAD);
    for (let count = 1; count <= 9; count += 1) {
      this.#passengers.append(el("option", { value: count }, plural(count, "passenger")));
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
    this.#alert.hidden = true;
  }

  /** Shows each error beside its field, and focuses the first. */
  refuse(errors) {
    for (const error of errors) this.#mark(error);
    const first = FIELDS.find((field) => errors.some((error) => error.field === field));
    if (first) byId(first).focus();
    const elsewhere = errors.filter(({ field }) => !FIELDS.includes(field));
    if (elsewhere.length > 0) this.alert(elsewhere.map(({ field, message }) => `${field} ${message}`).join("; "));
  }

  /** Shows an error that concerns no field, with a button to try again. */
  alert(message, again) {
    fill(this.#alert,
      el("p", {}, message),
      again && el("button", { type: "button", class: "button quiet", onclick: again }, "Try again"));
    this.#alert.hidden = false;
  }

  async #send(onSubmit) {
    this.reset();
    this.busy = true;
    try {
      const [from, to] = await Promise.all([this.#from, this.#to].map((field) => codeOf(field)));
      const query = { from, to, ...this.rest };
      const missing = FIELDS.filter((field) => query[field] === "");
      if (missing.length > 0) {
        this.refuse(missing.map((field) => ({ field, message: REQUIRED[field] })));
        return;
      }
      await onSubmit(query);
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

  #mark({ field, message, suggestion }) {
    if (!FIELDS.includes(field)) return;
    const error = byId(`${field}-error`);
    const take = () => {
      this.#clear(field);
      void { from: this.#from, to: this.#to }[field].showCode(suggestion);
      byId(field).focus();
    };
    fill(error,
      el("span", {}, message.charAt(0).toUpperCase() + message.slice(1)),
      suggestion && el("button", { type: "button", class: "link", onclick: take }, `Use ${suggestion}`));
    error.hidden = false;
    byId(field).setAttribute("aria-invalid", "true");
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
