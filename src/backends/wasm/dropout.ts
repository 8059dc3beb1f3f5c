/**
 * Dropout on the engine.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { Kernels } from "../kernels.ts";
import * as abi from "./abi.ts";
import { CHUNK_ELEMENTS, chunksOf } from "./chunks.ts";
import { fillWith } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import type { WasmMemory } from "./memory.ts";

/** Dropout of float32 arrays. */
export function dropoutKernels(engine: Engine, memory: WasmMemory): Pick<Kernels, "dropout"> {
  return {
    dropout(x, g) {
      const y = memory.reserve(x.shape, "float32");
      const size = sizeOf(x.shape);
      // Words below 2^32 would be all words, which a threshold of 32 bits cannot say.
      const threshold = Math.ceil(g.rate * 2 ** 32);
      if (threshold === 2 ** 32) {
        fillWith(engine, memory.at(y), size, 0);
        return y;
      }
      const [key0, key1] = g.key;
      abi.dropout(engine, chunksOf(size), {
        x: memory.at(x),
        y: memory.at(y),
        size,
        block: CHUNK_ELEMENTS,
        key0,
        key1,
        threshold,
        factor: 1 / (1 - g.rate),
      });
      return y;
    },
  };
}
