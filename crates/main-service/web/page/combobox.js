// A text field with place autocomplete, after the ARIA combobox pattern (editable, with list autocomplete). The best
// suggestion is active at once: type `jak`, then Tab or Enter.

import * as api from "./api.js";
import { el, setText, spoken } from "./dom.js";
import { country as countryName } from "./format.js";
import { Suggestions } from "./suggestions.js";
import { t } from "./text.js";

/** Debounce of requests for suggestions, in milliseconds. */
const TYPING_MS = 90;

const CODE = /^[a-z]{3}$/i;

/** A place's city: `Jakarta`, or `Denpasar (Bali)` for a text that means the other name. */
function cityText({ city, name, also }) {
  return also ? `${city || name} (${also})` : city || name;
}

/** The text of the field for a place: `Jakarta (CGK)`, `Denpasar (Bali), DPS`. */
function placeText(place) {
  return place.also ? `${cityText(place)}, ${place.code}` : `${cityText(place)} (${place.code})`;
}

/** Makes an input and the list in its `aria-controls` a combobox. The list says so if nothing was found. */
export class Combobox {
  #input;
  #list;
  #status;
  #place = null;
  #shown = new Suggestions();
  #timer = null;
  #request = null;
  #seen = new Map();

  constructor(input, status) {
    this.#input = input;
    this.#list = document.getElementById(input.getAttribute("aria-controls"));
    this.#status = status;
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => this.#leave());
    // Keep the focus in the field.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(this.#shown.places[[...this.#list.children].indexOf(option)]);
    });
  }

  get input() {
    return this.#input;
  }

  /** The chosen place, or null while there is only text. */
  get place() {
    return this.#place;
  }

  /** Whether the chosen place exists. A code that was only shown may not. */
  get isKnown() {
    return this.#place !== null && !this.#place.isUnknown;
  }

  /** Shows a place, or nothing. */
  set place(place) {
    this.#forget();
    this.#place = place;
    this.#input.value = place ? placeText(place) : "";
  }

  /** Shows a code, and its place as soon as it is known. */
  async showCode(code) {
    if (this.#place?.code === code) return;
    this.place = { code, city: code, name: code, isUnknown: true };
    this.#input.value = code;
    const place = await api.place(code).catch(() => null);
    if (place && this.#place?.code === code) this.place = place;
  }

  /**
   * The code of the chosen place, or of the best suggestion for the text; empty without text. `null` for a text that is
   * neither a code nor similar to a name.
   */
  async resolve() {
    const text = this.#text;
    this.#forget();
    if (this.#place) return this.#place.code;
    if (text === "") return "";
    const places = await this.#ask(text);
    // Keep codes as typed, so that the gateway rejects unknown ones.
    const exact = places.find(({ code }) => code === text.toUpperCase());
    const meant = exact ?? (CODE.test(text) && places.length === 0 ? null : places[0]);
    if (this.#text === text && meant) this.place = meant;
    return meant?.code ?? (CODE.test(text) ? text.toUpperCase() : null);
  }

  get #text() {
    return this.#input.value.trim();
  }

  #typed() {
    this.#place = null;
    clearTimeout(this.#timer);
    const text = this.#text;
    if (text === "") {
      this.#close();
      return;
    }
    this.#timer = setTimeout(() => void this.#suggest(text), this.#seen.has(text) ? 0 : TYPING_MS);
  }

  async #suggest(text) {
    try {
      const places = await this.#ask(text);
      if (this.#text === text && document.activeElement === this.#input) this.#show(text, places);
    } catch (error) {
      // Suggestions are optional: the text can be submitted without.
      if (error.name !== "AbortError") this.#close();
    }
  }

  async #ask(text) {
    const known = this.#seen.get(text);
    if (known) return known;
    this.#request?.abort();
    this.#request = new AbortController();
    const places = await api.airports(text, { signal: this.#request.signal });
    this.#seen.set(text, places);
    return places;
  }

  #show(text, places) {
    const any = places.length > 0;
    this.#shown.show(text, places);
    this.#list.replaceChildren(...(any
      ? places.map((place, at) => option(place, `${this.#list.id}-${at}`))
      : [el("li", { class: "none", role: "option", "aria-disabled": "true" }, t("noSuggestionsFor", text))]));
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#markActive();
    setText(this.#status, any ? t("suggestions", places.length) : t("noSuggestions"));
  }

  #markActive() {
    const at = this.#shown.active;
    const options = [...this.#list.querySelectorAll("[id]")];
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    if (at < 0) {
      this.#input.removeAttribute("aria-activedescendant");
      return;
    }
    this.#input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const open = !this.#list.hidden;
    const any = this.#shown.places.length > 0;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey) {
      event.preventDefault();
      if (open && any) {
        this.#shown.move(event.key === "ArrowDown" ? 1 : -1);
        this.#markActive();
      } else if (!open && this.#text !== "") {
        void this.#suggest(this.#text);
      }
    } else if (event.key === "Enter" && open && any) {
      // The first Enter chooses the suggestion, the next one submits.
      event.preventDefault();
      this.#chooseActive();
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.#close();
    }
  }

  /** Leaving the field chooses the active suggestion. */
  #leave() {
    if (this.#shown.places.length > 0) this.#chooseActive();
    else this.#forget();
  }

  /** Chooses the active suggestion. If it is for an earlier text, chooses the best one for this text when it is known. */
  #chooseActive() {
    if (this.#shown.isOutdated(this.#text)) void this.#chooseBest();
    else this.#choose(this.#shown.chosen(this.#text));
  }

  async #chooseBest() {
    this.#forget();
    // Without suggestions, the text can still be submitted.
    await this.resolve().catch(() => null);
    if (this.#place) this.#input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #choose(place) {
    if (!place) return;
    const isNew = this.#place?.code !== place.code;
    this.place = place;
    if (isNew) this.#input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#close();
  }

  #close() {
    this.#shown.clear();
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
    setText(this.#status, "");
  }
}

function option(place, id) {
  const { code, name, country, kind } = place;
  // Nearly every airport is an "International Airport", and these words alone fill a line on a phone.
  const short = name.replace(/ International Airport$/, " International");
  const where = [kind === "city" ? t("allAirports") : short, country && countryName(country)];
  return el("li", { id, role: "option", "aria-selected": "false" },
    el("span", { class: "option-place" },
      el("span", { class: "option-city" }, cityText(place)), spoken(", "),
      el("span", { class: "option-name" }, where.filter(Boolean).join(", "))),
    spoken(", "),
    el("span", { class: "option-code" }, code));
}
