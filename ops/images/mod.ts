/**
 * Convolutions, pools and resampling of images and sequences: the functions.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
export { avgPool, type AvgPoolOptions } from "./avg_pool.ts";
export { conv1d, type Conv1dOptions } from "./conv1d.ts";
export { conv2d, type Conv2dOptions } from "./conv2d.ts";
export { conv2dTranspose, type Conv2dTransposeOptions } from "./conv2d_transpose.ts";
export { depthwiseConv2d, type DepthwiseConv2dOptions } from "./depthwise_conv2d.ts";
export { globalAvgPool, globalMaxPool, type GlobalPoolOptions } from "./global_pool.ts";
export { col2im, im2col } from "./im2col.ts";
export { maxPool, type MaxPoolOptions } from "./max_pool.ts";
export { avgPool1d, type AvgPool1dOptions, maxPool1d } from "./pool1d.ts";
export {
  adaptiveAvgPool,
  type AdaptiveAvgPoolOptions,
  upsample,
  type UpsampleOptions,
} from "./resample.ts";
export { separableConv2d, type SeparableConv2dOptions } from "./separable_conv2d.ts";
