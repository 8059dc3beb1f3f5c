/**
 * Functions of single elements: the functions.
 *
 * @module
 */
export { add } from "./add.ts";
export { cast } from "./cast.ts";
export { div } from "./div.ts";
export type { Operand } from "./define.ts";
export { exp } from "./exp.ts";
export { log } from "./log.ts";
export { mul } from "./mul.ts";
export { neg } from "./neg.ts";
export { relu } from "./relu.ts";
export { sigmoid } from "./sigmoid.ts";
export { sqrt } from "./sqrt.ts";
export { square } from "./square.ts";
export { sub } from "./sub.ts";
export { tanh } from "./tanh.ts";
