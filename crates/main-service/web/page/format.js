// Formats values in the chosen language and its locale. No DOM, no clock.

import { locale, t } from "./text.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A figure space: as wide as a digit, so that numbers keep their position. */
const FIGURE_SPACE = "\u2007";

/** Formatters by locale and options: making one takes longer than using it. */
const formatters = new Map();

function formatter(Format, options) {
  const key = `${locale()} ${JSON.stringify(options)}`;
  if (!formatters.has(key)) formatters.set(key, new Format(locale(), options));
  return formatters.get(key);
}

/** `Rp 1.500.000` in Indonesian, `Rp 1,500,000` in English. Without decimals if there are none. */
export function price(amount, currency = "IDR") {
  const rounding = Number.isInteger(amount) ? { maximumFractionDigits: 0 } : {};
  // `$` means the dollar of the reader's country, so the others keep their letters. Rp means one currency only.
  const currencyDisplay = currency === "IDR" ? "narrowSymbol" : "symbol";
  try {
    return formatter(Intl.NumberFormat, { style: "currency", currency, currencyDisplay, ...rounding }).format(amount);
  } catch {
    // A supplier's currency that is no code of three letters.
    return `${currency}\u00a0${number(amount)}`;
  }
}

/** A price's amount in its own currency, exactly. */
export function exactPrice({ total, currency }) {
  return price(Number(total), currency);
}

/** About what an amount is in another currency: without decimals, unless it is small. */
export function roughPrice({ total, currency }) {
  const amount = Number(total);
  return t("about", price(amount < 1000 ? amount : Math.ceil(amount), currency));
}

/** `1.7M`, `1,7 jt`: an amount where there is no room for more. */
export function shortAmount(amount) {
  return formatter(Intl.NumberFormat, { notation: "compact", maximumSignificantDigits: 3 }).format(amount);
}

/** `1,234.5` in English, `1.234,5` in Indonesian. */
export function number(value, decimals) {
  const digits = decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return formatter(Intl.NumberFormat, { ...digits }).format(value);
}

/** `US Dollar (USD)`, as the locale writes it. */
export function currencyName(code) {
  const name = formatter(Intl.DisplayNames, { type: "currency", fallback: "code" }).of(code);
  return name === code ? code : `${name} (${code})`;
}

/** `1 h 50 m` */
export function duration(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return t("duration", hours, rest > 0 || hours === 0 ? rest : null);
}

/** `Direct`, `1 stop`, `2 stops` */
export function stops(count) {
  return count === 0 ? t("direct") : t("stops", count);
}

/** `Indonesia` for `ID`. */
export function country(code) {
  return formatter(Intl.DisplayNames, { type: "region", fallback: "code" }).of(code);
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
  if (shift === 1) return t("nextDay");
  if (shift === -1) return t("dayBefore");
  return shift > 0 ? t("daysLater", shift) : t("daysEarlier", -shift);
}

/** Whether a text is an existing date, `YYYY-MM-DD`. */
export function isDay(text) {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? civilDay(text) : NaN;
  // JavaScript parses some dates that do not exist as later ones.
  return !Number.isNaN(day) && new Date(day).toISOString().startsWith(text);
}

/** `Thu, 10 Jul 2025`, as the locale writes it; a text that is no date stays unchanged. */
export function date(text) {
  if (!isDay(text)) return text;
  const options = { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  return formatter(Intl.DateTimeFormat, options).format(civilDay(text));
}

/** `Thu, 10 Jul`: a date of which the year is known. */
export function shortDate(text) {
  const options = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" };
  return isDay(text) ? formatter(Intl.DateTimeFormat, options).format(civilDay(text)) : text;
}

/** `Thu` */
export function weekday(text) {
  return formatter(Intl.DateTimeFormat, { weekday: "short", timeZone: "UTC" }).format(civilDay(text));
}

/** The date of a local time, `YYYY-MM-DD`. */
export function dayOf(localTime) {
  return localTime.slice(0, 10);
}

/** `UTC+7`, `UTC−3:30` of `2025-07-10T06:05:00+07:00`. */
export function zone(localTime) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(localTime) ?? ["", "+", "00", "00"];
  return `UTC${sign === "-" ? "−" : "+"}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}`;
}

/** An instant on the user's clock, with the day if it is another one than today: `14:30`, `10 Jul, 14:30`. */
export function moment(instant, now) {
  const at = new Date(instant);
  const time = { hour: "2-digit", minute: "2-digit" };
  const day = today(at) === today(now) ? {} : { day: "numeric", month: "short" };
  return formatter(Intl.DateTimeFormat, { ...time, ...day }).format(at);
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
  return t("seconds", number(Math.max(0, ms) / 1000, 1).padStart(4, FIGURE_SPACE));
}

/** `GA57 + GA402`: the flights of a connection. */
export function flightNumbers(text) {
  return text.split("/").join(" + ");
}

function civilDay(text) {
  return Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
}
