/**
 * Convolutions, pools and resampling of images and sequences: the table of operations.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
import { avgPoolGradOp, avgPoolOp } from "./avg_pool.ts";
import { conv2dGradWOp, conv2dGradXOp, conv2dOp, conv2dReluOp } from "./conv2d.ts";
import { col2imOp, im2colOp } from "./im2col.ts";
import { maxPoolGatherOp, maxPoolGradOp, maxPoolOp } from "./max_pool.ts";
import { resampleOp } from "./resample.ts";

/** Convolutions, pools and resampling of images and sequences, and their gradients. */
export const imagesOps = {
  avgPool: avgPoolOp,
  avgPoolGrad: avgPoolGradOp,
  col2im: col2imOp,
  conv2d: conv2dOp,
  conv2dGradW: conv2dGradWOp,
  conv2dGradX: conv2dGradXOp,
  conv2dRelu: conv2dReluOp,
  im2col: im2colOp,
  maxPool: maxPoolOp,
  maxPoolGather: maxPoolGatherOp,
  maxPoolGrad: maxPoolGradOp,
  resample: resampleOp,
} as const;
