/**
 * Convolutions and pools of images: the operations by their names, gradients among them.
 *
 * @module
 */
import { avgPoolGradOp, avgPoolOp } from "./avg_pool.ts";
import { conv2dGradWOp, conv2dGradXOp, conv2dOp } from "./conv2d.ts";
import { maxPoolGatherOp, maxPoolGradOp, maxPoolOp } from "./max_pool.ts";

/** Convolutions and pools of images, and their gradients. */
export const imagesOps = {
  avgPool: avgPoolOp,
  avgPoolGrad: avgPoolGradOp,
  conv2d: conv2dOp,
  conv2dGradW: conv2dGradWOp,
  conv2dGradX: conv2dGradXOp,
  maxPool: maxPoolOp,
  maxPoolGather: maxPoolGatherOp,
  maxPoolGrad: maxPoolGradOp,
} as const;
