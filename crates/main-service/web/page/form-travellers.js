// The form's passengers: adults, children and infants with their ages.

import { byId, el, setText } from "./dom.js";
import { field } from "./form-errors.js";
import { t } from "./text.js";
import { AGED } from "./trip.js";

const MAX_ADULTS = 9;

/** The passengers with ages, by the start of their fields' ids and their texts. */
const KINDS = {
  children: { id: "child", label: "childAge", ...AGED.children },
  infants: { id: "infant", label: "infantAge", ...AGED.infants },
};

export class Travellers {
  #adults = byId("passengers");

  constructor() {
    this.#adults.append(...numbers(1, MAX_ADULTS));
    for (const [kind, { most }] of Object.entries(KINDS)) {
      byId(kind).append(...numbers(0, most));
      byId(kind).addEventListener("change", () => this.#resize());
    }
    this.relabel();
  }

  /** The passengers as chosen; an age that is not chosen is null. */
  get value() {
    return { adults: Number(this.#adults.value), children: this.#ages("children"), infants: this.#ages("infants") };
  }

  set value({ adults, children, infants }) {
    this.#adults.value = String(adults);
    for (const [kind, ages] of Object.entries({ children, infants })) {
      byId(kind).value = String(ages.length);
      this.#resize();
      ages.forEach((age, at) => { byId(`${KINDS[kind].id}-${at + 1}`).value = String(age); });
    }
    this.relabel();
  }

  /** The fields whose age is not chosen. */
  get missing() {
    return [...byId("ages").querySelectorAll("select")].filter(({ value }) => value === "").map(({ id }) => id);
  }

  /** Writes all texts in the language of the page. */
  relabel() {
    const { children, infants } = this.value;
    const alone = children.length + infants.length === 0;
    for (const option of this.#adults.options) {
      setText(option, t(alone ? "passengers" : "adults", Number(option.value)));
    }
    for (const kind of Object.keys(KINDS)) {
      for (const option of byId(kind).options) setText(option, option.value === "0" ? t("none") : option.value);
    }
    for (const select of byId("ages").querySelectorAll("select")) {
      const [kind, number] = select.id.split("-");
      const { label } = Object.values(KINDS).find(({ id }) => id === kind);
      setText(select.labels[0], t(label, Number(number)));
      for (const option of select.options) {
        setText(option, option.value === "" ? t("chooseAge") : t("years", Number(option.value)));
      }
    }
  }

  #ages(kind) {
    const { id } = KINDS[kind];
    const fields = [...byId("ages").querySelectorAll(`[id^=${id}-]:is(select)`)];
    return fields.map(({ value }) => (value === "" ? null : Number(value)));
  }

  /** Gives each child and infant a field for its age, and keeps the ages that are chosen. */
  #resize() {
    const before = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, this.#ages(kind)]));
    byId("ages").replaceChildren(...Object.entries(KINDS).flatMap(([kind, { id, ages }]) =>
      Array.from({ length: Number(byId(kind).value) }, (_, at) => {
        const select = el("select", {}, el("option", { value: "" }), ...numbers(...ages));
        const age = before[kind][at] ?? null;
        select.value = age === null ? "" : String(age);
        return field(`${id}-${at + 1}`, "", select);
      })));
    this.relabel();
  }
}

function numbers(from, to) {
  return Array.from({ length: to - from + 1 }, (_, at) => el("option", { value: from + at }, String(from + at)));
}
