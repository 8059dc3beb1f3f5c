// Programs that do not compile: a forgotten gradient, a read that was not declared, wrong inputs.
// Run by the type check, where an unused `@ts-expect-error` is an error.

import { assertEquals } from "@std/assert";
import {
  add,
  apply,
  defineOp,
  type Gradients,
  type InputName,
  type Inputs,
  mul,
  type Saved,
  type Tensor,
} from "../../mod.ts";
import { type NdArray, ops } from "../../src/backends/mod.ts";
import type { PartialGradient } from "../../src/core/partial_gradient.ts";
import type { Kernels } from "../../src/backends/kernels.ts";

/** Compiles only if the two types are the same. */
function same<A, B>(
  ..._proof: (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? [] : [never]
): void {}

const forward = (k: Kernels, { x }: { x: NdArray }) => k.copy(x);

Deno.test("op types: a gradient entry for every input", () => {
  defineOp({
    name: "both",
    inputs: ["x", "w"],
    reads: [],
    forward,
    backward: (dy) => ({ x: () => dy, w: null }),
  });
  const forgotten = () =>
    defineOp({
      name: "forgotten",
      inputs: ["x", "w"],
      reads: [],
      forward,
      // @ts-expect-error: nothing for w
      backward: (dy) => ({ x: () => dy }),
    });
  const forgottenOptional = () =>
    defineOp({
      name: "forgotten",
      inputs: ["x", "bias?"],
      reads: [],
      forward,
      // @ts-expect-error: nothing for bias
      backward: (dy) => ({ x: () => dy }),
    });
  const undefinedEntry = () =>
    defineOp({
      name: "undefined",
      inputs: ["x"],
      reads: [],
      forward,
      // @ts-expect-error: null says that there is none, undefined does not
      backward: () => ({ x: undefined }),
    });
  const notAFunction = () =>
    defineOp({
      name: "eager",
      inputs: ["x"],
      reads: [],
      forward,
      // @ts-expect-error: a gradient is computed only when asked for
      backward: (dy) => ({ x: dy }),
    });
  assertEquals([forgotten, forgottenOptional, undefinedEntry, notAFunction].length, 4);
});

Deno.test("op types: backward sees what it declared that it reads, and no more", () => {
  defineOp({
    name: "declared",
    inputs: ["x", "w"],
    reads: ["w", "y"],
    forward,
    backward: (dy, { w, y }) => ({ x: () => mul(dy, w), w: () => mul(dy, y) }),
  });
  const undeclared = () =>
    defineOp({
      name: "undeclared",
      inputs: ["x", "w"],
      reads: ["w"],
      forward,
      // @ts-expect-error: x is not read
      backward: (dy, { x, w }) => ({ x: () => mul(dy, w), w: () => mul(dy, x) }),
    });
  const undeclaredOutput = () =>
    defineOp({
      name: "undeclared",
      inputs: ["x"],
      reads: ["x"],
      forward,
      // @ts-expect-error: y is not read
      backward: (dy, { y }) => ({ x: () => mul(dy, y) }),
    });
  const noSuchInput = () =>
    defineOp({
      name: "unknown",
      inputs: ["x"],
      // @ts-expect-error: there is no input w
      reads: ["w"],
      forward,
      backward: (dy) => ({ x: () => dy }),
    });
  const maybeAbsent = () =>
    defineOp({
      name: "optional",
      inputs: ["x", "bias?"],
      reads: ["bias"],
      forward,
      // @ts-expect-error: bias may be undefined
      backward: (dy, { bias }) => ({ x: () => add(dy, bias), bias: () => dy }),
    });
  assertEquals([undeclared, undeclaredOutput, noSuchInput, maybeAbsent].length, 4);
});

Deno.test("op types: forward sees the declared inputs", () => {
  const unknownInput = () =>
    defineOp({
      name: "unknown",
      inputs: ["x"],
      reads: [],
      // @ts-expect-error: there is no input w
      forward: (k, { w }) => k.copy(w),
      backward: (dy) => ({ x: () => dy }),
    });
  const maybeAbsent = () =>
    defineOp({
      name: "optional",
      inputs: ["x", "bias?"],
      reads: [],
      // @ts-expect-error: bias may be undefined
      forward: (k, { bias }) => k.copy(bias),
      backward: (dy) => ({ x: () => dy, bias: null }),
    });
  assertEquals([unknownInput, maybeAbsent].length, 2);
});

Deno.test("op types: apply takes the declared inputs and attributes", () => {
  const calls = (x: Tensor, w: Tensor) => [
    () => apply(ops.neg, { x }),
    () => apply(ops.dense, { x, w }, {} as Parameters<typeof ops.dense.forward>[2]),
    // @ts-expect-error: x is missing
    () => apply(ops.neg, {}),
    // @ts-expect-error: there is no input w
    () => apply(ops.neg, { x, w }),
    // @ts-expect-error: neg has no attributes
    () => apply(ops.neg, { x }, {}),
    // @ts-expect-error: conv2d has attributes
    () => apply(ops.conv2d, { x, w }),
    // @ts-expect-error: a number is no tensor
    () => apply(ops.neg, { x: 3 }),
  ];
  assertEquals(calls.length, 2);
});

Deno.test("op types: names with brackets are lists", () => {
  same<InputName<"x[]">, "x">();
  type Names = readonly ["w", "x[]"];
  const inputs: Inputs<Names, number> = { w: 1, x: [2, 3] };
  // @ts-expect-error: x is a list
  const single: Inputs<Names, number> = { w: 1, x: 2 };
  same<Gradients<Names>["x"], ((index: number) => Tensor) | null>();
  same<Gradients<Names>["w"], (() => Tensor | PartialGradient) | null>();
  same<Saved<Names, "x">["x"], readonly Tensor[]>();
  const calls = (x: Tensor) => [
    () => apply(ops.concat, { x: [x, x] }, {} as Parameters<typeof ops.concat.forward>[2]),
    // @ts-expect-error: x is a list
    () => apply(ops.concat, { x }, {} as Parameters<typeof ops.concat.forward>[2]),
  ];
  assertEquals([inputs, single, calls].length, 3);
});

Deno.test("op types: names with a question mark are optional", () => {
  same<InputName<"bias?">, "bias">();
  same<InputName<"x">, "x">();
  type Names = readonly ["x", "w", "bias?"];
  const full: Inputs<Names, number> = { x: 1, w: 2, bias: 3 };
  const short: Inputs<Names, number> = { x: 1, w: 2 };
  // @ts-expect-error: w is required
  const tooShort: Inputs<Names, number> = { x: 1 };
  same<keyof Gradients<Names>, "x" | "w" | "bias">();
  same<Saved<Names, "w" | "y">["y"], Tensor>();
  same<keyof Saved<Names, "w" | "y">, "w" | "y">();
  same<Saved<Names, "bias">["bias"], Tensor | undefined>();
  assertEquals([full, short, tooShort].length, 3);
});
