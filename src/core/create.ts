/**
 * Making tensors: from values of the host, from rules, from labels.
 *
 * @module
 */
import { checkHolds, convert, flatten, type NestedValues } from "./host_values.ts";
import { checkInteger } from "./check_integer.ts";
import type { Backend } from "../backends/kernels.ts";
import { currentBackend } from "./backend.ts";
import { checkSameDType } from "./checks.ts";
import { allocate, checkDType, type DType, dtypeOf, type TypedArray } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import { keepSent } from "./host_copies.ts";
import { checkRange } from "./pending_checks.ts";
import { checkShape, formatShape, indexOf, type Shape, sizeOf } from "./shape.ts";
import { internals, Tensor } from "./tensor.ts";
import { checkOptions, copied } from "./options.ts";

/** Values to make a tensor of. */
export type TensorValues = NestedValues | TypedArray | Uint8ClampedArray;

/** Backend and dtype of a new tensor. */
export interface CreateOptions {
  /** Element type; float32 by default. */
  readonly dtype?: DType;
  /** Backend to live on; the one in use by default. */
  readonly backend?: Backend;
}

/** The names of the options. */
export const CREATE_OPTIONS = "dtype backend";

/** Options of making a tensor of given values. */
export interface TensorOptions extends CreateOptions {
  /** Shape; by default that of the nesting, or one dimension for a typed array. */
  readonly shape?: Shape;
}

const TENSOR_OPTIONS = "dtype backend shape";

/**
 * Makes a tensor of given values, copied.
 *
 * - **Shapes**: that of the nested arrays, `[n]` for a typed array, `[]` for a number, or `shape`.
 * - **Edge cases**: an empty list makes a tensor of shape `[0]`.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tensor([[1, 2], [3, 4]]).shape, [2, 2]);
 * assertEquals(tensor(new Uint8Array([1, 2])).dtype, "uint8");
 * assertEquals(tensor([1, 2, 3, 4], { shape: [2, 2], dtype: "int32" }).toArray(), [[1, 2], [3, 4]]);
 * ```
 *
 * @param values a number, nested lists of numbers, or a typed array.
 * @param options shape, dtype (a typed array's own, else float32), backend.
 * @returns a tensor that no tape knows.
 * @throws {ShapeError} if lists are ragged, or the number of values does not fit the shape.
 * @throws {RangeError} if an integer dtype cannot hold a value.
 */
export function tensor(values: TensorValues, options: TensorOptions = {}): Tensor {
  // Options are read once, and before the values are looked at: a getter could change these.
  options = checkOptions("create tensor", options, TENSOR_OPTIONS);
  const { dtype: wanted, backend } = options;
  const own = dtypeOf(values);
  const dtype = wanted ?? own ?? "float32";
  checkDType("create tensor", dtype);
  const { flat, nested } = own === undefined
    ? flatten(values as NestedValues)
    : { flat: values as TypedArray, nested: [(values as TypedArray).length] };
  const { shape = nested } = options;
  checkShape("create tensor", shape);
  if (sizeOf(shape) !== flat.length) {
    throw new ShapeError(
      `Cannot create tensor: values must fill the shape: got ${flat.length} values, ` +
        `shape ${formatShape(shape)} holds ${sizeOf(shape)}`,
    );
  }
  const data = own === dtype ? values as TypedArray : convert(flat, dtype, shape);
  return upload(shape, dtype, data, backend);
}

/**
 * Makes a tensor of zeros.
 *
 * @example
 * ```ts
 * import { zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(zeros([2, 2]).toArray(), [[0, 0], [0, 0]]);
 * ```
 *
 * @param shape sizes of the dimensions; `[]` for a scalar.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 */
export function zeros(shape: Shape, options: CreateOptions = {}): Tensor {
  return full(shape, 0, options);
}

/**
 * Makes a tensor of ones.
 *
 * @example
 * ```ts
 * import { ones } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(ones([3]).toArray(), [1, 1, 1]);
 * ```
 *
 * @param shape sizes of the dimensions; `[]` for a scalar.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 */
export function ones(shape: Shape, options: CreateOptions = {}): Tensor {
  return full(shape, 1, options);
}

/**
 * Makes a tensor of equal elements.
 *
 * @example
 * ```ts
 * import { full } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(full([2], 0.5).toArray(), [0.5, 0.5]);
 * ```
 *
 * @param shape sizes of the dimensions; `[]` for a scalar.
 * @param value every element.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {RangeError} if an integer dtype cannot hold the value.
 */
export function full(shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  shape = copied(shape);
  // zeros(2, 3): the second number is no options, but the first one is where the mistake is.
  if (typeof shape === "number") checkShape("create tensor", shape);
  options = checkOptions("create tensor", options, CREATE_OPTIONS);
  const { dtype = "float32", backend = currentBackend() } = options;
  checkDType("create tensor", dtype);
  checkShape("create tensor", shape);
  checkHolds(value, dtype, "");
  return internals.create(backend, backend.kernels.fill(shape, dtype, value));
}

/**
 * Makes a matrix with ones on its diagonal and zeros elsewhere.
 *
 * @example
 * ```ts
 * import { eye } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(eye(2, { columns: 3 }).toArray(), [[1, 0, 0], [0, 1, 0]]);
 * ```
 *
 * @param rows number of rows.
 * @param options `columns` (as many as rows by default), dtype (float32 by default) and backend.
 * @returns a tensor `[rows, columns]` that no tape knows.
 */
export function eye(
  rows: number,
  options: CreateOptions & { readonly columns?: number } = {},
): Tensor {
  options = checkOptions("create tensor", options, "dtype backend columns#");
  const { columns = rows, dtype = "float32" } = options;
  checkDType("create tensor", dtype);
  checkShape("create tensor", [rows, columns]);
  const data = allocate(dtype, rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) data[i * columns + i] = 1;
  return upload([rows, columns], dtype, data, options.backend);
}

/**
 * Numbers from `start` up to, but without, `stop`.
 *
 * - **Formula**: element i is `start + i step`; there are `ceil((stop - start) / step)`, none if
 *   that is negative.
 * - **Source**: NumPy's `arange`; the dtype is float32 unless told otherwise.
 *
 * @example
 * ```ts
 * import { arange } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(arange(3).toArray(), [0, 1, 2]);
 * assertEquals(arange(1, 2, 0.25).toArray(), [1, 1.25, 1.5, 1.75]);
 * ```
 *
 * @param start the first number; or, alone, where to stop, starting from 0.
 * @param stop where to stop.
 * @param step distance between neighbours; 1 by default, may be negative.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor of one dimension that no tape knows.
 * @throws {RangeError} if the step is 0 or anything is not finite.
 */
export function arange(
  start: number,
  stop?: number,
  step = 1,
  options: CreateOptions = {},
): Tensor {
  options = checkOptions("create tensor", options, CREATE_OPTIONS);
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (![from, to, step].every(Number.isFinite) || step === 0) {
    throw new RangeError(
      `Cannot create tensor: arange needs finite numbers and a step other than 0: ` +
        `start is ${from}, stop is ${to}, step is ${step}`,
    );
  }
  const length = Math.max(0, Math.ceil((to - from) / step));
  return fromRule(length, (i) => from + i * step, options);
}

/**
 * Makes evenly spaced numbers from `start` to `stop`, both included.
 *
 * - **Formula**: element i is `start + i (stop - start) / (count - 1)`; the last is `stop` exactly.
 * - **Source**: NumPy's `linspace`.
 *
 * @example
 * ```ts
 * import { linspace } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(linspace(0, 1, 5).toArray(), [0, 0.25, 0.5, 0.75, 1]);
 * ```
 *
 * @param start the first number.
 * @param stop the last number.
 * @param count how many; 1 gives `start` alone.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor of one dimension that no tape knows.
 * @throws {RangeError} if start or stop is not finite, or count is no integer of at least 0.
 */
export function linspace(
  start: number,
  stop: number,
  count: number,
  options: CreateOptions = {},
): Tensor {
  options = checkOptions("create tensor", options, CREATE_OPTIONS);
  if (!Number.isFinite(start) || !Number.isFinite(stop)) {
    throw new RangeError(
      `Cannot create tensor: linspace needs finite numbers: start is ${start}, stop is ${stop}`,
    );
  }
  checkInteger("create tensor", "count", count, 0);
  checkShape("create tensor", [count]);
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  return fromRule(count, (i) => i > 0 && i === count - 1 ? stop : start + i * step, options);
}

/**
 * Makes rows of zeros with a one at each label.
 *
 * - **Shapes**: labels `[...]` -> `[..., classes]`.
 * - **Gradient**: none, labels are integers.
 *
 * @example
 * ```ts
 * import { oneHot } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(oneHot([2, 0], 3).toArray(), [[0, 0, 1], [1, 0, 0]]);
 * ```
 *
 * @param labels integers from 0 to `classes - 1`, as a tensor or a list.
 * @param classes number of classes.
 * @param options dtype of the result (float32 by default) and backend of labels given as a list.
 * @returns a tensor that no tape knows.
 * @throws {RangeError} if a label is outside, naming its position.
 */
export function oneHot(
  labels: Tensor | NestedValues,
  classes: number,
  options: CreateOptions = {},
): Tensor {
  options = checkOptions("create tensor", options, CREATE_OPTIONS);
  const { dtype = "float32" } = options;
  checkDType("create tensor", dtype);
  checkShape("create tensor", [classes]);
  const given = labels instanceof Tensor
    ? labels
    : tensor(labels, { dtype: "int32", backend: options.backend });
  checkLabels("create tensor", given, classes);
  const k = given.backend.kernels;
  const rows = internals.create(given.backend, k.oneHot(internals.array(given), classes, dtype));
  if (given !== labels) given.dispose();
  return rows;
}

/** Throws unless labels are integers from 0 to `classes - 1`, or `except`. */
export function checkLabels(
  action: string,
  labels: Tensor,
  classes: number,
  except?: number,
): void {
  checkSameDType(action, { labels });
  if (labels.dtype !== "int32" && labels.dtype !== "uint8") {
    throw new ShapeError(
      `Cannot ${action}: labels must be int32 or uint8: labels is ${labels.dtype}; ` +
        'cast(labels, "int32") converts',
    );
  }
  const { shape, rank } = labels;
  checkRange(labels.backend, internals.array(labels), [0, classes, except], (at, value) => {
    const where = rank === 0 ? "" : ` of row ${indexOf(at, shape).join(", ")}`;
    return new RangeError(
      `Cannot ${action}: labels must be from 0 to ${classes - 1}: the label${where} is ${value}`,
    );
  });
}

/** Makes a scalar of the dtype and on the backend of another tensor. */
export function scalarLike(like: Tensor, value: number): Tensor {
  return full([], value, { dtype: like.dtype, backend: like.backend });
}

function fromRule(length: number, rule: (i: number) => number, options: CreateOptions): Tensor {
  const { dtype = "float32" } = options;
  checkDType("create tensor", dtype);
  checkShape("create tensor", [length]);
  const data = convert(Float64Array.from({ length }, (_, i) => rule(i)), dtype, [length]);
  return upload([length], dtype, data, options.backend);
}

function upload(
  shape: Shape,
  dtype: DType,
  data: TypedArray,
  backend: Backend = currentBackend(),
): Tensor {
  const array = backend.kernels.create({ shape, dtype, data });
  keepSent(backend, array, { shape, dtype, data });
  return internals.create(backend, array);
}
