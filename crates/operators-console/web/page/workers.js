// The workers, their jobs, and their suppliers.

import { byId, el, fill } from "./dom.js";
import { age, time } from "./format.js";
import { table } from "./table.js";

/** @param {(id: string) => void} showSearch shows the history of a search */
export function workersView(showSearch) {
  const [workersPart, jobsPart] = [el("div"), el("div", { class: "jobs" })];
  fill(byId("worker-list"), workersPart, el("h3", {}, "Their oldest jobs"), jobsPart);
  const workers = table(workersPart, {
    caption: "Workers",
    empty: "No worker is there.",
    key: (worker) => worker.name,
    columns: [
      { title: "Worker", cell: (worker) => worker.name },
      {
        title: "State",
        cell: (worker) => (worker.is_alive ? ["alive", "good"] : [`silent for ${age(worker.idle_ms)}`, "bad"]),
      },
      { title: "Version", cell: (worker) => worker.snapshot?.version ?? "unknown" },
      { title: "Jobs", class: "number", cell: (worker) => worker.in_progress },
      { title: "Limit", class: "number", cell: (worker) => worker.snapshot?.max_jobs },
      { title: "Last report", cell: (worker) => (worker.snapshot ? time(worker.snapshot.at) : "none for a minute") },
    ],
  });
  const jobs = table(jobsPart, {
    caption: "Jobs in progress",
    empty: "No job is in progress.",
    key: (job) => job.entry,
    columns: [
      { title: "Search", cell: (job) => job.search_id ?? "unreadable" },
      { title: "Delivery", class: "number", cell: (job) => [job.deliveries, job.deliveries > 1 && "bad"] },
      { title: "Held for", class: "number", cell: (job) => age(job.for_ms) },
      { title: "Age", class: "number", cell: (job) => age(job.age_ms) },
      { title: "Lease renewed", class: "number", cell: (job) => `${age(job.lease_idle_ms)} ago` },
      { title: "Worker", cell: (job) => job.worker },
      {
        title: "Actions", buttons: (job) => (job.search_id
          ? [{ text: "History", label: `History of ${job.search_id}`, click: () => showSearch(job.search_id) }] : []),
      },
    ],
  });
  return ({ workers: list }) => {
    workers.draw(list);
    jobs.draw(list.flatMap((worker) => worker.jobs.map((job) => ({ ...job, worker: worker.name }))));
  };
}

export function suppliersView() {
  const suppliers = table(byId("supplier-list"), {
    caption: "Suppliers by worker",
    empty: "No worker has reported its suppliers.",
    key: (row) => `${row.code} ${row.worker}`,
    columns: [
      { title: "Supplier", cell: (row) => row.code },
      { title: "Name", cell: (row) => row.name },
      { title: "Breaker", cell: (row) => [row.breaker.replace("_", "-"), row.breaker === "closed" ? "" : "bad"] },
      { title: "In flight", class: "number", cell: (row) => row.in_flight },
      { title: "Calls / min", class: "number", cell: (row) => row.calls_last_minute },
      {
        title: "Failed / min", class: "number",
        cell: (row) => [row.failures_last_minute, row.failures_last_minute > 0 && "bad"],
      },
      { title: "All calls", class: "number", cell: (row) => row.calls },
      { title: "All failed", class: "number", cell: (row) => row.failures },
      { title: "Last error", class: "wide", cell: (row) => lastError(row) },
      { title: "Worker", cell: (row) => row.worker },
    ],
  });
  return ({ suppliers: list }) =>
    suppliers.draw(list.flatMap((supplier) => supplier.workers.map((at) => ({ ...at, name: supplier.name }))));
}

function lastError({ last_error: error }) {
  return error ? `${time(error.at)} ${error.cause}` : "none";
}
