// Models: layers in sequence, by name or in a list, with ways around them, frozen, and the table
// that lists them.

import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import {
  adam,
  add,
  assign,
  dense,
  matmul,
  mul,
  Random,
  relu,
  ShapeError,
  softmaxCE,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import {
  BatchNorm,
  constant,
  Conv2d,
  Dense,
  Flatten,
  frozen,
  type Layer,
  MaxPool,
  Residual,
  Sequential,
  summary,
  trainable,
  type WeightParams,
} from "../../src/nn/mod.ts";
import { assertExactError } from "../support/exact_error.ts";

/** The classic digits network, up to its dense part. */
const DIGITS = [
  Conv2d({ filters: 32, size: 3, activation: relu }),
  MaxPool({ size: 2 }),
  Conv2d({ filters: 64, size: 3, activation: relu }),
  MaxPool({ size: 2 }),
  Conv2d({ filters: 64, size: 3, activation: relu }),
] as const;

Deno.test("models: the parameters are in the structure of the layers, and typed", () => {
  const named = Sequential({ hidden: Dense({ units: 3 }), relu, output: Dense({ units: 2 }) });
  const params = named.init(new Random(0), [4]);
  const none: null = params.relu;
  const { w }: WeightParams = params.output;
  assertEquals([Object.keys(params), none, w.shape], [["hidden", "relu", "output"], null, [3, 2]]);
  const listed = Sequential([Dense({ units: 3 }), relu]);
  const [first, second]: readonly [WeightParams, null] = listed.init(new Random(0), [4]);
  assertEquals([first.w.shape, second], [[4, 3], null]);
});

Deno.test("models: layers are applied one after the other", () => {
  const model = Sequential([Dense({ units: 3 }), relu, (x: Tensor) => mul(x, 2), Flatten()]);
  const params = model.init(new Random(1), [2, 4]);
  const x = tensor([[[1, -2, 3, 4], [0, 1, 2, -1]]]);
  const { w } = params[0];
  assertEquals(
    model.apply(params, x).toArray(),
    [mul(relu(dense(x, w)), 2).dataSync()].map((row) => [...row]),
  );
  assertEquals(model.outputShape([2, 4]), [6]);
});

Deno.test("models: a layer's numbers depend on its name, not on its neighbours", () => {
  const make = (layers: Record<string, Layer<unknown>>) =>
    Sequential(layers).init(new Random(5), [3]).head as WeightParams;
  const alone = make({ head: Dense({ units: 3 }) });
  const behind = make({ body: Dense({ units: 3 }), head: Dense({ units: 3 }) });
  assertEquals(alone.w.toArray(), behind.w.toArray());
});

Deno.test("models: names that objects would put in another order are refused", () => {
  assertExactError(
    () => Sequential({ b: relu, 1: relu }),
    RangeError,
    "Cannot make Sequential: a layer's name must not be a whole number, objects put those " +
      "first: got 1",
  );
  assertExactError(
    () => Sequential({ b: undefined as unknown as Layer<null> }),
    TypeError,
    "Cannot make Sequential: every entry must be a layer or a function of a batch: b is undefined",
  );
});

Deno.test("models: a residual adds what passes around its body", () => {
  const x = tensor([[1, -2]]);
  const plain = Residual(Dense({ units: 2, initializer: constant(1) }));
  assertEquals(plain.apply(plain.init(new Random(0), [2]), x).toArray(), [[0, -3]]);
  const projected = Residual(Sequential([Dense({ units: 3 }), relu]), {
    shortcut: Dense({ units: 3, bias: false }),
  });
  const params = projected.init(new Random(0), [2]);
  assertEquals(
    projected.apply(params, x).toArray(),
    add(relu(dense(x, params.body[0].w)), matmul(x, params.shortcut.w)).toArray(),
  );
  assertEquals(projected.outputShape([2]), [3]);
});

Deno.test("models: a residual whose two ways differ is refused", () => {
  const text = "Cannot make Residual: body and shortcut must give the same shape: body makes [3] " +
    "of [2], shortcut [2]";
  const block = Residual(Dense({ units: 3 }));
  assertExactError(() => block.init(new Random(0), [2]), ShapeError, text);
  assertExactError(() => block.outputShape([2]), ShapeError, text);
});

Deno.test("models: trainable leaves out what is frozen, in the same structure", () => {
  const model = Sequential({
    base: frozen(Sequential([Dense({ units: 4 }), relu])),
    block: Residual(Dense({ units: 4 }), { shortcut: frozen(Dense({ units: 4 })) }),
    head: Dense({ units: 2 }),
  });
  const params = model.init(new Random(0), [3]);
  const { base, block, head } = trainable(model, params);
  assertEquals(base, [{ w: null, bias: null }, null]);
  assertEquals(block.shortcut, { w: null, bias: null });
  assertStrictEquals(block.body.w, params.block.body.w);
  assertStrictEquals(head.w, params.head.w);
});

Deno.test("models: what is frozen is applied as after training, whatever the rest does", () => {
  const norm = BatchNorm();
  const params = norm.init(new Random(0), [2]);
  assign(params, { ...params, mean: tensor([1, -3]), variance: tensor([4, 0.25]) });
  const x = tensor([[3, -2], [5, -3], [1, -3.5]]);
  const expected = norm.apply(params, x).toArray();
  const updates = new Map();
  for (const chain of [frozen(norm), Sequential([frozen(norm)]), frozen(Sequential([norm]))]) {
    const own = chain.type === "Sequential" ? [params] : params;
    const y = (chain as Layer<unknown>).apply(own, x, { train: true, updates });
    assertEquals(y.toArray(), expected);
  }
  assertEquals(updates.size, 0);
  const other = norm.apply(params, x, { train: true, updates }).toArray();
  assertNotEquals(other, expected);
  assertEquals(updates.size, 2);
});

Deno.test("models: training changes what is trainable and nothing else", () => {
  const model = Sequential({ base: frozen(Dense({ units: 8 })), relu, head: Dense({ units: 2 }) });
  const params = model.init(new Random(1), [2]);
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const labels = tensor([0, 1, 1, 0], { dtype: "int32" });
  const kept = params.base.w.toArray();
  const optimizer = adam({ learningRate: 0.1 });
  const learned = trainable(model, params);
  const losses: number[] = [];
  for (let step = 0; step < 200; step++) {
    using tape = new Tape();
    tape.watch(learned);
    tape.follow(params);
    const loss = softmaxCE(model.apply(params, x, { train: true }), labels);
    optimizer.step(learned, tape.gradient(loss, learned));
    losses.push(loss.item());
  }
  assert(losses.at(-1)! < 0.4 * losses[0], `${losses[0]} -> ${losses.at(-1)}`);
  assertEquals(params.base.w.toArray(), kept);
});

Deno.test("models: a scope is told which layer runs", () => {
  const model = Sequential({ a: relu, b: Residual(Sequential([relu])) });
  const told: string[] = [];
  const scope = { enter: (name: string) => told.push(name), leave: () => told.push("/") };
  model.apply(model.init(new Random(0), [2]), tensor([[1, 2]]), { scope });
  assertEquals(told, ["a", "/", "b", "body", "0", "/", "/", "shortcut", "/", "/"]);
});

Deno.test("summary: Keras's table of the digits network", () => {
  const expected = `\
Layer (type)          Output Shape        Param #
─────────────────────────────────────────────────
conv2d (Conv2d)       (None, 26, 26, 32)      320
max_pool (MaxPool)    (None, 13, 13, 32)        0
conv2d_1 (Conv2d)     (None, 11, 11, 64)   18,496
max_pool_1 (MaxPool)  (None, 5, 5, 64)          0
conv2d_2 (Conv2d)     (None, 3, 3, 64)     36,928

Total params: 55,744 (217.75 KB)
Trainable params: 55,744 (217.75 KB)
Non-trainable params: 0 (0 B)`;
  assertEquals(summary(Sequential(DIGITS), [28, 28, 1]), expected);
});

Deno.test("summary: layers by their names, functions, models in models, what is frozen", () => {
  const model = Sequential({
    flatten: Flatten(),
    base: frozen(Sequential([Dense({ units: 4, bias: false }), relu])),
    relu,
    block: Residual(Dense({ units: 4 })),
  });
  const expected = `\
Layer (type)       Output Shape  Param #
────────────────────────────────────────
flatten (Flatten)  (None, 4)           0
base (Sequential)  (None, 4)          16
relu (relu)        (None, 4)           0
block (Residual)   (None, 4)          20

Total params: 36 (144 B)
Trainable params: 20 (80 B)
Non-trainable params: 16 (64 B)`;
  assertEquals(summary(model, [2, 2, 1]), expected);
});

Deno.test("summary: a layer alone; a million parameters; no memory is left behind", () => {
  const layer = Dense({ units: 1024 });
  const { backend } = tensor(0);
  const before = backend.liveBytes;
  const text = summary(layer, [1024]);
  assertEquals(text.split("\n")[2], "dense (Dense)  (None, 1024)  1,049,600");
  assertEquals(text.split("\n")[4], "Total params: 1,049,600 (4.00 MB)");
  assertEquals(backend.liveBytes, before);
});
