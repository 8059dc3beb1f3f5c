/**
 * Steps of the optimizers on the engine.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { AdamUpdate, Kernels, NdArray, RmspropUpdate, StepArrays } from "../kernels.ts";
import type { Engine } from "./engine.ts";
import { ADAGRAD, ADAM, BLEND, LION, RMSPROP, SGD } from "./abi.ts";
import type { WasmMemory } from "./memory.ts";

/** Weights of a chunk: square roots and divisions take their time. */
const CHUNK_WEIGHTS = 16384;

/** Steps on float32 arrays. */
export function optimizerKernels(
  engine: Engine,
  memory: WasmMemory,
): Pick<Kernels, "stepInPlace" | "blendInPlace"> {
  const at = (x?: NdArray) => x === undefined ? 0 : memory.at(x);

  /** Runs a step on `w` and four arrays; floats come first: the call's integers precede them. */
  function run(
    kernel: number,
    w: NdArray,
    [a, b, c, d]: readonly (NdArray | undefined)[],
    floats: readonly number[],
    flag = 0,
  ): void {
    const size = sizeOf(w.shape);
    floats.forEach((value, i) => engine.setFloat(32 + i, value));
    const chunks = Math.ceil(size / CHUNK_WEIGHTS);
    engine.call(kernel, chunks, at(w), at(a), at(b), at(c), size, CHUNK_WEIGHTS, at(d), flag);
  }

  function adam({ w, dw, m, v }: StepArrays, rule: AdamUpdate): void {
    const { learningRate, beta1, beta2, epsilon, step, weightDecay, shrink } = rule;
    const stepSize = learningRate / (1 - beta1 ** step);
    const correction = Math.sqrt(1 - beta2 ** step);
    const shares = [beta1, 1 - beta1, beta2, 1 - beta2];
    const rest = [stepSize, 1 / correction, epsilon, weightDecay, shrink];
    run(ADAM, w, [dw, m, v], [...shares, ...rest]);
  }

  function rmsprop(arrays: StepArrays, rule: RmspropUpdate): void {
    const { w, dw, meanSquare, velocity, meanGradient } = arrays;
    const { rho, inner, outer, epsilonInside, epsilonOutside, momentum, weightDecay } = rule;
    const floats = [rho, 1 - rho, inner, outer, epsilonInside, epsilonOutside];
    run(RMSPROP, w, [dw, meanSquare, velocity, meanGradient], [...floats, momentum, weightDecay]);
  }

  return {
    stepInPlace(rule, arrays) {
      const { w, dw } = arrays;
      switch (rule.kind) {
        case "sgd": {
          const floats = [rule.learningRate, rule.momentum, rule.weightDecay];
          return run(SGD, w, [dw, arrays.velocity], floats, Number(rule.nesterov));
        }
        case "adam":
          return adam(arrays, rule);
        case "rmsprop":
          return rmsprop(arrays, rule);
        case "adagrad": {
          const floats = [rule.learningRate, rule.epsilon, rule.weightDecay];
          return run(ADAGRAD, w, [dw, arrays.squares], floats);
        }
        case "lion": {
          const { learningRate, beta1, beta2, shrink } = rule;
          const floats = [beta1, 1 - beta1, beta2, 1 - beta2, learningRate, shrink];
          return run(LION, w, [dw, arrays.m], floats);
        }
      }
    },

    blendInPlace(target, x, keep, take) {
      run(BLEND, target, [x], [keep, take]);
    },
  };
}
