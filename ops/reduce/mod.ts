/**
 * Elements along axes made one: the functions.
 *
 * @module
 */
export { max } from "./max.ts";
export { mean } from "./mean.ts";
export { sum } from "./sum.ts";
