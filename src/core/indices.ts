/**
 * Indices into a dimension: integers that are checked before they are used.
 *
 * @module
 */
import { checkTensors } from "./checks.ts";
import { ShapeError } from "./errors.ts";
import { checkRange } from "./pending_checks.ts";
import { formatShape, indexOf } from "./shape.ts";
import { internals, type Tensor } from "./tensor.ts";

/** Throws unless a tensor holds integers from 0 to `size - 1`. */
export function checkIndices(action: string, name: string, indices: Tensor, size: number): void {
  checkTensors(action, { [name]: indices });
  if (indices.dtype !== "int32" && indices.dtype !== "uint8") {
    throw new ShapeError(
      `Cannot ${action}: ${name} must be int32 or uint8: ${name} is ${indices.dtype}; ` +
        `cast(${name}, "int32") converts`,
    );
  }
  const { shape, rank } = indices;
  checkRange(indices.backend, internals.array(indices), [0, size], (at, value) => {
    const where = rank === 0 ? name : `${name}${formatShape(indexOf(at, shape))}`;
    return new RangeError(
      `Cannot ${action}: ${name} must be ${
        size === 0 ? "empty where there is nothing to pick" : `from 0 to ${size - 1}`
      }: ${where} is ${value}`,
    );
  });
}
