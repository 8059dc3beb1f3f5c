/**
 * Losses of single elements on the engine.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { PairLoss } from "../../core/geometry/mod.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import { CHUNK_ELEMENTS, isForKernels } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { PAIR_LOSS } from "./abi.ts";
import * as kinds from "./kinds.ts";
import type { WasmMemory } from "./memory.ts";

/** Pairs cost up to three exponentials: smaller chunks share better. */
const CHUNK_PAIRS = CHUNK_ELEMENTS / 4;

/** The kernel's number of a loss, and its parameters. */
function kernelOf(loss: PairLoss): readonly [kind: number, ...parameters: number[]] {
  switch (loss.kind) {
    case "squared":
      return [kinds.SQUARED];
    case "absolute":
      return [kinds.ABSOLUTE];
    case "huber":
      return [kinds.HUBER, loss.delta];
    case "focal": {
      const weights = [loss.positive, loss.negative];
      if (loss.gamma === 0) return [kinds.SIGMOID_CE, ...weights];
      return [kinds.FOCAL, ...weights, loss.gamma];
    }
    case "divergence":
      return [loss.logTarget ? kinds.LOG_DIVERGENCE : kinds.DIVERGENCE];
  }
}

/** Losses of float32 arrays; `reference` takes the others. */
export function pairLossKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): Pick<Kernels, "pairLoss" | "pairLossGrad"> {
  function run(loss: PairLoss, x: NdArray, target: NdArray, dy: NdArray | null): NdArray {
    const y = memory.reserve(x.shape, "float32");
    const size = sizeOf(x.shape);
    const [kind, ...parameters] = kernelOf(loss);
    parameters.forEach((value, i) => engine.setFloat(32 + i, value));
    const args = [kind, memory.at(x), memory.at(target), memory.at(y), size, CHUNK_PAIRS];
    const atDy = dy === null ? 0 : memory.at(dy);
    engine.call(PAIR_LOSS, Math.ceil(size / CHUNK_PAIRS), ...args, atDy);
    return y;
  }

  return {
    pairLoss: (loss, x, target) =>
      isForKernels(x) ? run(loss, x, target, null) : reference.pairLoss(loss, x, target),
    pairLossGrad: (loss, dy, x, target) =>
      isForKernels(x) ? run(loss, x, target, dy) : reference.pairLossGrad(loss, dy, x, target),
  };
}
