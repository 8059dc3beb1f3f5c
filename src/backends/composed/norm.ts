/**
 * Normalisation and its gradients, composed of primitives.
 *
 * @module
 */
import { concatGeometry, type NormGeometry } from "../../core/geometry/mod.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import type { Primitives } from "./primitives.ts";
import { computed, type Scratch, shaped } from "./scratch.ts";

/** The kernels of normalisation; sums are made in the dtype of the elements. */
export function normKernels(
  k: Primitives,
): Pick<Kernels, "moments" | "normalize" | "normalizeGrad" | "normalizeSums"> {
  return {
    moments: (x, g) =>
      computed(k, (s) => {
        const parts = byGroup(x, g);
        const mean = s.reduce("mean", parts, [1, 3]);
        const variance = s.reduce("mean", s.map("square", s.sub(parts, mean)), [1, 3]);
        return joined(s, mean, variance, [g.batch, g.groups]);
      }),
    normalize: (x, moments, scale, bias, g) =>
      shaped(
        computed(k, (s) => {
          const { normal } = normalised(s, x, moments, g);
          const scaled = scale === null ? normal : s.mul(normal, byChannel(scale, g));
          return bias === null ? scaled : s.add(scaled, byChannel(bias, g));
        }),
        x.shape,
      ),
    normalizeGrad: (dy, x, moments, scale, g) =>
      shaped(
        computed(k, (s) => {
          const { normal, inverse } = normalised(s, x, moments, g);
          const parts = byGroup(dy, g);
          const v = scale === null ? parts : s.mul(parts, byChannel(scale, g));
          const mean = s.reduce("mean", v, [1, 3]);
          const product = s.reduce("mean", s.mul(v, normal), [1, 3]);
          return s.mul(inverse, s.sub(s.sub(v, mean), s.mul(normal, product)));
        }),
        x.shape,
      ),
    normalizeSums: (dy, x, moments, g) =>
      computed(k, (s) => {
        const { normal } = normalised(s, x, moments, g);
        const parts = byGroup(dy, g);
        const products = s.reduce("sum", s.mul(parts, normal), [0, 1]);
        return joined(s, products, s.reduce("sum", parts, [0, 1]), [g.groups * g.size]);
      }),
  };
}

function byGroup(x: NdArray, g: NormGeometry): NdArray {
  return shaped(x, [g.batch, g.positions, g.groups, g.size]);
}

function byChannel(x: NdArray, g: NormGeometry): NdArray {
  return shaped(x, [1, 1, g.groups, g.size]);
}

/** Computes elements less their mean, divided by the deviation, and one over the deviation. */
function normalised(s: Scratch, x: NdArray, moments: NdArray, g: NormGeometry) {
  const count = g.batch * g.groups;
  const [mean, variance] = [0, 1].map((row) =>
    shaped(
      s.own(s.k.slice(moments, {
        xShape: [2, count],
        offset: row * count,
        counts: [1, count],
        strides: [count, 1],
        shape: [1, count],
      })),
      [g.batch, 1, g.groups, 1],
    )
  );
  const inverse = s.div(1, s.map("sqrt", s.add(variance, g.epsilon)));
  return { normal: s.mul(s.sub(byGroup(x, g), mean), inverse), inverse };
}

/** Puts two arrays one after the other. */
function joined(s: Scratch, a: NdArray, b: NdArray, shape: readonly number[]): NdArray {
  const parts = [a, b].map((x) => shaped(x, [1, ...shape]));
  return s.own(s.k.concat(parts, concatGeometry(parts.map((x) => x.shape), 0)));
}
