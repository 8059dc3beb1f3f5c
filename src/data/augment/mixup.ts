/**
 * Mixup: examples that are weighted sums of two.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import { allocate, type HostArray, isFloat } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { Random } from "../../random/random.ts";
import { formatShape } from "../../core/shape.ts";
import { checkAnyOrder } from "../dataset/checks.ts";
import { fieldOf } from "../dataset/normalize.ts";
import type { ExampleSource, ReadExamples } from "../dataset/source.ts";

/** Options of mixing examples. */
export interface MixupOptions {
  /** Number of classes; needed where `y` holds class indices. */
  readonly classes?: number;
  /** The smaller, the nearer the weights are to 0 and 1; 0.2 by default. */
  readonly alpha?: number;
  /** Decides the weights and who is mixed with whom; that of the pass by default. */
  readonly seed?: number;
  /** The field of the inputs; `"x"` by default. */
  readonly x?: string;
  /** The field of the labels; `"y"` by default. */
  readonly y?: string;
}

const ACTION = "mix examples";

/** Makes a source of examples that are mixed with others. */
export function mixupSource(source: ExampleSource, options: MixupOptions): ExampleSource {
  options = checkOptions(ACTION, options, "classes# alpha# seed# x y");
  const { classes, alpha = 0.2, seed, x = "x", y = "y" } = options;
  if (classes !== undefined) checkInteger(ACTION, "classes", classes, 1);
  if (!(alpha > 0 && alpha < Infinity)) {
    throw new RangeError(`Cannot ${ACTION}: alpha must be a positive number: got ${alpha}`);
  }
  if (seed !== undefined) checkInteger(ACTION, "seed", seed);
  checkAnyOrder(ACTION, source);
  return {
    ...source,
    open(pass) {
      const reader = source.open(pass);
      const random = new Random(seed ?? pass.seed).split("mixup").split(pass.epoch);
      return {
        async read(positions) {
          const examples = await reader.read(positions);
          const draws = Array.from(examples.indices, (index) => {
            const own = random.split(index);
            return { other: own.integer(source.size), weight: beta(own, alpha) };
          });
          const others = await reader.read(Int32Array.from(draws, ({ other }) => other));
          const weights = draws.map(({ weight }) => weight);
          const mixed = (name: string, values: (array: HostArray) => HostArray) => ({
            [name]: mix(values(fieldOf(ACTION, examples.fields, name)), weights, {
              other: values(fieldOf(ACTION, others.fields, name)),
            }),
          });
          return {
            indices: examples.indices,
            fields: {
              ...examples.fields,
              ...mixed(x, (array) => checkInputs(x, array)),
              ...mixed(y, (array) => distributionsOf(y, array, classes)),
            },
          } satisfies ReadExamples;
        },
        close: () => reader.close(),
      };
    },
  };
}

function mix(
  { shape, dtype, data }: HostArray,
  weights: readonly number[],
  { other }: { other: HostArray },
): HostArray {
  const mixed = allocate(dtype, data.length);
  const row = data.length / Math.max(weights.length, 1);
  for (let i = 0; i < data.length; i++) {
    const weight = weights[Math.floor(i / row)];
    mixed[i] = weight * data[i] + (1 - weight) * other.data[i];
  }
  return { shape, dtype, data: mixed };
}

function checkInputs(name: string, array: HostArray): HostArray {
  if (isFloat(array.dtype)) return array;
  throw new ShapeError(
    `Cannot ${ACTION}: inputs must be floats, normalize() makes them: ` +
      `${name} is ${array.dtype} ${formatShape(array.shape)}`,
  );
}

/** Labels as distributions over the classes. */
function distributionsOf(
  name: string,
  labels: HostArray,
  classes: number | undefined,
): HostArray {
  const { shape, dtype, data } = labels;
  if (isFloat(dtype)) return labels;
  if (shape.length !== 1 || classes === undefined) {
    throw new ShapeError(
      `Cannot ${ACTION}: labels must be class indices [N], with the number of classes, or ` +
        `distributions of floats: ${name} is ${dtype} ${formatShape(shape)}, classes is ${
          String(classes)
        }`,
    );
  }
  const rows = new Float32Array(data.length * classes);
  data.forEach((label, i) => {
    if (label < 0 || label >= classes) {
      throw new RangeError(
        `Cannot ${ACTION}: labels must be from 0 to ${classes - 1}: ${name} has ${label}`,
      );
    }
    rows[i * classes + label] = 1;
  });
  return { shape: [data.length, classes], dtype: "float32", data: rows };
}

/**
 * Draws a number of the distribution Beta(alpha, alpha): the share of one of two gamma variates.
 */
function beta(random: Random, alpha: number): number {
  const [a, b] = [gamma(random, alpha), gamma(random, alpha)];
  // For tiny alpha both may be below the smallest number: then it is one or the other.
  return a + b === 0 ? Math.round(random.uniform()) : a / (a + b);
}

/**
 * Draws a number of the gamma distribution.
 *
 * - **Source**: G. Marsaglia, W. W. Tsang: "A simple method for generating gamma variables", ACM
 *   Transactions on Mathematical Software 26, 2000.
 */
function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  while (true) {
    const normal = random.normal();
    const v = (1 + c * normal) ** 3;
    if (v <= 0) continue;
    const limit = normal * normal / 2 + d - d * v + d * Math.log(v);
    if (Math.log(1 - random.uniform()) < limit) return d * v;
  }
}
