// Tables that are renewed every few seconds without losing the focus or a selection.

import { el, fill, reconcile, setText } from "./dom.js";

/**
 * A table below `parent`, which `draw(rows)` renews. A column has a `title`, and `cell(row)` gives a text or
 * `[text, class]`; with `buttons(row)`, the cell has buttons, each `{ text, label, click }`, which are kept while their
 * labels stay the same: so a label names all that its `click` needs. Rows are kept by `key(row)`.
 */
export function table(parent, { caption, columns, key, empty }) {
  const kept = new Map();
  const body = el("tbody");
  const head = el("tr", {}, columns.map((column) => el("th", { scope: "col", class: column.class }, column.title)));
  const nothing = el("p", { class: "muted" }, empty);
  const frame = el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    el("table", {}, el("caption", { class: "spoken" }, caption), el("thead", {}, head), body));
  fill(parent, nothing, frame);
  frame.hidden = true;
  return {
    draw(rows) {
      nothing.hidden = rows.length > 0;
      frame.hidden = rows.length === 0;
      const byKey = new Map(rows.map((row) => [key(row), row]));
      reconcile(body, kept, [...byKey.keys()], () => create(columns));
      for (const [name, row] of byKey) update(kept.get(name), columns, row);
    },
  };
}

function create(columns) {
  return el("tr", {}, columns.map((column) => el("td", { class: column.class })));
}

function update(element, columns, row) {
  columns.forEach((column, at) => {
    const cell = element.children[at];
    if (column.buttons) {
      updateButtons(cell, column.buttons(row));
      return;
    }
    const [text, look] = [column.cell(row)].flat();
    setText(cell, String(text ?? ""));
    const look_ = [column.class, look].filter(Boolean).join(" ");
    if (cell.className !== look_) cell.className = look_;
  });
}

/** Keeps buttons that stay the same, because a new one has no focus. */
function updateButtons(cell, buttons) {
  const labels = [...cell.children].map((button) => button.getAttribute("aria-label"));
  if (labels.length === buttons.length && buttons.every(({ label }, at) => label === labels[at])) return;
  fill(cell, buttons.map(({ text, label, click }) =>
    el("button", { class: "button quiet small", type: "button", "aria-label": label, onclick: click }, text)));
}

/** Renews a `dl` of names and values. */
export function figures(list, pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined);
  while (list.children.length > shown.length) list.lastElementChild.remove();
  shown.forEach(([name, value], at) => {
    const group = list.children[at] ?? list.appendChild(el("div", {}, el("dt"), el("dd")));
    setText(group.firstElementChild, name);
    setText(group.lastElementChild, String(value));
  });
}
