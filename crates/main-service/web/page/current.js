// The search that the page shows, while it is followed to its terminal event.

import * as api from "./api.js";
import { follow } from "./follow.js";
import { isRunning, unknown, withEnd, withoutMore, withPartial, withStatus, withWarnings } from "./search.js";
import { isSameQuery } from "./trip.js";

export class Current {
  #search = null;
  #leave = () => {};
  #on;

  /**
   * @param {{ change: (search: object) => void, query: (query: object) => void }} on `query` if it was not known, or is
   *   another one than `open` was told
   */
  constructor(on) {
    this.#on = on;
  }

  /** The search, or null. */
  get search() {
    return this.#search;
  }

  /** Shows a search and follows it to its terminal event. */
  open(id, query) {
    this.#leave();
    this.#change(unknown(id, query));
    this.#leave = follow(id, {
      status: (data) => {
        const { query: known } = this.#search;
        const startedAt = performance.now() - data.age_ms;
        this.#change({ ...withStatus(this.#search, data), startedAt });
        const { query } = this.#search;
        if (query && !isSameQuery(query, known)) this.#on.query(query);
      },
      warnings: (data) => this.#change(withWarnings(this.#search, data)),
      partial: (data) => this.#change(withPartial(this.#search, data)),
      end: (data) => this.#change(withEnd(this.#search, data)),
      connection: (connection) => this.#change({ ...this.#search, connection }),
      missing: () => this.#change({ ...this.#search, phase: "missing", connection: "open" }),
    });
  }

  /** Stops following, and forgets the search. */
  close() {
    this.#leave();
    this.#search = null;
  }

  /** Cancels the search. Returns whether that failed. */
  async cancel() {
    const { id } = this.#search;
    const isShown = () => this.#search?.id === id && isRunning(this.#search);
    // So that a second failure is one more.
    if (this.#search.cancelFailed) this.#change({ ...this.#search, cancelFailed: false });
    try {
      const status = await api.cancel(id);
      if (status === "processing" && isShown()) {
        // It continues for other clients. For this one it has ended.
        this.#leave();
        this.#change(withoutMore(this.#search));
      }
      return false;
    } catch (error) {
      // A 4xx means that the search has ended or expired. The stream shows which.
      const isFailure = isShown() && !(error instanceof api.Problem && error.status < 500);
      if (isShown()) this.#change({ ...this.#search, cancelFailed: isFailure });
      return isFailure;
    }
  }

  #change(search) {
    this.#search = search;
    this.#on.change(search);
  }
}
