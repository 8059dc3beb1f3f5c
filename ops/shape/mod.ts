/**
 * Arrangements of elements: the functions.
 *
 * @module
 */
export { broadcastTo } from "./broadcast_to.ts";
export { pad, type PadOptions } from "./pad.ts";
export { flatten, reshape } from "./reshape.ts";
export { transpose } from "./transpose.ts";
