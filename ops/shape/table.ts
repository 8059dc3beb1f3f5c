/**
 * Arrangements of elements: the operations by their names, gradients among them.
 *
 * @module
 */
import { broadcastToOp, sumToOp } from "./broadcast_to.ts";
import { padOp } from "./pad.ts";
import { reshapeOp } from "./reshape.ts";
import { transposeOp } from "./transpose.ts";

/** Arrangements of elements, and their gradients. */
export const shapeOps = {
  broadcastTo: broadcastToOp,
  pad: padOp,
  reshape: reshapeOp,
  sumTo: sumToOp,
  transpose: transposeOp,
} as const;
