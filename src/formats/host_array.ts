/**
 * Arrays of the host as writers take them: checked, and made of tensors.
 *
 * @module
 */
import { kindOf } from "../core/kind_of.ts";
import { checkDType, type DType, dtypeOf, type HostArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { checkShape, formatShape, type Shape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { countElements, excerpt } from "./file_limits.ts";

/** Returns the array of a tensor, or the array itself. */
export function hostArray(array: Tensor | HostArray): HostArray {
  if (!(array instanceof Tensor)) return array;
  return { shape: array.shape, dtype: array.dtype, data: array.dataSync() };
}

/** Throws unless shape, dtype and data of an array of the host belong together. */
export function checkHostArray(
  action: string,
  shape: Shape,
  dtype: unknown,
  data: unknown,
): asserts dtype is DType {
  checkShape(action, shape);
  checkDType(action, dtype);
  const actual = dtypeOf(data);
  if (actual !== dtype) {
    throw new ShapeError(
      `Cannot ${action}: data must be a typed array of dtype ${dtype}: got ${kindOf(data)}`,
    );
  }
  const length = (data as HostArray["data"]).length;
  const count = countElements(shape);
  if (count !== length) {
    throw new ShapeError(
      `Cannot ${action}: data must have one element for every position of shape: shape ` +
        `${excerpt(formatShape(shape))} has ${count ?? "more than 2^49"}, data has ${length}`,
    );
  }
}
