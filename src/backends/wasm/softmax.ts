/**
 * Softmax, its logarithm and the cross entropy on the engine.
 *
 * @module
 */
import type { RowsGeometry, SoftmaxCEGeometry } from "../../core/geometry/mod.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import { divisorOf } from "../reference/cross_entropy.ts";
import { isForKernels, unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { LOG_SOFTMAX, SOFTMAX, SOFTMAX_CE, SOFTMAX_CE_GRAD } from "./abi.ts";
import { SCRATCH_BYTES } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";

/** An exponential is worth this many elements of simpler functions. */
const EXP_WORK = 4;

type SoftmaxKernels = Pick<Kernels, "softmax" | "logSoftmax" | "softmaxCE" | "softmaxCEGrad">;

/** Softmax of float32 arrays; `reference` takes the others. */
export function softmaxKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): SoftmaxKernels {
  const at = (x: NdArray) => memory.at(x);

  function runRows(kernel: number, x: NdArray, { rows, columns }: RowsGeometry): NdArray {
    const y = memory.reserve(x.shape, "float32");
    const block = unitsOfChunk(rows, columns * EXP_WORK);
    engine.call(kernel, Math.ceil(rows / block), at(x), at(y), rows, columns, block);
    return y;
  }

  function runCE(
    kernel: number,
    logits: NdArray,
    labels: NdArray,
    classWeights: NdArray | null,
    y: NdArray,
    dy: number,
    g: SoftmaxCEGeometry,
  ): NdArray {
    const { rows, columns, ignoreIndex } = g;
    const block = unitsOfChunk(rows, columns * EXP_WORK);
    engine.setFloat(32, 1 - g.labelSmoothing);
    engine.setFloat(33, g.labelSmoothing / columns);
    engine.setFloat(34, divisor(labels, classWeights, g));
    const args = [at(logits), at(labels), at(y), rows, columns, block, bytesOfLabel(labels, g), dy];
    args.push(classWeights === null ? 0 : at(classWeights));
    args.push(Number(ignoreIndex !== undefined), ignoreIndex ?? 0);
    engine.call(kernel, Math.ceil(rows / block), ...args);
    return y;
  }

  /** One element of each row is looked at: a plain loop is no slower than the rows' kernel. */
  function divisor(labels: NdArray, classWeights: NdArray | null, g: SoftmaxCEGeometry): number {
    const weights = classWeights === null ? null : memory.view(classWeights);
    return divisorOf({ labels: memory.view(labels), weights }, g);
  }

  return {
    softmax: (x, g) => isForKernels(x) ? runRows(SOFTMAX, x, g) : reference.softmax(x, g),
    logSoftmax: (x, g) => isForKernels(x) ? runRows(LOG_SOFTMAX, x, g) : reference.logSoftmax(x, g),
    softmaxCE(logits, labels, classWeights, g) {
      // The exponentials of a row are kept in scratch memory.
      const fits = g.columns * 4 + 64 <= SCRATCH_BYTES;
      if (!isForKernels(logits) || !fits) {
        return reference.softmaxCE(logits, labels, classWeights, g);
      }
      const losses = memory.reserve(logits.shape.slice(0, -1), "float32");
      return runCE(SOFTMAX_CE, logits, labels, classWeights, losses, 0, g);
    },
    softmaxCEGrad(dy, logits, labels, classWeights, g) {
      if (!isForKernels(logits)) {
        return reference.softmaxCEGrad(dy, logits, labels, classWeights, g);
      }
      const dlogits = memory.reserve(logits.shape, "float32");
      return runCE(SOFTMAX_CE_GRAD, logits, labels, classWeights, dlogits, at(dy), g);
    },
  };
}

/** Bytes of a class index; 0 where labels are distributions. */
function bytesOfLabel(labels: NdArray, { indices }: SoftmaxCEGeometry): number {
  if (!indices) return 0;
  return labels.dtype === "uint8" ? 1 : 4;
}
