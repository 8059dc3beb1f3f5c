/**
 * Normalisation: elements that share a mean and a variance, brought to mean 0 and variance 1, then
 * scaled and shifted. `batchNorm`, `layerNorm` and `groupNorm` are this with other groups.
 *
 * With n = (x - mean) r, r = 1 / sqrt(variance + epsilon), the Jacobian of n by x within a group of
 * N elements is `J = r (I - 1 1ᵀ / N - n nᵀ / N)`, which is symmetric. Mean and variance are
 * inputs of the ops so that they are computed once, but J counts what they do: they have no
 * gradients of their own here.
 *
 * @module
 */
import { once } from "../../src/core/once.ts";
import type { NormGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { div } from "../elementwise/div.ts";
import { mul } from "../elementwise/mul.ts";
import { neg } from "../elementwise/neg.ts";
import { sqrt } from "../elementwise/sqrt.ts";
import { sub } from "../elementwise/sub.ts";
import { mean } from "../reduce/mean.ts";
import { sum } from "../reduce/sum.ts";
import { pad } from "../shape/pad.ts";
import { reshape } from "../shape/reshape.ts";

/** Computes means and variances of the groups, `[2, batch, groups]`; variances are divided by N. */
export function momentsOf(x: Tensor, g: NormGeometry): Tensor {
  return apply(momentsOp, { x }, g);
}

/** Takes row 0 or 1 of a tensor of two rows, in another shape. */
export function rowOf(pair: Tensor, row: 0 | 1, shape: readonly number[]): Tensor {
  const others = pair.shape.slice(1).map(() => [0, 0] as const);
  return reshape(pad(pair, [[-row, row - 1], ...others]), shape);
}

/** The op of {@link momentsOf}. */
export const momentsOp: Op<readonly ["x"], "x" | "y", NormGeometry> = /* @__PURE__ */ defineOp({
  name: "moments",
  inputs: ["x"],
  reads: ["x", "y"],
  forward: (k, { x }, g: NormGeometry) => k.moments(x, g),
  backward: (dy, { x, y }, g) => ({
    x: () => {
      const count = g.positions * g.size;
      const centred = sub(grouped(x, g), perGroup(y, 0, g));
      const fromVariance = mul(centred, div(perGroup(dy, 1, g), count / 2));
      return reshape(add(fromVariance, div(perGroup(dy, 0, g), count)), x.shape);
    },
  }),
});

/** Normalised, scaled, shifted; x's gradient counts what moments do. */
export const normalizeOp: Op<
  readonly ["x", "moments", "scale?", "bias?"],
  "x" | "moments" | "scale",
  NormGeometry
> = /* @__PURE__ */ defineOp({
  name: "normalize",
  inputs: ["x", "moments", "scale?", "bias?"],
  reads: ["x", "moments", "scale"],
  forward: (k, { x, moments, scale, bias }, g: NormGeometry) =>
    k.normalize(x, moments, scale ?? null, bias ?? null, g),
  backward: (dy, { x, moments, scale }, g) => {
    const sums = once(() => apply(normalizeSumsOp, { dy, x, moments }, g));
    return {
      x: () => apply(normalizeGradOp, { dy, x, moments, scale }, g),
      moments: null, // counted by x
      scale: () => rowOf(sums(), 0, [g.groups * g.size]),
      bias: () => rowOf(sums(), 1, [g.groups * g.size]),
    };
  },
});

/** `J (dy scale)`: the gradient of normalize with respect to x. */
export const normalizeGradOp: Op<
  readonly ["dy", "x", "moments", "scale?"],
  "dy" | "x" | "moments" | "scale" | "y",
  NormGeometry
> = /* @__PURE__ */ defineOp({
  name: "normalizeGrad",
  inputs: ["dy", "x", "moments", "scale?"],
  reads: ["dy", "x", "moments", "scale", "y"],
  forward: (k, { dy, x, moments, scale }, g: NormGeometry) =>
    k.normalizeGrad(dy, x, moments, scale ?? null, g),
  backward: (ddx, { dy, x, moments, scale, y }, g) => {
    const turned = once(() => apply(normalizeGradOp, { dy: ddx, x, moments }, g));
    const channels = [g.groups, g.size];
    return {
      dy: () =>
        scale === undefined
          ? turned()
          : reshape(mul(grouped(turned(), g), reshape(scale, channels)), x.shape),
      x: () => secondByX(ddx, { dy, x, moments, scale, y, turned: turned() }, g),
      moments: null, // counted by x
      scale: () => {
        const products = reshape(mul(dy, turned()), [g.batch * g.positions, g.groups * g.size]);
        return sum(products, { axis: 0 });
      },
    };
  },
});

/** Sums of `dy n` and of `dy`: the gradients of normalize with respect to scale and bias. */
export const normalizeSumsOp: Op<
  readonly ["dy", "x", "moments"],
  "dy" | "x" | "moments",
  NormGeometry
> = /* @__PURE__ */ defineOp({
  name: "normalizeSums",
  inputs: ["dy", "x", "moments"],
  reads: ["dy", "x", "moments"],
  forward: (k, { dy, x, moments }, g: NormGeometry) => k.normalizeSums(dy, x, moments, g),
  backward: (dsums, { dy, x, moments }, g) => {
    const row = (i: 0 | 1) => rowOf(dsums, i, [g.groups * g.size]);
    return {
      dy: () => apply(normalizeOp, { x, moments, scale: row(0), bias: row(1) }, g),
      x: () => apply(normalizeGradOp, { dy, x, moments, scale: row(0) }, g),
      moments: null, // counted by x
    };
  },
});

interface SecondInputs {
  readonly dy: Tensor;
  readonly x: Tensor;
  readonly moments: Tensor;
  readonly scale?: Tensor;
  /** J v, v being dy scaled: the gradient that is differentiated. */
  readonly y: Tensor;
  /** J u, u being what it is weighed with. */
  readonly turned: Tensor;
}

/**
 * Computes the gradient of `<u, J v>` by x: r turns by `-r² n / N` and n by J, which gives `-r (n
 * mean(u J v) + mean(v n) J u + mean(u n) J v)`.
 */
function secondByX(
  u: Tensor,
  { dy, x, moments, scale, y, turned }: SecondInputs,
  g: NormGeometry,
): Tensor {
  const normal = grouped(apply(normalizeOp, { x, moments }, g), g);
  const weight = grouped(u, g);
  const gradient = grouped(y, g);
  const v = scale === undefined
    ? grouped(dy, g)
    : mul(grouped(dy, g), reshape(scale, [g.groups, g.size]));
  const average = (t: Tensor) => mean(t, { axis: [1, 3], keepDims: true });
  const inner = add(
    mul(normal, average(mul(weight, gradient))),
    add(
      mul(average(mul(v, normal)), grouped(turned, g)),
      mul(average(mul(weight, normal)), gradient),
    ),
  );
  return reshape(neg(mul(inner, inverseDeviation(moments, g))), x.shape);
}

/** Computes `1 / sqrt(variance + epsilon)`, against grouped elements. */
export function inverseDeviation(moments: Tensor, g: NormGeometry): Tensor {
  return div(1, sqrt(add(perGroup(moments, 1, g), g.epsilon)));
}

/** Shapes elements by batch, position, group and place in the group. */
export function grouped(x: Tensor, { batch, positions, groups, size }: NormGeometry): Tensor {
  return reshape(x, [batch, positions, groups, size]);
}

/** Shapes means (row 0) or variances (row 1), against grouped elements. */
export function perGroup(pair: Tensor, row: 0 | 1, g: NormGeometry): Tensor {
  return rowOf(pair, row, [g.batch, 1, g.groups, 1]);
}
