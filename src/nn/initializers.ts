/**
 * Initial weights.
 *
 * @module
 */
import { formatValue } from "../core/format_value.ts";
import { CREATE_OPTIONS, type CreateOptions, tensor } from "../core/create.ts";
import { ShapeError } from "../core/errors.ts";
import { checkRandom } from "../random/check_random.ts";
import type { Random } from "../random/random.ts";
import { randomTruncatedNormal } from "../random/tensors.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { kindOf } from "../core/kind_of.ts";
import { orthonormalColumns } from "./orthonormal.ts";
import { checkOptions, copied } from "../core/options.ts";

/**
 * Makes the first values of a parameter.
 *
 * @param random where numbers come from.
 * @param shape shape of the parameter.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 */
export type Initializer = (random: Random, shape: Shape, options?: CreateOptions) => Tensor;

/**
 * Draws weights that keep the variance of signals the same from layer to layer, uniformly
 * distributed (also known as Xavier).
 *
 * - **Formula**: uniform in ±`sqrt(6 / (fanIn + fanOut))`.
 * - **Shapes**: dense weights `[I, O]` have fans I and O, filters `[KH, KW, C, O]` have `KH KW C`
 *   and `KH KW O`.
 * - **Source**: X. Glorot, Y. Bengio: "Understanding the difficulty of training deep feedforward
 *   neural networks", AISTATS 2010; the default of Keras.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { glorotUniform } from "@tapegrad/tapegrad/nn";
 * import { assert } from "@std/assert";
 *
 * const w = glorotUniform(new Random(0), [100, 50]);
 * assert(w.dataSync().every((v) => Math.abs(v) <= Math.sqrt(6 / 150)));
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the weights, of at least two dimensions.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {ShapeError} if the shape has fewer than two dimensions.
 */
export function glorotUniform(random: Random, shape: Shape, options: CreateOptions = {}): Tensor {
  options = checkArguments(random, options);
  shape = copied(shape);
  return uniform(random, shape, options, 2 / sumOf(fans(shape)));
}

/**
 * Draws weights that keep the variance of signals the same from layer to layer, normally
 * distributed.
 *
 * - **Formula**: normal with variance `2 / (fanIn + fanOut)`, cut off at two standard deviations
 *   and widened so that the variance is right after the cut.
 * - **Shapes**: fans as for {@link glorotUniform}.
 * - **Source**: X. Glorot, Y. Bengio, AISTATS 2010; Keras's `GlorotNormal`, which cuts off too
 *   (PyTorch's `xavier_normal_` does not).
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { glorotNormal } from "@tapegrad/tapegrad/nn";
 * import { assert } from "@std/assert";
 *
 * const std = Math.sqrt(2 / 150);
 * const w = glorotNormal(new Random(0), [100, 50]);
 * assert(w.dataSync().every((v) => Math.abs(v) < 2.28 * std));
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the weights, of at least two dimensions.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {ShapeError} if the shape has fewer than two dimensions.
 */
export function glorotNormal(random: Random, shape: Shape, options: CreateOptions = {}): Tensor {
  options = checkArguments(random, options);
  shape = copied(shape);
  return cutNormal(random, shape, options, 2 / sumOf(fans(shape)));
}

/**
 * Draws weights for layers followed by relu, uniformly distributed (also known as Kaiming).
 *
 * - **Formula**: uniform in ±`sqrt(6 / fanIn)`: half of the signals are cut off by relu, so the
 *   variance is twice that of {@link lecunUniform}.
 * - **Shapes**: fans as for {@link glorotUniform}.
 * - **Source**: K. He, X. Zhang, S. Ren, J. Sun: "Delving deep into rectifiers", ICCV 2015; Keras's
 *   `HeUniform`.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { heUniform } from "@tapegrad/tapegrad/nn";
 * import { assert } from "@std/assert";
 *
 * const w = heUniform(new Random(0), [3, 3, 8, 16]);
 * assert(w.dataSync().every((v) => Math.abs(v) <= Math.sqrt(6 / 72)));
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the weights, of at least two dimensions.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {ShapeError} if the shape has fewer than two dimensions.
 */
export function heUniform(random: Random, shape: Shape, options: CreateOptions = {}): Tensor {
  options = checkArguments(random, options);
  shape = copied(shape);
  return uniform(random, shape, options, 2 / fans(shape)[0]);
}

/**
 * Draws weights for layers followed by relu, normally distributed.
 *
 * - **Formula**: normal with variance `2 / fanIn`, cut off like {@link glorotNormal}.
 * - **Shapes**: fans as for {@link glorotUniform}.
 * - **Source**: K. He et al., ICCV 2015; Keras's `HeNormal`.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { heNormal } from "@tapegrad/tapegrad/nn";
 * import { assert } from "@std/assert";
 *
 * const w = heNormal(new Random(0), [3, 3, 8, 16]);
 * assert(w.dataSync().every((v) => Math.abs(v) < 2.28 * Math.sqrt(2 / 72)));
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the weights, of at least two dimensions.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {ShapeError} if the shape has fewer than two dimensions.
 */
export function heNormal(random: Random, shape: Shape, options: CreateOptions = {}): Tensor {
  options = checkArguments(random, options);
  shape = copied(shape);
  return cutNormal(random, shape, options, 2 / fans(shape)[0]);
}

/**
 * Draws weights that keep the variance of signals on the way forward, uniformly distributed; the
 * choice for `selu`.
 *
 * - **Formula**: uniform in ±`sqrt(3 / fanIn)`.
 * - **Shapes**: fans as for {@link glorotUniform}.
 * - **Source**: Y. LeCun, L. Bottou, G. Orr, K.-R. Müller: "Efficient backprop", 1998; Keras's
 *   `LecunUniform`.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { lecunUniform } from "@tapegrad/tapegrad/nn";
 * import { assert } from "@std/assert";
 *
 * const w = lecunUniform(new Random(0), [48, 10]);
 * assert(w.dataSync().every((v) => Math.abs(v) <= 0.25));
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the weights, of at least two dimensions.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {ShapeError} if the shape has fewer than two dimensions.
 */
export function lecunUniform(random: Random, shape: Shape, options: CreateOptions = {}): Tensor {
  options = checkArguments(random, options);
  shape = copied(shape);
  return uniform(random, shape, options, 1 / fans(shape)[0]);
}

/**
 * Draws weights that keep the variance of signals on the way forward, normally distributed; the
 * choice for `selu`.
 *
 * - **Formula**: normal with variance `1 / fanIn`, cut off like {@link glorotNormal}.
 * - **Shapes**: fans as for {@link glorotUniform}.
 * - **Source**: Y. LeCun et al., 1998; Keras's `LecunNormal`.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { lecunNormal } from "@tapegrad/tapegrad/nn";
 * import { assert } from "@std/assert";
 *
 * const w = lecunNormal(new Random(0), [64, 10]);
 * assert(w.dataSync().every((v) => Math.abs(v) < 2.28 / 8));
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the weights, of at least two dimensions.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {ShapeError} if the shape has fewer than two dimensions.
 */
export function lecunNormal(random: Random, shape: Shape, options: CreateOptions = {}): Tensor {
  options = checkArguments(random, options);
  shape = copied(shape);
  return cutNormal(random, shape, options, 1 / fans(shape)[0]);
}

/**
 * Makes an initializer that draws weights of a normal distribution of a chosen width, cut off at
 * two standard deviations.
 *
 * - **Formula**: normal around 0; what is further than `2 std` away is drawn again, so that
 *   the standard deviation of what remains is `0.8796 std`.
 * - **Shapes**: any.
 * - **Source**: Keras's `TruncatedNormal`.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { truncatedNormal } from "@tapegrad/tapegrad/nn";
 * import { assert } from "@std/assert";
 *
 * const w = truncatedNormal(0.02)(new Random(0), [1000]);
 * assert(w.dataSync().every((v) => Math.abs(v) <= 0.04));
 * ```
 *
 * @param std standard deviation before the cut, a number above 0.
 * @returns an initializer.
 * @throws {RangeError} if std is no such number.
 */
export function truncatedNormal(std: number): Initializer {
  if (!(std > 0 && std < Infinity)) {
    throw new RangeError(
      `Cannot make initializer: std must be a number above 0: got ${std}`,
    );
  }
  return (random, shape, options = {}) => randomTruncatedNormal(random, shape, { ...options, std });
}

/**
 * Makes an initializer of weights whose columns are orthogonal and of equal length: products of
 * many such matrices neither grow nor vanish.
 *
 * - **Formula**: a matrix of `KH KW C` rows and O columns of normal numbers, made orthonormal (its
 *   columns, or its rows where they are fewer) and multiplied by gain.
 * - **Shapes**: at least two dimensions.
 * - **Source**: A. Saxe, J. McClelland, S. Ganguli: "Exact solutions to the nonlinear dynamics of
 *   learning in deep linear neural networks", ICLR 2014; Keras's `Orthogonal`.
 *
 * @example
 * ```ts
 * import { matmul, Random } from "@tapegrad/tapegrad";
 * import { orthogonal } from "@tapegrad/tapegrad/nn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const w = orthogonal()(new Random(0), [5, 2], { dtype: "float64" });
 * const products = matmul(w, w, { transposeA: true }).dataSync();
 * [1, 0, 0, 1].forEach((v, i) => assertAlmostEquals(products[i], v, 1e-15));
 * ```
 *
 * @param gain length of each column; 1 by default.
 * @returns an initializer.
 * @throws {RangeError} if gain is no finite number.
 */
export function orthogonal(gain = 1): Initializer {
  checkFinite("gain", gain);
  return (random, shape, options = {}) => {
    checkRandom("initialise weights", random);
    checkWeights(shape);
    const columns = shape[shape.length - 1];
    const rows = sizeOf(shape.slice(0, -1));
    const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
    const basis = orthonormalColumns(random, long, short);
    const at = (i: number) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      return rows >= columns ? basis[column][row] : basis[row][column];
    };
    return fromValues(shape, options, (i) => gain * at(i));
  };
}

/**
 * Makes an initializer that sets all parameters to one number: 0 for biases, 1 for scales.
 *
 * - **Formula**: `value`.
 * - **Shapes**: any.
 * - **Source**: Keras's `Constant`, `Zeros` and `Ones`.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { constant } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(constant(0.5)(new Random(0), [2]).toArray(), [0.5, 0.5]);
 * ```
 *
 * @param value the number.
 * @returns an initializer.
 * @throws {RangeError} if value is no finite number.
 */
export function constant(value: number): Initializer {
  checkFinite("value", value);
  return (_random, shape, options = {}) => fromValues(shape, options, () => value);
}

/** Throws unless an initializer was given known options and a generator; returns the options. */
function checkArguments(random: Random, options: CreateOptions): CreateOptions {
  const checked = checkOptions("initialise weights", options, CREATE_OPTIONS);
  checkRandom("initialise weights", random);
  return checked;
}

/** Throws unless a value can make first values of a parameter, or is left out. */
export function checkInitializer(action: string, name: string, initializer: unknown): void {
  if (initializer === undefined || typeof initializer === "function") return;
  throw new TypeError(
    `Cannot ${action}: ${name} must be a function, such as heNormal: got ` +
      formatValue(initializer),
  );
}

/** Returns what an initializer has made; throws unless it is a tensor of the shape it was to have. */
export function checkInitial(name: string, made: Tensor, shape: Shape): Tensor {
  const got = made instanceof Tensor ? formatShape(made.shape) : kindOf(made);
  if (got === formatShape(shape)) return made;
  throw new ShapeError(
    `Cannot initialise weights: ${name} must return a tensor of ${formatShape(shape)}: got ${got}`,
  );
}

/** Standard deviation of the normal distribution cut off at ±2. */
const CUT_DEVIATION = 0.8796256610342398;

function uniform(random: Random, shape: Shape, options: CreateOptions, variance: number): Tensor {
  const limit = Math.sqrt(3 * variance);
  return fromValues(shape, options, () => random.uniform(-limit, limit));
}

function cutNormal(random: Random, shape: Shape, options: CreateOptions, variance: number): Tensor {
  const std = Math.sqrt(variance) / CUT_DEVIATION;
  return randomTruncatedNormal(random, shape, { ...options, std });
}

function fromValues(shape: Shape, options: CreateOptions, value: (i: number) => number): Tensor {
  checkShape("create tensor", shape);
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) => value(i));
  return tensor(values, { ...options, dtype: options.dtype ?? "float32", shape });
}

function sumOf([a, b]: readonly [number, number]): number {
  return a + b;
}

function checkFinite(name: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new RangeError(`Cannot make initializer: ${name} must be a finite number: got ${value}`);
}

function checkWeights(shape: Shape): void {
  if (shape.length >= 2) return;
  throw new ShapeError(
    `Cannot initialise weights: shape must have at least two dimensions: got ${formatShape(shape)}`,
  );
}

/** Counts the inputs that reach an output, and the outputs that an input reaches. */
function fans(shape: Shape): [fanIn: number, fanOut: number] {
  checkWeights(shape);
  const taps = sizeOf(shape.slice(0, -2));
  return [taps * shape[shape.length - 2], taps * shape[shape.length - 1]];
}
