// Dead letters: show, replay, drop.

import { change, get } from "./api.js";
import { byId, el, fill, setText } from "./dom.js";
import { time } from "./format.js";
import { table } from "./table.js";

const PATH = "/api/dead-letters";

/**
 * @param {(id: string) => void} showSearch shows the history of a search
 * @param {() => void} changed called when a dead letter has gone
 */
export function deadLettersView(showSearch, changed) {
  /** Older pages that the operator has asked for. */
  let older = [];
  let next = null;
  const list = table(byId("dead-list"), {
    caption: "Dead letters",
    empty: "There are none.",
    key: (letter) => letter.entry,
    columns: [
      { title: "Entry", cell: (letter) => letter.entry },
      { title: "Buried", cell: (letter) => time(letter.buried_at) },
      { title: "Reason", class: "wide", cell: (letter) => letter.reason },
      { title: "Search", cell: (letter) => letter.search_id ?? "unreadable" },
      {
        title: "Actions", buttons: ({ entry }) => [
          { text: "Show", label: `Show ${entry}`, click: () => show(entry) },
          { text: "Replay", label: `Replay ${entry}`, click: () => replay(entry) },
          { text: "Drop", label: `Drop ${entry}`, click: () => drop(entry) },
        ],
      },
    ],
  });
  byId("dead-more").addEventListener("click", async () => {
    await attempt(async () => {
      const { data } = await get(`${PATH}?before=${next}`);
      older = [...older, ...data.dead_letters];
      next = data.next ?? null;
      changed();
    });
  });

  async function replay(entry) {
    await attempt(async () => {
      const { data } = await change("POST", `${PATH}/${entry}/replay`);
      const what = data.is_new ? "Its search had ended, so this is a new search: "
        : "Its search has not ended, so it was delivered again: ";
      fill(byId("dead-result"), what, el("button", {
        class: "link", type: "button", onclick: () => showSearch(data.search_id),
      }, data.search_id));
      gone(entry);
    });
  }

  async function drop(entry) {
    if (!(await confirmed(`Drop dead letter ${entry} for good? Its job can't be replayed then.`))) return;
    await attempt(async () => {
      await change("DELETE", `${PATH}/${entry}`);
      setText(byId("dead-result"), `Dropped ${entry}.`);
      gone(entry);
    });
  }

  function gone(entry) {
    older = older.filter((letter) => letter.entry !== entry);
    if (byId("letter").dataset.entry === entry) byId("letter").hidden = true;
    changed();
  }

  return (page) => {
    const entries = new Set(page.dead_letters.map((letter) => letter.entry));
    older = older.filter((letter) => !entries.has(letter.entry));
    if (older.length === 0) next = page.next ?? null;
    list.draw([...page.dead_letters, ...older]);
    byId("dead-more").hidden = next === null;
  };
}

/** Says what went wrong. */
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    setText(byId("dead-result"), `${error.message}.`);
  }
}

async function show(entry) {
  const detail = byId("letter");
  await attempt(async () => {
    const { data } = await get(`${PATH}/${entry}`);
    detail.dataset.entry = entry;
    const rows = [["reason", data.reason], ...data.fields.map((field) => [field.name, field.value + (field.is_cut ? " …" : "")])];
    fill(detail, el("h3", {}, `Dead letter ${entry}`),
      el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Fields of the job" },
        el("table", {}, el("tbody", {}, rows.map(([name, value]) =>
          el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "wide" }, value)))))),
      el("div", { class: "row" },
        el("button", { class: "button quiet small", type: "button", onclick: () => { detail.hidden = true; } }, "Close")));
    detail.hidden = false;
    detail.focus();
  });
}

/** Asks; Escape means no. */
function confirmed(question) {
  const dialog = byId("confirm");
  setText(byId("confirm-text"), question);
  dialog.returnValue = "no";
  dialog.showModal();
  byId("confirm-no").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
