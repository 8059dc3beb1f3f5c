/**
 * Elements along axes made one: the table of operations.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
import { argMaxOp } from "./arg_max.ts";
import { cumsumOp } from "./cumsum.ts";
import { maxGatherOp, maxGradOp, maxOp } from "./max.ts";
import { meanOp } from "./mean.ts";
import { minOp } from "./min.ts";
import { prodOp } from "./prod.ts";
import { sumOp } from "./sum.ts";

/** Elements along axes made one, and their gradients. */
export const reduceOps = {
  argMax: argMaxOp,
  cumsum: cumsumOp,
  max: maxOp,
  maxGather: maxGatherOp,
  maxGrad: maxGradOp,
  mean: meanOp,
  min: minOp,
  prod: prodOp,
  sum: sumOp,
} as const;
