// The reference's kernels without those that others make up for: nothing fused is left.

import type { ComposedName, Primitives } from "../../src/backends/composed/mod.ts";
import type { Kernels } from "../../src/backends/kernels.ts";

const COMPOSED: Record<ComposedName, true> = {
  addInPlace: true,
  oneHot: true,
  softmax: true,
  logSoftmax: true,
  softmaxCE: true,
  softmaxCEGrad: true,
  pairLoss: true,
  pairLossGrad: true,
  moments: true,
  normalize: true,
  normalizeGrad: true,
  normalizeSums: true,
  dropout: true,
  stepInPlace: true,
  blendInPlace: true,
};

/** Takes the fused kernels away; products have no bias and no activation. */
export function onlyPrimitives(reference: Kernels): Primitives {
  const kept = Object.entries(reference).filter(([name]) => !(name in COMPOSED));
  return {
    ...Object.fromEntries(kept) as unknown as Primitives,
    matmul: (a, b, _bias, g) => reference.matmul(a, b, null, g),
    conv2d: (x, w, _bias, g) => reference.conv2d(x, w, null, g),
  };
}
