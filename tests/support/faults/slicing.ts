// Faults planted in the kernels that cut, join, and pick or add by indices.

import { mapElements, written } from "./faulty_backend.ts";
import type { KernelFault } from "./kernel_fault.ts";

const DIFFERENCES = "gradients are those of central differences";
const SLICES = "slices are by NumPy's rules, of every dtype";
const JOINS = "parts are joined in their order, of every dtype";
const PICKS = "indices pick, and add in their order, of every dtype";

/** Faults of pieces. */
export const pieceFaults: readonly KernelFault[] = [
  {
    fault: "slice takes a negative step for a positive one",
    plant: (k) => ({
      slice: (x, g) => k.slice(x, { ...g, strides: g.strides.map(Math.abs), offset: 0 }),
    }),
    ops: ["slice", "flip"],
    foundBy: [SLICES],
  },
  {
    fault: "sliceGrad starts at the first element",
    plant: (k) => ({ sliceGrad: (dy, g) => k.sliceGrad(dy, { ...g, offset: 0 }) }),
    ops: ["slice"],
    foundBy: [DIFFERENCES],
  },
  {
    fault: "concat joins the parts in reverse",
    plant: (k) => ({
      concat: (parts, g) => k.concat(parts.toReversed(), { ...g, sizes: g.sizes.toReversed() }),
    }),
    ops: ["concat"],
    foundBy: [DIFFERENCES, JOINS],
  },
  {
    fault: "scatterAdd lets the last update win",
    plant: (k) => ({
      scatterAdd: (base, updates, indices, g) => {
        if (g.alongAxis || g.outer * g.inner !== 1) return k.scatterAdd(base, updates, indices, g);
        const [from, at, sums] = [k.read(updates), k.read(indices), base && k.read(base)];
        return written(k, g.xShape, updates, (y) => {
          if (sums !== null) y.set(sums);
          at.forEach((index, j) => y[index] = (sums?.[index] ?? 0) + from[j]);
        });
      },
    }),
    ops: ["gather", "scatterAdd"],
    foundBy: [DIFFERENCES, "outputs and gradients equal the reference's"],
  },
  {
    fault: "scatterAdd forgets what it adds to",
    plant: (k) => ({
      scatterAdd: (_base, updates, indices, g) => k.scatterAdd(null, updates, indices, g),
    }),
    ops: ["scatterAdd"],
    foundBy: [DIFFERENCES, PICKS],
  },
  {
    fault: "the row of the padding index gets a gradient",
    plant: (k) => ({
      scatterAdd: (base, updates, indices, g) =>
        k.scatterAdd(base, updates, indices, { ...g, skip: -1 }),
    }),
    ops: ["embedding"],
    foundBy: ["the row of a padding index has no gradient"],
  },
  {
    fault: "gather reads indices for elements as indices for rows",
    plant: (k) => ({
      gather: (x, indices, g) => {
        const y = k.gather(x, indices, g);
        if (!g.alongAxis) return y;
        const values = k.read(y);
        return mapElements(k, y, (_, i) => values[i - i % g.inner]);
      },
    }),
    ops: [],
    foundBy: [PICKS],
  },
];
