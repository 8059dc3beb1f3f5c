// Errors inside a model name the layer, however deep it is.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random, relu, ShapeError, type Tensor, tensor, zeros } from "@tapegrad/tapegrad";
import {
  asLayer,
  BatchNorm,
  constant,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Embedding,
  glorotUniform,
  heNormal,
  type Layer,
  orthogonal,
  Residual,
  Sequential,
} from "@tapegrad/tapegrad/nn";
import { randomIntegers, randomNormal, randomUniform } from "@tapegrad/tapegrad";
import { assertExactError } from "../support/exact_error.ts";

const random = new Random(0);

Deno.test("layer errors: apply names the layer, by its path", () => {
  const model = Sequential({
    conv: Conv2d({ filters: 2, size: 3 }),
    block: Residual(Sequential([relu, Dense({ units: 2 })])),
  });
  const params = model.init(random, [7, 9, 5]);
  assertExactError(
    () => model.apply(params, zeros([1, 5, 7, 9])),
    ShapeError,
    "Cannot apply conv2d: x has 9 channels but w expects 5: x is [1, 5, 7, 9], w is [3, 3, 5, 2]; " +
      'if x is [N, C, H, W], pass layout: "NCHW", whose filters have other dimensions, too, or ' +
      "transpose(x, [0, 2, 3, 1]); in layer conv (Conv2d)",
  );
  const broken = {
    ...params,
    block: { ...params.block, body: [null, { w: zeros([3, 2]), bias: null }] },
  };
  const error = assertThrows(
    () => model.apply(broken as unknown as typeof params, zeros([1, 7, 9, 5])),
    ShapeError,
  );
  assert(error.message.endsWith("; in layer block.body.1 (Dense)"), error.message);
  assertEquals(error.message.split("; in layer").length, 2);
});

Deno.test("layer errors: init and outputShape name the layer", () => {
  const model = Sequential({ flat: Sequential({ conv: Conv2d({ filters: 2, size: 3 }) }) });
  const text = "Cannot make Conv2d: inputShape must be [H, W, C], without the batch: got [9]; in " +
    "layer flat.conv (Conv2d)";
  assertExactError(() => model.init(random, [9]), ShapeError, text);
  assertExactError(() => model.outputShape([9]), ShapeError, text);
  const residual = Residual(Conv2d({ filters: 2, size: 3 }));
  const ofBody = text.replace("flat.conv", "body");
  assertExactError(() => residual.init(random, [9]), ShapeError, ofBody);
  assertExactError(() => residual.outputShape([9]), ShapeError, ofBody);
});

Deno.test("layer errors: the stack, which is shown of errors that nobody catches, has the name", () => {
  const model = Sequential({
    fails(x: Tensor): Tensor {
      const error = new ShapeError("Cannot do $& this: x is wrong");
      // Engines write the stack when the error is made, or when it is first read.
      assert(error.stack!.includes("x is wrong\n"));
      throw x.rank === 1 ? error : x;
    },
  });
  const error = assertThrows(() => model.apply({ fails: null }, tensor([1])), ShapeError);
  assertEquals(error.message, "Cannot do $& this: x is wrong; in layer fails (fails)");
  assert(error.stack!.includes(error.message), error.stack);
});

Deno.test("layer errors: those of other code stay as they are", () => {
  const thrown = [new Error("mine"), "text", new RangeError("Can not")];
  for (const one of thrown) {
    const model = Sequential([(_x: Tensor): Tensor => {
      throw one;
    }]);
    try {
      model.apply([null], tensor([1]));
    } catch (error) {
      assertEquals(error, one);
    }
  }
  assertEquals((thrown[0] as Error).message, "mine");
});

Deno.test("layers: params of a layer that are missing are named", () => {
  const model = Sequential({ hidden: Dense({ units: 2 }), relu });
  const text = "Cannot apply the model: params must have the parameters of every layer: layer " +
    "hidden (Dense) has none; model.init(random, inputShape) makes all";
  for (const params of [undefined, {}, { Hidden: 1 }]) {
    const wrong = params as unknown as ReturnType<typeof model.init>;
    assertExactError(() => model.apply(wrong, zeros([1, 3])), TypeError, text);
  }
  assertThrows(
    () => Residual(Dense({ units: 2 })).apply(undefined as never, zeros([1, 2])),
    TypeError,
    "layer body (Dense) has none",
  );
});

Deno.test("layers and random numbers: a generator that is missing is named", () => {
  const models: Layer<unknown>[] = [
    Sequential([Dense({ units: 2 })]),
    Residual(Dense({ units: 3 })),
    Dense({ units: 2 }),
    Conv2d({ filters: 2, size: 1 }),
    Embedding({ vocabulary: 2, dimensions: 2 }),
  ] as Layer<unknown>[];
  const calls: ((random: Random) => unknown)[] = [
    ...models.map((model) => (random: Random) => model.init(random, [5, 5, 3])),
    (random) => glorotUniform(random, [2, 3]),
    (random) => heNormal(random, [2, 3]),
    (random) => orthogonal()(random, [2, 3]),
    (random) => randomUniform(random, [2]),
    (random) => randomNormal(random, [2]),
    (random) => randomIntegers(random, [2], 0, 3),
  ];
  for (const call of calls) {
    for (const [given, got] of [[undefined, "undefined"], [0, "number"], [[2], "an array"]]) {
      assertThrows(
        () => call(given as unknown as Random),
        TypeError,
        `random must be a Random: got ${got}; make one with new Random(seed)`,
      );
    }
  }
  // Those without random numbers want none.
  BatchNorm().init(undefined as unknown as Random, [3]);
  constant(1)(undefined as unknown as Random, [3]);
});

/** Passes a value as a user without types can. */
// deno-lint-ignore no-explicit-any -- stands for any wrong type
const wrong = (value: unknown): any => value;

Deno.test("layers: arguments of the wrong kind are named", () => {
  const dense = Dense({ units: 2 });
  const params = dense.init(random, [3]);
  const rule = "params must be { w, bias }, those of layer.init(random, inputShape)";
  const calls: [call: () => unknown, message: string][] = [
    [() => dense.apply(wrong(undefined), zeros([1, 3])), `apply Dense: ${rule}: got undefined`],
    [() => dense.apply(wrong(zeros([1, 3])), wrong(params)), `apply Dense: ${rule}: got a tensor`],
    [
      () => dense.apply(params, wrong([[1, 2, 3]])),
      "apply Dense: x must be a tensor: got an array; make one with tensor(values)",
    ],
    [
      () => dense.apply(params, zeros([1, 3]), wrong({ training: true })),
      "apply Dense: options must be in { train, random, updates, scope, batchNorm }: got training; did you " +
      "mean train?",
    ],
    [
      () => dense.init(wrong([3]), wrong(undefined)),
      "initialise Dense: random must be a Random: got an array; make one with new Random(seed)",
    ],
    [
      () => Residual(wrong("relu")),
      'make Residual: body must be a layer or a function of a batch: got "relu"',
    ],
    [
      () => Residual(relu, { shortcut: wrong(null) }),
      "make Residual: shortcut must be a layer or a function of a batch: got null",
    ],
    [
      () => asLayer(wrong(undefined)),
      "make a layer: module must be a layer or a function of a batch: got undefined",
    ],
    [
      () => Sequential(wrong(dense)),
      'make Sequential: every entry must be a layer or a function of a batch: type is "Dense"; ' +
      "put the layers in a list",
    ],
    [
      () => Sequential(wrong(undefined)),
      "make Sequential: layers must be a list, or an object of layers by name: got undefined",
    ],
    [
      () => Dense({ units: 2, initializer: wrong("heNormal") }),
      'make Dense: initializer must be a function, such as heNormal: got "heNormal"',
    ],
    [
      () => Embedding({ vocabulary: 2, dimensions: 3, initializer: wrong(0.02) }),
      "make Embedding: initializer must be a function, such as heNormal: got 0.02",
    ],
  ];
  for (const [call, message] of calls) assertExactError(call, TypeError, `Cannot ${message}`);
});

Deno.test("layers: an activation or a size that cannot be used is refused when they are made", () => {
  for (const make of [Conv2d, Conv2dTranspose]) {
    const call = () => make({ filters: 2, size: 3, activation: wrong("tanh") });
    assertThrows(call, RangeError, `Cannot make ${make.name}: activation must be`);
  }
  const depthwise = () => DepthwiseConv2d({ size: 3, activation: wrong("tanh") });
  assertThrows(depthwise, RangeError, "Cannot make DepthwiseConv2d: activation must be");
  assertExactError(
    () => Dense({ units: 2, activation: wrong("tanh") }),
    RangeError,
    'Cannot make Dense: activation must be "linear", "relu" or a function: got "tanh"; pass the ' +
      "function, as activation: tanh",
  );
  assertExactError(
    () => Conv2d(wrong({ filters: 2 })),
    RangeError,
    "Cannot make Conv2d: size must be an integer of at least 1 or [height, width]: got undefined",
  );
  assertThrows(() => Conv2dTranspose(wrong({ filters: 2 })), RangeError, "size must be an integer");
  assertThrows(() => DepthwiseConv2d(wrong({})), RangeError, "size must be an integer");
});
