// The texts of the chosen language. `text-en.js` and `text-id.js` have all of them, under the same keys.

import en from "./text-en.js";
import id from "./text-id.js";

/** The texts by language. */
export const LANGUAGES = { en, id };

/** The locale of a language for a browser that prefers none. */
const LOCALES = { en: "en-GB", id: "id-ID" };

let texts = en;
let tag = LOCALES.en;

/**
 * Chooses a language.
 * @param {"en" | "id"} language
 * @param {readonly string[]} preferred the browser's locales. The first one of the language decides how dates, numbers
 *   and money are written
 */
export function use(language, preferred = []) {
  texts = LANGUAGES[language];
  tag = preferred.find((locale) => languageOf(locale) === language) ?? LOCALES[language];
}

/** The language of a locale; null for what is none: a browser may tell `en-US@posix`. */
function languageOf(locale) {
  try {
    return new Intl.Locale(locale).language;
  } catch {
    return null;
  }
}

/** The text with this key. */
export function t(key, ...values) {
  const text = texts[key];
  if (text === undefined) throw new Error(`There is no text ${key}.`);
  return typeof text === "function" ? text(...values) : text;
}

/** The locale of dates, numbers and money. */
export function locale() {
  return tag;
}
