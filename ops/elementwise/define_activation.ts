/**
 * What the activation functions share: a kernel for the function, one for its gradient, parameters.
 *
 * @module
 */
import type { ActivationKind } from "../../src/backends/kernels.ts";
import { checkFloats } from "../../src/core/checks.ts";
import { apply, defineOp, type Op, spend } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "./mul.ts";

/** Numbers that belong to a function: a slope, bounds; what `ActivationKind` lists. */
export type Parameters = readonly number[];

/** A function of each element whose gradient is one pass over x and dy. */
export type ActivationOp = Op<readonly ["x"], "x", Parameters>;

/** The gradient of an {@link ActivationOp}: dy times the derivative at x. */
export type ActivationGradOp = Op<readonly ["dy", "x"], "dy" | "x", Parameters>;

/**
 * Defines a function over a kernel and its gradient over another.
 *
 * @param kind the kernels; the gradient's op is called `<kind>Grad`.
 * @param curvature computes `v · f''(x)` of ops; null for a function that is linear between kinks.
 */
export function defineActivation(
  kind: ActivationKind,
  curvature: ((v: Tensor, x: Tensor, parameters: Parameters) => Tensor) | null,
): { op: ActivationOp; gradOp: ActivationGradOp } {
  const gradOp: ActivationGradOp = defineOp({
    name: `${kind}Grad`,
    inputs: ["dy", "x"],
    reads: curvature === null ? ["x"] : ["dy", "x"],
    forward: (k, { dy, x }, parameters: Parameters) => k.activationGrad(kind, dy, x, parameters),
    backward: (ddx, { dy, x }, parameters) => ({
      dy: () => apply(gradOp, { dy: ddx, x }, parameters),
      x: curvature === null ? null : () => curvature(mul(ddx, dy), x, parameters),
    }),
  });
  const op: ActivationOp = defineOp({
    name: kind,
    inputs: ["x"],
    reads: ["x"],
    forward: (k, { x }, parameters: Parameters) => k.unary(kind, x, parameters),
    backward: (dy, { x }, parameters) => ({
      x: () => apply(gradOp, { dy: spend(dy), x }, parameters),
    }),
  });
  return { op, gradOp };
}

/** Applies a function with its parameters, which must be numbers. */
export function applyActivation(
  op: ActivationOp,
  x: Tensor,
  parameters: Readonly<Record<string, number>> = {},
): Tensor {
  const action = `apply ${op.name}`;
  checkFloats(action, { x });
  for (const [name, value] of Object.entries(parameters)) checkNumber(action, name, value);
  return apply(op, { x }, Object.values(parameters));
}

/** Throws a `RangeError` unless a value is a number, infinity among them. */
export function checkNumber(action: string, name: string, value: unknown): void {
  if (typeof value === "number" && !Number.isNaN(value)) return;
  throw new RangeError(`Cannot ${action}: ${name} must be a number: got ${String(value)}`);
}
