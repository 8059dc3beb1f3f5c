/**
 * Steps of the optimizers on the engine.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import { isForKernels } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { ADAM, RMSPROP, SGD } from "./kernel_ids.ts";
import type { WasmMemory } from "./memory.ts";

/** Weights of a chunk: square roots and divisions take their time. */
const CHUNK_WEIGHTS = 16384;

type OptimizerKernels = Pick<Kernels, "sgdInPlace" | "adamInPlace" | "rmspropInPlace">;

/** Steps on float32 arrays; `reference` takes the others. */
export function optimizerKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): OptimizerKernels {
  const at = (x: NdArray | null) => x === null ? 0 : memory.at(x);

  /** Runs a step; floats come first, as the integers of the call begin before them. */
  function run(kernel: number, w: NdArray, arrays: readonly number[], floats: number[]): void {
    const size = sizeOf(w.shape);
    floats.forEach((value, i) => engine.setFloat(32 + i, value));
    const chunks = Math.ceil(size / CHUNK_WEIGHTS);
    engine.call(kernel, chunks, at(w), ...arrays, size, CHUNK_WEIGHTS);
  }

  return {
    sgdInPlace(w, dw, velocity, update) {
      if (!isForKernels(w)) return reference.sgdInPlace(w, dw, velocity, update);
      const { learningRate, momentum, nesterov } = update;
      run(SGD, w, [at(dw), at(velocity), Number(nesterov)], [learningRate, momentum]);
    },

    adamInPlace(w, dw, m, v, update) {
      if (!isForKernels(w)) return reference.adamInPlace(w, dw, m, v, update);
      const { learningRate, beta1, beta2, epsilon, step } = update;
      const stepSize = learningRate / (1 - beta1 ** step);
      const correction = Math.sqrt(1 - beta2 ** step);
      const floats = [beta1, 1 - beta1, beta2, 1 - beta2, stepSize, 1 / correction, epsilon];
      run(ADAM, w, [at(dw), at(m), at(v)], floats);
    },

    rmspropInPlace(w, dw, meanSquare, update) {
      if (!isForKernels(w)) return reference.rmspropInPlace(w, dw, meanSquare, update);
      const { learningRate, rho, epsilon } = update;
      run(RMSPROP, w, [at(dw), at(meanSquare), 0], [rho, 1 - rho, learningRate, epsilon]);
    },
  };
}
