/**
 * Arrangements of elements: the table of operations.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
import { broadcastToOp, sumToOp } from "./broadcast_to.ts";
import { concatOp, stackOp } from "./concat.ts";
import { embeddingOp, gatherOp, scatterAddOp } from "./gather.ts";
import { padOp, padWithinGradOp, padWithinOp } from "./pad.ts";
import { reshapeOp } from "./reshape.ts";
import { flipOp, sliceGradOp, sliceGradsOp, sliceOp } from "./slice.ts";
import { transposeOp } from "./transpose.ts";

/** Arrangements of elements, and their gradients. */
export const shapeOps = {
  broadcastTo: broadcastToOp,
  concat: concatOp,
  embedding: embeddingOp,
  flip: flipOp,
  gather: gatherOp,
  pad: padOp,
  padWithin: padWithinOp,
  padWithinGrad: padWithinGradOp,
  reshape: reshapeOp,
  scatterAdd: scatterAddOp,
  slice: sliceOp,
  sliceGrad: sliceGradOp,
  sliceGrads: sliceGradsOp,
  stack: stackOp,
  sumTo: sumToOp,
  transpose: transposeOp,
} as const;
