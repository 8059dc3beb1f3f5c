/**
 * Reference loops over normalisations: means and variances, what they make, and gradients. Sums
 * are kept in float64; a variance is summed around its mean.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { NormGeometry } from "../../core/geometry/mod.ts";

type Visit = (i: number, group: number, channel: number) => void;

/** Visits all elements with the number of their group, and of their scale and bias. */
function forEachElement({ batch, positions, groups, size }: NormGeometry, visit: Visit): void {
  const channels = groups * size;
  const count = batch * positions * channels;
  for (let i = 0; i < count; i++) {
    const channel = i % channels;
    const part = Math.floor(i / (positions * channels));
    visit(i, part * groups + Math.floor(channel / size), channel);
  }
}

/** Computes means of each group, then variances: `y` is `[2, batch, groups]`. */
export function moments(x: TypedArray, y: TypedArray, g: NormGeometry): void {
  const count = g.positions * g.size;
  const [means, squares] = [g, g].map(() => new Float64Array(g.batch * g.groups));
  forEachElement(g, (i, group) => {
    means[group] += x[i] / count;
  });
  forEachElement(g, (i, group) => {
    squares[group] += (x[i] - means[group]) ** 2;
  });
  for (let group = 0; group < means.length; group++) {
    y[group] = count === 0 ? NaN : means[group];
    y[means.length + group] = squares[group] / count;
  }
}

/** Computes per group one over the root of the variance. */
export function inverseDeviations(moments: TypedArray, g: NormGeometry): Float64Array {
  const groups = g.batch * g.groups;
  return Float64Array.from(
    { length: groups },
    (_, i) => 1 / Math.sqrt(moments[groups + i] + g.epsilon),
  );
}

/** Computes `y = (x - mean) / sqrt(variance + epsilon) scale + bias`. */
export function normalize(
  x: TypedArray,
  moments: TypedArray,
  scale: TypedArray | null,
  bias: TypedArray | null,
  y: TypedArray,
  g: NormGeometry,
): void {
  const inverse = inverseDeviations(moments, g);
  forEachElement(g, (i, group, channel) => {
    const normal = (x[i] - moments[group]) * inverse[group];
    y[i] = normal * (scale?.[channel] ?? 1) + (bias?.[channel] ?? 0);
  });
}

/**
 * Computes `dx = (v - mean(v) - n mean(v n)) / deviation`, with `v = dy scale` and n the normalised
 * elements.
 */
export function normalizeGrad(
  dy: TypedArray,
  x: TypedArray,
  moments: TypedArray,
  scale: TypedArray | null,
  dx: TypedArray,
  g: NormGeometry,
): void {
  const inverse = inverseDeviations(moments, g);
  const count = g.positions * g.size;
  const [means, products] = [g, g].map(() => new Float64Array(g.batch * g.groups));
  const normal = (i: number, group: number) => (x[i] - moments[group]) * inverse[group];
  forEachElement(g, (i, group, channel) => {
    const v = dy[i] * (scale?.[channel] ?? 1);
    means[group] += v / count;
    products[group] += v * normal(i, group) / count;
  });
  forEachElement(g, (i, group, channel) => {
    const v = dy[i] * (scale?.[channel] ?? 1);
    dx[i] = inverse[group] * (v - means[group] - normal(i, group) * products[group]);
  });
}

/** Sums over batch and positions of `dy n`, then of `dy`: `y` is `[2, groups * size]`. */
export function normalizeSums(
  dy: TypedArray,
  x: TypedArray,
  moments: TypedArray,
  y: TypedArray,
  g: NormGeometry,
): void {
  const inverse = inverseDeviations(moments, g);
  const channels = g.groups * g.size;
  const sums = new Float64Array(2 * channels);
  forEachElement(g, (i, group, channel) => {
    sums[channel] += dy[i] * (x[i] - moments[group]) * inverse[group];
    sums[channels + channel] += dy[i];
  });
  y.set(sums);
}
