/**
 * A search for elements whose products and sums may be no numbers: where there are none, ways of
 * computing may be taken that are right for ordinary numbers alone.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { NdArray } from "../kernels.ts";
import * as abi from "./abi.ts";
import { CHUNK_ELEMENTS } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import type { WasmMemory } from "./memory.ts";

/** Bytes of a chunk of the search. */
const SEARCH_BYTES = 4 * CHUNK_ELEMENTS;
/** The answer before the search. */
const NOT_FOUND = [0];

/** Returns true if an element of float32 arrays is NaN, infinite, or very large. */
export function hasExtremes(
  engine: Engine,
  memory: WasmMemory,
  a: NdArray,
  b?: NdArray,
): boolean {
  const aBytes = 4 * sizeOf(a.shape), bBytes = b === undefined ? 0 : 4 * sizeOf(b.shape);
  const aChunks = Math.ceil(aBytes / SEARCH_BYTES);
  return engine.withInts(NOT_FOUND, (found) => {
    abi.findExtremes(engine, aChunks + Math.ceil(bBytes / SEARCH_BYTES), {
      a: memory.at(a),
      aBytes,
      b: b === undefined ? 0 : memory.at(b),
      bBytes,
      bytesOfChunk: SEARCH_BYTES,
      aChunks,
      found,
    });
    return engine.ints[found / 4] !== 0;
  });
}

/** Returns true if an element of a float32 array is infinite, and none of it nor of another is NaN. */
export function hasInfinity(memory: WasmMemory, x: NdArray, other: NdArray): boolean {
  const has = (a: NdArray, value: number) => memory.view(a).includes(value);
  return (has(x, Infinity) || has(x, -Infinity)) && !has(x, NaN) && !has(other, NaN);
}
