/**
 * Elements along axes made one: the operations by their names, gradients among them.
 *
 * @module
 */
import { maxGatherOp, maxGradOp, maxOp } from "./max.ts";
import { meanOp } from "./mean.ts";
import { sumOp } from "./sum.ts";

/** Elements along axes made one, and their gradients. */
export const reduceOps = {
  max: maxOp,
  maxGather: maxGatherOp,
  maxGrad: maxGradOp,
  mean: meanOp,
  sum: sumOp,
} as const;
