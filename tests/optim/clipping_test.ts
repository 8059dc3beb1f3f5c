// Gradient clipping: PyTorch's numbers, non-finite norms, structures, memory, errors.

import { assert, assertEquals } from "@std/assert";
import {
  Arena,
  checkGrad,
  clipByGlobalNorm,
  clipByValue,
  globalNorm,
  mul,
  referenceBackend,
  ShapeError,
  square,
  sum,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { assertExactError } from "../support/exact_error.ts";

const backend = referenceBackend();
const make = (values: number | number[] | number[][]) =>
  tensor(values, { dtype: "float64", backend });

interface Grads {
  layers: { w: Tensor; bias: Tensor }[];
  scale: Tensor;
  none: null;
}

const grads = (): Grads => ({
  layers: [{ w: make([[0.5, -1], [1.5, 0.25]]), bias: make([-0.75, 2]) }],
  scale: make(1.5),
  none: null,
});

function flat({ layers: [{ w, bias }], scale }: Grads): number[] {
  return [w, bias, scale].flatMap((t) => Array.from(t.dataSync()));
}

// torch.nn.utils.clip_grad_norm_ of PyTorch 1.13.0 on these gradients in float64.
const NORM = 3.2210246816812815;
const CLIPPED: [maxNorm: number, expected: number[]][] = [
  [1, [
    0.15523005694851044,
    -0.3104601138970209,
    0.4656901708455313,
    0.07761502847425522,
    -0.23284508542276566,
    0.6209202277940418,
    0.4656901708455313,
  ]],
  [3, [
    0.4656901708455313,
    -0.9313803416910627,
    1.3970705125365939,
    0.23284508542276566,
    -0.6985352562682969,
    1.8627606833821253,
    1.3970705125365939,
  ]],
  [10, [0.5, -1, 1.5, 0.25, -0.75, 2, 1.5]],
];

Deno.test("clipping: by the global norm as PyTorch does", () => {
  for (const [maxNorm, expected] of CLIPPED) {
    const [clipped, norm] = clipByGlobalNorm(grads(), maxNorm);
    assert(Math.abs(norm.item() - NORM) < 1e-15 * NORM * 4);
    flat(clipped).forEach((value, i) => {
      assert(Math.abs(value - expected[i]) <= 1e-15, `${maxNorm}: ${value} for ${expected[i]}`);
    });
    assertEquals(clipped.none, null);
  }
  assert(Math.abs(globalNorm(grads()).item() - NORM) < 1e-14);
});

Deno.test("clipping: a norm below the largest changes no bit", () => {
  const all = grads();
  for (const maxNorm of [3.3, 1e6, Infinity]) {
    assertEquals(flat(clipByGlobalNorm(all, maxNorm)[0]), flat(all));
  }
  const zeros = make([0, 0]);
  const [clipped, norm] = clipByGlobalNorm(zeros, 1);
  assertEquals([clipped.toArray(), norm.item()], [[0, 0], 0]);
});

Deno.test("clipping: norms that are not finite, as PyTorch has them, or an error", () => {
  const withInfinity = [make([Infinity, 2]), make(3)];
  const [clipped, norm] = clipByGlobalNorm(withInfinity, 1);
  assertEquals([clipped[0].toArray(), clipped[1].item(), norm.item()], [[NaN, 0], 0, Infinity]);
  const withNaN = [make([NaN, 2]), make(3)];
  assertEquals(clipByGlobalNorm(withNaN, 1)[0].map((t) => t.toArray()), [[NaN, NaN], NaN]);
  const before = backend.liveBytes;
  for (const [bad, text] of [[withInfinity, "Infinity"], [withNaN, "NaN"]] as const) {
    assertExactError(
      () => clipByGlobalNorm(bad, 1, { errorIfNonFinite: true }),
      RangeError,
      `Cannot clip gradients: the norm must be finite: it is ${text}`,
    );
  }
  assertEquals(backend.liveBytes, before);
  assertEquals(clipByGlobalNorm(make([3, 4]), 10, { errorIfNonFinite: true })[1].item(), 5);
});

Deno.test("clipping: by value, element by element", () => {
  const clipped = clipByValue({ w: make([-3, 0.5, Infinity, NaN]), list: [make(1)] }, 1);
  assertEquals([clipped.w.toArray(), clipped.list[0].item()], [[-1, 0.5, 1, NaN], 1]);
  assertEquals(square(clipByValue(make([-3, 3]), 0)).toArray(), [0, 0]);
});

Deno.test("clipping: gradients stay as they are; results outlive, intermediates do not", () => {
  const all = grads();
  const before = [backend.liveBytes, flat(all)];
  const [clipped, norm] = clipByGlobalNorm(all, 1);
  assertEquals([backend.liveBytes - 8 * 8, flat(all)], before, "seven gradients and a norm");
  for (const { w, bias } of clipped.layers) [w, bias].forEach((t) => t.dispose());
  clipped.scale.dispose();
  norm.dispose();
  globalNorm(all).dispose();
  assertEquals(backend.liveBytes, before[0]);
  {
    using arena = new Arena();
    clipByGlobalNorm(arena.follow(all), 1);
    clipByValue(all, 1);
  }
  assertEquals(backend.liveBytes, before[0]);
});

Deno.test("clipping: inside a tape, and differentiated", () => {
  const x = make([3, 4]);
  using tape = new Tape();
  tape.watch(x);
  const dx = tape.gradient(sum(square(x)), x);
  assertEquals(clipByGlobalNorm(dx, 5)[1].item(), 10);
  checkGrad(
    (a, b) => {
      const [clipped, norm] = clipByGlobalNorm({ a, b }, 2);
      return mul(mul(clipped.a, clipped.b), norm);
    },
    [make([3, 4]), make([-2, 1])],
    { order: 2 },
  );
});

Deno.test("clipping: errors", () => {
  const x = make([1]);
  const action = "Cannot clip gradients:";
  assertExactError(
    () => clipByValue(x, -1),
    RangeError,
    `${action} limit must be at least 0: got -1`,
  );
  assertExactError(
    () => clipByGlobalNorm(x, 0),
    RangeError,
    `${action} maxNorm must be above 0: got 0`,
  );
  assertExactError(
    () => clipByGlobalNorm(x, NaN),
    RangeError,
    `${action} maxNorm must be above 0: got NaN`,
  );
  assertExactError(
    () => clipByGlobalNorm([null], 1),
    TypeError,
    `${action} there must be a tensor: there is none`,
  );
  assertExactError(
    () => clipByGlobalNorm({ a: x, b: tensor([1], { backend }) }, 1),
    ShapeError,
    `${action} dtypes must be equal, cast(x, dtype) converts: a is float64, b is float32`,
  );
  assertExactError(
    () => globalNorm([]),
    TypeError,
    "Cannot compute global norm: there must be a tensor: there is none",
  );
});
