// Operations with an input that is a list: what they get, what they may read, what they refuse.

import { assertEquals } from "@std/assert";
import {
  apply,
  defineOp,
  grad,
  mul,
  ShapeError,
  sum,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { checkGrad } from "../../src/testing/check_grad.ts";
import { assertExactError } from "../support/exact_error.ts";

/** `y = scale · x[0] · x[1] · …`: every gradient reads all the others. */
const productOp = defineOp({
  name: "product",
  inputs: ["scale?", "x[]"],
  reads: ["scale", "x"],
  forward: (k, { scale, x }) => {
    const data = k.read(x[0]);
    for (const factor of scale === undefined ? x.slice(1) : [scale, ...x.slice(1)]) {
      k.read(factor).forEach((value, i) => data[i] *= value);
    }
    return k.create({ shape: x[0].shape, dtype: x[0].dtype, data });
  },
  backward: (dy, { scale, x }) => {
    const product = (factors: readonly Tensor[]) =>
      factors.length === 0 ? dy : mul(dy, factors.length === 1 ? factors[0] : all(factors));
    return {
      scale: () => product(x),
      x: (i) => product([...scale ? [scale] : [], ...x.toSpliced(i, 1)]),
    };
  },
});

function all(x: readonly Tensor[], scale?: Tensor): Tensor {
  return apply(productOp, { scale, x });
}

const float64 = (...values: number[]) => tensor(values, { dtype: "float64" });

Deno.test("op lists: an op takes any number of tensors, and has gradients of any order", () => {
  const [a, b, c] = [float64(2, 3), float64(-1, 0.5), float64(4, 1)];
  assertEquals(all([a]).toArray(), [2, 3]);
  assertEquals(all([a, b, c], c).toArray(), [-32, 1.5]);
  const da = grad((a: Tensor) => sum(all([a, b, a])))(a);
  assertEquals(da.toArray(), [-4, 3]);
  checkGrad((a, b, c) => all([a, b, c], b), [a, b, c], { order: 2 });
});

Deno.test("op lists: the tape lists each element, absent inputs and what backward reads", () => {
  using tape = new Tape();
  const [a, b] = [float64(1), float64(2)];
  tape.watch({ a, b });
  all([a, float64(3), a]);
  all([b], a);
  assertEquals(tape.entries.map(({ inputs }) => inputs), [[-1, 0, 2, 0], [0, 1]]);
  const names = tape.entries.map(({ saved }) => saved.map(({ name }) => name));
  assertEquals(names, [["scale", "x", "x", "x"], ["scale", "x"]]);
  assertEquals(tape.entries[0].saved.map(({ tensor }) => tensor?.item()), [undefined, 1, 3, 1]);
  assertEquals(tape.toMermaid().split("\n").slice(-6, -1), [
    '  n0 -->|"x[0]"| n3',
    '  n2 -->|"x[1]"| n3',
    '  n0 -->|"x[2]"| n3',
    '  n0 -->|"scale"| n4',
    '  n1 -->|"x[0]"| n4',
  ]);
});

Deno.test("op lists: elements must be tensors, and there must be one", () => {
  // deno-lint-ignore no-explicit-any -- what a user without types can write
  const wrong = (x: any) => () => apply(productOp, { x });
  const cannot = "Cannot apply product:";
  assertExactError(
    wrong(float64(1)),
    TypeError,
    `${cannot} x must be a list of tensors: got object`,
  );
  assertExactError(
    wrong(undefined),
    TypeError,
    `${cannot} x must be a list of tensors: got undefined`,
  );
  assertExactError(
    wrong([float64(1), 2]),
    TypeError,
    `${cannot} x[1] must be a tensor: got number`,
  );
  assertExactError(wrong([]), TypeError, `${cannot} it must be given a tensor: got none`);
});

Deno.test("op lists: only the last input may be a list", () => {
  assertExactError(
    () =>
      defineOp({
        name: "mixed",
        inputs: ["x[]", "w"],
        reads: [],
        forward: (k, { w }) => k.copy(w),
        backward: () => ({ x: null, w: null }),
      }),
    TypeError,
    "Cannot define op mixed: only the last input may be a list: inputs are x[], w",
  );
});

Deno.test("op lists: a gradient that does not fit is named by its place", () => {
  const wrongOp = defineOp({
    name: "wrong",
    inputs: ["x[]"],
    reads: [],
    forward: (k, { x }) => k.copy(x[0]),
    backward: (dy) => ({ x: (i) => i === 0 ? dy : sum(dy) }),
  });
  const x = [tensor([1, 2]), tensor([3, 4])];
  assertExactError(
    () => grad((x: Tensor[]) => sum(apply(wrongOp, { x })))(x),
    ShapeError,
    "Cannot compute gradient: op wrong must return a gradient of x[1]'s shape and dtype: x[1] is " +
      "float32 [2], its gradient is float32 []",
  );
});
