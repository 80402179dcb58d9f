// The errors beside the fields of the form.

import { byId, el, fill, setText } from "./dom.js";
import { t } from "./text.js";

/** Shows an error at each field, by the fields' ids. An unknown field has none. */
export class Errors {
  #marked = new Set();
  #onSuggestion;

  /** @param {(field: string, code: string) => void} onSuggestion called when the user takes a suggested code */
  constructor(onSuggestion) {
    this.#onSuggestion = onSuggestion;
  }

  /**
   * Shows each error beside its field.
   * @param {{ field: string, text: string, suggestion?: string }[]} errors
   * @returns {boolean} whether all of them have a field
   */
  show(errors) {
    const placed = errors.filter(({ field }) => document.getElementById(`${field}-error`));
    for (const { field, text, suggestion } of placed) {
      const error = byId(`${field}-error`);
      const take = () => {
        this.clear(field);
        this.#onSuggestion(field, suggestion);
        byId(field).focus();
      };
      fill(error,
        el("span", {}, text),
        suggestion && el("button", { type: "button", class: "link", onclick: take }, t("useCode", suggestion)));
      error.hidden = false;
      byId(field).setAttribute("aria-invalid", "true");
      this.#marked.add(field);
    }
    return placed.length === errors.length;
  }

  /** The marked fields, in the order of the page. */
  get fields() {
    const fields = [...this.#marked].map((field) => document.getElementById(field)).filter(Boolean);
    return fields.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  }

  clear(field) {
    this.#marked.delete(field);
    const error = document.getElementById(`${field}-error`);
    if (!error) return;
    error.hidden = true;
    setText(error, "");
    byId(field).removeAttribute("aria-invalid");
  }

  reset() {
    [...this.#marked].forEach((field) => this.clear(field));
  }
}

/** A field with a label and room for its error. */
export function field(id, label, control) {
  control.id = id;
  control.setAttribute("aria-describedby", `${id}-error`);
  return el("div", { class: "field" },
    el("label", { for: id }, label), control, el("p", { class: "error", id: `${id}-error`, hidden: true }));
}
