// The report of a training under way: requests and responses without a network.

import { Random, sgd, softmaxCE, tensor } from "@tapegrad/tapegrad";
import { Dense } from "@tapegrad/tapegrad/nn";
import { LiveReport, type LiveReportOptions, type Section } from "@tapegrad/tapegrad/plot";
import { accuracy, fit } from "@tapegrad/tapegrad/train";
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { StepLosses } from "../../src/plot/live/losses.ts";
import { ifPossible } from "../support/permissions.ts";

const HOST = "http://localhost:8000";

/** Starts a training that a report shows: 8 examples in steps of 2. */
function start(options: Partial<LiveReportOptions> = {}, epochs = 3) {
  const live = new LiveReport({ title: "T", ...options });
  const model = Dense({ units: 2 });
  const params = model.init(new Random(0), [1]);
  const x = tensor(Float32Array.from({ length: 8 }, (_, i) => i / 8), { shape: [8, 1] });
  const y = tensor(Int32Array.from({ length: 8 }, (_, i) => i % 2));
  const training = fit(model, { x, y }, {
    params,
    loss: softmaxCE,
    optimizer: sgd({ learningRate: 0.1 }),
    epochs,
    batchSize: 2,
    metrics: { accuracy: accuracy() },
    callbacks: [live.callback],
    signal: live.signal,
  });
  return { live, training };
}

const get = (live: LiveReport, path = "/", headers: Record<string, string> = {}) =>
  live.fetch(new Request(HOST + path, { headers }));
const post = (live: LiveReport, path: string, headers: Record<string, string> = {}) =>
  live.fetch(new Request(HOST + path, { method: "POST", headers: { origin: HOST, ...headers } }));

/** Reads a stream of events as a browser does. */
function watch(live: LiveReport, after = "") {
  const reader = get(live, `/events?after=${after}`).body!
    .pipeThrough(new TextDecoderStream()).getReader();
  return {
    /** Returns the next event; undefined at the end. */
    async next() {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return undefined;
        const [, id, data] = value.match(/^id: (.*)\ndata: (.*)\n\n$/) ?? [];
        if (id !== undefined) return { id, ...JSON.parse(data) };
        assertEquals(value, "retry: 1000\n\n");
      }
    },
    end: () => reader.cancel(),
  };
}

const idOf = (page: string) => page.match(/data-after="([^"]+)"/)![1];

Deno.test("live: the page shows a training before, during and after it", async () => {
  const { live, training } = start({ about: "<about>" });
  const before = await get(live).text();
  assertStringIncludes(before, ">Not begun<");
  assertStringIncludes(before, "&lt;about&gt;");
  await training.next();
  const during = await get(live).text();
  assertStringIncludes(during, ">Training<");
  assertMatch(during, /epoch 1 of 3 · loss \d\.\d{4} · accuracy \d\.\d{3}/);
  assertMatch(during, /<title>33 % · T<\/title>/);
  await Array.fromAsync(training);
  const after = await get(live).text();
  assertStringIncludes(after, ">Trained: 3 of 3 epochs<");
  assertStringIncludes(after, 'id="_stop" hidden');
  assertEquals(await get(live, "/report.html").text(), live.html());
  assertStringIncludes(live.html(), "Accuracy");
  assert(!live.html().includes("<script"));
});

Deno.test("live: a pause holds the training until it is resumed", async () => {
  const { live, training } = start();
  await training.next();
  assertEquals(post(live, "/pause").status, 204);
  let isDone = false;
  const epoch = training.next().then(() => isDone = true);
  await new Promise((resolve) => setTimeout(resolve, 40));
  assertEquals([isDone, live.state], [false, "paused"]);
  assertStringIncludes(await get(live).text(), ">Resume</button>");
  const again = post(live, "/pause");
  assertEquals(again.status, 409);
  assertEquals(await again.text(), "Cannot pause: the training must be training: it is paused\n");
  assertEquals(post(live, "/resume").status, 204);
  await epoch;
  assertEquals(live.state, "training");
  await Array.fromAsync(training);
});

Deno.test("live: stop ends a training that runs or pauses, by its signal", async () => {
  for (const isPaused of [false, true]) {
    const { live, training } = start();
    await training.next();
    if (isPaused) live.pause();
    const rest = Array.fromAsync(training).then(() => undefined, (error) => error);
    if (isPaused) await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(post(live, "/stop").status, 204);
    assertEquals(await rest, live.signal.reason);
    assertMatch(await get(live).text(), />Stopped: [12] of 3 epochs</);
    assertEquals(post(live, "/stop").status, 409);
  }
});

Deno.test("live: time that is paused counts nowhere", async () => {
  let time = 0;
  const live = new LiveReport({ title: "T", now: () => time });
  const { start, step } = live.callback;
  const optimizer = { state() {} };
  const training = { params: {}, optimizer, epochs: 2, size: 100, seed: 0, history: [] };
  const soFar = () => ({ loss: 1, metrics: {}, examples: 0 });
  start!(training);
  time = 1000;
  step!({ epoch: 1, step: 1, examples: 50, loss: 1, soFar }, training);
  live.pause();
  time = 61_000;
  assertStringIncludes(await get(live).text(), "50 images/s · 0:03 left");
  live.resume();
  time = 62_000;
  step!({ epoch: 1, step: 2, examples: 50, loss: 1, soFar }, training);
  const page = await get(live).text();
  assertStringIncludes(page, "epoch 1 of 2 · loss 1.0000 · 50 images/s · 0:02 left");
});

Deno.test("live: watchers get what changed, those who come late everything", async () => {
  let time = 0;
  const { live, training } = start({ now: () => time += 1000 });
  const notes: Section = { title: "Notes", content: ["as they were"] };
  live.show(["training", notes]);
  const first = watch(live, idOf(await get(live).text()));
  await training.next();
  const change = (await first.next())!;
  assertEquals([change.state, Object.keys(change.sections), change.body], [
    "training",
    ["training"],
    undefined,
  ]);
  assert(JSON.stringify(change).length < 20_000);
  const late = watch(live);
  assertStringIncludes((await late.next())!.body, "as they were");

  live.show(["training", { ...notes, content: ["other"] }]);
  const next = (await late.next())!;
  assertEquals(Object.keys(next.sections), ["notes"]);
  live.show([notes, "training"]);
  assertStringIncludes((await late.next())!.body, "as they were", "in another order");
  live.show([notes, "training"], "another line");
  assertStringIncludes((await late.next())!.body, "another line");

  // A watcher that lost the connection goes on where it was; after another run it gets everything.
  const back = watch(live, next.id);
  assertStringIncludes((await back.next())!.body, "another line");
  const stranger = watch(live, "another.7");
  assertStringIncludes((await stranger.next())!.body, "another line");

  await Array.fromAsync(training);
  let last = await late.next();
  while (last.state === "training") last = await late.next();
  assertEquals(last.label, "Trained: 3 of 3 epochs");
  for (const one of [first, back, stranger]) await one.end();
  const end = late.next();
  live.close();
  assertEquals(await end, undefined);
});

Deno.test("live: pages of other sites are refused", async () => {
  const { live, training } = start({ hosts: ["lab.example"] });
  await training.next();
  const status = (url: string, headers: Record<string, string>, method = "POST") =>
    live.fetch(new Request(url, { method, headers })).status;
  const refused: [url: string, headers: Record<string, string>, method?: string][] = [
    [`${HOST}/stop`, { origin: "https://evil.example" }],
    [`${HOST}/stop`, { origin: "null" }],
    [`${HOST}/stop`, { origin: "http://localhost:8001" }],
    [`${HOST}/stop`, { "sec-fetch-site": "cross-site" }],
    [`${HOST}/stop`, { origin: HOST, "sec-fetch-site": "same-site" }],
    ["http://evil.example:8000/stop", { origin: "http://evil.example:8000" }],
    ["http://evil.example:8000/", {}, "GET"],
    ["http://localhost.evil.example:8000/events", {}, "GET"],
    [`${HOST}/`, { host: "evil.example" }, "GET"],
    [`${HOST}/events`, { "sec-fetch-site": "cross-site" }, "GET"],
    [`${HOST}/events`, { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate" }, "GET"],
    [`${HOST}/events`, { origin: "https://evil.example" }, "GET"],
    [`${HOST}/`, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }, "GET"],
    [`${HOST}/report.html`, { "sec-fetch-site": "same-site" }, "GET"],
  ];
  for (const [url, headers, method] of refused) {
    assertEquals(status(url, headers, method), 403, `${url} ${JSON.stringify(headers)}`);
  }
  assertEquals(live.state, "training");
  const text = await post(live, "/stop", { origin: "https://evil.example" }).text();
  const reason = "origin must be the report itself: got https://evil.example";
  assertEquals(text, `Cannot serve report: ${reason}\n`);
  for (const host of ["127.0.0.1:8000", "[::1]:8000", "192.168.1.7", "LAB.example:80"]) {
    assertEquals(status(`http://${host}/`, {}, "GET"), 200, host);
  }
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  for (const headers of [link, { "sec-fetch-site": "none" }, { "sec-fetch-site": "same-origin" }]) {
    assertEquals(status(`${HOST}/`, headers, "GET"), 200);
  }
  assertEquals(status(`${HOST}/pause`, { "sec-fetch-site": "same-origin", origin: HOST }), 204);
  assertEquals(status(`${HOST}/stop`, {}), 204); // curl
  await Array.fromAsync(training).catch(() => {});
});

Deno.test("live: a Host that is none is answered 400", async () => {
  const { live } = start();
  const hosts = [
    "a b",
    "[::",
    "%",
    "",
    "a<b",
    "localhost/x",
    "me@localhost",
    "localhost:x",
    "a:99999",
  ];
  for (const host of hosts) {
    const answer = get(live, "/", { host });
    assertEquals(answer.status, 400, host);
    const text = `Cannot serve report: host must be a name or an address: got ${host}\n`;
    assertEquals(await answer.text(), text);
  }
  // As a server makes it of such a Host: with an address that is no URL.
  const request = Object.defineProperty(new Request(HOST), "url", { value: "http://a b/" });
  assertEquals(live.fetch(request).status, 400);
});

Deno.test(ifPossible({
  name: "live: a Host that is none, over a real connection",
  needs: { net: true },
  fn: async () => {
    const { live } = start();
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    const server = Deno.serve(options, live.fetch);
    for (const [host, status] of [["a b", 400], ["[::", 400], ["localhost", 200]]) {
      const connection = await Deno.connect({ port: server.addr.port });
      const head = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      await connection.write(new TextEncoder().encode(head));
      const text = await new Response(connection.readable).text();
      assertEquals(text.slice(0, "HTTP/1.1 200".length), `HTTP/1.1 ${status}`);
    }
    await server.shutdown();
  },
}));

Deno.test("live: as many watch at once as may, and those who leave make room", async () => {
  const { live } = start({ maxWatchers: 2 });
  const [first, second] = [watch(live), watch(live)];
  assertEquals((await first.next()).state, "waiting");
  const third = get(live, "/events");
  assertEquals(third.status, 503);
  const reason = "at most maxWatchers = 2 may watch at once";
  assertEquals(await third.text(), `Cannot serve report: ${reason}\n`);
  assertEquals(get(live).status, 200);
  await first.end();
  await first.end(); // counts once
  const fourth = watch(live);
  assertEquals((await fourth.next()).state, "waiting");
  assertEquals(get(live, "/events").status, 503);
  await second.end();
  await fourth.end();
  const { live: usual } = start();
  const all = Array.from({ length: 64 }, () => watch(usual));
  assertEquals(get(usual, "/events").status, 503);
  await Promise.all(all.map((one) => one.end()));
  for (const maxWatchers of [-1, 1.5, NaN]) assertThrows(() => start({ maxWatchers }), RangeError);
});

Deno.test("live: the mean of an epoch is in its middle, and a log axis says so", async () => {
  const { live, training } = start({}, 2);
  await Array.fromAsync(training);
  const xs = (title: string) => {
    const picture = live.html().split("<figure>").find((part) => part.includes(`>${title}<`))!;
    return picture.match(/<path d="M[\d.]+ [^"]*L[\d.]+ [^"]*"/g)!.at(-1)!
      .match(/[ML][\d.]+/g)!.map((point) => Number(point.slice(1)));
  };
  const [loss, accuracy] = [xs("Loss"), xs("Accuracy")];
  assertEquals([loss.length, accuracy.length], [2, 2]);
  assert(loss[1] < accuracy[1], "the curve of means ends before the axis does");
  assert(!live.html().includes("log scale"));
  const steep = new LiveReport({ title: "T" });
  const own = { size: 4, params: {}, optimizer: { state() {} }, epochs: 1, seed: 0, history: [] };
  steep.callback.start!(own);
  for (const [i, loss] of [100, 1].entries()) {
    const soFar = () => ({ loss, metrics: {}, examples: 2 });
    steep.callback.step!({ epoch: 1, step: i + 1, examples: 2, loss, soFar }, own);
  }
  assertStringIncludes(steep.html(), ">log scale<");
});

Deno.test("live: headers forbid caching, framing and the network", async () => {
  const { live } = start();
  const { headers } = get(live);
  assertEquals(headers.get("cache-control"), "no-store");
  assertStringIncludes(headers.get("content-security-policy")!, "frame-ancestors 'none'");
  assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
  assertEquals(headers.get("access-control-allow-origin"), null);
  assertEquals(get(live, "/elsewhere").status, 404);
  assertEquals(get(live, "/stop").status, 405);
  assertEquals(post(live, "/").status, 405);
  const head = live.fetch(new Request(`${HOST}/`, { method: "HEAD" }));
  assertEquals([head.status, await head.text()], [200, ""]);
  new Function(await get(live, "/live.js").text()); // it is a script
});

Deno.test("live: losses of any number of steps take the memory of a thousand", () => {
  const losses = new StepLosses();
  for (let i = 1; i <= 100_000; i++) losses.add(i, i % 2);
  const { x, y } = losses.series;
  assert(y.length <= 1024 && y.length >= 512);
  assertEquals([x!.length, losses.each], [y.length, 128]);
  assert(Array.from(y).every((value) => value === 0.5));
  assertEquals(x![0], 128);
});
