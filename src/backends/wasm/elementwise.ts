/**
 * Elementwise functions, filling and copying on the engine.
 *
 * @module
 */
import { bytesPerElement } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import type { BroadcastGeometry } from "../../core/geometry/mod.ts";
import type {
  ActivationKind,
  ActivationParameters,
  BinaryKind,
  Kernels,
  MapKind,
  UnaryKind,
} from "../kernels.ts";
import {
  CHUNK_ELEMENTS,
  type Dimension,
  isForKernels,
  listOf,
  mergedDimensions,
  rowChunks,
  spanOf,
} from "./chunks.ts";
import type { Engine } from "./engine.ts";
import {
  ACTIVATION,
  ACTIVATION_GRAD,
  ADD_IN_PLACE,
  BINARY,
  CAST,
  COPY,
  FILL,
  UNARY,
} from "./kernel_ids.ts";
import * as kinds from "./kinds.ts";
import type { WasmMemory } from "./memory.ts";

const MAP_KINDS: Record<MapKind, number> = {
  neg: kinds.NEG,
  abs: kinds.ABS,
  sign: kinds.SIGN,
  floor: kinds.FLOOR,
  ceil: kinds.CEIL,
  round: kinds.ROUND,
  exp: kinds.EXP,
  expm1: kinds.EXPM1,
  log: kinds.LOG,
  log1p: kinds.LOG1P,
  sqrt: kinds.SQRT,
  square: kinds.SQUARE,
  sin: kinds.SIN,
  cos: kinds.COS,
  tan: kinds.TAN,
  tanh: kinds.TANH,
  erf: kinds.ERF,
  sigmoid: kinds.SIGMOID,
};

const ACTIVATION_KINDS: Record<ActivationKind, number> = {
  relu: kinds.RELU,
  relu6: kinds.RELU6,
  leakyRelu: kinds.LEAKY_RELU,
  clip: kinds.CLIP,
  elu: kinds.ELU,
  hardSigmoid: kinds.HARD_SIGMOID,
  hardSwish: kinds.HARD_SWISH,
  softplus: kinds.SOFTPLUS,
  logSigmoid: kinds.LOG_SIGMOID,
  silu: kinds.SILU,
  mish: kinds.MISH,
  gelu: kinds.GELU,
  geluTanh: kinds.GELU_TANH,
};

const BINARY_KINDS: Record<BinaryKind, number> = {
  add: kinds.ADD,
  sub: kinds.SUB,
  mul: kinds.MUL,
  div: kinds.DIV,
  minimum: kinds.MINIMUM,
  maximum: kinds.MAXIMUM,
  pow: kinds.POW,
};

const ONE_ELEMENT: Dimension = { size: 1, strides: [0, 0] };

type ElementwiseKernels = Pick<
  Kernels,
  "fill" | "create" | "copy" | "cast" | "unary" | "activationGrad" | "binary" | "addInPlace"
>;

/** Kernels of single elements; `reference` takes what is not float32. */
export function elementwiseKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): ElementwiseKernels {
  return {
    fill(shape, dtype, value) {
      if (dtype !== "float32") return reference.fill(shape, dtype, value);
      const y = memory.reserve(shape, dtype);
      fillWith(engine, memory.at(y), sizeOf(shape), value);
      return y;
    },

    create({ shape, dtype, data }) {
      const y = memory.reserve(shape, dtype);
      memory.view(y).set(data);
      return y;
    },

    copy(x) {
      const y = memory.reserve(x.shape, x.dtype);
      const { bytes } = x.storage;
      const block = CHUNK_ELEMENTS * 4;
      engine.call(COPY, Math.ceil(bytes / block), memory.at(x), memory.at(y), bytes, block);
      return y;
    },

    cast(x, dtype) {
      const fromInteger = x.dtype === "uint8" || x.dtype === "int32";
      if (!fromInteger || dtype !== "float32") return reference.cast(x, dtype);
      const y = memory.reserve(x.shape, dtype);
      const size = sizeOf(x.shape);
      const args = [memory.at(x), memory.at(y), size, CHUNK_ELEMENTS, bytesPerElement(x.dtype)];
      engine.call(CAST, Math.ceil(size / CHUNK_ELEMENTS), ...args);
      return y;
    },

    unary(kind, x, parameters = {}) {
      if (!isForKernels(x)) return reference.unary(kind, x, parameters);
      const y = memory.reserve(x.shape, "float32");
      const size = sizeOf(x.shape);
      const args = [kindOf(kind), memory.at(x), memory.at(y), size, CHUNK_ELEMENTS];
      const kernel = isActivation(kind) ? ACTIVATION : UNARY;
      setParameters(engine, parameters);
      engine.call(kernel, Math.ceil(size / CHUNK_ELEMENTS), ...args);
      return y;
    },

    activationGrad(kind, dy, x, parameters) {
      if (!isForKernels(x)) return reference.activationGrad(kind, dy, x, parameters);
      const dx = dy.isSpent ? dy : memory.reserve(x.shape, "float32");
      const size = sizeOf(x.shape);
      const args = [kindOf(kind), memory.at(x), memory.at(dx), size, CHUNK_ELEMENTS, memory.at(dy)];
      setParameters(engine, parameters);
      engine.call(ACTIVATION_GRAD, Math.ceil(size / CHUNK_ELEMENTS), ...args);
      return dx;
    },

    binary(kind, a, b, g) {
      if (!isForKernels(a) || !isForKernels(b)) return reference.binary(kind, a, b, g);
      const y = memory.reserve(g.shape, "float32");
      combineRows(engine, BINARY, BINARY_KINDS[kind], [a, b, y].map(memory.at), g);
      return y;
    },

    addInPlace(target, x) {
      if (!isForKernels(target)) return reference.addInPlace(target, x);
      const size = sizeOf(target.shape);
      const args = [memory.at(target), memory.at(x), size, CHUNK_ELEMENTS];
      engine.call(ADD_IN_PLACE, Math.ceil(size / CHUNK_ELEMENTS), ...args);
    },
  };
}

/** Where kernels find the parameters of a function, after the integers. */
const PARAMETERS: Readonly<Record<string, number>> = {
  slope: 32,
  low: 32,
  high: 33,
  above: 32,
  below: 33,
};

function setParameters(engine: Engine, parameters: ActivationParameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    engine.setFloat(PARAMETERS[name], value);
  }
}

function isActivation(kind: UnaryKind): kind is ActivationKind {
  return kind in ACTIVATION_KINDS;
}

function kindOf(kind: UnaryKind): number {
  return isActivation(kind) ? ACTIVATION_KINDS[kind] : MAP_KINDS[kind];
}

/** Runs a kernel on the rows of two arrays that are broadcast; `at` are the addresses of a, b and y. */
export function combineRows(
  engine: Engine,
  kernel: number,
  kind: number,
  at: readonly number[],
  g: BroadcastGeometry,
): void {
  const dimensions = mergedDimensions(g.shape, g.aStrides, g.bStrides);
  const inner = dimensions.pop() ?? ONE_ELEMENT;
  const rows = spanOf(dimensions);
  const chunks = rowChunks(rows, inner.size);
  const args = [kind, ...at, rows, inner.size, chunks.rows, chunks.pieces, chunks.piece];
  engine.withInts(listOf(dimensions), (list) => {
    args.push(list, dimensions.length, ...inner.strides.map((stride) => Number(stride === 0)));
    engine.call(kernel, chunks.count, ...args);
  });
}

/** Fills elements at an address. */
export function fillWith(engine: Engine, at: number, size: number, value: number): void {
  engine.setFloat(32, value);
  engine.call(FILL, Math.ceil(size / CHUNK_ELEMENTS), at, size, CHUNK_ELEMENTS);
}
