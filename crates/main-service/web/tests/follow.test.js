import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { follow } from "../page/follow.js";

const RUNNING = { status: "processing", created_at: "2027-07-10T06:05:00Z", deadline_at: "2027-07-10T06:10:00Z" };

/** A stream that does what a test says. */
class Stream extends EventTarget {
  static CLOSED = 2;
  static all = [];
  readyState = 0;

  constructor() {
    super();
    Stream.all.push(this);
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  partial(id) {
    this.dispatchEvent(Object.assign(new Event("partial"), { lastEventId: id, data: "{}" }));
  }

  /** The browser gives it up. */
  fail() {
    this.readyState = Stream.CLOSED;
    this.onerror();
  }

  close() {}
}

/** Lets all promises settle. Timers are the test's. */
const settled = () => new Promise((done) => setImmediate(done));

const elapse = async (ms) => {
  mock.timers.tick(ms);
  await settled();
};

/** How often the state was asked for, and which warnings came of it. */
let asked = 0;
let warnings = [];
let leave = () => {};

beforeEach(async () => {
  leave();
  mock.reset();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  [Stream.all, asked, warnings] = [[], 0, []];
  Object.assign(globalThis, { EventSource: Stream, addEventListener() {}, removeEventListener() {} });
  mock.method(globalThis, "fetch", async () => {
    asked += 1;
    return Response.json({ success: true, data: RUNNING });
  });
  leave = follow("x", {
    status() {}, partial() {}, end() {}, connection() {}, missing() {}, warnings: (data) => warnings.push(data.status),
  });
  await settled();
});

test("warnings are asked for after each silence, also after an answer", async () => {
  const [stream] = Stream.all;
  stream.open();
  await elapse(5000);
  stream.partial("1");
  await elapse(5000);
  assert.equal(warnings.length, 0);
  await elapse(1000);
  assert.equal(warnings.length, 1);
  await elapse(6000);
  assert.equal(warnings.length, 2);
  leave();
  await elapse(60_000);
  assert.equal(warnings.length, 2);
});

test("warnings that an answer has refuted meanwhile do not count", async () => {
  const [stream] = Stream.all;
  stream.open();
  let arrive;
  mock.method(globalThis, "fetch", () => new Promise((resolve) => { arrive = resolve; }));
  await elapse(6000);
  stream.partial("1");
  arrive(Response.json({ success: true, data: RUNNING }));
  await settled();
  assert.equal(warnings.length, 0);
  leave();
});

test("a stream that is refused is asked for less and less often, until it opens", async () => {
  const pauses = [];
  /** Waits until the next stream. */
  const next = async () => {
    const before = Stream.all.length;
    let ms = 0;
    for (; Stream.all.length === before && ms < 10_000; ms += 100) await elapse(100);
    pauses.push(ms);
    return Stream.all.at(-1);
  };
  let [stream] = Stream.all;
  for (let refused = 0; refused < 5; refused += 1) {
    stream.fail();
    await settled();
    stream = await next();
  }
  stream.open();
  stream.fail();
  await settled();
  await next();
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 4000, 500]);
  assert.equal(asked, 7);
  leave();
});
