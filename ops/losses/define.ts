/**
 * Definition of the losses of single elements: over a kernel, with checks and reduction.
 *
 * A loss l(x, t) has a gradient op `dy l'(x, t)` by x; its own gradients are the op itself (for
 * dy) and what the loss says of its second derivatives.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { checkSameShape, type PairLoss } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "../elementwise/mul.ts";
import { checkReduction, type ReductionOptions } from "./reduction.ts";

/** A loss of each element of x against that of the target. */
export type PairLossOp<Loss extends PairLoss> = Op<
  readonly ["x", "target"],
  "x" | "target",
  Loss
>;

/** The gradient of a {@link PairLossOp} with respect to x. */
export type PairLossGradOp<Loss extends PairLoss> = Op<
  readonly ["dy", "x", "target"],
  "dy" | "x" | "target",
  Loss
>;

/** A loss and its gradient. */
export interface PairLossOps<Loss extends PairLoss> {
  /** The loss. */
  readonly op: PairLossOp<Loss>;
  /** Its gradient with respect to x. */
  readonly gradOp: PairLossGradOp<Loss>;
}

/** Function that returns some factor v times a derivative of a loss. */
type Derivative<Loss> = (v: Tensor, x: Tensor, target: Tensor, loss: Loss) => Tensor;

/** Derivatives that a loss defines besides its kernel. */
export interface PairDerivatives<Loss extends PairLoss> {
  /** The first derivative by the target. */
  readonly target: Derivative<Loss>;
  /** The second derivative by x; null where there is none but 0. */
  readonly xx: Derivative<Loss> | null;
  /** The derivative by x and by the target; null where there is none but 0. */
  readonly xTarget: Derivative<Loss> | null;
}

/** Defines a loss over a kernel, and its gradient. */
export function definePairLoss<Loss extends PairLoss>(
  name: string,
  derivatives: PairDerivatives<Loss>,
): PairLossOps<Loss> {
  const { xx, xTarget } = derivatives;
  const gradOp: PairLossGradOp<Loss> = defineOp({
    name: `${name}Grad`,
    inputs: ["dy", "x", "target"],
    reads: ["dy", "x", "target"],
    forward: (k, { dy, x, target }, loss: Loss) => k.pairLossGrad(loss, dy, x, target),
    backward: (ddx, { dy, x, target }, loss) => ({
      dy: () => apply(gradOp, { dy: ddx, x, target }, ...attributesOf(loss)),
      x: xx && (() => xx(mul(ddx, dy), x, target, loss)),
      target: xTarget && (() => xTarget(mul(ddx, dy), x, target, loss)),
    }),
  });
  const op: PairLossOp<Loss> = defineOp({
    name,
    inputs: ["x", "target"],
    reads: ["x", "target"],
    forward: (k, { x, target }, loss: Loss) => k.pairLoss(loss, x, target),
    backward: (dy, { x, target }, loss) => ({
      x: () => apply(gradOp, { dy, x, target }, ...attributesOf(loss)),
      target: () => derivatives.target(dy, x, target, loss),
    }),
  });
  return { op, gradOp };
}

/**
 * Makes the attributes for `apply`: a loss is never void, which the compiler does not see of a
 * `Loss`.
 */
function attributesOf<Loss extends PairLoss>(loss: Loss): Loss extends void ? [] : [g: Loss] {
  return [loss] as Loss extends void ? [] : [g: Loss];
}

/** The two inputs of a loss by the names that the user knows them by. */
export type NamedPair = readonly [name: string, tensor: Tensor];

/** Throws unless both are float tensors of one shape and dtype, and the reduction is one. */
export function checkPair(
  action: string,
  [xName, x]: NamedPair,
  [targetName, target]: NamedPair,
  { reduction = "mean" }: ReductionOptions,
): void {
  checkFloats(action, { [xName]: x, [targetName]: target });
  checkSameShape(action, { [xName]: x.shape, [targetName]: target.shape });
  checkReduction(action, reduction);
}
