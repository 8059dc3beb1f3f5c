/**
 * Linear algebra: the table of operations.
 *
 * Written by `deno task generate`. Do not edit.
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
