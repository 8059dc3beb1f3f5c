/**
 * Convolutions, pools and resampling of images: the operations by their names, gradients among them.
 *
 * @module
 */
import { avgPoolGradOp, avgPoolOp } from "./avg_pool.ts";
import { col2imOp, im2colOp } from "./im2col.ts";
import { conv2dGradWOp, conv2dGradXOp, conv2dOp, conv2dReluOp } from "./conv2d.ts";
import { maxPoolGatherOp, maxPoolGradOp, maxPoolOp } from "./max_pool.ts";
import { resampleOp } from "./resample.ts";

/** Convolutions, pools and resampling of images, and their gradients. */
export const imagesOps = {
  avgPool: avgPoolOp,
  avgPoolGrad: avgPoolGradOp,
  col2im: col2imOp,
  conv2d: conv2dOp,
  conv2dGradW: conv2dGradWOp,
  conv2dGradX: conv2dGradXOp,
  im2col: im2colOp,
  conv2dRelu: conv2dReluOp,
  maxPool: maxPoolOp,
  maxPoolGather: maxPoolGatherOp,
  maxPoolGrad: maxPoolGradOp,
  resample: resampleOp,
} as const;
