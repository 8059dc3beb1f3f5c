/**
 * Definition of activation functions: a kernel for the function, one for its gradient, parameters.
 *
 * @module
 */
import type { ActivationKind, ActivationParameters } from "../../src/backends/kernels.ts";
import { checkFloats } from "../../src/core/checks.ts";
import { apply, defineOp, type Inputs, type Op, spend } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "./mul.ts";

/** A function of each element whose gradient is one pass over x and dy. */
export type ActivationOp<Kind extends ActivationKind = ActivationKind> = Op<
  readonly ["x"],
  "x",
  ActivationParameters<Kind>
>;

/** The gradient of an {@link ActivationOp}: dy times the derivative at x. */
export type ActivationGradOp<Kind extends ActivationKind = ActivationKind> = Op<
  readonly ["dy", "x"],
  "dy" | "x",
  ActivationParameters<Kind>
>;

/**
 * Defines a function over a kernel and its gradient over another.
 *
 * @param kind the kernels; the gradient's op is called `<kind>Grad`.
 * @param curvature computes `v · f''(x)` of ops; null for a function that is linear between kinks.
 */
export function defineActivation<const Kind extends ActivationKind>(
  kind: Kind,
  curvature: ((v: Tensor, x: Tensor, parameters: ActivationParameters<Kind>) => Tensor) | null,
): { op: ActivationOp<Kind>; gradOp: ActivationGradOp<Kind> } {
  type P = ActivationParameters<Kind>;
  const gradOp: Op<readonly ["dy", "x"], "dy" | "x", P> = defineOp({
    name: `${kind}Grad`,
    inputs: ["dy", "x"],
    reads: curvature === null ? ["x"] : ["dy", "x"],
    forward: (k, { dy, x }, parameters: P) => k.activationGrad(kind, dy, x, parameters),
    backward: (ddx, { dy, x }, parameters) => ({
      dy: () => applyWith(gradOp, { dy: ddx, x }, parameters),
      x: curvature === null ? null : () => curvature(mul(ddx, dy), x, parameters),
    }),
  });
  const op: Op<readonly ["x"], "x", P> = defineOp({
    name: kind,
    inputs: ["x"],
    reads: ["x"],
    forward: (k, { x }, parameters: P) => k.unary(kind, x, parameters),
    backward: (dy, { x }, parameters) => ({
      x: () => applyWith(gradOp, { dy: spend(dy), x }, parameters),
    }),
  });
  return { op, gradOp };
}

/** `apply` of an op that always has attributes, which its type cannot tell of any kind. */
const applyWith = apply as <const Names extends readonly string[], Reads extends string, G>(
  op: Op<Names, Reads, G>,
  inputs: Inputs<Names, Tensor>,
  g: G,
) => Tensor;

/** Applies a function with its parameters. */
export function applyActivation<Kind extends ActivationKind>(
  op: ActivationOp<Kind>,
  x: Tensor,
  parameters: ActivationParameters<Kind>,
): Tensor {
  checkFloats(`apply ${op.name}`, { x });
  return applyWith(op, { x }, parameters);
}

/** Throws a `RangeError` unless a value is a number, infinity among them. */
export function checkNumber(action: string, name: string, value: unknown): void {
  if (typeof value === "number" && !Number.isNaN(value)) return;
  throw new RangeError(`Cannot ${action}: ${name} must be a number: got ${String(value)}`);
}
