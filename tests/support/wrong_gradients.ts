// Functions whose gradients are given: for tests of what tells right ones from wrong ones.

import { apply, defineOp, type Tensor } from "../../mod.ts";

/** Makes `2 a + 3 b`, elementwise, with these gradients. */
export function weighted(
  gradients: (dy: Tensor, a: Tensor) => { a: (() => Tensor) | null; b: (() => Tensor) | null },
): (a: Tensor, b: Tensor) => Tensor {
  const op = defineOp({
    name: "weighted",
    inputs: ["a", "b"],
    reads: ["a"],
    forward: (k, { a, b }) => {
      const [left, right] = [k.read(a), k.read(b)];
      const data = left.map((v, i) => 2 * v + 3 * right[i]);
      return k.create({ shape: a.shape, dtype: a.dtype, data });
    },
    backward: (dy, { a }) => gradients(dy, a),
  });
  return (a, b) => apply(op, { a, b });
}

/** Makes `x²` whose gradient op `2 x dy` is right, and whose gradient's gradients are given. */
export function squareWith(
  second: (ddx: Tensor, dy: Tensor, x: Tensor) => Record<"dy" | "x", (() => Tensor) | null>,
): (x: Tensor) => Tensor {
  const gradOp = defineOp({
    name: "squareGrad",
    inputs: ["dy", "x"],
    reads: ["dy", "x"],
    forward: (k, { dy, x }) => {
      const values = k.read(x);
      const data = k.read(dy).map((v, i) => 2 * v * values[i]);
      return k.create({ shape: x.shape, dtype: x.dtype, data });
    },
    backward: (ddx, { dy, x }) => second(ddx, dy, x),
  });
  const op = defineOp({
    name: "square",
    inputs: ["x"],
    reads: ["x"],
    forward: (k, { x }) => k.unary("square", x),
    backward: (dy, { x }) => ({ x: () => apply(gradOp, { dy, x }) }),
  });
  return (x) => apply(op, { x });
}
