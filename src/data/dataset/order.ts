/**
 * Choice and order of examples: shuffling, taking some, splitting in two.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import { Random } from "../../random/random.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import { checkAnyOrder } from "./checks.ts";
import { arrangeSource, type ExampleSource, type Fields, range, readAll } from "./source.ts";

/** Options of splitting a dataset. */
export interface DatasetSplitOptions {
  /** Share of the examples that are for validation, between 0 and 1. */
  readonly validation: number;
  /** Decides which; 0 by default. */
  readonly seed?: number;
  /** A field of class indices: then each class is split in this proportion. */
  readonly stratify?: string;
}

/** Shuffles all examples anew every epoch, a function of seed and epoch. */
export function shuffleSource(source: ExampleSource, seed: number | undefined): ExampleSource {
  if (seed !== undefined) checkInteger("shuffle dataset", "seed", seed);
  checkAnyOrder("shuffle dataset", source);
  return arrangeSource(source, {
    size: source.size,
    fixedOrder: false,
    order(pass) {
      const random = new Random(seed ?? pass.seed).split("shuffle").split(pass.epoch);
      const order = random.permutation(source.size);
      return (position) => order[position];
    },
  });
}

/** Takes the examples from position `start`, at most `count` of them. */
export function sliceSource(
  source: ExampleSource,
  start: number,
  count: number = Infinity,
): ExampleSource {
  const size = Math.min(count, Math.max(source.size - start, 0));
  return arrangeSource(source, { size, order: () => (position) => start + position });
}

/** Splits the examples of a source in two. */
export async function splitSource(
  source: ExampleSource,
  options: DatasetSplitOptions,
): Promise<{ train: ExampleSource; validation: ExampleSource }> {
  const action = "split dataset";
  options = checkOptions(action, options, "validation# seed# stratify");
  const { validation, seed = 0, stratify } = options;
  if (!(validation > 0 && validation < 1)) {
    throw new RangeError(
      `Cannot ${action}: validation must be a share between 0 and 1: got ${String(validation)}`,
    );
  }
  checkInteger(action, "seed", seed);
  if (!source.fixedOrder) {
    throw new TypeError(
      `Cannot ${action}: it must not be shuffled yet, or examples would change sides from epoch ` +
        "to epoch: shuffle the parts",
    );
  }
  const count = Math.round(source.size * validation);
  if (count === 0 || count === source.size) {
    throw new RangeError(
      `Cannot ${action}: both parts must have examples: validation is ${validation} of ` +
        `${source.size}`,
    );
  }
  const random = new Random(seed).split("split");
  const groups = stratify === undefined
    ? [range(0, source.size)]
    : await groupsByLabel(action, source, stratify);
  const chosen = choose(groups, count, source.size, random);
  const part = (side: boolean) => {
    const positions = range(0, source.size).filter((position) => chosen.has(position) === side);
    return arrangeSource(source, { size: positions.length, order: () => (i) => positions[i] });
  };
  return { train: part(false), validation: part(true) };
}

/** Chooses positions of `count` examples, from each group its share. */
function choose(
  groups: readonly Int32Array[],
  count: number,
  size: number,
  random: Random,
): Set<number> {
  // Rounded down, and one more for the groups that lost most: the counts add up to `count`.
  const shares = groups.map(({ length }) => length * count / size);
  const counts = shares.map(Math.floor);
  const missing = count - counts.reduce((a, b) => a + b, 0);
  const byLoss = shares.map((share, i) => ({ i, loss: share - counts[i] }))
    .sort((a, b) => b.loss - a.loss || a.i - b.i);
  for (const { i } of byLoss.slice(0, missing)) counts[i]++;
  return new Set(groups.flatMap((group, i) => {
    const order = random.split(i).permutation(group.length);
    return [...order.subarray(0, counts[i])].map((place) => group[place]);
  }));
}

/** Lists the positions of each class, by rising class. */
async function groupsByLabel(
  action: string,
  source: ExampleSource,
  field: string,
): Promise<Int32Array[]> {
  checkAnyOrder(action, source);
  const labels = await readLabels(action, source, field);
  const groups = new Map<number, number[]>();
  labels.forEach((label, position) => {
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [position]);
    else group.push(position);
  });
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => Int32Array.from(group));
}

async function readLabels(
  action: string,
  source: ExampleSource,
  field: string,
): Promise<Int32Array> {
  const labels = new Int32Array(source.size);
  let done = 0;
  for await (const { fields, indices } of readAll(source, { names: [field] })) {
    labels.set(checkLabelField(action, fields, field), done);
    done += indices.length;
  }
  return labels;
}

function checkLabelField(
  action: string,
  fields: Fields,
  field: string,
): ArrayLike<number> {
  if (!Object.hasOwn(fields, field)) {
    throw new TypeError(
      `Cannot ${action}: stratify must name a field: there is no ${field}`,
    );
  }
  const { shape, dtype, data } = fields[field];
  if (shape.length !== 1 || (dtype !== "int32" && dtype !== "uint8")) {
    throw new ShapeError(
      `Cannot ${action}: stratify must name class indices, int32 or uint8 [N]: ` +
        `${field} is ${dtype} ${formatShape(shape)}`,
    );
  }
  return data;
}
