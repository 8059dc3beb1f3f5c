/**
 * Elementwise functions, filling and copying on the engine.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { BinaryKind, Kernels, UnaryKind } from "../kernels.ts";
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
import { ADD_IN_PLACE, BINARY, COPY, FILL, UNARY } from "./kernel_ids.ts";
import * as kinds from "./kinds.ts";
import type { WasmMemory } from "./memory.ts";

const UNARY_KINDS: Record<UnaryKind, number> = {
  neg: kinds.NEG,
  exp: kinds.EXP,
  log: kinds.LOG,
  sqrt: kinds.SQRT,
  square: kinds.SQUARE,
  tanh: kinds.TANH,
  sigmoid: kinds.SIGMOID,
  relu: kinds.RELU,
};

const BINARY_KINDS: Record<BinaryKind, number> = {
  add: kinds.ADD,
  sub: kinds.SUB,
  mul: kinds.MUL,
  div: kinds.DIV,
  reluGrad: kinds.RELU_GRAD,
};

const ONE_ELEMENT: Dimension = { size: 1, strides: [0, 0] };

type ElementwiseKernels = Pick<
  Kernels,
  "fill" | "create" | "copy" | "unary" | "binary" | "addInPlace"
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

    unary(kind, x) {
      if (!isForKernels(x)) return reference.unary(kind, x);
      const y = memory.reserve(x.shape, "float32");
      const size = sizeOf(x.shape);
      const args = [UNARY_KINDS[kind], memory.at(x), memory.at(y), size, CHUNK_ELEMENTS];
      engine.call(UNARY, Math.ceil(size / CHUNK_ELEMENTS), ...args);
      return y;
    },

    binary(kind, a, b, g) {
      if (!isForKernels(a) || !isForKernels(b)) return reference.binary(kind, a, b, g);
      const y = memory.reserve(g.shape, "float32");
      const dimensions = mergedDimensions(g.shape, g.aStrides, g.bStrides);
      const inner = dimensions.pop() ?? ONE_ELEMENT;
      const rows = spanOf(dimensions);
      const chunks = rowChunks(rows, inner.size);
      const args = [BINARY_KINDS[kind], memory.at(a), memory.at(b), memory.at(y), rows];
      args.push(inner.size, chunks.rows, chunks.pieces, chunks.piece);
      engine.withInts(listOf(dimensions), (list) => {
        args.push(list, dimensions.length, ...inner.strides.map((stride) => Number(stride === 0)));
        engine.call(BINARY, chunks.count, ...args);
      });
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

/** Fills elements at an address. */
export function fillWith(engine: Engine, at: number, size: number, value: number): void {
  engine.setFloat(32, value);
  engine.call(FILL, Math.ceil(size / CHUNK_ELEMENTS), at, size, CHUNK_ELEMENTS);
}
