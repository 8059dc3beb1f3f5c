/**
 * Losses of single elements on the engine.
 *
 * @module
 */
import type { PairLoss } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import type { FastKernels } from "../fallback.ts";
import type { NdArray } from "../kernels.ts";
import { PAIR_LOSS_KINDS, type PairLossKind } from "../kinds.ts";
import * as abi from "./abi.ts";
import { CHUNK_ELEMENTS, numbersOf } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import type { WasmMemory } from "./memory.ts";

const KINDS = numbersOf(PAIR_LOSS_KINDS);

/** Pairs cost up to three exponentials: smaller chunks share better. */
const CHUNK_PAIRS = CHUNK_ELEMENTS / 4;

/** Parameters that a loss does not have are not read. */
const NO_PARAMETERS = { delta: 0, positive: 0, negative: 0, gamma: 0 };

/** The kernel's kind of a loss. */
function kernelKind(loss: PairLoss): PairLossKind {
  switch (loss.kind) {
    case "focal":
      return loss.gamma === 0 ? "sigmoidCE" : "focal";
    case "divergence":
      return loss.logTarget ? "logDivergence" : "divergence";
    default:
      return loss.kind;
  }
}

/** Losses of float32 arrays. */
export function pairLossKernels(
  engine: Engine,
  memory: WasmMemory,
): Pick<FastKernels, "pairLoss" | "pairLossGrad"> {
  function run(loss: PairLoss, x: NdArray, target: NdArray, dy: NdArray | null): NdArray {
    const y = memory.reserve(x.shape, "float32");
    const size = sizeOf(x.shape);
    const { delta, positive, negative, gamma } = { ...NO_PARAMETERS, ...loss };
    abi.pairLoss(engine, Math.ceil(size / CHUNK_PAIRS), {
      kind: KINDS[kernelKind(loss)],
      x: memory.at(x),
      target: memory.at(target),
      y: memory.at(y),
      size,
      block: CHUNK_PAIRS,
      dy: dy === null ? 0 : memory.at(dy),
      delta,
      positive,
      negative,
      gamma,
    });
    return y;
  }

  return {
    pairLoss: (loss, x, target) => run(loss, x, target, null),
    pairLossGrad: (loss, dy, x, target) => run(loss, x, target, dy),
  };
}
