// A strip of the days around the search's: each with its lowest price, if it was searched. A touch searches a day;
// nothing is asked otherwise.

import { byId, el, setText, spoken } from "./dom.js";
import { SPAN } from "./days.js";
import { date, price, shortAmount, weekday } from "./format.js";
import { t } from "./text.js";

export class DayStrip {
  #list = byId("day-list");
  #days = [];

  /** @param {(day: { query: object, known: object | null }) => void} onChoose */
  constructor(onChoose) {
    for (let offset = -SPAN; offset <= SPAN; offset += 1) {
      const choose = () => this.#days.length > 0 && onChoose(this.#days[offset + SPAN]);
      this.#list.append(el("li", {},
        el("button", { type: "button", class: "day", "aria-current": offset === 0 && "date", onclick: choose },
          el("span", { class: "day-name", "aria-hidden": "true" }),
          el("span", { class: "day-price", "aria-hidden": "true" }),
          spoken(""))));
    }
  }

  /** @param {object[]} days of `Days.around`; none, as long as the query is not known */
  render(days) {
    this.#days = days;
    byId("days").classList.toggle("unknown", days.length === 0);
    [...this.#list.children].forEach(({ firstChild: button }, at) => {
      const { query, isPast, known, offset } = days[at] ?? { query: null, isPast: true, known: null };
      const day = query?.slices[0].date;
      button.disabled = isPast && offset !== 0;
      const [name, amount, whole] = button.children;
      setText(name, day ? `${weekday(day)} ${Number(day.slice(8))}` : "\u00a0");
      setText(amount, amountText(known));
      setText(whole, day ? wholeText(date(day), known) : "");
    });
  }
}

function amountText(known) {
  if (!known) return "–";
  if (known.lowest !== null) return shortAmount(known.lowest);
  return known.isDone ? t("noFares") : "…";
}

function wholeText(day, known) {
  if (!known || (known.lowest === null && !known.isDone)) return t("daySearch", day);
  if (known.lowest === null) return t("dayNone", day);
  return t("dayFrom", day, price(Math.ceil(known.lowest), known.currency));
}
