/**
 * Linear algebra: the operations by their names, gradients among them.
 *
 * @module
 */
import { denseOp, denseReluOp } from "./dense.ts";
import { matmulOp } from "./matmul.ts";

/** Linear algebra, and their gradients. */
export const linalgOps = {
  dense: denseOp,
  denseRelu: denseReluOp,
  matmul: matmulOp,
} as const;
