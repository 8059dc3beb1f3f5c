/**
 * Kernels that a backend must have. The others have a default made of them.
 *
 * @module
 */
import type { Conv2dGeometry, MatmulGeometry } from "../../core/geometry/mod.ts";
import type { Kernels, NdArray } from "../kernels.ts";

/** Names of kernels that {@link composedKernels} makes of others. */
export type ComposedName =
  | "addInPlace"
  | "oneHot"
  | "softmax"
  | "logSoftmax"
  | "softmaxCE"
  | "softmaxCEGrad"
  | "pairLoss"
  | "pairLossGrad"
  | "moments"
  | "normalize"
  | "normalizeGrad"
  | "normalizeSums"
  | "dropout"
  | "stepInPlace"
  | "blendInPlace";

/** Kernels that a backend must have: products without bias and activation, and the rest as it is. */
export interface Primitives extends Omit<Kernels, ComposedName | "matmul" | "conv2d"> {
  /** Computes `a · b`; see {@link Kernels.matmul}. */
  matmul(a: NdArray, b: NdArray, bias: null, g: MatmulGeometry): NdArray;
  /** Computes the cross-correlation alone; see {@link Kernels.conv2d}. */
  conv2d(x: NdArray, w: NdArray, bias: null, g: Conv2dGeometry): NdArray;
}
