/**
 * Checks of arguments that many operations share: kinds, dtypes.
 *
 * @module
 */
import { kindOf } from "./kind_of.ts";
import { type DType, isFloat } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import { Tensor } from "./tensor.ts";

type Named = Readonly<Record<string, Tensor | undefined>>;

function present(tensors: Named): [string, Tensor][] {
  return Object.entries(tensors).filter((entry): entry is [string, Tensor] =>
    entry[1] !== undefined
  );
}

function listDTypes(tensors: Named): string {
  return present(tensors).map(([name, t]) => `${name} is ${t.dtype}`).join(", ");
}

/** Throws a `TypeError` unless all are tensors. */
export function checkTensors(action: string, values: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (!(value instanceof Tensor)) {
      const got = kindOf(value);
      throw new TypeError(
        `Cannot ${action}: ${name} must be a tensor: got ${got}; make one with tensor(values)`,
      );
    }
  }
}

/** Throws a {@link ShapeError} unless all tensors have one dtype. */
export function checkSameDType(action: string, tensors: Named): void {
  checkTensors(action, tensors);
  let dtype: DType | undefined;
  for (const name of Object.keys(tensors)) {
    dtype ??= tensors[name]!.dtype;
    if (tensors[name]!.dtype !== dtype) {
      throw new ShapeError(
        `Cannot ${action}: dtypes must be equal, cast(x, dtype) converts: ${listDTypes(tensors)}`,
      );
    }
  }
}

/**
 * Throws a {@link ShapeError} unless all tensors have one floating-point dtype; those that are
 * optional may be undefined.
 */
export function checkFloats(action: string, required: Named, optional: Named = {}): void {
  checkTensors(action, required);
  const tensors = { ...required, ...Object.fromEntries(present(optional)) };
  checkTensors(action, tensors);
  if (present(tensors).some(([, t]) => !isFloat(t.dtype))) {
    throw new ShapeError(
      `Cannot ${action}: dtype must be float32 or float64, cast(x, dtype) converts: ` +
        listDTypes(tensors),
    );
  }
  checkSameDType(action, tensors);
}

/** Throws a `RangeError` unless an option is a finite number of at least `low`. */
export function checkAtLeast(action: string, name: string, value: number, low: number): void {
  if (Number.isFinite(value) && value >= low) return;
  throw new RangeError(
    `Cannot ${action}: ${name} must be a finite number of at least ${low}: got ${value}`,
  );
}
