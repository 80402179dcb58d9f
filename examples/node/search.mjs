// Submits a search, prints the answers as they arrive, and resumes after a broken connection.
// usage: node search.mjs [FROM TO DATE PASSENGERS]     needs Node 20; FLIGHT_SEARCH_URL is the gateway's URL
import { setTimeout as sleep } from "node:timers/promises";

const searches = `${process.env.FLIGHT_SEARCH_URL ?? "http://localhost:8080"}/api/flights/search`;

async function submit(search) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(searches, { method: "POST", headers, body: JSON.stringify(search) });
  const { message, errors = [], data } = await response.json();
  if (response.ok) return data.search_id;
  throw new Error([message, ...errors.map(({ field, message }) => `${field}: ${message}`)].join("\n  "));
}

/** The blocks of an event stream as {event, id, data, retry}. A blank line completes a block. */
async function* blocks(body) {
  let buffer = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    buffer += text;
    const complete = buffer.split("\n\n"); // The gateway ends lines with \n and sends data in one line.
    buffer = complete.pop();
    for (const block of complete) {
      yield Object.fromEntries(block.split("\n").map((line) => line.match(/^(\w*): ?(.*)$/s)?.slice(1) ?? []));
    }
  }
}

/** The events of a search, over as many connections as needed. */
async function* follow(id) {
  let last = "";
  let retry = 1000;
  for (let failures = 0; failures < 10; failures++) {
    try {
      const response = await fetch(`${searches}/${id}/stream?partials=true`, { headers: { "Last-Event-ID": last } });
      if (response.status === 204) return; // There are no events after `last`.
      if (response.status < 500 && !response.ok) throw new TypeError(`refused: ${await response.text()}`);
      for await (const block of response.ok ? blocks(response.body) : []) {
        retry = Number(block.retry ?? retry);
        if (!block.data) continue;
        last = block.id ?? last;
        failures = 0;
        yield { name: block.event ?? "end", ...JSON.parse(block.data) };
        if (!block.event) return; // The terminal event has no name.
      }
    } catch (error) {
      if (error.message.startsWith("refused")) throw error;
    }
    console.error(`connection lost after event ${last || 0}, again in ${retry} ms`);
    await sleep(retry);
  }
  throw new Error("gave up");
}

const [from = "CGK", to = "DPS", date = "2027-07-10", passengers = "2"] = process.argv.slice(2);
const money = ({ price, currency }) =>
  new Intl.NumberFormat("id-ID", { style: "currency", currency, maximumFractionDigits: 0 }).format(price);
process.exitCode = 1;
const id = await submit({ from, to, date, passengers: Number(passengers) });
console.log(`search ${id}`);
for await (const { name, status, results, supplier, progress } of follow(id)) {
  if (name === "partial") {
    console.log(`${progress.answered} of ${progress.of}: ${supplier.name} ${supplier.status}, ${results.length} offers`);
  } else if (name === "end") {
    console.log(`${status} with ${results.length} offers`);
    for (const offer of results.slice(0, 5)) console.log(`  ${money(offer)}  ${offer.flight_number}`);
    if (status === "completed") process.exitCode = 0;
  }
}
