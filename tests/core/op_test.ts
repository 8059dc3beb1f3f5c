// A user's own op: defined, applied, differentiated; and what is refused.

import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  type AnyOp,
  apply,
  checkGrad,
  defineOp,
  grad,
  mul,
  neg,
  type Op,
  reshape,
  ShapeError,
  square,
  sum,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "../../mod.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { countingBackend } from "../support/counting_backend.ts";
import { assertExactError } from "../support/exact_error.ts";

const cubeOp = defineOp({
  name: "cube",
  inputs: ["x"],
  reads: ["x"],
  forward: (k, { x }) =>
    k.create({ shape: x.shape, dtype: x.dtype, data: k.read(x).map((v) => v ** 3) }),
  backward: (dy, { x }) => ({ x: () => mul(dy, mul(square(x), 3)) }),
});

const cube = (x: Tensor) => apply(cubeOp, { x });

/** `factor x + offset`, offset being optional; both attributes and options at work. */
const affineOp = defineOp({
  name: "affine",
  inputs: ["x", "offset?"],
  reads: [],
  forward: (k, { x, offset }, g: { factor: number }) => {
    const shift = offset === undefined ? 0 : k.read(offset)[0];
    const data = k.read(x).map((v) => g.factor * v + shift);
    return k.create({ shape: x.shape, dtype: x.dtype, data });
  },
  backward: (dy, _saved, g) => ({ x: () => mul(dy, g.factor), offset: () => sum(dy) }),
});

Deno.test("op: one's own op has a value and gradients of any order", () => {
  const x = tensor(2, { dtype: "float64" });
  const orders = [cube, grad(cube), grad(grad(cube)), grad(grad(grad(cube)))];
  assertEquals(orders.map((f) => f(x).item()), [8, 12, 12, 6]);
  checkGrad(cube, [tensor([1, -2, 0.5])], { order: 2 });
});

Deno.test("op: defineOp returns the very op it was given", () => {
  const op: Op<readonly ["x"], never, void> = {
    name: "same",
    inputs: ["x"],
    reads: [],
    forward: (k, { x }) => k.copy(x),
    backward: (dy) => ({ x: () => dy }),
  };
  assertStrictEquals(defineOp(op), op);
});

Deno.test("op: its declarations are taken apart once, by defineOp, and anew for a changed copy", () => {
  let looks = 0;
  const { name, reads, forward, backward } = affineOp;
  const op = defineOp({
    name,
    reads,
    forward,
    backward,
    get inputs(): readonly ["x", "offset?"] {
      looks++;
      return ["x", "offset?"];
    },
  });
  const before = looks;
  const applied = (x: Tensor) => apply(op, { x, offset: tensor(1) }, { factor: 3 });
  assertEquals(grad((x: Tensor) => sum(applied(x)))(tensor([1, 2])).toArray(), [3, 3]);
  assertEquals(looks, before);

  // A copy under another name for its input, which no defineOp has seen.
  const copy: Op<readonly ["values"], never, void> = {
    name: "copy",
    inputs: ["values"],
    reads: [],
    forward: (k, { values }) => k.copy(values),
    backward: (dy) => ({ values: () => dy }),
  };
  const renamed: Op<readonly ["from"], never, void> = {
    ...copy,
    inputs: ["from"],
    forward: (k, { from }) => k.copy(from),
    backward: (dy) => ({ from: () => dy }),
  };
  assertEquals(apply(copy, { values: tensor(2) }).item(), 2);
  assertEquals(grad((x: Tensor) => apply(renamed, { from: x }))(tensor(2)).item(), 1);
});

Deno.test("op: attributes reach forward and backward", () => {
  const x = tensor([1, 2]);
  assertEquals(apply(affineOp, { x }, { factor: 3 }).toArray(), [3, 6]);
  assertEquals(grad((x: Tensor) => sum(apply(affineOp, { x }, { factor: 3 })))(x).toArray(), [
    3,
    3,
  ]);
});

Deno.test("op: an optional input may be there, absent or undefined", () => {
  const [x, offset] = [tensor([1, 2]), tensor(10)];
  assertEquals(apply(affineOp, { x, offset }, { factor: 1 }).toArray(), [11, 12]);
  assertEquals(apply(affineOp, { x }, { factor: 1 }).toArray(), [1, 2]);
  assertEquals(apply(affineOp, { x, offset: undefined }, { factor: 1 }).toArray(), [1, 2]);
  checkGrad((x, offset) => apply(affineOp, { x, offset }, { factor: 2 }), [x, offset], {
    exact: true,
  });
});

Deno.test("op: it is on the tape like any other", () => {
  using tape = new Tape();
  const { x, offset } = tape.watch({ x: tensor([1, 2]), offset: tensor(3) });
  apply(affineOp, { x, offset }, { factor: 2 });
  apply(affineOp, { x }, { factor: 2 });
  assertStrictEquals(tape.entries[0].op, affineOp as unknown as AnyOp);
  assertEquals(tape.entries.map(({ inputs }) => inputs), [[0, 1], [0, -1]]);
  assertEquals(tape.entries[0].attributes, { factor: 2 });
});

Deno.test("op: an absent optional input that backward reads is undefined there", () => {
  let read: unknown = "not called";
  const op = defineOp({
    name: "reader",
    inputs: ["x", "scale?"],
    reads: ["scale", "y"],
    forward: (k, { x }) => k.copy(x),
    backward: (dy, { scale, y }) => {
      read = [scale, y.toArray()];
      return { x: () => dy, scale: () => scale ?? dy };
    },
  });
  assertEquals(grad((x: Tensor) => sum(apply(op, { x })))(tensor([5])).toArray(), [1]);
  assertEquals(read, [undefined, [5]]);
});

Deno.test("op: its result may share the memory of an input", () => {
  const backend = referenceBackend();
  const flat = defineOp({
    name: "flat",
    inputs: ["x"],
    reads: [],
    forward: (_k, { x }) => ({ ...x, shape: [4] }),
    backward: (dy) => ({ x: () => reshape(dy, [2, 2]) }),
  });
  const x = tensor([[1, 2], [3, 4]], { backend });
  const y = apply(flat, { x });
  assertEquals([y.shape, backend.liveBytes], [[4], 16]);
  x.dispose();
  assertEquals(y.toArray(), [1, 2, 3, 4]);
  y.dispose();
  assertEquals(backend.liveBytes, 0);
});

Deno.test("op: its kernels are those of the inputs' backend", () => {
  const backend = countingBackend();
  const y = cube(tensor([2], { backend }));
  assertStrictEquals(y.backend, backend);
  assertEquals(backend.log, ["create", "read", "create"]);
});

/** Makes an op of x with this as the gradient. */
function opWith(name: string, gradient: (dy: Tensor) => Tensor): (x: Tensor) => Tensor {
  const op = defineOp({
    name,
    inputs: ["x"],
    reads: [],
    forward: (k, { x }) => k.copy(x),
    backward: (dy) => ({ x: () => gradient(dy) }),
  });
  return (x) => sum(apply(op, { x }));
}

Deno.test("op: a gradient of another shape or dtype is an error", () => {
  const rule = (name: string) =>
    `Cannot compute gradient: op ${name} must return a gradient of x's shape and dtype: ` +
    "x is float32 [2, 3], its gradient is ";
  const x = zeros([2, 3]);
  assertExactError(
    () => grad(opWith("turned", (dy) => reshape(dy, [3, 2])))(x),
    ShapeError,
    `${rule("turned")}float32 [3, 2]`,
  );
  assertExactError(
    () => grad(opWith("summed", (dy) => sum(dy)))(x),
    ShapeError,
    `${rule("summed")}float32 []`,
  );
  assertExactError(
    () => grad(opWith("widened", () => zeros([2, 3], { dtype: "float64" })))(x),
    ShapeError,
    `${rule("widened")}float64 [2, 3]`,
  );
});

Deno.test("op: a missing gradient entry is an error, null is none", () => {
  const define = (entries: object) =>
    defineOp({
      name: "forgetful",
      inputs: ["a", "b"],
      reads: [],
      forward: (k, { a }) => k.copy(a),
      backward: (dy) => ({ a: () => dy, b: null, ...entries }),
    });
  const [a, b] = [tensor([1, 2]), tensor([3, 4])];
  const f = (entries: object) => (p: { a: Tensor; b: Tensor }) => sum(apply(define(entries), p));
  const g = grad(f({}))({ a, b });
  assertEquals([g.a.toArray(), g.b.toArray()], [[1, 1], [0, 0]]);
  assertExactError(
    () => grad(f({ b: undefined }))({ a, b }),
    TypeError,
    "Cannot compute gradient: op forgetful must return a gradient or null for each input: " +
      "nothing for b",
  );
  // The gradient of a alone does not need it.
  assertEquals(grad((a: Tensor) => f({ b: undefined })({ a, b }))(a).toArray(), [1, 1]);
});

Deno.test("op: inputs must be tensors, and all there", () => {
  const call = (inputs: object) => () => apply(affineOp, inputs as { x: Tensor }, { factor: 1 });
  const rule = "Cannot apply affine:";
  const x = tensor(1);
  assertExactError(call({}), TypeError, `${rule} x must be a tensor: got undefined`);
  assertExactError(call({ x: null }), TypeError, `${rule} x must be a tensor: got null`);
  assertExactError(call({ x: [1] }), TypeError, `${rule} x must be a tensor: got an array`);
  assertExactError(
    call({ x, offset: 3 }),
    TypeError,
    `${rule} offset must be a tensor: got number`,
  );
  assertExactError(
    call({ x, offset: null }),
    TypeError,
    `${rule} offset must be a tensor: got null`,
  );
});

Deno.test("op: there must be an input", () => {
  const op = defineOp({
    name: "nothing",
    inputs: ["x?"],
    reads: [],
    forward: (k) => k.fill([], "float32", 1),
    backward: () => ({ x: null }),
  });
  assertExactError(
    () => apply(op, {}),
    TypeError,
    "Cannot apply nothing: it must be given a tensor: got none",
  );
});

Deno.test("op: inputs must be on one backend", () => {
  const x = tensor([1, 2], { backend: countingBackend("first") });
  const offset = tensor(1, { backend: countingBackend("second") });
  assertExactError(
    () => apply(affineOp, { x, offset }, { factor: 1 }),
    TypeError,
    "Cannot apply affine: all inputs must be on one backend: found first and second",
  );
});

Deno.test("op: inputs must have different names, none of them y", () => {
  const define = (inputs: string[]) => () =>
    defineOp({
      name: "named",
      inputs,
      reads: [],
      forward: (k, inputs) => k.copy(Object.values(inputs)[0]!),
      backward: () => ({}),
    });
  const rule = "Cannot define op named: inputs must have different names, none of them y: got";
  assertExactError(define(["a", "b", "a"]), TypeError, `${rule} a, b, a`);
  assertExactError(define(["a", "a?"]), TypeError, `${rule} a, a`);
  assertExactError(define(["x", "y"]), TypeError, `${rule} x, y`);
  assertExactError(define(["y?"]), TypeError, `${rule} y`);
});

Deno.test("op: reads must name inputs or y", () => {
  const define = (reads: string[]) => () =>
    defineOp({
      name: "reader",
      inputs: ["x", "bias?"],
      reads: reads as never[],
      forward: (k, { x }) => k.copy(x),
      backward: (dy) => ({ x: () => dy, bias: null }),
    });
  const rule = "Cannot define op reader: reads must name inputs or y: got";
  assertExactError(define(["x", "w"]), TypeError, `${rule} w, inputs are x, bias`);
  assertExactError(define(["bias?"]), TypeError, `${rule} bias?, inputs are x, bias`);
  define(["x", "bias", "y"])();
});

Deno.test("op: an error in forward comes through and records nothing", () => {
  using tape = new Tape();
  const x = tape.watch(tensor(1));
  const broken = defineOp({
    name: "broken",
    inputs: ["x"],
    reads: [],
    forward: () => {
      throw new RangeError("of my own");
    },
    backward: (dy) => ({ x: () => neg(dy) }),
  });
  assertExactError(() => apply(broken, { x }), RangeError, "of my own");
  assertEquals([tape.entries, tape.slots.length], [[], 1]);
});
