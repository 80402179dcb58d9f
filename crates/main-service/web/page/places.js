// The places that the page names: their cities and airports by code.

import * as api from "./api.js";

export class Places {
  #known = new Map();
  #asked = new Set();
  #onChange;

  /** @param {() => void} onChange called when places have become known */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** The name of the city; the code, as long as it is not known. */
  city(code) {
    const place = this.#known.get(code);
    return place ? place.city || place.name : code;
  }

  /** The name of the airport; empty, as long as it is not known. */
  airport(code) {
    return this.#known.get(code)?.name ?? "";
  }

  /** Asks for the places that are not known. */
  async learn(codes) {
    const wanted = codes.filter((code) => !this.#asked.has(code));
    if (wanted.length === 0) return;
    wanted.forEach((code) => this.#asked.add(code));
    const places = await Promise.all(wanted.map((code) => api.place(code).catch(() => null)));
    places.forEach((place, at) => {
      if (place) this.#known.set(place.code, place);
      // It may work the next time.
      else this.#asked.delete(wanted[at]);
    });
    if (places.some(Boolean)) this.#onChange();
  }
}
