/**
 * Steps of the optimizers on the engine.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import { isForKernels } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { ADAGRAD, ADAM, BLEND, LION, RMSPROP, SGD } from "./kernel_ids.ts";
import type { WasmMemory } from "./memory.ts";

/** Weights of a chunk: square roots and divisions take their time. */
const CHUNK_WEIGHTS = 16384;

type OptimizerKernels = Pick<
  Kernels,
  | "sgdInPlace"
  | "adamInPlace"
  | "rmspropInPlace"
  | "adagradInPlace"
  | "lionInPlace"
  | "blendInPlace"
>;

/** Steps on float32 arrays; `reference` takes the others. */
export function optimizerKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): OptimizerKernels {
  const at = (x: NdArray | null) => x === null ? 0 : memory.at(x);

  /** Runs a step on `w` and four arrays; floats come first: the call's integers precede them. */
  function run(
    kernel: number,
    w: NdArray,
    [a, b, c = null, d = null]: readonly (NdArray | null)[],
    floats: readonly number[],
    flag = 0,
  ): void {
    const size = sizeOf(w.shape);
    floats.forEach((value, i) => engine.setFloat(32 + i, value));
    const chunks = Math.ceil(size / CHUNK_WEIGHTS);
    engine.call(kernel, chunks, at(w), at(a), at(b), at(c), size, CHUNK_WEIGHTS, at(d), flag);
  }

  return {
    sgdInPlace(w, dw, velocity, update) {
      if (!isForKernels(w)) return reference.sgdInPlace(w, dw, velocity, update);
      const { learningRate, momentum, nesterov, weightDecay } = update;
      run(SGD, w, [dw, velocity], [learningRate, momentum, weightDecay], Number(nesterov));
    },

    adamInPlace(w, dw, m, v, update) {
      if (!isForKernels(w)) return reference.adamInPlace(w, dw, m, v, update);
      const { learningRate, beta1, beta2, epsilon, step, weightDecay, shrink } = update;
      const stepSize = learningRate / (1 - beta1 ** step);
      const correction = Math.sqrt(1 - beta2 ** step);
      const shares = [beta1, 1 - beta1, beta2, 1 - beta2];
      run(ADAM, w, [dw, m, v], [
        ...shares,
        stepSize,
        1 / correction,
        epsilon,
        weightDecay,
        shrink,
      ]);
    },

    rmspropInPlace(w, dw, meanSquare, velocity, meanGradient, update) {
      if (!isForKernels(w)) {
        return reference.rmspropInPlace(w, dw, meanSquare, velocity, meanGradient, update);
      }
      const { rho, inner, outer, epsilonInside, epsilonOutside, momentum, weightDecay } = update;
      run(RMSPROP, w, [dw, meanSquare, velocity, meanGradient], [
        rho,
        1 - rho,
        inner,
        outer,
        epsilonInside,
        epsilonOutside,
        momentum,
        weightDecay,
      ]);
    },

    adagradInPlace(w, dw, squares, update) {
      if (!isForKernels(w)) return reference.adagradInPlace(w, dw, squares, update);
      const { learningRate, epsilon, weightDecay } = update;
      run(ADAGRAD, w, [dw, squares], [learningRate, epsilon, weightDecay]);
    },

    lionInPlace(w, dw, m, update) {
      if (!isForKernels(w)) return reference.lionInPlace(w, dw, m, update);
      const { learningRate, beta1, beta2, shrink } = update;
      run(LION, w, [dw, m], [beta1, 1 - beta1, beta2, 1 - beta2, learningRate, shrink]);
    },

    blendInPlace(target, x, keep, take) {
      if (!isForKernels(target)) return reference.blendInPlace(target, x, keep, take);
      run(BLEND, target, [x, null], [keep, take]);
    },
  };
}
