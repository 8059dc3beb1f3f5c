// Faults planted in the kernels of normalisation and dropout, each with the checks that must find it.

import { mapElements } from "./faulty_backend.ts";
import type { KernelFault } from "./kernel_fault.ts";

const DIFFERENCES = "gradients are those of central differences";
const REFERENCE = "outputs and gradients equal the reference's";
const NORMS = "normalisation is by definition";

/** Faults of normalisation and dropout. */
export const normFaults: readonly KernelFault[] = [
  {
    fault: "variances are divided by one less than the count",
    plant: (k) => ({
      moments: (x, g) => {
        const count = g.positions * g.size;
        const ofVariance = g.batch * g.groups;
        return mapElements(
          k,
          k.moments(x, g),
          (v, i) => i >= ofVariance && count > 1 ? v * count / (count - 1) : v,
        );
      },
    }),
    ops: ["normalize"],
    foundBy: [NORMS, DIFFERENCES, REFERENCE],
  },
  {
    fault: "epsilon is added after the root",
    plant: (k) => ({
      normalize: (x, moments, scale, bias, g) => {
        const groups = g.batch * g.groups;
        const wrong = mapElements(
          k,
          k.copy(moments),
          (v, i) => i < groups ? v : (Math.sqrt(v) + g.epsilon) ** 2 - g.epsilon,
        );
        return k.normalize(x, wrong, scale, bias, g);
      },
    }),
    ops: ["normalize"],
    foundBy: [NORMS, DIFFERENCES],
  },
  {
    fault: "the gradient takes mean and variance for constants",
    plant: (k) => ({
      normalizeGrad: (dy, x, moments, scale, g) => {
        const n = k.normalize(x, moments, scale, null, g);
        const zeros = mapElements(k, n, () => 0);
        const [groups, seeds] = [g.groups * g.size, k.read(dy)];
        const [centers, factors] = [k.read(moments), scale && k.read(scale)];
        return mapElements(k, zeros, (_, i) => {
          const channel = i % groups;
          const group = Math.floor(i / (g.positions * groups)) * g.groups +
            Math.floor(channel / g.size);
          const variance = centers[g.batch * g.groups + group];
          return seeds[i] * (factors?.[channel] ?? 1) / Math.sqrt(variance + g.epsilon);
        });
      },
    }),
    ops: ["normalize"],
    foundBy: [DIFFERENCES],
  },
  {
    fault: "scale and bias swap their gradients",
    plant: (k) => ({
      normalizeSums: (dy, x, moments, g) => {
        const sums = k.normalizeSums(dy, x, moments, g);
        const right = k.read(sums);
        const half = right.length / 2;
        return mapElements(k, sums, (_, i) => right[(i + half) % right.length]);
      },
    }),
    ops: ["normalize"],
    foundBy: [NORMS, DIFFERENCES],
  },
  {
    fault: "what is normalised is shifted by its size",
    plant: (k) => ({
      normalize: (x, moments, scale, bias, g) =>
        mapElements(k, k.normalize(x, moments, scale, bias, g), (v) => v + 1e-3 * Math.abs(v)),
    }),
    ops: [],
    foundBy: ["what is constant is normalised to its bias"],
  },
  {
    fault: "dropout does not make up for what is dropped",
    plant: (k) => ({
      dropout: (x, g) => mapElements(k, k.dropout(x, g), (v) => v * (1 - g.rate)),
    }),
    ops: ["dropout"],
    foundBy: ["dropout drops by its key", REFERENCE],
  },
  {
    fault: "dropout keeps what it should drop",
    plant: (k) => ({ dropout: (x, g) => k.dropout(x, { ...g, rate: 1 - g.rate }) }),
    ops: [],
    foundBy: ["dropout drops by its key"],
  },
];
