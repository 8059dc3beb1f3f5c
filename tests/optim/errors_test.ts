// Errors of optimizers: options out of range, structures and gradients that do not fit. Nothing has
// changed then.

import { assertEquals } from "@std/assert";
import {
  adagrad,
  adam,
  adamw,
  lion,
  rmsprop,
  sgd,
  ShapeError,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { countingBackend } from "../support/counting_backend.ts";
import { assertExactError } from "../support/exact_error.ts";

Deno.test("optim: options must be numbers in range", () => {
  const wrong: [make: () => unknown, message: string][] = [];
  for (const [name, make] of Object.entries({ sgd, adam, adamw, rmsprop, adagrad, lion })) {
    for (const learningRate of [-1, NaN, Infinity]) {
      wrong.push([
        () => make({ learningRate }),
        `${name}: learningRate must be a number of at least 0: got ${learningRate}`,
      ]);
    }
    wrong.push([
      () => make({ learningRate: 1, weightDecay: -1 }),
      `${name}: weightDecay must be a number of at least 0: got -1`,
    ]);
    wrong.push([
      () => make({} as { learningRate: number }),
      `${name}: learningRate must be a number of at least 0: got undefined`,
    ]);
  }
  const learningRate = 0.1;
  for (const bad of [-0.1, 1, NaN, 2]) {
    wrong.push(
      [() => adam({ learningRate, beta1: bad }), `adam: beta1 must be in [0, 1): got ${bad}`],
      [() => adamw({ learningRate, beta1: bad }), `adamw: beta1 must be in [0, 1): got ${bad}`],
      [() => lion({ learningRate, beta1: bad }), `lion: beta1 must be in [0, 1): got ${bad}`],
      [() => lion({ learningRate, beta2: bad }), `lion: beta2 must be in [0, 1): got ${bad}`],
      [() => adam({ learningRate, beta2: bad }), `adam: beta2 must be in [0, 1): got ${bad}`],
      [() => rmsprop({ learningRate, rho: bad }), `rmsprop: rho must be in [0, 1): got ${bad}`],
    );
  }
  for (const bad of [-1e-9, NaN]) {
    const rule = `must be a number of at least 0: got ${bad}`;
    wrong.push(
      [() => adam({ learningRate, epsilon: bad }), `adam: epsilon ${rule}`],
      [() => rmsprop({ learningRate, epsilon: bad }), `rmsprop: epsilon ${rule}`],
      [() => sgd({ learningRate, momentum: bad }), `sgd: momentum ${rule}`],
      [() => rmsprop({ learningRate, momentum: bad }), `rmsprop: momentum ${rule}`],
      [() => adagrad({ learningRate, epsilon: bad }), `adagrad: epsilon ${rule}`],
      [() => adagrad({ learningRate, initialSum: bad }), `adagrad: initialSum ${rule}`],
    );
  }
  wrong.push([
    () => sgd({ learningRate, nesterov: true }),
    "sgd: nesterov needs a momentum above 0: got 0",
  ]);
  wrong.push([
    () => rmsprop({ learningRate, rule: "tensorflow" as "keras" }),
    "rmsprop: rule must be pytorch or keras: got tensorflow",
  ]);
  for (const [make, message] of wrong) assertExactError(make, RangeError, `Cannot make ${message}`);
});

Deno.test("optim: the ends of the ranges are allowed", () => {
  adam({ learningRate: 0, beta1: 0, beta2: 0, epsilon: 0 });
  rmsprop({ learningRate: 0, rho: 0, epsilon: 0 });
  sgd({ learningRate: 0, momentum: 0 });
  sgd({ learningRate: 0, momentum: 1.5, nesterov: true });
});

/** Fails unless a step is refused, and two parameters are still what they were. */
function assertRefuses(
  grads: unknown,
  message: string,
  type = ShapeError as typeof TypeError,
): void {
  const params = { a: tensor([1, 2]), list: [{ b: tensor(3) }] };
  for (const make of [sgd, adam, adamw, rmsprop, adagrad, lion]) {
    const optimizer = make({ learningRate: 1 });
    assertExactError(
      () => optimizer.step(params, grads as typeof params),
      type,
      `Cannot step optimizer: ${message}`,
    );
    assertEquals([params.a.toArray(), params.list[0].b.toArray()], [[1, 2], 3]);
  }
}

const a = tensor([1, 1]);
const b = tensor(1);

Deno.test("optim: params and grads must have one structure", () => {
  const rule = "params and grads must have one structure:";
  assertRefuses({ a }, `${rule} params has list[0].b, grads has not`);
  assertRefuses({ a, list: [{ b: null }] }, `${rule} params has list[0].b, grads has not`);
  assertRefuses({ list: [{ b }] }, `${rule} params has a, grads has not`);
  assertRefuses({ a, list: [{ b, c: b }] }, `${rule} grads has list[0].c, params has not`);
  assertRefuses({ a, list: [{ b }, { b }] }, `${rule} grads has list[1].b, params has not`);
  assertRefuses(a, `${rule} grads has a tensor, params has not`);
  assertExactError(
    () => sgd({ learningRate: 1 }).step<unknown>(a, {}),
    ShapeError,
    `Cannot step optimizer: ${rule} params has a tensor, grads has not`,
  );
});

Deno.test("optim: a gradient must have the shape and dtype of its parameter", () => {
  const rule = "a gradient must have the shape and dtype of its parameter:";
  assertRefuses(
    { a, list: [{ b: tensor([1]) }] },
    `${rule} list[0].b is float32 [], its gradient float32 [1]`,
  );
  assertRefuses(
    { a: tensor([1, 1], { dtype: "float64" }), list: [{ b }] },
    `${rule} a is float32 [2], its gradient float64 [2]`,
  );
  assertExactError(
    () => sgd({ learningRate: 1 }).step(a, b),
    ShapeError,
    `Cannot step optimizer: ${rule} the parameter is float32 [2], its gradient float32 []`,
  );
});

Deno.test("optim: parameters must be floats", () => {
  const w = tensor([1, 2], { dtype: "int32" });
  const rule = "parameters must be float32 or float64:";
  for (const make of [sgd, adam, adamw, rmsprop, adagrad, lion]) {
    const optimizer = make({ learningRate: 1 });
    assertExactError(
      () => optimizer.step({ w }, { w }),
      ShapeError,
      `Cannot step optimizer: ${rule} w is int32 [2]`,
    );
    assertExactError(
      () => optimizer.step(w, w),
      ShapeError,
      `Cannot step optimizer: ${rule} the parameter is int32 [2]`,
    );
  }
});

Deno.test("optim: a gradient must be on the backend of its parameter", () => {
  const rule = "a gradient must be on the backend of its parameter:";
  const params = { w: tensor([1], { backend: countingBackend("first") }) };
  const grads = { w: tensor([1], { backend: countingBackend("second") }) };
  assertExactError(
    () => sgd({ learningRate: 1 }).step(params, grads),
    TypeError,
    `Cannot step optimizer: ${rule} w is on first, its gradient on second`,
  );
  assertExactError(
    () => sgd({ learningRate: 1 }).step(params.w, grads.w),
    TypeError,
    `Cannot step optimizer: ${rule} the parameter is on first, its gradient on second`,
  );
});

Deno.test("optim: params and grads hold tensors only", () => {
  const rule = "it takes tensors in nested objects and arrays:";
  assertRefuses({ a: 1, list: [{ b }] }, `${rule} a is the number 1`, TypeError);
});

Deno.test("optim: a disposed gradient or parameter is found before anything changes", () => {
  const message = (t: Tensor) =>
    `Cannot use tensor: its memory has been freed: float32 [${t.shape}]; a tape frees what it ` +
    "recorded when it ends, tape.keep(tensor) lets a tensor outlive it";
  const gone = tensor(1);
  gone.dispose();
  for (const make of [sgd, adam, adamw, rmsprop, adagrad, lion]) {
    const optimizer = make({ learningRate: 1 });
    const params = { a: tensor([1, 2]), b: tensor(3) };
    assertExactError(() => optimizer.step(params, { a, b: gone }), TypeError, message(gone));
    assertEquals(params.a.toArray(), [1, 2]);
    assertExactError(
      () => optimizer.step({ a: params.a, gone }, { a, gone: b }),
      TypeError,
      message(gone),
    );
    assertEquals(params.a.toArray(), [1, 2]);
  }
});

Deno.test("optim: a parameter in two places is refused, not stepped twice", () => {
  const w = tensor([1, 2]);
  assertExactError(
    () => sgd({ learningRate: 1 }).step({ a: w, list: [w] }, { a: w, list: [w] }),
    TypeError,
    "Cannot step optimizer: each parameter must occur once in params: " +
      "a and list[0] are the same tensor",
  );
  assertEquals(w.toArray(), [1, 2]);
});
