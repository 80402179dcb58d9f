// Puts the texts of the chosen language into index.html. Runs before `main.js`, as soon as it is loaded.

import { t, use } from "./text.js";

const root = document.documentElement;

/** The attributes that name a text, and what they fill in. */
const TARGETS = {
  "data-text": (element, text) => { element.textContent = text; },
  "data-label": (element, text) => element.setAttribute("aria-label", text),
  "data-placeholder": (element, text) => element.setAttribute("placeholder", text),
  "data-content": (element, text) => element.setAttribute("content", text),
};

/** Shows the page in a language: `en` or `id`. */
export function localize(language) {
  root.lang = language;
  use(language, navigator.languages);
  for (const [attribute, put] of Object.entries(TARGETS)) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) put(element, t(element.getAttribute(attribute)));
  }
  document.getElementById("language").lang = otherLanguage();
  delete root.dataset.texts;
}

/** The language that the page is not in. */
export function otherLanguage() {
  return root.lang === "id" ? "en" : "id";
}

/** Shows the page in the other language, now and on later visits. */
export function switchLanguage() {
  localize(otherLanguage());
  try {
    localStorage.setItem("language", root.lang);
  } catch {
    // The browser forbids storage: the choice does not stay.
  }
}

localize(root.lang);
