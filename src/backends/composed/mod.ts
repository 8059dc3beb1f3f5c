/**
 * The whole table of kernels of a backend that has only the primitives: what other backends do in
 * one pass is composed of them.
 *
 * @module
 */
import { allocate } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import { threefry2x32 } from "../../random/threefry.ts";
import type { DropoutGeometry } from "../../core/geometry/mod.ts";
import type { FusedActivation, Kernels, NdArray } from "../kernels.ts";
import { normKernels } from "./norm.ts";
import { slope, value } from "./pair_losses.ts";
import type { Primitives } from "./primitives.ts";
import { hotRows, rowKernels } from "./rows.ts";
import { changed, computed, shaped } from "./scratch.ts";
import { blended, step } from "./steps.ts";

export type { ComposedName, Primitives } from "./primitives.ts";

/**
 * Makes a whole table of the primitives; what a backend has of its own goes over it.
 *
 * Results round once for each primitive: linear ones on small numbers are exact, the others differ
 * from the reference's by some roundings.
 *
 * @example A table of which softmax is composed, everything else the reference's
 * ```ts
 * import { referenceBackend, softmax, tensor } from "@tapegrad/tapegrad";
 * import { type Backend, composedKernels } from "@tapegrad/tapegrad/backend";
 * import { assertEquals } from "@std/assert";
 *
 * const reference = referenceBackend();
 * const { softmax: composed } = composedKernels(reference.kernels);
 * const kernels = { ...reference.kernels, softmax: composed };
 * const backend: Backend = { ...reference, name: "composing", kernels };
 * assertEquals(softmax(tensor([[3, 3]], { backend })).toArray(), [[0.5, 0.5]]);
 * ```
 *
 * @param k the kernels that there are.
 * @returns all kernels.
 */
export function composedKernels(k: Primitives): Kernels {
  /** Adds a bias to the last dimension, and activates. */
  function finished(y: NdArray, bias: NdArray | null, activation?: FusedActivation): NdArray {
    if (bias === null && activation !== "relu") return y;
    return computed(k, (s) => {
      s.own(y);
      const sum = bias === null ? y : s.add(y, bias);
      return activation === "relu" ? s.map("relu", sum) : sum;
    });
  }

  return {
    ...k,
    matmul: (a, b, bias, g, activation) => finished(k.matmul(a, b, null, g), bias, activation),
    conv2d: (x, w, bias, g, activation) => finished(k.conv2d(x, w, null, g), bias, activation),
    addInPlace: (target, x) => changed(k, (s) => s.assign(target, s.add(target, x))),
    blendInPlace: (target, x, keep, take) =>
      changed(k, (s) => s.assign(target, blended(s, target, x, keep, take))),
    stepInPlace: (rule, arrays) => changed(k, (s) => step(s, rule, arrays)),
    oneHot: (labels, classes, dtype) =>
      shaped(
        computed(k, (s) => hotRows(s, shaped(labels, [sizeOf(labels.shape), 1]), classes, dtype)),
        [...labels.shape, classes],
      ),
    ...rowKernels(k),
    pairLoss: (loss, x, target) => computed(k, (s) => value(s, loss, x, target)),
    pairLossGrad: (loss, dy, x, target) => computed(k, (s) => s.mul(dy, slope(s, loss, x, target))),
    ...normKernels(k),
    dropout: (x, g) =>
      computed(k, (s) => {
        const data = keptElements(sizeOf(x.shape), g);
        const kept = s.own(k.create({ shape: x.shape, dtype: "uint8", data }));
        return s.where(kept, s.div(x, 1 - g.rate), 0);
      }),
  };
}

/** Computes 1 for each element whose random word is not below `rate 2^32`, else 0. */
function keptElements(length: number, { key, rate }: DropoutGeometry): Uint8Array {
  const kept = allocate("uint8", length) as Uint8Array;
  const threshold = rate * 2 ** 32;
  for (let start = 0; start < length; start += 8) {
    for (let lane = 0; lane < 4; lane++) {
      threefry2x32(key, [start / 2 + lane, 0]).forEach((word, half) => {
        const i = start + 4 * half + lane;
        if (i < length) kept[i] = Number(word >= threshold);
      });
    }
  }
  return kept;
}
