/**
 * Tensors of random numbers, made on the host: the same ones on every backend and any number of
 * threads.
 *
 * @module
 */
import { CREATE_OPTIONS, type CreateOptions, tensor } from "../core/create.ts";
import { allocate, checkDType, type DType, isFloat, type TypedArray } from "../core/dtype.ts";
import { checkOptions, copied } from "../core/options.ts";
import { ShapeError } from "../core/errors.ts";
import { checkRandom } from "./check_random.ts";
import { numberBelow, numberFrom } from "./interval.ts";
import type { Random } from "./random.ts";
import { checkShape, type Shape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";

const WORD = 2 ** 32;

/** Options of {@link randomUniform}. */
export interface UniformOptions extends CreateOptions {
  /** Smallest number; 0 by default. */
  readonly low?: number;
  /** Upper end, not included; 1 by default. */
  readonly high?: number;
}

const UNIFORM_OPTIONS = "dtype backend low# high#";

/** Options of {@link randomNormal}. */
export interface NormalOptions extends CreateOptions {
  /** Centre; 0 by default. */
  readonly mean?: number;
  /** Standard deviation; 1 by default. */
  readonly std?: number;
}

const NORMAL_OPTIONS = "dtype backend mean# std#";

/** Options of {@link randomTruncatedNormal}. */
export interface TruncatedNormalOptions extends NormalOptions {
  /** Numbers further from the mean than this many standard deviations are drawn again; 2 by default. */
  readonly limit?: number;
}

const TRUNCATED_OPTIONS = "dtype backend mean# std# limit#";

/** Options of {@link randomBernoulli}. */
export interface BernoulliOptions extends CreateOptions {
  /** Probability of a one; 1/2 by default. */
  readonly probability?: number;
}

const BERNOULLI_OPTIONS = "dtype backend probability#";

/**
 * Draws uniformly distributed numbers.
 *
 * - **Formula**: `low + (high - low) u`, u a multiple of 2⁻²⁴ (float32) or 2⁻⁵³ (float64) in [0,
 *   1).
 * - **Gradient**: none, a constant.
 * - **Edge cases**: no number is below low or as large as high: what rounding to the dtype would
 *   put there is the nearest number of the interval. In float64 the numbers are those of
 *   `random.uniform`.
 *
 * @example
 * ```ts
 * import { Random, randomUniform } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const draw = () => randomUniform(new Random(7).split("noise"), [2, 3]);
 * assertEquals(draw().toArray(), draw().toArray());
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the tensor.
 * @param options `low`, `high`, dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {RangeError} if low is not below high, or the dtype has no number between them.
 * @throws {ShapeError} if the dtype is no float.
 * @throws {TypeError} if random is no generator.
 */
export function randomUniform(
  random: Random,
  shape: Shape,
  options: UniformOptions = {},
): Tensor {
  options = checkOptions("draw uniform numbers", options, UNIFORM_OPTIONS);
  shape = copied(shape);
  const { low = 0, high = 1, dtype = "float32" } = options;
  checkFloat(random, "uniform numbers", shape, dtype);
  if (!(low < high && Number.isFinite(high - low))) {
    throw new RangeError(
      `Cannot draw uniform numbers: low must be below high: low is ${low}, high is ${high}`,
    );
  }
  const least = numberFrom(low, dtype), most = numberBelow(high, dtype);
  if (least > most) {
    throw new RangeError(
      `Cannot draw uniform numbers: ${dtype} must have numbers from low up to high: it has none ` +
        `from ${low} up to ${high}`,
    );
  }
  const units = standardUniforms(random, sizeOf(shape), dtype);
  for (let i = 0; i < units.length; i++) {
    units[i] = Math.min(Math.max(low + (high - low) * units[i], least), most);
  }
  return finish(units, shape, options);
}

/**
 * Numbers of the normal distribution (Box-Muller transform).
 *
 * - **Formula**: `mean + std z`.
 * - **Gradient**: none, a constant.
 * - **Edge cases**: float32 numbers are within 6.7 deviations; in float64 the numbers are those of
 *   `random.normal`.
 * - **Source**: G. E. P. Box, M. E. Muller: "A note on the generation of random normal deviates", 1958.
 *
 * @example
 * ```ts
 * import { Random, randomNormal } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const noise = randomNormal(new Random(0), [4], { std: 0.1 });
 * assertEquals([noise.shape, noise.dtype], [[4], "float32"]);
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the tensor.
 * @param options `mean`, `std`, dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {RangeError} if mean is not finite, or std below 0 or not finite.
 * @throws {ShapeError} if the dtype is no float.
 * @throws {TypeError} if random is no generator.
 */
export function randomNormal(random: Random, shape: Shape, options: NormalOptions = {}): Tensor {
  options = checkOptions("draw normal numbers", options, NORMAL_OPTIONS);
  shape = copied(shape);
  const { dtype = "float32" } = options;
  checkFloat(random, "normal numbers", shape, dtype);
  return finish(
    scaled("normal numbers", standardNormals(random, sizeOf(shape), dtype), options),
    shape,
    options,
  );
}

/**
 * Draws numbers of the normal distribution without its tails: those too far out are drawn again.
 *
 * - **Formula**: `mean + std z`, `|z| <= limit`.
 * - **Gradient**: none, a constant.
 * - **Source**: the rule of TensorFlow's `truncated_normal`, whose limit is 2.
 *
 * @example
 * ```ts
 * import { Random, randomTruncatedNormal } from "@tapegrad/tapegrad";
 * import { assert } from "@std/assert";
 *
 * const x = randomTruncatedNormal(new Random(0), [1000], { std: 0.5 });
 * assert(x.dataSync().every((v) => Math.abs(v) <= 1));
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the tensor.
 * @param options `mean`, `std`, `limit`, dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {RangeError} if a number is out of range; limit must be above 0.
 * @throws {ShapeError} if the dtype is no float.
 * @throws {TypeError} if random is no generator.
 */
export function randomTruncatedNormal(
  random: Random,
  shape: Shape,
  options: TruncatedNormalOptions = {},
): Tensor {
  options = checkOptions("draw truncated normal numbers", options, TRUNCATED_OPTIONS);
  shape = copied(shape);
  const what = "truncated normal numbers";
  const { limit = 2, dtype = "float32" } = options;
  checkFloat(random, what, shape, dtype);
  if (!(limit > 0)) {
    throw new RangeError(`Cannot draw ${what}: limit must be above 0: got ${limit}`);
  }
  const z = allocate(dtype, sizeOf(shape));
  for (let filled = 0; filled < z.length;) {
    for (const candidate of candidates(random, z.length - filled, dtype, limit)) {
      z[filled++] = candidate;
    }
  }
  return finish(scaled(what, z, options), shape, options);
}

/**
 * Draws up to `count` standard normal numbers within a limit: normal ones that are, or, where few
 * would be, uniform ones taken as often as their density says.
 */
function candidates(random: Random, count: number, dtype: DType, limit: number): TypedArray {
  if (limit > 1) {
    return standardNormals(random, count, dtype).filter((z) => Math.abs(z) <= limit);
  }
  const heights = standardUniforms(random, count, dtype);
  return standardUniforms(random, count, dtype)
    .map((u) => limit * (2 * u - 1))
    .filter((z, i) => heights[i] < Math.exp(-z * z / 2));
}

/**
 * Draws zeros and ones: masks.
 *
 * - **Formula**: 1 with the probability given, else 0.
 * - **Gradient**: none, a constant.
 * - **Edge cases**: never for probability 0, always for 1; else the probability is rounded to a
 *   multiple of 2⁻³².
 *
 * @example
 * ```ts
 * import { Random, randomBernoulli } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(randomBernoulli(new Random(0), [3], { probability: 1 }).toArray(), [1, 1, 1]);
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the tensor.
 * @param options `probability`, dtype (uint8 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {RangeError} if probability is not from 0 to 1.
 * @throws {TypeError} if random is no generator.
 */
export function randomBernoulli(
  random: Random,
  shape: Shape,
  options: BernoulliOptions = {},
): Tensor {
  options = checkOptions("draw zeros and ones", options, BERNOULLI_OPTIONS);
  shape = copied(shape);
  const { probability = 0.5, dtype = "uint8" } = options;
  const what = "zeros and ones";
  checkDType(`draw ${what}`, dtype);
  checkRandom(`draw ${what}`, random);
  checkShape(`draw ${what}`, shape);
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(
      `Cannot draw ${what}: probability must be from 0 to 1: got ${probability}`,
    );
  }
  const words = random.words(sizeOf(shape));
  const data = allocate(dtype, words.length);
  const threshold = probability * WORD;
  for (let i = 0; i < data.length; i++) data[i] = words[i] < threshold ? 1 : 0;
  return finish(data, shape, options);
}

/**
 * Draws integers from `low` up to, but without, `high`; every one equally likely.
 *
 * - **Gradient**: none, integers.
 * - **Edge cases**: words that would make some integers likelier are drawn again.
 *
 * @example
 * ```ts
 * import { Random, randomIntegers } from "@tapegrad/tapegrad";
 * import { assert } from "@std/assert";
 *
 * const dice = randomIntegers(new Random(0), [100], 1, 7);
 * assert(dice.dataSync().every((n) => n >= 1 && n <= 6));
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the tensor.
 * @param low the smallest integer.
 * @param high upper end, not included.
 * @param options dtype (int32 by default; one that holds all of them) and backend.
 * @returns a tensor that no tape knows.
 * @throws {RangeError} if low and high are no integers in their order, or the dtype cannot hold them.
 * @throws {TypeError} if random is no generator.
 */
export function randomIntegers(
  random: Random,
  shape: Shape,
  low: number,
  high: number,
  options: CreateOptions = {},
): Tensor {
  options = checkOptions("draw integers", options, CREATE_OPTIONS);
  shape = copied(shape);
  const { dtype = "int32" } = options;
  checkDType("draw integers", dtype);
  checkRandom("draw integers", random);
  checkShape("draw integers", shape);
  const [least, most] = dtype === "uint8" ? [0, 256] : [-(2 ** 31), 2 ** 31];
  const isRange = Number.isInteger(low) && Number.isInteger(high) && low < high;
  if (!isRange || low < least || high > most) {
    throw new RangeError(
      `Cannot draw integers: low and high must be integers from ${least} to ${most}, low the ` +
        `smaller, for ${dtype}: low is ${low}, high is ${high}`,
    );
  }
  const span = high - low;
  const limit = WORD - WORD % span;
  const data = allocate(dtype, sizeOf(shape));
  for (let filled = 0; filled < data.length;) {
    for (const word of random.words(data.length - filled)) {
      if (word < limit) data[filled++] = low + word % span;
    }
  }
  return finish(data, shape, options);
}

/** Draws multiples of 2⁻²⁴ in float32, of 2⁻⁵³ in float64. */
function standardUniforms(random: Random, count: number, dtype: DType): TypedArray {
  const units = allocate(dtype, count);
  if (dtype === "float32") {
    const words = random.words(count);
    for (let i = 0; i < count; i++) units[i] = (words[i] >>> 8) / 2 ** 24;
  } else {
    for (let i = 0; i < count; i++) units[i] = random.uniform();
  }
  return units;
}

/** Draws pairs of normal numbers: in float32 of a word each, in float64 of two. */
function standardNormals(random: Random, count: number, dtype: DType): TypedArray {
  const normals = allocate(dtype, count);
  const isSingle = dtype === "float32";
  const words = random.words((isSingle ? 1 : 2) * 2 * Math.ceil(count / 2));
  for (let i = 0; i < count; i += 2) {
    // Never 0, of which there is no logarithm.
    const fromZero = isSingle ? (words[i] + 1) / WORD : 1 - unit(words[2 * i], words[2 * i + 1]);
    const turn = isSingle ? words[i + 1] / WORD : unit(words[2 * i + 2], words[2 * i + 3]);
    const radius = Math.sqrt(-2 * Math.log(fromZero));
    const angle = 2 * Math.PI * turn;
    normals[i] = radius * Math.cos(angle);
    if (i + 1 < count) normals[i + 1] = radius * Math.sin(angle);
  }
  return normals;
}

/** Makes a number from 0 up to, but without, 1 of 53 bits of two words. */
function unit(high: number, low: number): number {
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

function scaled(what: string, z: TypedArray, options: NormalOptions): TypedArray {
  const { mean = 0, std = 1 } = options;
  if (!(Number.isFinite(mean) && std >= 0 && std < Infinity)) {
    throw new RangeError(
      `Cannot draw ${what}: mean must be finite and std at least 0: ` +
        `mean is ${mean}, std is ${std}`,
    );
  }
  if (mean !== 0 || std !== 1) {
    for (let i = 0; i < z.length; i++) z[i] = mean + std * z[i];
  }
  return z;
}

function checkFloat(random: Random, what: string, shape: Shape, dtype: DType): void {
  const action = `draw ${what}`;
  checkRandom(action, random);
  checkShape(action, shape);
  if (!isFloat(dtype)) {
    throw new ShapeError(`Cannot ${action}: dtype must be float32 or float64: got ${dtype}`);
  }
}

function finish(data: TypedArray, shape: Shape, { backend }: CreateOptions): Tensor {
  return tensor(data, { shape, backend });
}
