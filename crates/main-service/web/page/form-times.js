// The form's times of the day: when each flight may depart and arrive.

import { byId, el, setText } from "./dom.js";
import { numbered } from "./errors.js";
import { field } from "./form-errors.js";
import { t } from "./text.js";
import { WINDOWS } from "./trip.js";

/** The fields of a flight with their labels. */
const FIELDS = WINDOWS.flatMap((window) => [[window, "earliest"], [window, "latest"]]);
const LABELS = ["departAfter", "departBefore", "arriveAfter", "arriveBefore"];

const idOf = ([window, bound], at) => numbered(`${window}-${bound}`, at);

export class Times {
  #panel = byId("times");
  #list = byId("time-list");

  /** How many flights have times. */
  set length(length) {
    while (this.#list.childElementCount > length) this.#list.lastElementChild.remove();
    while (this.#list.childElementCount < length) {
      const at = this.#list.childElementCount;
      this.#list.append(el("fieldset", {}, el("legend"), FIELDS.map((name) =>
        field(idOf(name, at), "", el("input", { type: "time" })))));
    }
  }

  /** The windows of each flight: `{ departure: { earliest, latest }, arrival }`. What is empty is left out. */
  get value() {
    return Array.from(this.#list.children, (_, at) => {
      const windows = {};
      for (const name of FIELDS) {
        const { value } = byId(idOf(name, at));
        const [window, bound] = name;
        if (value) windows[window] = { ...windows[window], [bound]: value };
      }
      return windows;
    });
  }

  set value(slices) {
    this.length = slices.length;
    slices.forEach((slice, at) => {
      for (const name of FIELDS) byId(idOf(name, at)).value = slice[name[0]]?.[name[1]] ?? "";
    });
    this.#panel.open = this.count > 0;
  }

  /** How many flights have any time. */
  get count() {
    return this.value.filter((windows) => Object.keys(windows).length > 0).length;
  }

  /** Removes the times of a flight: the later ones move up. */
  remove(at) {
    this.value = this.value.toSpliced(at, 1);
  }

  /** Shows a field, which may be folded away. */
  reveal(id) {
    if (this.#list.contains(document.getElementById(id))) this.#panel.open = true;
  }

  /**
   * Writes all texts in the language of the page.
   * @param {"oneWay" | "return" | "several"} kind
   */
  relabel(kind) {
    [...this.#list.children].forEach((row, at) => {
      const name = kind === "several" ? t("flightNumber", at + 1) : t(["outbound", "inbound"][at]);
      setText(row.querySelector("legend"), name);
      FIELDS.forEach((one, index) => setText(byId(idOf(one, at)).labels[0], t(LABELS[index])));
    });
  }
}
