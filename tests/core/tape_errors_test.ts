// Errors of a tape, each with its whole text.

import { assertEquals, assertThrows } from "@std/assert";
import {
  add,
  cast,
  grad,
  mul,
  reshape,
  sgd,
  ShapeError,
  square,
  stopGradient,
  sub,
  sum,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "../../mod.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { assertExactError } from "../support/exact_error.ts";

const GRADIENT = "Cannot compute gradient: ";

Deno.test("tape: integers cannot be watched", () => {
  using tape = new Tape();
  const rule = "Cannot watch: only float32 and float64 tensors have gradients: ";
  assertExactError(
    () => tape.watch(zeros([2], { dtype: "int32" })),
    ShapeError,
    `${rule}the tensor is int32 [2]`,
  );
  assertExactError(
    () => tape.watch({ layers: [{ w: zeros([]) }, { w: zeros([1, 2], { dtype: "uint8" }) }] }),
    ShapeError,
    `${rule}layers[1].w is uint8 [1, 2]`,
  );
});

Deno.test("tape: what was used as a constant can no longer be watched", () => {
  using tape = new Tape();
  const [x, w] = [tape.watch(tensor([1, 2])), tensor([3, 4])];
  mul(x, w); // from here on a gradient for w would lack what went through this
  const rule = "Cannot watch: a tensor must be watched before it is used:";
  assertExactError(
    () => tape.watch(w),
    TypeError,
    `${rule} the tensor, float32 [2], is a constant on this tape`,
  );
  assertExactError(
    () => tape.watch({ layers: [w] }),
    TypeError,
    `${rule} layers[0], float32 [2], is a constant on this tape`,
  );
  using other = new Tape();
  assertEquals(other.gradient(sum(mul(other.watch(w), 2)), w).toArray(), [2, 2]);
});

Deno.test("tape: only tensors in nested objects and arrays can be watched and followed", () => {
  using tape = new Tape();
  const wrong: [structure: unknown, found: string][] = [
    [3, "it is the number 3"],
    [{ w: "text" }, "w is the string text"],
    [{ layers: [{ map: new Map() }] }, "layers[0].map is a Map"],
    [[true], "[0] is the boolean true"],
  ];
  for (const [structure, found] of wrong) {
    const rule = "it takes tensors in nested objects and arrays";
    for (const action of ["watch", "follow", "keep"] as const) {
      assertExactError(
        () => tape[action](structure),
        TypeError,
        `Cannot ${action}: ${rule}: ${found}`,
      );
    }
    const y = sum(tape.watch(tensor([1])));
    assertExactError(
      () => tape.gradient(y, structure),
      TypeError,
      `${GRADIENT}${rule}: ${found}`,
    );
  }
});

Deno.test("tape: a gradient needs a scalar or a seed", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([[1, 2]]));
  assertExactError(
    () => tape.gradient(square(x), x),
    ShapeError,
    `${GRADIENT}y must be a scalar unless a seed is given: y is [1, 2]; ` +
      "reduce it with sum(y) or mean(y), or pass { seed }",
  );
});

Deno.test("tape: the seed must have the shape and dtype of y", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const rule = `${GRADIENT}seed must have y's shape and dtype: seed is`;
  assertExactError(
    () => tape.gradient(square(x), x, { seed: tensor(1) }),
    ShapeError,
    `${rule} float32 [], y is float32 [2]`,
  );
  assertExactError(
    () => tape.gradient(square(x), x, { seed: tensor([1, 1], { dtype: "float64" }) }),
    ShapeError,
    `${rule} float64 [2], y is float32 [2]`,
  );
});

Deno.test("tape: y must come from watched tensors", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const rule = `${GRADIENT}y must be computed from tensors that this tape watches: y is `;
  const advice = "; watch the parameters before they are used";
  const unknown = [tensor(3), sum(tensor([1, 2])), stopGradient(sum(x))];
  for (const y of unknown) {
    assertExactError(() => tape.gradient(y, x), TypeError, `${rule}float32 []${advice}`);
  }
  assertExactError(
    () => tape.gradient(sum(cast(x, "int32")), x),
    ShapeError,
    `${GRADIENT}y must be float32 or float64: y is int32 []; no gradient flows through integers`,
  );
});

Deno.test("tape: tensors to differentiate by must be watched", () => {
  using tape = new Tape();
  using other = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const constant = other.watch(tensor([3, 4]));
  const y = sum(mul(x, constant));
  const rule = `${GRADIENT}each tensor must be watched by this tape before it is used: `;
  assertExactError(
    () => tape.gradient(y, constant),
    TypeError,
    `${rule}the tensor, float32 [2], is not`,
  );
  assertExactError(
    () => tape.gradient(y, { ok: x, layers: [{ w: tensor(1, { dtype: "float64" }) }] }),
    TypeError,
    `${rule}layers[0].w, float64 [], is not`,
  );
});

Deno.test("tape: a disposed tensor can be neither watched nor differentiated by", () => {
  using tape = new Tape();
  const [x, gone] = tape.watch([tensor(1), tensor([1, 2])]);
  const y = square(x);
  gone.dispose();
  const message = "Cannot use tensor: its memory has been freed: float32 [2]; a tape frees what " +
    "it recorded when it ends, tape.keep(tensor) lets a tensor outlive it";
  assertExactError(() => tape.watch(gone), TypeError, message);
  assertExactError(() => tape.gradient(y, { gone }), TypeError, message);
});

Deno.test("tape: a y that has been freed is said to be freed", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const y = sum(x);
  y.dispose();
  assertExactError(
    () => tape.gradient(y, x),
    TypeError,
    "Cannot use tensor: its memory has been freed: float32 []; a tape frees what it recorded " +
      "when it ends, tape.keep(tensor) lets a tensor outlive it",
  );
});

Deno.test("tape: what backward reads must not have been disposed of", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const constant = tensor([3, 4]);
  const y = sum(mul(x, constant));
  constant.dispose();
  assertExactError(
    () => tape.gradient(y, x),
    TypeError,
    `${GRADIENT}what backward reads must stay as it was: b of op mul, float32 [2], ` +
      "was disposed of",
  );
});

Deno.test("tape: what backward does not read may be disposed of", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const constant = tensor([3, 4]);
  const y = sum(add(x, constant));
  constant.dispose();
  assertEquals(tape.gradient(y, x).toArray(), [1, 1]);
});

Deno.test("tape: what backward reads must not have been changed by an optimizer", () => {
  using tape = new Tape();
  const params = tape.watch({ w: tensor([[1, 2]]) });
  const y = sum(square(params.w));
  const grads = tape.gradient(y, params);
  sgd({ learningRate: 1 }).step(params, grads);
  assertEquals(params.w.toArray(), [[-1, -2]]);
  assertExactError(
    () => tape.gradient(y, params),
    TypeError,
    `${GRADIENT}what backward reads must stay as it was: x of op square, float32 [1, 2], ` +
      "was changed in place (an optimizer step?)",
  );
});

Deno.test("tape: a parameter that backward does not read may change, others keep their values", () => {
  using tape = new Tape();
  const { w, bias } = tape.watch({ w: tensor([1, 2]), bias: tensor([0, 0]) });
  const y = sum(square(add(reshape(w, [2]), bias)));
  sgd({ learningRate: 1 }).step({ w, bias }, { w: tensor([5, 5]), bias: tensor([1, 1]) });
  assertEquals(tape.gradient(y, { w, bias }).bias.toArray(), [2, 4], "as of before the step");
});

Deno.test("tape: after it has ended only the text of its errors is left", () => {
  const tape = new Tape();
  const x = tape.watch(tensor([1]));
  const y = square(x);
  tape.dispose();
  assertEquals([tape.isDisposed, tape.entries, tape.slots], [true, [], []]);
  const rule = "the tape or arena has ended: its block was left or it was disposed of";
  assertExactError(() => tape.watch(x), TypeError, `Cannot watch: ${rule}`);
  assertExactError(() => tape.follow(x), TypeError, `Cannot follow: ${rule}`);
  assertExactError(() => tape.adopt(x), TypeError, `Cannot follow: ${rule}`);
  assertExactError(() => tape.gradient(y, x), TypeError, `${GRADIENT}${rule}`);
  assertEquals(square(x).item(), 1, "what it watched lives on");
});

Deno.test("tape: an error during a gradient leaves the tape usable and nothing behind", () => {
  const backend = referenceBackend();
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2], { backend }));
  const constant = tensor([3, 4], { backend });
  const h = square(x);
  const wrong = sum(mul(h, constant));
  const right = sum(h);
  constant.dispose();
  const before = backend.liveBytes;
  for (let i = 0; i < 2; i++) {
    assertThrows(() => tape.gradient(wrong, x), TypeError, "disposed of");
    assertEquals(backend.liveBytes, before);
  }
  assertEquals(tape.gradient(right, x).toArray(), [2, 4]);
});

Deno.test("tape: a gradient used on its own tape is refused, and recorded by a tape around", () => {
  // d/dw of w²x + (2wx)² for w = 2, x = 3; without the gradient of the penalty it would be 12.
  const [w, x] = [tensor(2), tensor(3)];
  const rule = `${GRADIENT}y must not depend on gradients of the same tape, which are constants ` +
    "to it: ";
  const advice = "; compute them on a tape inside this one or with grad(f), or pass them through " +
    "stopGradient where they are constants";
  {
    using tape = new Tape();
    tape.watch({ w, x });
    const y = mul(square(w), x);
    const g = tape.gradient(y, w);
    const penalty = square(g);
    assertExactError(
      () => tape.gradient(add(y, penalty), w),
      TypeError,
      `${rule}op add reads one, float32 []${advice}`,
    );
    assertExactError(
      () => tape.gradient(sum(mul(w, reshape(add(penalty, 1), [1]))), [x, w]),
      TypeError,
      `${rule}op mul reads one, float32 [1]${advice}`,
    );
    assertExactError(
      () => tape.gradient(sum(penalty), w),
      TypeError,
      `${rule}y is made of them alone, float32 []${advice}`,
    );
    assertEquals(tape.gradient(add(y, square(stopGradient(g))), w).item(), 12);
    assertEquals(tape.gradient(y, w).item(), 12);
    // A step of gradient descent, and what is computed from there on.
    const next = sub(w, mul(g, 0.25));
    assertEquals(tape.gradient(mul(square(next), x), next).item(), -6);
    assertThrows(() => tape.gradient(mul(square(next), x), w), TypeError, "op sub reads one");
  }
  using outer = new Tape();
  outer.watch({ w });
  using inner = new Tape();
  inner.watch({ w });
  const y = mul(square(w), x);
  assertEquals(outer.gradient(add(y, square(inner.gradient(y, w))), w).item(), 12 + 144);
  const slope = grad((w: Tensor) => mul(square(w), x));
  assertEquals(outer.gradient(square(slope(w)), w).item(), 144);
});
