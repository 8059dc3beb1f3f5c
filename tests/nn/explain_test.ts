// Explanations of a model: activations, saliency, Grad-CAM; who owns them, and what is refused.

import * as core from "@tapegrad/tapegrad";
import * as nn from "@tapegrad/tapegrad/nn";
import {
  Arena,
  ones,
  Random,
  ShapeError,
  sum,
  tanh,
  Tape,
  tensor,
  zeros,
} from "@tapegrad/tapegrad";
import {
  activations,
  Conv2d,
  Dense,
  Flatten,
  gradCam,
  Residual,
  saliency,
  Sequential,
} from "@tapegrad/tapegrad/nn";
import { checkGrad } from "@tapegrad/tapegrad/testing";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { explainChecks } from "../support/explain_checks.ts";

for (const [name, check] of Object.entries(explainChecks)) {
  Deno.test(`explain: ${name}`, () => check({ core, nn }));
}

const model = Sequential([
  Conv2d({ filters: 2, size: 2 }),
  tanh,
  (x) => x,
  Flatten(),
  Dense({ units: 3 }),
]);
const params = model.init(new Random(0), [3, 3, 1]);
const x = tensor([1, 2, 3, -1, 0, 1, 2, -2, 1], { shape: [1, 3, 3, 1] });

Deno.test("explain: results are yours, or belong to an arena around; nothing else is left", () => {
  const before = x.backend.liveBytes;
  const made = activations(model, params, x);
  // The function gives back what it got, and flattening shares its memory.
  assertEquals(Object.keys(made), ["conv2d", "tanh", "function", "flatten", "dense"]);
  const [maps, scores] = [4 * 2 * 2 * 2, 4 * 3];
  assertEquals(x.backend.liveBytes, before + 2 * maps + scores);
  made.tanh.dispose();
  assertEquals(made.function.shape, [1, 2, 2, 2]);
  for (const y of Object.values(made)) y.dispose();
  const heat = [saliency(model, params, x), gradCam(model, params, x, { layer: "tanh" })];
  assertEquals(x.backend.liveBytes, before + 2 * 4 * 9);
  for (const map of heat) map.dispose();
  assertEquals(x.backend.liveBytes, before);
  {
    using arena = new Arena();
    arena.follow(params);
    activations(model, params, x);
    saliency(model, params, x);
    gradCam(model, params, x);
  }
  assertEquals(x.backend.liveBytes, before);
});

Deno.test("explain: what only gives x back leaves x alone", () => {
  const made = activations(Sequential({ same: (x) => x }), { same: null }, x);
  made.same.dispose();
  assertEquals(x.shape, [1, 3, 3, 1]);
  assertStrictEquals(x.isDisposed, false);
});

Deno.test("explain: a model that is no chain is named after its type", () => {
  const block = Residual(Conv2d({ filters: 1, size: 1 }));
  const made = activations(block, block.init(new Random(0), [2, 2, 1]), zeros([1, 2, 2, 1]));
  assertEquals(Object.keys(made), ["residual.body", "residual"]);
  const dense = Dense({ units: 2 });
  const alone = activations(dense, dense.init(new Random(0), [3]), zeros([1, 3]));
  assertEquals(Object.keys(alone), ["dense"]);
});

Deno.test("explain: on a tape around, maps have gradients", () => {
  const image = tensor(Float64Array.from({ length: 9 }, (_, i) => Math.sin(3 * i)), {
    shape: [1, 3, 3, 1],
  });
  const wide = model.init(new Random(1), [3, 3, 1], { dtype: "float64" });
  const of = (explain: (params: typeof wide) => core.Tensor) =>
  ({ w, bias }: {
    w: core.Tensor;
    bias: core.Tensor;
  }) => sum(explain([{ w, bias }, ...wide.slice(1)] as unknown as typeof wide));
  const { w, bias } = wide[0];
  const classes = [1];
  checkGrad(of((p) => saliency(model, p, image, { classes })), { w, bias: bias! });
  checkGrad(of((p) => gradCam(model, p, image, { classes })), { w, bias: bias! });
  using tape = new Tape();
  tape.watch(wide[0]);
  const made = activations(model, wide, image);
  assertEquals(tape.gradient(sum(made.tanh), { w }).w.shape, [2, 2, 1, 2]);
});

Deno.test("explain: scores that do not depend on x are explained by nothing", () => {
  const constant = Sequential({ conv: Conv2d({ filters: 1, size: 1 }), none: () => ones([1, 2]) });
  const init = { conv: { w: ones([1, 1, 1, 1]), bias: null }, none: null };
  assertEquals(saliency(constant, init, zeros([1, 1, 2, 1])).toArray(), [[[0, 0]]]);
  assertEquals(gradCam(constant, init, zeros([1, 1, 2, 1])).toArray(), [[[0, 0]]]);
});

Deno.test("explain: no images, no maps", () => {
  assertEquals(saliency(model, params, zeros([0, 3, 3, 1])).shape, [0, 3, 3]);
  assertEquals(gradCam(model, params, zeros([0, 3, 3, 1])).shape, [0, 3, 3]);
});

Deno.test("explain: what cannot be explained is refused", () => {
  const dense = Sequential({ flatten: Flatten(), dense: Dense({ units: 2 }) });
  const denseParams = dense.init(new Random(0), [3, 3, 1]);
  const paths = "conv2d, tanh, function, flatten, dense";
  const cases: [draw: () => unknown, kind: new () => Error, message: string][] = [
    [
      () => activations(model, params, [1] as never),
      TypeError,
      "Cannot find activations: x must be a tensor: got an array; make one with tensor(values)",
    ],
    [
      () => saliency(model, params, zeros([3, 3, 1])),
      ShapeError,
      "Cannot compute saliency: x must be [N, H, W, C]: got [3, 3, 1]",
    ],
    [
      () => saliency(model, params, zeros([1, 3, 3, 1], { dtype: "uint8" })),
      ShapeError,
      "Cannot compute saliency: dtype must be float32 or float64, cast(x, dtype) converts: " +
      "x is uint8",
    ],
    [
      () => saliency(Sequential({ tanh }), { tanh: null }, x),
      ShapeError,
      "Cannot compute saliency: the model must make [N, classes] of x, a score for each class: " +
      "it makes [1, 3, 3, 1]",
    ],
    [
      () => saliency(model, params, x, { classes: [3] }),
      RangeError,
      "Cannot compute saliency: classes must be integers from 0 to 2: classes[0] is 3",
    ],
    [
      () => saliency(model, params, x, { classes: tensor([0.5]) }),
      RangeError,
      "Cannot compute saliency: classes must be integers from 0 to 2: classes[0] is 0.5",
    ],
    [
      () => saliency(model, params, x, { classes: [0, 1] }),
      ShapeError,
      "Cannot compute saliency: there must be one of classes for each example of x: got 2 for 1",
    ],
    [
      () => gradCam(model, params, x, { layer: "conv" }),
      RangeError,
      `Cannot compute gradCam: layer must be the path of a layer, one of ${paths}: got conv`,
    ],
    [
      () => gradCam(model, params, x, { layer: "flatten" }),
      ShapeError,
      "Cannot compute gradCam: layer must make float maps [N, H, W, C]: flatten makes float32 " +
      "[1, 8]",
    ],
    [
      () => gradCam(dense, denseParams, x),
      RangeError,
      "Cannot compute gradCam: the model must have a convolution, or options.layer name another " +
      "layer: its layers are flatten, dense",
    ],
  ];
  for (const [run, kind, message] of cases) {
    assertEquals(assertThrows(run, kind).message, message);
  }
});
