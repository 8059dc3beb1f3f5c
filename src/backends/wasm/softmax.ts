/**
 * Softmax, its logarithm and the cross entropy on the engine.
 *
 * @module
 */
import type { RowsGeometry, SoftmaxCEGeometry } from "../../core/geometry/mod.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import { isForKernels, unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { LOG_SOFTMAX, SOFTMAX, SOFTMAX_CE, SOFTMAX_CE_GRAD } from "./kernel_ids.ts";
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
    y: NdArray,
    dy: number,
    g: SoftmaxCEGeometry,
  ): NdArray {
    const { rows, columns } = g;
    const block = unitsOfChunk(rows, columns * EXP_WORK);
    engine.setFloat(32, 1 - g.labelSmoothing);
    engine.setFloat(33, g.labelSmoothing / columns);
    const args = [at(logits), at(labels), at(y), rows, columns, block, bytesOfLabel(labels, g), dy];
    engine.call(kernel, Math.ceil(rows / block), ...args);
    return y;
  }

  return {
    softmax: (x, g) => isForKernels(x) ? runRows(SOFTMAX, x, g) : reference.softmax(x, g),
    logSoftmax: (x, g) => isForKernels(x) ? runRows(LOG_SOFTMAX, x, g) : reference.logSoftmax(x, g),
    softmaxCE(logits, labels, g) {
      // The exponentials of a row are kept in scratch memory.
      const fits = g.columns * 4 + 64 <= SCRATCH_BYTES;
      if (!isForKernels(logits) || !fits) return reference.softmaxCE(logits, labels, g);
      return runCE(SOFTMAX_CE, logits, labels, memory.reserve([g.rows], "float32"), 0, g);
    },
    softmaxCEGrad(dy, logits, labels, g) {
      if (!isForKernels(logits)) return reference.softmaxCEGrad(dy, logits, labels, g);
      const dlogits = memory.reserve(logits.shape, "float32");
      return runCE(SOFTMAX_CE_GRAD, logits, labels, dlogits, at(dy), g);
    },
  };
}

/** Bytes of a class index; 0 where labels are distributions. */
function bytesOfLabel(labels: NdArray, { indices }: SoftmaxCEGeometry): number {
  if (!indices) return 0;
  return labels.dtype === "uint8" ? 1 : 4;
}
