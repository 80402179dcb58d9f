// The suggestions that a combobox shows, the text that they are for, and the active one.

/** What a combobox shows. While the next suggestions are on their way, it shows those for an earlier text. */
export class Suggestions {
  #text = null;
  #places = [];
  #active = -1;

  get places() {
    return this.#places;
  }

  /** The index of the active suggestion; -1 for none. */
  get active() {
    return this.#active;
  }

  /** Shows the suggestions for a text. The first one is active. */
  show(text, places) {
    this.#text = text;
    this.#places = places;
    this.#active = places.length > 0 ? 0 : -1;
  }

  /** Makes the next suggestion active, or the one before by -1. After the last comes the first. */
  move(by) {
    const count = this.#places.length;
    if (count > 0) this.#active = (this.#active + by + count) % count;
  }

  clear() {
    this.show(null, []);
  }

  /** Whether what is shown is for an earlier text: none of it may be what this one means. */
  isOutdated(text) {
    return this.#places.length > 0 && this.#text !== text;
  }

  /** The active suggestion, if what is shown is for this text; else null. */
  chosen(text) {
    return this.#text === text ? this.#places[this.#active] ?? null : null;
  }
}
