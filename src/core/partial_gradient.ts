/**
 * Gradients that are zero but for a part: of a tensor of which an op has taken some elements.
 *
 * A tensor that is taken apart by n ops gets n of them. As whole arrays each would cost as much as the
 * tensor; they are collected instead, and put together at once.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** A gradient of a part, and where the part is. */
export interface PartialGradient {
  /** Shape of the whole. */
  readonly shape: Shape;
  /** Element type of both. */
  readonly dtype: DType;
  /** Gradient of the part. */
  readonly part: Tensor;
  /** The same place, with another tensor. */
  withPart(part: Tensor): PartialGradient;
  /**
   * Puts gradients of parts of one tensor together, this one among them: whole gradients, few where
   * parts do not overlap, which are to be added up.
   */
  join(parts: readonly PartialGradient[]): Tensor[];
}

/** Returns true for a gradient of a part. */
export function isPartial(gradient: Tensor | PartialGradient): gradient is PartialGradient {
  return "withPart" in gradient;
}
