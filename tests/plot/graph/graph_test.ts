// The graph of a tape as a picture: what it says, that it can be read, and what it leaves out.

import {
  add,
  checkpoint,
  concat,
  conv2d,
  matmul,
  mul,
  ones,
  Random,
  relu,
  softmaxCE,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "@tapegrad/tapegrad";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  type Layer,
  MaxPool,
  Residual,
  Sequential,
  trainable,
} from "@tapegrad/tapegrad/nn";
import { graph, type Picture } from "@tapegrad/tapegrad/plot";
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { Profiler } from "../../../src/core/profiler.ts";
import { costsOf, sumOfCosts } from "../../../src/plot/graph/costs.ts";
import { assertExactError } from "../../support/exact_error.ts";
import { assertLegible } from "../../support/legible.ts";
import { watched } from "../../support/work.ts";

/**
 * Lists the texts of a picture in the order in which they are drawn, without those of the legend.
 */
function textsOf(picture: Picture): string[] {
  const drawn = picture.svg().replaceAll(/<title>[^]*?<\/title>/g, "");
  return [...drawn.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, text]) => text);
}

/** Records one convolution with a bias, and the sum of its result. */
function convolution(profile = false): Tape {
  const tape = new Tape({ profile });
  const { w, bias } = tape.watch({ w: zeros([2, 2, 1, 1]), bias: zeros([1]) });
  const total = sum(conv2d(zeros([1, 3, 3, 1]), w, { bias, padding: "same" }));
  if (profile) tape.gradient(total, { w, bias });
  return tape;
}

/** Records one step of training of a model. */
function training<P>(model: Layer<P>, shape: readonly number[], profile = false): Tape {
  const params = model.init(new Random(0), shape);
  const tape = new Tape({ profile });
  const learned = trainable(model, params);
  tape.watch(learned);
  tape.follow(params);
  const options = { train: true, random: new Random(1), updates: new Map() };
  const y = model.apply(params, ones([2, ...shape]), options);
  const loss = softmaxCE(y, tensor([0, 1], { dtype: "int32" }));
  if (profile) tape.gradient(loss, learned);
  return tape;
}

const MODELS: Readonly<Record<string, [model: Layer<unknown>, shape: readonly number[]]>> = {
  signs: [
    Sequential({
      conv1: Conv2d({ filters: 8, size: 4, padding: "same", bias: false, activation: relu }),
      pool1: MaxPool({ size: 8, padding: "same" }),
      conv2: Conv2d({ filters: 16, size: 2, padding: "same", bias: false, activation: relu }),
      pool2: MaxPool({ size: 4, padding: "same" }),
      flatten: Flatten(),
      dense: Dense({ units: 6 }),
    }) as Layer<unknown>,
    [32, 32, 3],
  ],
  digits: [
    Sequential([
      Conv2d({ filters: 32, size: 3, activation: relu }),
      MaxPool({ size: 2 }),
      BatchNorm(),
      Flatten(),
      Dropout({ rate: 0.5 }),
      Dense({ units: 10 }),
    ]) as Layer<unknown>,
    [12, 12, 1],
  ],
  residual: [
    Sequential({
      block: Residual(
        Sequential({
          a: Conv2d({ filters: 4, size: 3, stride: 2, padding: "same", activation: relu }),
          b: Conv2d({ filters: 4, size: 3, padding: "same" }),
        }),
        { shortcut: Conv2d({ filters: 4, size: 1, stride: 2 }) },
      ),
      "a layer with a name that is much too long to be written in full anywhere": Residual(relu),
      flatten: Flatten(),
      dense: Dense({ units: 4 }),
    }) as Layer<unknown>,
    [8, 8, 2],
  ],
};

Deno.test("graph: one convolution, forward", () => {
  using tape = convolution();
  const picture = graph(tape, { title: "One convolution" });
  assertEquals(textsOf(picture), [
    "One convolution",
    "x",
    "[1, 3, 3, 1]",
    "conv2d",
    "2×2, same",
    "w [2, 2, 1, 1]",
    "bias [1]",
    "[1, 3, 3, 1]",
    "sum",
    "[]",
    "operation",
    "parameter",
    "constant",
  ]);
  assertEquals(
    picture.toString(),
    "Picture 320 x 301 (One convolution: graph of 2 operations and 2 parameters)",
  );
  assertStringIncludes(
    picture.svg(),
    "<title>0: conv2d (2×2, same)\nw: w [2, 2, 1, 1]\nbias: bias [1]\n-&gt; [1, 3, 3, 1], 36 B</title>",
  );
});

Deno.test("graph: one convolution and its gradients, before there are any", () => {
  using tape = convolution();
  const texts = textsOf(graph(tape, { backward: true }));
  assertEquals(texts.slice(0, 2), ["forward", "backward"]);
  assertEquals(texts.slice(11), [
    "conv2d backward",
    "dw [2, 2, 1, 1]",
    "dbias [1]",
    "[1, 3, 3, 1]",
    "sum backward",
    "[]",
    "operation",
    "parameter",
    "constant",
    "gradient",
  ]);
  const svg = graph(tape, { backward: true }).svg();
  assertStringIncludes(svg, "<title>0: conv2d backward\nreads dy, x, w</title>");
});

Deno.test("graph: a profiled tape says times and bytes of both passes, and which ops ran", () => {
  using tape = convolution();
  const profiler = new Profiler();
  const run = (name: string, milliseconds: number, flops: number, bytes: number) =>
    profiler.add(name, milliseconds, flops, bytes);
  const mark = profiler.begin();
  run("conv2d", 1.5, 72, 92);
  profiler.claim(0, mark);
  run("sum", 0.0125, 0, 40);
  profiler.claim(1, mark);
  run("oneHot", 0.25, 0, 4);
  profiler.enterRule(1, 0);
  run("broadcastTo", 0.5, 0, 2048);
  profiler.enterRule(0, 1);
  run("reluGrad", 1, 0, 8);
  run("conv2dGradW", 2, 72e6, 5e6);
  profiler.leaveRule();
  const picture = graph({ entries: tape.entries, slots: tape.slots, profiler }, { backward: true });
  assertEquals(textsOf(picture).slice(2), [
    "x",
    "[1, 3, 3, 1]",
    "conv2d",
    "2×2, same",
    "1.5 ms · 92 B",
    "w [2, 2, 1, 1]",
    "bias [1]",
    "[1, 3, 3, 1]",
    "sum",
    "12.5 µs · 40 B",
    "[]",
    "conv2d backward",
    "dw: reluGrad, conv2dGradW",
    "3 ms · 4.77 MB",
    "dw [2, 2, 1, 1]", // and none of the bias, for which no rule ran
    "[1, 3, 3, 1]",
    "sum backward",
    "dx: broadcastTo",
    "0.5 ms · 2 KB",
    "[]",
    "operation",
    "parameter",
    "constant",
    "gradient",
    "time, 0 to 3 ms",
    "Total 5.26 ms: forward 1.51 ms, backward 3.5 ms, without a gradient 0.25 ms",
    "72 MFLOP, 4.77 MB of inputs and outputs",
  ]);
  const fills = [...picture.svg().matchAll(/<rect [^>]*rx="4"[^>]*fill="(#\w+)"/g)].map(([, f]) =>
    f
  );
  assertEquals(fills.slice(0, 4), ["#e3a575", "#f1ebe8", "#d55e00", "#edd4c2"]);
  const { forward, backward, total } = costsOf(profiler);
  const parts = sumOfCosts([...forward.values(), ...backward.values(), total.unclaimed]);
  assertEquals(parts.milliseconds, profiler.rows.reduce((sum, row) => sum + row.milliseconds, 0));
});

Deno.test("graph: of both passes only forward is drawn: the time of backward is said", () => {
  using tape = convolution(true);
  const texts = textsOf(graph(tape));
  assertEquals(texts.filter((text) => /^backward [\d.]+ (ms|µs)$/.test(text)).length, 2);
});

Deno.test("graph: every model can be read, light and dark, on its own and with its gradients", () => {
  for (const [model, shape] of Object.values(MODELS)) {
    for (const profile of [false, true]) {
      using tape = training(model, shape, profile);
      for (const backward of [false, true]) {
        for (const theme of ["light", "dark"] as const) {
          assertLegible(graph(tape, { backward, theme, title: "One step of training" }));
        }
      }
    }
  }
});

Deno.test("graph: a layer is named after what its parameters have in common", () => {
  using tape = training(...MODELS.residual);
  const texts = textsOf(graph(tape));
  assertEquals(texts.filter((text) => text.includes(" · ")), [
    "conv2dRelu · block.body.a",
    "conv2d · block.body.b",
    "conv2d · block.shortcut",
    "dense · dense",
  ]);
  assert(texts.includes("3×3, stride 2, same"));
  assert(texts.includes("w [3, 3, 2, 4]"));
});

Deno.test("graph: a parameter of several operations has a link to each, a tensor used twice two", () => {
  using tape = new Tape();
  const { w, h } = tape.watch({ w: ones([4, 4]), h: ones([2, 4]) });
  const y = tanh(matmul(tanh(matmul(h, w)), w));
  mul(y, y);
  const picture = graph(tape, { backward: true });
  assertLegible(picture);
  const links = [...picture.svg().matchAll(/<path d="M[^"]*C[^"]*" fill="none"/g)];
  assertEquals(links.length, 2 * 8);
  const texts = textsOf(picture);
  assertEquals(texts.filter((text) => text === "w").length, 1);
  assertEquals(texts.filter((text) => /^[ab]$/.test(text)).length, 6);
  assertEquals(texts.filter((text) => /^d[ab]$/.test(text)).length, 6);
  assertEquals(texts.filter((text) => /^d[wh]$/.test(text)).length, 2);
});

/** Records a chain of operations. */
function chain(length: number): Tape {
  const tape = new Tape();
  let y = tape.watch({ w: ones([2]) }).w;
  for (let i = 0; i < length; i++) y = i % 3 === 0 ? add(y, 1) : tanh(y);
  return tape;
}

Deno.test("graph: of a hundred thousand operations the first and the last, and how many there are more", () => {
  using tape = chain(2);
  const [added, curved] = tape.entries;
  const [, slot, constant] = tape.slots;
  const count = 100_000;
  const entries = Array.from({ length: count }, (_, i) => {
    const { inputs, ...entry } = i % 3 === 0 ? added : curved;
    const from = i === 0 ? 0 : i + 1;
    return { ...entry, inputs: inputs.length === 2 ? [from, 1] : [from], output: i + 2 };
  });
  const slots = [tape.slots[0], constant, ...entries.map(() => slot)];
  const watchedEntries = watched(entries);
  const watchedSlots = watched(slots);
  const picture = graph(
    { entries: watchedEntries.array, slots: watchedSlots.array },
    { backward: true },
  );
  assertLess(watchedEntries.reads(), 3 * count);
  assertLess(watchedSlots.reads(), 3 * count);
  const texts = textsOf(picture);
  assertEquals(texts[texts.indexOf("and 99,920 more") + 1], "tanh × 66,614, add × 33,306");
  assert(texts.includes("and 99,920 more, backward"));
  assertEquals(texts.filter((text) => text === "tanh" || text === "add").length, 80);
  assertLegible(picture);
});

Deno.test("graph: as many operations are drawn as are asked for", () => {
  using tape = chain(7);
  const drawn = (maxOps: number) =>
    textsOf(graph(tape, { maxOps })).filter((text) => /tanh$|add$|more$/.test(text));
  assertEquals(drawn(7), ["add", "tanh", "tanh", "add", "tanh", "tanh", "add"]);
  assertEquals(drawn(4), ["add", "tanh", "and 3 more", "tanh", "add"]);
  assertEquals(drawn(2), ["add", "and 5 more", "add"]);
});

Deno.test("graph: what only the operations in the middle use is counted", () => {
  using tape = new Tape();
  const params = tape.watch(Array.from({ length: 6 }, () => ones([2, 2])));
  params.reduce((y, w) => matmul(y, w), ones([2, 2]));
  assert(textsOf(graph(tape, { maxOps: 2 })).includes("with 4 parameters"));
});

Deno.test("graph: of many constants some are drawn", () => {
  using tape = new Tape();
  const w = tape.watch(ones([2]));
  concat([w, ...Array.from({ length: 1000 }, () => ones([2]))]);
  const picture = graph(tape);
  const names = textsOf(picture).filter((text) => /^x\[\d+\]$/.test(text));
  assertEquals(names, Array.from({ length: 7 }, (_, i) => `x[${i + 1}]`));
  assertStringIncludes(picture.svg(), ">and 993 more<");
  assertLegible(picture);
});

Deno.test("graph: many parameters of one operation, names that need escaping", () => {
  using tape = new Tape();
  const params = tape.watch(
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`<w> & "${i}"`, ones([2])])),
  );
  concat([ones([1]), ...Object.values(params)]);
  const picture = graph(tape, { backward: true });
  assertLegible(picture);
  assertStringIncludes(picture.svg(), ">&lt;w&gt; &amp; &quot;0&quot; [2]<");
  assertEquals(textsOf(picture).filter((text) => text === "and 12 more").length, 2);
});

Deno.test("graph: a function that is one entry is drawn under its name", () => {
  using tape = new Tape({ profile: true });
  const x = tape.watch(ones([2]));
  const block = checkpoint((x: Tensor) => tanh(mul(x, 2)), { name: "block" });
  tape.gradient(sum(block(x)), x);
  const texts = textsOf(graph(tape, { backward: true }));
  assert(texts.includes("block"));
  assert(texts.includes("d[0]: mul × 3, tanh, …"), `${texts}`);
});

Deno.test("graph: an empty tape, one that has ended, options out of range", () => {
  const tape = new Tape();
  assertEquals(textsOf(graph(tape)), ["operation"]);
  tape.dispose();
  assertExactError(
    () => graph(tape),
    TypeError,
    "Cannot draw graph: the tape must not have ended: its block was left",
  );
  using other = convolution();
  assertExactError(
    () => graph(other, { maxOps: 1 }),
    RangeError,
    "Cannot draw graph: maxOps must be a number from 2 to 5000: got 1",
  );
  assertExactError(
    () => graph(other, { maxOps: 2.5 }),
    RangeError,
    "Cannot draw graph: maxOps must be an integer of at least 1: got 2.5",
  );
  assertExactError(
    () => graph(other, { theme: "blue" as "dark" }),
    RangeError,
    "Cannot draw graph: theme must be one of light, dark, auto: got blue",
  );
});
