/**
 * Kernels that do little with much: pools, relu, the gradient of a bias, optimizers.
 *
 * Work is what must be read and written at least once.
 *
 * @module
 */
import type {
  ActivationKind,
  BinaryKind,
  Kernels,
  StepRule,
  UnaryKind,
} from "@tapegrad/tapegrad/backend";
import {
  broadcastGeometry,
  cumsumGeometry,
  pool2dGeometry,
  reduceGeometry,
} from "../../src/core/geometry/mod.ts";
import { bytesOf, formatShape, freeing, type KernelCase, operand } from "./kernel_case.ts";

interface Pool {
  readonly name: string;
  readonly x: readonly number[];
  readonly size: number;
}

const POOLS: readonly Pool[] = [
  { name: "S1", x: [64, 64, 64, 8], size: 8 },
  { name: "S2", x: [64, 8, 8, 16], size: 4 },
  { name: "M1", x: [64, 26, 26, 32], size: 2 },
  { name: "M2", x: [64, 11, 11, 64], size: 2 },
];

function poolCases({ name, x, size }: Pool): KernelCase[] {
  const g = pool2dGeometry("apply maxPool", x, { size }, false);
  const shape = `${formatShape(x)} ${size}/${size}`;
  return [{
    name: `maxPool ${name}`,
    shape,
    limit: "read",
    work: bytesOf(x, g.yShape),
    prepare(k) {
      const images = operand(k, x);
      return freeing(k, () => k.maxPool(images, g));
    },
  }, {
    name: `maxPoolGrad ${name}`,
    shape,
    limit: "copy",
    work: bytesOf(x, x, g.yShape),
    prepare(k) {
      const [images, dy] = [operand(k, x), operand(k, g.yShape)];
      return freeing(k, () => k.maxPoolGrad(dy, images, g));
    },
  }];
}

const ACTIVATIONS = [
  { name: "S1", x: [64, 64, 64, 8] },
  { name: "M1", x: [64, 26, 26, 32] },
  { name: "M2", x: [64, 11, 11, 64] },
];

function activationCases({ name, x }: typeof ACTIVATIONS[number]): KernelCase[] {
  const shape = formatShape(x);
  return [{
    name: `relu ${name}`,
    shape,
    limit: "copy",
    work: bytesOf(x, x),
    prepare(k) {
      const images = operand(k, x);
      return freeing(k, () => k.unary("relu", images));
    },
  }, {
    name: `reluGrad ${name}`,
    shape,
    limit: "copy",
    work: bytesOf(x, x, x),
    prepare(k) {
      const [dy, images] = [operand(k, x), operand(k, x)];
      return freeing(k, () => k.activationGrad("relu", dy, images, []));
    },
  }];
}

/** Functions that are more than an instruction or two. */
const FUNCTIONS: readonly (readonly [kind: UnaryKind, parameters: number[]])[] = [
  ["leakyRelu", [0.01]],
  ["elu", [1, 1]],
  ["softplus", []],
  ["silu", []],
  ["gelu", []],
  ["geluTanh", []],
  ["erf", []],
  ["sin", []],
  ["log1p", []],
  ["exp", []],
];

function functionCase([kind, parameters]: typeof FUNCTIONS[number]): KernelCase {
  const shape = [64, 26, 26, 32];
  return {
    name: kind,
    shape: formatShape(shape),
    limit: "copy",
    work: bytesOf(shape, shape),
    prepare(k) {
      const x = operand(k, shape);
      return freeing(k, () => k.unary(kind, x, parameters));
    },
  };
}

const GRADIENTS: readonly ActivationKind[] = ["elu", "silu", "gelu"];

function gradientCase(kind: ActivationKind): KernelCase {
  const shape = [64, 26, 26, 32];
  return {
    name: `gradient of ${kind}`,
    shape: formatShape(shape),
    limit: "copy",
    work: bytesOf(shape, shape, shape),
    prepare(k) {
      const [dy, x] = [operand(k, shape), operand(k, shape)];
      return freeing(k, () => k.activationGrad(kind, dy, x, [1, 1]));
    },
  };
}

const PAIRS: readonly BinaryKind[] = ["maximum", "pow"];

function pairCase(kind: BinaryKind): KernelCase {
  const shape = [64, 26, 26, 32];
  const g = broadcastGeometry("apply", shape, shape);
  return {
    name: kind,
    shape: formatShape(shape),
    limit: "copy",
    work: bytesOf(shape, shape, shape),
    prepare(k) {
      const [a, b] = [operand(k, shape), operand(k, shape)];
      return freeing(k, () => k.binary(kind, a, b, g));
    },
  };
}

const GROUPS = [
  { name: "rows", shape: [64, 26, 26, 32], axis: 3 },
  { name: "columns", shape: [64, 676, 32], axis: 1 },
];

function groupCases({ name, shape, axis }: typeof GROUPS[number]): KernelCase[] {
  const g = reduceGeometry("apply argMax", shape, { axis });
  const scan = { axis, exclusive: false, reverse: false };
  return [{
    name: `argMax of ${name}`,
    shape: formatShape(shape),
    limit: "read",
    work: bytesOf(shape, g.shape),
    prepare(k) {
      const x = operand(k, shape);
      return freeing(k, () => k.argMax(x, g));
    },
  }, {
    name: `cumsum of ${name}`,
    shape: formatShape(shape),
    limit: "copy",
    work: bytesOf(shape, shape),
    prepare(k) {
      const x = operand(k, shape);
      return freeing(k, () => k.cumsum(x, cumsumGeometry("apply cumsum", shape, scan)));
    },
  }];
}

function biasCase({ name, x }: typeof ACTIVATIONS[number]): KernelCase {
  const g = reduceGeometry("apply sum", x, { axis: [0, 1, 2] });
  return {
    name: `bias gradient ${name}`,
    shape: formatShape(x),
    limit: "read",
    work: bytesOf(x, g.shape),
    prepare(k) {
      const dy = operand(k, x);
      return freeing(k, () => k.reduce("sum", dy, g));
    },
  };
}

/** A step, and the number of arrays that it reads and writes. */
interface Step {
  readonly name: string;
  readonly arrays: number;
  prepare(k: Kernels, shape: readonly number[]): () => void;
}

const learningRate = 1e-6;

const STEPS: readonly Step[] = [{
  name: "sgd, momentum",
  arrays: 5,
  prepare(k, shape) {
    const [w, dw, velocity] = [operand(k, shape), operand(k, shape), operand(k, shape)];
    const rule: StepRule = {
      kind: "sgd",
      learningRate,
      momentum: 0.9,
      nesterov: false,
      weightDecay: 0,
    };
    return () => k.stepInPlace(rule, { w, dw, velocity });
  },
}, {
  name: "adam",
  arrays: 7,
  prepare(k, shape) {
    const [w, dw, m] = [operand(k, shape), operand(k, shape), operand(k, shape)];
    const v = k.fill(shape, "float32", 1);
    const shares = { beta1: 0.9, beta2: 0.999 };
    const decay = { weightDecay: 0, shrink: 1 };
    const rule: StepRule = {
      kind: "adam",
      learningRate,
      ...shares,
      epsilon: 1e-8,
      step: 10,
      ...decay,
    };
    return () => k.stepInPlace(rule, { w, dw, m, v });
  },
}, {
  name: "rmsprop",
  arrays: 5,
  prepare(k, shape) {
    const [w, dw] = [operand(k, shape), operand(k, shape)];
    const meanSquare = k.fill(shape, "float32", 1);
    const epsilons = { epsilonInside: 0, epsilonOutside: 1e-7 };
    const rates = { inner: 1, outer: learningRate };
    const shares = { rho: 0.9, momentum: 0, weightDecay: 0 };
    const rule: StepRule = { kind: "rmsprop", ...shares, ...rates, ...epsilons };
    return () => k.stepInPlace(rule, { w, dw, meanSquare });
  },
}];

/** Weights of the third convolution of model M, and a million. */
const WEIGHTS = [[3, 3, 64, 64], [1024, 1024]];

function optimizerCase({ name, arrays, prepare }: Step, shape: readonly number[]): KernelCase {
  return {
    name,
    shape: formatShape(shape),
    limit: "copy",
    work: arrays * bytesOf(shape),
    prepare: (k) => prepare(k, shape),
  };
}

/** All kernels whose limit is memory. */
export const MEMORY_CASES: readonly KernelCase[] = [
  ...POOLS.flatMap(poolCases),
  ...ACTIVATIONS.flatMap(activationCases),
  ...GROUPS.flatMap(groupCases),
  ...FUNCTIONS.map(functionCase),
  ...GRADIENTS.map(gradientCase),
  ...PAIRS.map(pairCase),
  ...ACTIVATIONS.slice(1).map(biasCase),
  ...STEPS.flatMap((step) => WEIGHTS.map((shape) => optimizerCase(step, shape))),
];
