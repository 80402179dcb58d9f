// Problems, numbers, the queue, Redis.

import { byId, el, reconcile, setText } from "./dom.js";
import { age, bytes } from "./format.js";
import { figures, table } from "./table.js";

/** @param {(text: string) => void} announce called with each new problem */
export function statusView(announce) {
  const notices = new Map();
  const ages = table(byId("ages"), {
    caption: "Waiting jobs by age",
    empty: "No job waits.",
    key: (group) => group.over_ms,
    columns: [
      { title: "Has waited for at least", cell: (group) => group.text ?? age(group.over_ms) },
      { title: "Jobs", class: "number", cell: (group) => group.jobs },
    ],
  });
  return (status) => {
    setText(byId("who"), `${status.service} ${status.version}`);
    drawNotices(notices, status, announce);
    const { queue, workers, redis } = status;
    figures(byId("figures"), [
      ["Waiting jobs", queue?.waiting],
      ["Oldest waits", queue && (queue.waiting ? age(queue.oldest_ms) : "–")],
      ["Jobs in progress", queue?.in_progress],
      ["Workers alive", workers && `${workers.alive}${workers.silent ? ` (${workers.silent} silent)` : ""}`],
      ["Gateways", status.gateways?.length],
      ["Open searches", status.open_searches],
      ["Dead letters", status.dead_letters],
    ]);
    const younger = queue?.uncounted ? [{ over_ms: -1, text: "less than these", jobs: queue.uncounted }] : [];
    ages.draw([...(queue?.ages ?? []), ...younger]);
    figures(byId("redis-figures"), redis ? redisFigures(redis) : [["State", "unknown"]]);
  };
}

function redisFigures(redis) {
  const limit = redis.memory_limit_bytes;
  const percent = limit && Math.floor((redis.memory_used_bytes / limit) * 100);
  return [
    ["Version", redis.version],
    ["Role", redis.role],
    ["Replicas", redis.replicas],
    ["Up", age(redis.uptime_seconds * 1000)],
    ["Memory", bytes(redis.memory_used_bytes) + (limit ? ` of ${bytes(limit)} (${percent} %)` : ", no limit")],
    ["When full", redis.eviction_policy],
    ["Append-only file", redis.append_only ? (redis.append_only_ok ? "yes" : "fails") : "no"],
    ["This host's clock", `${redis.clock_skew_ms} ms ahead`],
  ];
}

function drawNotices(known, status, announce) {
  const all = [
    ...status.problems.map((notice) => ({ ...notice, kind: "problem" })),
    ...status.warnings.map((notice) => ({ ...notice, kind: "warning" })),
    ...status.unread.map((notice) => ({ ...notice, kind: "not read" })),
  ];
  if (all.length === 0) all.push({ code: "", kind: "fine", message: "No problems." });
  const byKey = new Map(all.map((notice) => [`${notice.kind} ${notice.code} ${notice.message}`, notice]));
  reconcile(byId("notices"), known, [...byKey.keys()], (key) => {
    const { kind, code, message } = byKey.get(key);
    if (kind === "problem") announce(message);
    const word = { problem: "Problem: ", warning: "Warning: ", "not read": "Not read: " }[kind] ?? "";
    return el("li", { class: `notice ${kind}` }, word && el("strong", {}, word), message, code && ` (${code})`);
  });
}
