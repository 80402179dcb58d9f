// Recent searches, and the history of one.

import { get } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { age, route, time } from "./format.js";
import { table } from "./table.js";

export function searchesView() {
  const list = table(byId("search-list"), {
    caption: "Recent searches",
    empty: "No recent searches.",
    key: (search) => search.search_id,
    columns: [
      { title: "Search", cell: (search) => search.search_id },
      { title: "Status", cell: (search) => [search.status, search.status === "failed" && "bad"] },
      { title: "Route", cell: (search) => route(search) },
      { title: "Answers", class: "number", cell: (search) => search.answers },
      { title: "Accepted", cell: (search) => time(search.accepted_at) },
      {
        title: "Actions", buttons: ({ search_id: id }) =>
          [{ text: "History", label: `History of ${id}`, click: () => show(id) }],
      },
    ],
  });
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const id = byId("find-id").value.trim();
    if (id) show(id);
  });
  return { draw: ({ searches }) => list.draw(searches), show, refresh };
}

let shown = null;

/** Shows a search's history, and moves the focus to it. */
async function show(id) {
  shown = { id, isOpen: true };
  byId("history").hidden = false;
  fill(byId("history"), el("p", {}, "Loading…"));
  await load();
  byId("history").focus();
  byId("history").scrollIntoView({ block: "nearest" });
}

/** Reads it again while the search has not ended. */
async function refresh() {
  if (shown?.isOpen) await load();
}

async function load() {
  const { id } = shown;
  let content;
  try {
    const { data } = await get(`/api/searches/${encodeURIComponent(id)}`);
    if (shown) shown.isOpen = data.status === "processing";
    content = history(data);
  } catch (error) {
    if (error.offline) return;
    if (shown) shown.isOpen = false;
    content = [el("p", {}, `${id}: ${error.message}`)];
  }
  if (shown?.id !== id) return;
  const hadFocus = byId("history").contains(document.activeElement) && document.activeElement !== byId("history");
  fill(byId("history"), content, el("div", { class: "row" },
    el("button", { class: "button quiet small", type: "button", onclick: close }, "Close")));
  if (hadFocus) byId("history").focus();
}

function close() {
  shown = null;
  byId("history").hidden = true;
  byId("find-id").focus();
}

function history(data) {
  const job = data.job && `Job ${data.job.entry} ${data.job.worker ? `at ${data.job.worker}` : "waits"}, ` +
    `delivery ${data.job.deliveries}.`;
  return [
    el("h3", {}, `${data.search_id}: ${data.status}`),
    el("p", {}, `${route(data)}, ${data.passengers ?? "?"} passengers, suppliers: ${data.suppliers ?? "all"}. ` +
      `Deadline ${time(data.deadline_at)}.`),
    job && el("p", {}, job),
    el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Events of the search" },
      el("table", {},
        el("thead", {}, el("tr", {}, ["Time", "Event", "Details"].map((title) => el("th", { scope: "col" }, title)))),
        el("tbody", {}, data.events.map((event) => el("tr", {}, el("td", {}, time(event.at)),
          el("td", {}, event.event.replace("_", " ")), el("td", { class: "wide" }, details(event))))))),
    ...data.gaps.map((gap) => el("p", { class: "muted" }, `Note: ${gap}.`)),
  ];
}

function details(event) {
  switch (event.event) {
    case "delivered": return `to ${event.worker}, delivery ${event.deliveries}`;
    case "answered": {
      const { code, status, elapsed_ms: ms, offers } = event.report;
      return `${code} ${status} after ${ms} ms, ${offers} offers`;
    }
    case "buried": return `dead letter ${event.dead_letter}: ${event.reason}`;
    case "ended": {
      const parts = [event.status, event.elapsed_ms !== null && `after ${age(event.elapsed_ms)}`,
        event.offers !== null && `${event.offers} offers`, event.reason,
        event.unanswered.length > 0 && `without ${event.unanswered.map((report) => report.code).join(", ")}`];
      return parts.filter(Boolean).join(", ");
    }
    default: return "";
  }
}
