// Creates and finds elements. Text is inserted as text, never as markup.

/** The element of index.html with this id. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

/** Creates an element with attributes, listeners (`onclick`) and children. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  fill(element, ...children);
  return element;
}

/** Replaces an element's children. Skips `null`, `undefined` and `false`. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
}

/** Text for screen readers only. */
export function spoken(text) {
  return el("span", { class: "spoken" }, text);
}

/** Sets an element's text unless it is the same, so that screen readers announce only changes. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Gives `parent` one child for each key, in this order. Keeps existing elements.
 * @param {Map<string, Element>} elements the children by key; updated
 */
export function reconcile(parent, elements, keys, create) {
  const wanted = new Set(keys);
  for (const [key, element] of elements) {
    if (wanted.has(key)) continue;
    element.remove();
    elements.delete(key);
  }
  let before = parent.firstElementChild;
  for (const key of keys) {
    let element = elements.get(key);
    if (!element) {
      element = create(key);
      elements.set(key, element);
    }
    // Moves an element only if its position changes, because it loses the focus.
    if (element === before) before = before.nextElementSibling;
    else parent.insertBefore(element, before);
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite in index.html, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}
