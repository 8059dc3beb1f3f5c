/**
 * Steps of the optimizers on the engine.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { FastKernels } from "../fallback.ts";
import type {
  AdagradUpdate,
  AdamUpdate,
  LionUpdate,
  NdArray,
  RmspropUpdate,
  SgdUpdate,
  StepArrays,
} from "../kernels.ts";
import * as abi from "./abi.ts";
import type { Engine } from "./engine.ts";
import type { WasmMemory } from "./memory.ts";

/** Weights of a chunk: square roots and divisions take their time. */
const CHUNK_WEIGHTS = 16384;

/** Steps on float32 arrays. */
export function optimizerKernels(
  engine: Engine,
  memory: WasmMemory,
): Pick<FastKernels, "stepInPlace" | "blendInPlace"> {
  const steps = new Steps(engine, memory);
  return {
    stepInPlace(rule, arrays) {
      switch (rule.kind) {
        case "sgd":
          return steps.sgd(rule, arrays);
        case "adam":
          return steps.adam(rule, arrays);
        case "rmsprop":
          return steps.rmsprop(rule, arrays);
        case "adagrad":
          return steps.adagrad(rule, arrays);
        case "lion":
          return steps.lion(rule, arrays);
      }
    },

    blendInPlace: (target, x, keep, take) => steps.blend(target, x, keep, take),
  };
}

/** The step of each rule. */
class Steps {
  readonly #engine: Engine;
  readonly #memory: WasmMemory;

  constructor(engine: Engine, memory: WasmMemory) {
    this.#engine = engine;
    this.#memory = memory;
  }

  sgd({ nesterov, learningRate, momentum, weightDecay }: SgdUpdate, arrays: StepArrays): void {
    abi.sgd(this.#engine, chunksOf(arrays.w), {
      ...this.#weights(arrays),
      velocity: this.#at(arrays.velocity),
      nesterov,
      learningRate,
      momentum,
      weightDecay,
    });
  }

  adam(rule: AdamUpdate, arrays: StepArrays): void {
    const { learningRate, beta1, beta2, epsilon, step, weightDecay, shrink } = rule;
    abi.adam(this.#engine, chunksOf(arrays.w), {
      ...this.#weights(arrays),
      m: this.#at(arrays.m),
      v: this.#at(arrays.v),
      keep1: beta1,
      take1: 1 - beta1,
      keep2: beta2,
      take2: 1 - beta2,
      step: learningRate / (1 - beta1 ** step),
      scale: 1 / Math.sqrt(1 - beta2 ** step),
      epsilon,
      weightDecay,
      shrink,
    });
  }

  rmsprop(rule: RmspropUpdate, arrays: StepArrays): void {
    const { rho, inner, outer, epsilonInside, epsilonOutside, momentum, weightDecay } = rule;
    abi.rmsprop(this.#engine, chunksOf(arrays.w), {
      ...this.#weights(arrays),
      meanSquare: this.#at(arrays.meanSquare),
      velocity: this.#at(arrays.velocity),
      meanGradient: this.#at(arrays.meanGradient),
      keep: rho,
      take: 1 - rho,
      inner,
      outer,
      epsilonInside,
      epsilonOutside,
      momentum,
      weightDecay,
    });
  }

  adagrad({ learningRate, epsilon, weightDecay }: AdagradUpdate, arrays: StepArrays): void {
    abi.adagrad(this.#engine, chunksOf(arrays.w), {
      ...this.#weights(arrays),
      squares: this.#at(arrays.squares),
      learningRate,
      epsilon,
      weightDecay,
    });
  }

  lion({ learningRate, beta1, beta2, shrink }: LionUpdate, arrays: StepArrays): void {
    abi.lion(this.#engine, chunksOf(arrays.w), {
      ...this.#weights(arrays),
      m: this.#at(arrays.m),
      keep1: beta1,
      take1: 1 - beta1,
      keep2: beta2,
      take2: 1 - beta2,
      learningRate,
      shrink,
    });
  }

  blend(w: NdArray, dw: NdArray, keep: number, take: number): void {
    abi.blend(this.#engine, chunksOf(w), { ...this.#weights({ w, dw }), keep, take });
  }

  #weights({ w, dw }: StepArrays): abi.StepArgs {
    return { w: this.#at(w), dw: this.#at(dw), size: sizeOf(w.shape), block: CHUNK_WEIGHTS };
  }

  #at(x?: NdArray): number {
    return x === undefined ? 0 : this.#memory.at(x);
  }
}

function chunksOf(w: NdArray): number {
  return Math.ceil(sizeOf(w.shape) / CHUNK_WEIGHTS);
}
