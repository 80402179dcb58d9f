// Making and finding elements. Text goes in as text only, never as markup.

/** The element with this id, which index.html has. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

/** An element with properties (`class`, `data-…` and `aria-…` as attributes) and children. */
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

/** Gives an element these children instead of its own. What is absent (`null`, `undefined`, `false`) is left out. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
}

/** Words for those who hear the page only. */
export function spoken(text) {
  return el("span", { class: "spoken" }, text);
}

/** Sets an element's text if it is another one: an unchanged one is no news to a screen reader. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes the children of `parent` those of `keys`, in that order, keeping the elements that are there already.
 * @param {Map<string, Element>} elements the children by key, which is kept up to date
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
    // Moving an element costs it its focus, so it is only done where the order asks for it.
    if (element === before) before = before.nextElementSibling;
    else parent.insertBefore(element, before);
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite in index.html, which says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}
