// Formats values for the page. Pure functions: no DOM, no clock, no locale of the machine.

const DAY_MS = 24 * 60 * 60 * 1000;

/** A figure space: as wide as a digit, so that numbers keep their position. */
const FIGURE_SPACE = "\u2007";

/** `Rp 1.500.000`; other currencies with their code, grouped the same way so that columns align. */
export function price(amount, currency = "IDR") {
  const grouped = String(Math.round(amount)).replace(/\B(?=(\d{3})+$)/g, ".");
  return `${currency === "IDR" ? "Rp" : currency} ${grouped}`;
}

/** `1 h 50 m` */
export function duration(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours > 0 && `${hours} h`, (rest > 0 || hours === 0) && `${rest} m`].filter(Boolean).join(" ");
}

/** `Direct`, `1 stop`, `2 stops` */
export function stops(count) {
  return count === 0 ? "Direct" : plural(count, "stop");
}

/** `1 fare`, `2 fares` */
export function plural(count, singular, several = `${singular}s`) {
  return `${count} ${count === 1 ? singular : several}`;
}

/** The local time of day: `06:05` of `2025-07-10T06:05:00+07:00`. */
export function clock(localTime) {
  return localTime.slice(11, 16);
}

/** The local time of day in minutes after midnight. */
export function minuteOfDay(localTime) {
  return Number(localTime.slice(11, 13)) * 60 + Number(localTime.slice(14, 16));
}

/** The difference between the local dates of arrival and departure, in days: 1 for the next day. */
export function dayShift(departure, arrival) {
  return Math.round((civilDay(arrival) - civilDay(departure)) / DAY_MS);
}

/** `+1`, or `−1` across the date line; empty for the same day. */
export function dayMark(shift) {
  if (shift === 0) return "";
  return shift > 0 ? `+${shift}` : `−${-shift}`;
}

/** The same in words, for screen readers. */
export function dayWords(shift) {
  if (shift === 0) return "";
  if (shift === 1) return "the next day";
  if (shift === -1) return "the day before";
  return shift > 0 ? `${shift} days later` : `${-shift} days earlier`;
}

/** Whether a text is an existing date, `YYYY-MM-DD`. */
export function isDay(text) {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? civilDay(text) : NaN;
  // JavaScript parses some dates that do not exist as later ones.
  return !Number.isNaN(day) && new Date(day).toISOString().startsWith(text);
}

/** `Thu 10 Jul 2025`; a text that is no date stays unchanged. */
export function date(text) {
  if (!isDay(text)) return text;
  const parts = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
  }).formatToParts(civilDay(text));
  const part = (type) => parts.find((found) => found.type === type)?.value ?? "";
  return ["weekday", "day", "month", "year"].map(part).join(" ");
}

/** The date `days` after a date, both `YYYY-MM-DD`; null if there is none with a four-digit year. */
export function addDays(text, days) {
  const day = new Date(civilDay(text) + days * DAY_MS);
  const written = Number.isNaN(day.getTime()) ? "" : day.toISOString().slice(0, 10);
  return isDay(written) ? written : null;
}

/** The user's local date, `YYYY-MM-DD`. */
export function today(now) {
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** ` 0.4 s`, `12.0 s`: the same width below 100 s. */
export function elapsed(ms) {
  const seconds = (Math.max(0, ms) / 1000).toFixed(1);
  return `${seconds.padStart(4, FIGURE_SPACE)} s`;
}

/** `GA57 + GA402`: the flights of a connection. */
export function flightNumbers(text) {
  return text.split("/").join(" + ");
}

function civilDay(text) {
  return Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
}
