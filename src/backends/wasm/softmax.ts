/**
 * Softmax, its logarithm and the cross entropy on the engine.
 *
 * @module
 */
import type { RowsGeometry, SoftmaxCEGeometry } from "../../core/geometry/mod.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import type { NdArray } from "../kernels.ts";
import { divisorOf } from "../reference/cross_entropy.ts";
import * as abi from "./abi.ts";
import { unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { SCRATCH_BYTES, SLACK } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";

/** An exponential is worth this many elements of simpler functions. */
const EXP_WORK = 4;

type SoftmaxKernels = Pick<FastKernels, "softmax" | "logSoftmax" | "softmaxCE" | "softmaxCEGrad">;

/** Softmax of float32 arrays. */
export function softmaxKernels(engine: Engine, memory: WasmMemory): SoftmaxKernels {
  const at = (x: NdArray) => memory.at(x);

  function runRows(kernel: typeof abi.softmax, x: NdArray, g: RowsGeometry): NdArray {
    const y = memory.reserve(x.shape, "float32");
    const { rows, columns } = g, { chunks, rowsOfChunk } = cut(g);
    kernel(engine, chunks, { x: at(x), y: at(y), rows, columns, rowsOfChunk });
    return y;
  }

  /** Arguments of the cross entropy and its gradient. */
  function argumentsOf(
    logits: NdArray,
    labels: NdArray,
    classWeights: NdArray | null,
    y: NdArray,
    g: SoftmaxCEGeometry,
  ): abi.SoftmaxCEArgs {
    const { rows, columns, labelSmoothing, ignoreIndex } = g;
    return {
      logits: at(logits),
      labels: at(labels),
      y: at(y),
      rows,
      columns,
      rowsOfChunk: cut(g).rowsOfChunk,
      labelBytes: bytesOfLabel(labels, g),
      classWeights: classWeights === null ? 0 : at(classWeights),
      ignores: ignoreIndex !== undefined,
      ignoreIndex: ignoreIndex ?? 0,
      kept: 1 - labelSmoothing,
      spread: labelSmoothing / columns,
      divisor: divisor(labels, classWeights, g),
    };
  }

  /** One element of each row is looked at: a plain loop is no slower than the rows' kernel. */
  function divisor(labels: NdArray, classWeights: NdArray | null, g: SoftmaxCEGeometry): number {
    const weights = classWeights === null ? null : memory.view(classWeights);
    return divisorOf({ labels: memory.view(labels), weights }, g);
  }

  return {
    softmax: (x, g) => runRows(abi.softmax, x, g),
    logSoftmax: (x, g) => runRows(abi.logSoftmax, x, g),
    softmaxCE(logits, labels, classWeights, g) {
      // The exponentials of a row are kept in scratch memory.
      if (g.columns * 4 + SLACK > SCRATCH_BYTES) return DECLINED;
      const losses = memory.reserve(logits.shape.slice(0, -1), "float32");
      const args = argumentsOf(logits, labels, classWeights, losses, g);
      abi.softmaxCE(engine, cut(g).chunks, args);
      return losses;
    },
    softmaxCEGrad(dy, logits, labels, classWeights, g) {
      const dlogits = memory.reserve(logits.shape, "float32");
      const args = argumentsOf(logits, labels, classWeights, dlogits, g);
      abi.softmaxCEGrad(engine, cut(g).chunks, { ...args, dy: at(dy) });
      return dlogits;
    },
  };
}

function cut({ rows, columns }: RowsGeometry): { chunks: number; rowsOfChunk: number } {
  const rowsOfChunk = unitsOfChunk(rows, columns * EXP_WORK);
  return { chunks: Math.ceil(rows / rowsOfChunk), rowsOfChunk };
}

/** Bytes of a class index; 0 where labels are distributions. */
function bytesOfLabel(labels: NdArray, { indices }: SoftmaxCEGeometry): number {
  if (!indices) return 0;
  return labels.dtype === "uint8" ? 1 : 4;
}
