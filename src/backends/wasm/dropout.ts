/**
 * Dropout on the engine.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { Kernels } from "../kernels.ts";
import { CHUNK_ELEMENTS, isForKernels } from "./chunks.ts";
import { fillWith } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import { DROPOUT } from "./abi.ts";
import type { WasmMemory } from "./memory.ts";

/** Dropout of float32 arrays; `reference` takes the others. */
export function dropoutKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): Pick<Kernels, "dropout"> {
  return {
    dropout(x, g) {
      if (!isForKernels(x)) return reference.dropout(x, g);
      const y = memory.reserve(x.shape, "float32");
      const size = sizeOf(x.shape);
      // Words below 2^32 would be all words, which a threshold of 32 bits cannot say.
      const threshold = Math.ceil(g.rate * 2 ** 32);
      if (threshold === 2 ** 32) {
        fillWith(engine, memory.at(y), size, 0);
        return y;
      }
      engine.setFloat(32, 1 / (1 - g.rate));
      const args = [memory.at(x), memory.at(y), size, CHUNK_ELEMENTS, ...g.key, threshold];
      engine.call(DROPOUT, Math.ceil(size / CHUNK_ELEMENTS), ...args);
      return y;
    },
  };
}
