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

/** Says whether elements of two float32 arrays are infinite, and none NaN, or too large for sums. */
export function extremesIn(
  engine: Engine,
  memory: WasmMemory,
  a: NdArray,
  b: NdArray,
): "nothing" | "large" | "infinite" {
  if (!hasExtremes(engine, memory, a, b)) return "nothing";
  const has = (value: number) => [a, b].some((x) => memory.view(x).includes(value));
  return !has(NaN) && (has(Infinity) || has(-Infinity)) ? "infinite" : "large";
}

/** Returns true if an element of float32 arrays is NaN, infinite, or very large. */
export function hasExtremes(
  engine: Engine,
  memory: WasmMemory,
  a: NdArray,
  b?: NdArray,
): boolean {
  const [aBytes, bBytes] = [a, b].map((x) => x === undefined ? 0 : 4 * sizeOf(x.shape));
  const [aChunks, bChunks] = [aBytes, bBytes].map((bytes) => Math.ceil(bytes / SEARCH_BYTES));
  return engine.withInts([0], (found) => {
    abi.findExtremes(engine, aChunks + bChunks, {
      a: memory.at(a),
      aBytes,
      b: b === undefined ? 0 : memory.at(b),
      bBytes,
      bytesOfChunk: SEARCH_BYTES,
      aChunks,
      found,
    });
    return new Int32Array(engine.buffer, found, 1)[0] !== 0;
  });
}
