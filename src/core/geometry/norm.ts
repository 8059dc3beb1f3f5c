/**
 * Geometry of normalisations: which elements share a mean and a variance.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatShape, sameShape, type Shape, sizeOf } from "../shape.ts";
import { resolveAxis } from "./reduce.ts";

/**
 * An array seen as `[batch, positions, groups, size]`: elements of one place in the batch and of
 * one group share a mean and a variance, those of one place in group and size a scale and a bias.
 */
export interface NormGeometry {
  /** Parts that are normalised apart. */
  readonly batch: number;
  /** Places of a part that are normalised together. */
  readonly positions: number;
  /** Stretches of a place that are normalised apart. */
  readonly groups: number;
  /** Elements of a stretch. */
  readonly size: number;
  /** Summand of a variance before the root. */
  readonly epsilon: number;
}

/** Computes sizes in which each channel is normalised by itself: x is `[..., C]`. */
export function batchNormGeometry(action: string, x: Shape, epsilon: number): NormGeometry {
  checkRank(action, x, 2, "[N, ..., C]");
  const channels = x[x.length - 1];
  const positions = sizeOf(x.slice(0, -1));
  return { batch: 1, positions, groups: channels, size: 1, epsilon };
}

/**
 * Computes sizes in which each example is normalised by itself: the dimensions from `axis` on
 * together.
 */
export function layerNormGeometry(
  action: string,
  x: Shape,
  axis: number,
  epsilon: number,
): NormGeometry {
  const first = resolveAxis(action, axis, x);
  const [batch, size] = [sizeOf(x.slice(0, first)), sizeOf(x.slice(first))];
  return { batch, positions: 1, groups: 1, size, epsilon };
}

/** Groups of neighbouring channels of each example by themselves: x is `[N, ..., C]`. */
export function groupNormGeometry(
  action: string,
  x: Shape,
  groups: number | undefined,
  epsilon: number,
): NormGeometry {
  checkRank(action, x, 2, "[N, ..., C]");
  const channels = x[x.length - 1];
  const count = groups ?? channels;
  if (groups !== undefined && !(Number.isInteger(count) && count > 0 && channels % count === 0)) {
    throw new RangeError(
      `Cannot ${action}: groups must be a positive integer that divides the channels of x: ` +
        `groups is ${groups}, x is ${formatShape(x)}`,
    );
  }
  const positions = sizeOf(x.slice(1, -1));
  const size = count === 0 ? 0 : channels / count;
  return { batch: x[0], positions, groups: count, size, epsilon };
}

function checkRank(action: string, x: Shape, rank: number, form: string): void {
  if (x.length >= rank) return;
  throw new ShapeError(`Cannot ${action}: x must be ${form}: x is ${formatShape(x)}`);
}

/** Throws a {@link ShapeError} unless parameters have the shape that goes with x. */
export function checkParameters(
  action: string,
  expected: Shape,
  x: Shape,
  parameters: Readonly<Record<string, { readonly shape: Shape } | undefined>>,
): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter === undefined || sameShape(parameter.shape, expected)) continue;
    throw new ShapeError(
      `Cannot ${action}: ${name} must be ${formatShape(expected)}: ` +
        `${name} is ${formatShape(parameter.shape)}, x is ${formatShape(x)}`,
    );
  }
}
