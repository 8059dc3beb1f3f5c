/**
 * Elements along axes made one: the functions.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
export { all, any } from "./any.ts";
export { argMax, argMin, type ArgOptions } from "./arg_max.ts";
export { cumsum, type CumsumOptions } from "./cumsum.ts";
export { logSumExp } from "./log_sum_exp.ts";
export { max } from "./max.ts";
export { mean } from "./mean.ts";
export { min } from "./min.ts";
export { norm, type NormOptions } from "./norm.ts";
export { prod } from "./prod.ts";
export { sum } from "./sum.ts";
export { std, variance, type VarianceOptions } from "./variance.ts";
