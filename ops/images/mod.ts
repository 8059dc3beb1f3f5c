/**
 * Convolutions and pools of images: the functions.
 *
 * @module
 */
export { avgPool, type AvgPoolOptions } from "./avg_pool.ts";
export { conv2d, type Conv2dOptions } from "./conv2d.ts";
export { maxPool } from "./max_pool.ts";
