// The search form and its errors.

import { byId, el, fill, setText } from "./dom.js";
import { fieldErrors, numbered } from "./errors.js";
import { Errors } from "./form-errors.js";
import { Flights } from "./form-flights.js";
import { Travellers } from "./form-travellers.js";
import { Wishes } from "./form-wishes.js";
import { isDay, today } from "./format.js";
import { t } from "./text.js";
import { queryWith } from "./trip.js";

export class Form {
  #form = byId("search-form");
  #button = byId("submit");
  #alert = byId("form-alert");
  #wishes = new Wishes();
  #flights = new Flights();
  #travellers = new Travellers();
  #errors = new Errors((field, code) => void this.#flights.place(field)?.showCode(code));

  /**
   * @param {(query: object) => void} onSubmit called with a query that has all fields, which may be wrong
   * @param {() => number} turn another number whenever the page shows another search
   */
  constructor(onSubmit, turn) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.busy) void this.#send(onSubmit, turn);
    });
    for (const type of ["input", "change"]) {
      this.#form.addEventListener(type, ({ target }) => {
        this.#errors.clear(target.id);
        this.#renderCount();
      });
    }
    this.#form.addEventListener("options", () => this.#renderCount());
    byId("more").addEventListener("click", () => this.unfold(byId("options").hidden));
    this.relabel();
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
  show(query) {
    this.reset();
    this.#flights.slices = query.slices;
    this.#travellers.value = query.passengers;
    this.#wishes.value = query;
    this.#renderCount();
  }

  /** The query with another origin and destination, there or there and back. */
  between(from, to) {
    return this.#query(this.#flights.between(from, to));
  }

  /** Shows or hides what most searches do not need. */
  unfold(open) {
    byId("options").hidden = !open;
    byId("more").ariaExpanded = String(open);
    this.#renderCount();
  }

  /** Whether anything is chosen that is not seen while the options are hidden. */
  get hasOptions() {
    return this.#optionCount() > 0;
  }

  focus() {
    this.#flights.focus();
  }

  /** Clears all errors. */
  reset() {
    this.#errors.reset();
    if (this.#alert.contains(document.activeElement)) this.#button.focus();
    this.#alert.hidden = true;
  }

  /** Shows the texts that the form has made, in another language. */
  relabel() {
    this.reset();
    this.#flights.relabel();
    this.#travellers.relabel();
    this.#wishes.relabel();
    this.#renderCount();
  }

  /** Whether the gateway may be asked. If not, shows what is wrong. */
  accepts(query) {
    this.#flights.refreshDays();
    const wrong = query.slices.flatMap((slice, at) => this.#wrongFields(slice, at, query));
    if (query.passengers.children.includes(null) || query.passengers.infants.includes(null)) {
      const text = (id) => t(id.startsWith("child") ? "wrongChildAge" : "wrongInfantAge");
      wrong.push(...this.#travellers.missing.map((field) => ({ field, text: text(field) })));
    }
    this.#mark(wrong);
    return wrong.length === 0;
  }

  /** Shows the errors of a response beside their fields, and the others as an alert. */
  refuse(errors, query) {
    const texts = fieldErrors(errors, query, (field) => this.#flights.place(field)?.isKnown);
    const isComplete = this.#mark(texts);
    if (texts.length < errors.length || !isComplete) this.alert(t("rejected"));
  }

  /** Shows an error that concerns no field, with a button to try again. */
  alert(message, again) {
    fill(this.#alert,
      el("p", {}, message),
      again && el("button", { type: "button", class: "button quiet", onclick: again }, t("tryAgain")));
    this.#alert.hidden = false;
  }

  async #send(onSubmit, turn) {
    this.reset();
    this.busy = true;
    try {
      const before = turn();
      const slices = await this.#flights.read();
      // Otherwise the form shows another search by now.
      if (turn() === before) await onSubmit(this.#query(slices));
    } finally {
      this.busy = false;
    }
  }

  #query(slices) {
    return queryWith(slices, this.#travellers.value, this.#wishes.value);
  }

  /** What the gateway can't know of a slice, or need not be asked for. */
  #wrongFields({ from, to, date }, at, { slices }) {
    const isBack = at > 0 && this.#flights.kind === "return";
    const places = isBack ? [] : [["from", from, "chooseFrom"], ["to", to, "chooseTo"]];
    const wrong = places.filter(([, code]) => !code).map(([name, code, missing]) => {
      const field = numbered(name, at);
      const text = code === "" ? t(missing) : t("unknownPlace", byId(field).value.trim());
      return { field, text };
    });
    const field = isBack ? "return" : numbered("date", at);
    if (date === "") wrong.push({ field, text: t("chooseDate") });
    // The day of the user's clock. The gateway, which knows no user's day, accepts earlier ones.
    else if (isDay(date) && date < today(new Date()) && !(at > 0 && date < slices[at - 1].date)) {
      wrong.push({ field, text: t("pastDate") });
    }
    return wrong;
  }

  /** Shows each error beside its field, and focuses the first. */
  #mark(errors) {
    if (errors.length === 0) return true;
    const isComplete = this.#errors.show(errors);
    const { fields } = this.#errors;
    if (fields.some((field) => byId("options").contains(field))) this.unfold(true);
    this.#flights.reveal(fields);
    fields[0]?.focus();
    return isComplete;
  }

  #optionCount() {
    const { children, infants } = this.#travellers.value;
    const { kind, timeCount } = this.#flights;
    return this.#wishes.count
      + [kind === "several", children.length > 0, infants.length > 0, timeCount > 0].filter(Boolean).length;
  }

  /** Says how many options are hidden. */
  #renderCount() {
    const count = byId("options").hidden ? this.#optionCount() : 0;
    setText(byId("more-count"), count > 0 ? t("moreCount", count) : "");
  }
}
