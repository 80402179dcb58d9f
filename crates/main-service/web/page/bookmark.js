// Keeps the page's address in step with the view: the order and the filters.

import * as address from "./address.js";

/** The least time between two changes of the address. Browsers limit how often a page may change it. */
const SETTLE_MS = 250;

/** Goes to another address. */
export function go(url) {
  change("pushState", url);
}

/** Safari refuses more than a hundred changes in half a minute. The page goes on all the same, at its old address. */
function change(how, url) {
  try {
    history[how](null, "", url);
  } catch (error) {
    if (error.name !== "SecurityError") throw error;
  }
}

export class Bookmark {
  #state;
  #settling = null;
  #isWritten = true;

  /** @param {() => { id: string, query: object, view: object } | null} state what the address should have */
  constructor(state) {
    this.#state = state;
    // The address must have the view before the page is left.
    addEventListener("pagehide", () => this.write());
  }

  /** The view has changed. */
  changed() {
    this.#isWritten = false;
    if (this.#settling === null) this.write();
    this.#settling ??= setTimeout(() => {
      this.#settling = null;
      this.write();
    }, SETTLE_MS);
  }

  /** The view is the address's. */
  forget() {
    this.#isWritten = true;
  }

  /** Puts the view into the address, if it has changed. */
  write() {
    const state = this.#state();
    if (state && !this.#isWritten) change("replaceState", address.format(state));
    this.#isWritten = true;
  }
}
