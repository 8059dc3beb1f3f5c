/**
 * Geometry of the softmax cross entropy: logits against class indices or distributions.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { formatShape, sameShape, type Shape } from "../shape.ts";
import type { RowsGeometry } from "./matrix.ts";

/** Sizes of a softmax cross entropy. */
export interface SoftmaxCEGeometry extends RowsGeometry {
  /** Labels are one class index a row, not a distribution. */
  readonly indices: boolean;
  /** Share of the target spread evenly over all classes. */
  readonly labelSmoothing: number;
}

/** A tensor as far as shape checks see it. */
export interface Typed {
  /** Sizes of the dimensions. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
}

/** Sizes of `softmaxCE(logits, labels, { labelSmoothing })`. */
export function softmaxCEGeometry(
  logits: Typed,
  labels: Typed,
  labelSmoothing: number,
): SoftmaxCEGeometry {
  const action = "apply softmaxCE";
  if (logits.shape.length !== 2) {
    throw new ShapeError(
      `Cannot ${action}: logits must be [N, C]: logits is ${formatShape(logits.shape)}`,
    );
  }
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(
      `Cannot ${action}: labelSmoothing must be from 0 to 1: got ${labelSmoothing}`,
    );
  }
  const [rows, columns] = logits.shape;
  const indices = labels.dtype === "int32" || labels.dtype === "uint8";
  if (!indices && labels.dtype !== logits.dtype) {
    throw new ShapeError(
      `Cannot ${action}: labels must be int32 class indices or a distribution of the logits' ` +
        `dtype: labels is ${labels.dtype}, logits is ${logits.dtype}`,
    );
  }
  const expected = indices ? [rows] : [rows, columns];
  if (!sameShape(labels.shape, expected)) {
    const kind = indices ? "class indices" : "distributions";
    throw new ShapeError(
      `Cannot ${action}: labels that are ${kind} must be ${formatShape(expected)}: labels is ` +
        `${formatShape(labels.shape)}, logits is ${formatShape(logits.shape)}`,
    );
  }
  return { rows, columns, indices, labelSmoothing };
}
