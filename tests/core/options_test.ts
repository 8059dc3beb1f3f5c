// Options that a function does not know: refused by every public function that takes any, found in
// the documentation of the entries.

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import * as backend from "@tapegrad/tapegrad/backend";
import * as data from "@tapegrad/tapegrad/data";
import * as distributed from "@tapegrad/tapegrad/distributed";
import * as io from "@tapegrad/tapegrad/io";
import * as native from "@tapegrad/tapegrad/native";
import * as nn from "@tapegrad/tapegrad/nn";
import * as plot from "@tapegrad/tapegrad/plot";
import * as tapegrad from "@tapegrad/tapegrad";
import * as testing from "@tapegrad/tapegrad/testing";
import * as train from "@tapegrad/tapegrad/train";
import * as webgpu from "@tapegrad/tapegrad/webgpu";
import { conv2d, dense, maxPool, mean, Random, scoped, sum, Tape, zeros } from "@tapegrad/tapegrad";
import config from "../../deno.json" with { type: "json" };
import { checkOptions } from "../../src/core/options.ts";
import { OPTION_CALLS } from "../support/option_calls.ts";
import { type OptionUser, optionUsers } from "../support/option_users.ts";
import { ifPossible } from "../support/permissions.ts";

/** The entries, by their names in `deno.json`. */
const ENTRIES: Readonly<Record<keyof typeof config.exports, object>> = {
  ".": tapegrad,
  "./backend": backend,
  "./testing": testing,
  "./data": data,
  "./distributed": distributed,
  "./io": io,
  "./native": native,
  "./nn": nn,
  "./plot": plot,
  "./train": train,
  "./webgpu": webgpu,
};

/** Entries of which the kinds of options are tried, too. */
const KINDS_TRIED: ReadonlySet<string> = new Set([".", "./nn"]);

const classes = [0, 1, 1];
const model = nn.Sequential([nn.Dense({ units: 2 })]);
const examples = { x: zeros([3, 2]), y: zeros([3], { dtype: "int32" }) };
const dataset = data.arrayDataset({ x: new Float32Array(3), y: Int32Array.from(classes) });

/** Arguments before options where tensors would be refused before them. */
const ARGUMENTS: Readonly<Record<string, readonly unknown[]>> = {
  accuracy: [classes, classes],
  averageGradients: [distributed.singleGroup()],
  binaryAccuracy: [classes, classes],
  confusionMatrix: [classes, classes, 2],
  evaluate: [model, examples],
  f1: [classes, classes],
  fit: [model, examples],
  precision: [classes, classes],
  predict: [model, examples.x],
  recall: [classes, classes],
  rocAuc: [classes, classes],
  topKAccuracy: [zeros([3, 2]), classes, 1],
  workerSeats: [2],
  "topKAccuracy of 1": [1], // of one argument before
  "Layer.init": [new Random(0), [4]],
  "Layer.apply": [{}, zeros([2, 4])],
  "ArrayFile.tensor": ["x"],
  "Dataset.batch": [2],
  "Dataset.map": [(example: unknown) => example],
};

const LAYERS: readonly nn.Layer<never>[] = [
  model,
  nn.asLayer(tapegrad.relu),
  nn.AvgPool({ size: 2 }),
  nn.BatchNorm(),
  nn.Conv2d({ filters: 2, size: 1 }),
  nn.Conv2dTranspose({ filters: 2, size: 1 }),
  nn.Dense({ units: 2 }),
  nn.DepthwiseConv2d({ size: 1 }),
  nn.Dropout({ rate: 0.5 }),
  nn.Embedding({ vocabulary: 2, dimensions: 2 }),
  nn.Flatten(),
  nn.frozen(nn.Dense({ units: 2 })),
  nn.GlobalAvgPool(),
  nn.GroupNorm({ groups: 1 }),
  nn.LayerNorm(),
  nn.MaxPool({ size: 2 }),
  nn.Residual(tapegrad.relu),
] as nn.Layer<never>[];

/** Objects of each class or interface that has methods with options; none where others make them. */
const INSTANCES: Readonly<Record<string, () => readonly object[] | Promise<readonly object[]>>> = {
  ArrayFile: async () => [await data.openNpz(await data.writeNpz({ x: zeros([2]) }))],
  Batches: () => [dataset.batch(2)],
  BatchSource: () => [], // of the user
  Dataset: () => [dataset],
  FastCheck: () => [], // of fast-check
  KerasGraph: async () => {
    const params = model.init(new Random(0), [2]);
    return [await io.importKerasGraph(await io.exportKeras(model, params, { inputShape: [2] }))];
  },
  Layer: () => LAYERS,
  MakeNativeBackend: () => [native.nativeBackend],
  Model: () => [], // of the user; a layer is one, too
  Picture: () => [plot.curves({ loss: [1, 2] })],
  TableEncoder: async () => {
    const table = new TextEncoder().encode("size,kind\n1.5,a\n2.5,b\n");
    return [(await data.tableDataset(table, { target: "kind", validation: 0 })).encoder];
  },
  Tape: () => [new Tape()],
};

/** Ways to call what takes options: for a method of an interface one for each object. */
async function callsOf(
  { name, kind }: OptionUser,
  names: object,
): Promise<((...args: unknown[]) => unknown)[]> {
  type Call = (...args: unknown[]) => unknown;
  const [owner, method] = name.split(".");
  if (kind === "method") {
    assert(Object.hasOwn(INSTANCES, owner), `${name} takes options: INSTANCES must have ${owner}`);
    const objects = await INSTANCES[owner]();
    return objects.map((made) => (...args) => (made as Record<string, Call>)[method](...args));
  }
  const named = (names as Record<string, unknown>)[name];
  if (kind === "function") return [named as Call];
  const Made = named as new (...args: unknown[]) => unknown;
  return [(...args) => new Made(...args)];
}

/** The message of the `TypeError` that a call ends in, at once or when what it gives is awaited. */
async function refusal(label: string, call: () => unknown): Promise<string> {
  try {
    const result = await call();
    const generator = result as Partial<AsyncGenerator> | null | undefined;
    if (typeof generator?.next === "function") await generator.next();
  } catch (error) {
    assert(error instanceof TypeError, `${label}: ${error}`);
    return error.message;
  }
  throw new Error(`${label} takes it`);
}

Deno.test(ifPossible({
  name: "options: everything public refuses those that it does not know, by name",
  needs: { read: true, run: true },
  async fn() {
    const found = await optionUsers(Object.values(config.exports));
    for (const [i, [entry, names]] of Object.entries(ENTRIES).entries()) {
      for (const user of found[i]) {
        const isListed = !KINDS_TRIED.has(entry) || user.kind !== "function" ||
          user.name in OPTION_CALLS;
        assert(isListed, `a call of ${user.name} belongs into tests/support/option_calls.ts`);
        const own = ARGUMENTS[`${user.name} of ${user.before}`] ?? ARGUMENTS[user.name];
        const args = own?.slice(0, user.before) ??
          Array.from({ length: user.before }, () => zeros([2, 2]));
        for (const call of await callsOf(user, names)) {
          const told = (given: unknown) =>
            refusal(`${entry}: ${user.name} of ${Deno.inspect(given)}`, () => call(...args, given));
          for (const given of ["unknownOption", "constructor"]) {
            const rule = new RegExp(
              `^Cannot .*: (options must be in .*|there are no options): got ${given}\\b`,
            );
            assertMatch(await told({ [given]: 1 }), rule, user.name);
          }
          // A list alone is predictions for some.
          const lists = entry === "./train" && user.before === 0 ? [] : [[1]];
          for (const given of [0.2, zeros([2]), null, ...lists]) {
            const rule = /^Cannot .*: (options must be|there are no options)/;
            assertMatch(await told(given), rule, user.name);
          }
        }
      }
    }
    const count = found.flat().length;
    assert(count > 150, `${count} functions, constructors and methods take options`);
  },
}));

Deno.test("options: what has none refuses any", () => {
  for (const make of [nn.Flatten, nn.GlobalAvgPool, train.meanAbsoluteError, train.r2Score]) {
    const error = assertThrows(() => make({ layout: "NCHW" } as never), TypeError);
    assertMatch(error.message, /^Cannot .*: there are no options: got layout$/);
  }
});

const x = zeros([1, 4, 4, 2]);

/** Calls as a user of another library writes them, and the name that each is told. */
const MEANT: readonly [call: () => unknown, message: string][] = [
  [
    () => sum(x, { dim: 1 } as never),
    "Cannot apply sum: options must be in { axis, keepDims }: got dim; did you mean axis?",
  ],
  [
    () => mean(x, { keepdims: true } as never),
    "Cannot apply mean: options must be in { axis, keepDims }: got keepdims; did you mean keepDims?",
  ],
  [
    () => maxPool(x, { size: 2, strides: 1 } as never),
    "Cannot apply maxPool: options must be in { size, stride, padding, layout }: got strides; " +
    "did you mean stride?",
  ],
  [
    () => maxPool(x, { kernelSize: 2 } as never),
    "Cannot apply maxPool: options must be in { size, stride, padding, layout }: got kernelSize; " +
    "did you mean size?",
  ],
  [
    () => conv2d(x, zeros([3, 3, 2, 5]), { use_bias: true } as never),
    "Cannot apply conv2d: options must be in { stride, padding, dilation, groups, bias, " +
    "activation, layout }: got use_bias; did you mean bias?",
  ],
  [
    () => dense(zeros([2, 3]), zeros([3, 4]), zeros([4]) as never),
    "Cannot apply dense: options must be in { bias, activation }: got a tensor",
  ],
  [
    () => sum(x, 1 as never),
    "Cannot apply sum: options must be in { axis, keepDims }: got 1",
  ],
  [
    () => nn.Dropout(0.2 as never),
    "Cannot make Dropout: options must be in { rate }: got 0.2",
  ],
  [
    () => new Tape({ profil: true } as never),
    "Cannot make Tape: options must be in { profile }: got profil; did you mean profile?",
  ],
  [
    () => scoped(new Tape(), (tape) => tape.gradient(sum(x), [], zeros([]) as never)),
    "Cannot compute gradient: options must be in { seed }: got a tensor",
  ],
  [
    () => sum(x, { strange: 1 } as never),
    "Cannot apply sum: options must be in { axis, keepDims }: got strange",
  ],
];

Deno.test("options: an unknown one is told the nearest name, if there is one that is near", () => {
  for (const [call, message] of MEANT) assertEquals(assertThrows(call, TypeError).message, message);
});

Deno.test("options: names that differ by case, by underscores or by a letter are near", () => {
  const meant = (name: string) =>
    assertThrows(
      () =>
        checkOptions("fit", { [name]: 1 } as never, "batchSize beta1 beta2 learningRate" as never),
      TypeError,
    ).message
      .match(/did you mean (\w+)\?$/)?.[1];
  for (
    const [given, wanted] of [
      ["batch_size", "batchSize"],
      ["BatchSize", "batchSize"],
      ["batch", "batchSize"],
      ["bathSize", "batchSize"],
      ["batchSise", "batchSize"],
      ["beta_2", "beta2"],
      ["beta_1", "beta1"],
      ["lr", "learningRate"],
      ["learningrate", "learningRate"],
      ["toString", undefined],
      ["momentum", undefined],
    ]
  ) assertEquals(meant(given!), wanted, given);
});

Deno.test("options: metrics, pictures and files read each once, whatever it says the second time", () => {
  const scores = [0.9, 0.2, 0.7];
  const labels = [1, 0, 1];
  const calls: Readonly<Record<string, (options: never) => unknown>> = {
    ignoreIndex: (options) => train.accuracy(labels, labels, options),
    threshold: (options) => train.binaryAccuracy(scores, labels, options),
    bins: (options) => plot.histogram({ x: zeros([3]) }, options),
    maxBytes: (options) => data.readMat(new Uint8Array(3), options).catch(() => {}),
  };
  for (const [name, call] of Object.entries(calls)) {
    let reads = 0;
    const options = Object.defineProperty({}, name, {
      enumerable: true,
      get: () => ++reads === 1 ? 8 : "another",
    });
    call(options as never);
    assertEquals([name, reads], [name, 1]);
  }
});
