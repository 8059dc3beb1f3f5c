/**
 * Optimizers: they change parameters by their gradients, in place.
 *
 * @module
 */
export { adam, type AdamOptions } from "./adam.ts";
export type { Optimizer } from "./optimizer.ts";
export { rmsprop, type RmspropOptions } from "./rmsprop.ts";
export { sgd, type SgdOptions } from "./sgd.ts";
