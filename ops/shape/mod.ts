/**
 * Arrangements of elements: the functions.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
export { broadcastTo } from "./broadcast_to.ts";
export { concat, type JoinOptions, stack } from "./concat.ts";
export {
  embedding,
  type EmbeddingOptions,
  type IndexOptions,
  scatterAdd,
  scatterAddAlongAxis,
  take,
  takeAlongAxis,
} from "./gather.ts";
export { pad, type PadOptions } from "./pad.ts";
export { flatten, reshape } from "./reshape.ts";
export { flip, type FlipOptions, slice, split, type SplitOptions } from "./slice.ts";
export { expandDims, squeeze, type SqueezeOptions } from "./squeeze.ts";
export { repeat, type RepeatOptions, tile } from "./tile.ts";
export { transpose } from "./transpose.ts";
