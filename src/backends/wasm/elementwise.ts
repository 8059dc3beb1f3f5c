/**
 * Elementwise functions, filling and copying on the engine.
 *
 * @module
 */
import { bytesPerElement } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import type { BroadcastGeometry } from "../../core/geometry/mod.ts";
import {
  ACTIVATION_KINDS,
  type ActivationKind,
  BINARY_KINDS,
  MAP_KINDS,
  type ParameterName,
  type UnaryKind,
} from "../kinds.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import type { NdArray } from "../kernels.ts";
import * as abi from "./abi.ts";
import {
  CHUNK_ELEMENTS,
  chunksOf,
  type Dimension,
  listOf,
  mergedDimensions,
  numbersOf,
  rowChunks,
  spanOf,
} from "./chunks.ts";
import type { Engine } from "./engine.ts";
import type { WasmMemory } from "./memory.ts";

const MAPS = numbersOf(MAP_KINDS);
const ACTIVATIONS = numbersOf(ACTIVATION_KINDS);
const BINARIES = numbersOf(BINARY_KINDS);

const ONE_ELEMENT: Dimension = { size: 1, strides: [0, 0] };

type ElementwiseKernels = Pick<
  FastKernels,
  "fill" | "create" | "copy" | "cast" | "unary" | "activationGrad" | "binary" | "addInPlace"
>;

/** Kernels of single elements. */
export function elementwiseKernels(engine: Engine, memory: WasmMemory): ElementwiseKernels {
  return {
    fill(shape, dtype, value) {
      const y = memory.reserve(shape, dtype);
      fillWith(engine, memory.at(y), sizeOf(shape), value);
      return y;
    },

    create({ shape, dtype, data }) {
      const y = memory.reserve(shape, dtype);
      memory.view(y).set(data);
      return y;
    },

    copy: (x) => copyOf(engine, memory, x),

    cast(x, dtype) {
      if (dtype !== "float32") return DECLINED;
      const y = memory.reserve(x.shape, dtype);
      const size = sizeOf(x.shape);
      abi.cast(engine, chunksOf(size), {
        x: memory.at(x),
        y: memory.at(y),
        size,
        block: CHUNK_ELEMENTS,
        xBytes: bytesPerElement(x.dtype),
      });
      return y;
    },

    unary(kind, x, parameters = {}) {
      const y = memory.reserve(x.shape, "float32");
      const size = sizeOf(x.shape);
      if (isActivation(kind)) {
        abi.activation(engine, chunksOf(size), {
          kind: ACTIVATIONS[kind],
          x: memory.at(x),
          y: memory.at(y),
          size,
          block: CHUNK_ELEMENTS,
          ...parametersOf(parameters),
        });
      } else {
        abi.unary(engine, chunksOf(size), {
          kind: MAPS[kind],
          x: memory.at(x),
          y: memory.at(y),
          size,
          block: CHUNK_ELEMENTS,
        });
      }
      return y;
    },

    activationGrad(kind, dy, x, parameters) {
      const dx = dy.isSpent ? dy : memory.reserve(x.shape, "float32");
      const size = sizeOf(x.shape);
      abi.activationGrad(engine, chunksOf(size), {
        kind: ACTIVATIONS[kind],
        x: memory.at(x),
        y: memory.at(dx),
        size,
        block: CHUNK_ELEMENTS,
        ...parametersOf(parameters),
        dy: memory.at(dy),
      });
      return dx;
    },

    binary(kind, a, b, g) {
      const y = memory.reserve(g.shape, "float32");
      combineRows(engine, abi.binary, BINARIES[kind], memory.at(a), memory.at(b), memory.at(y), g);
      return y;
    },

    addInPlace(target, x) {
      const size = sizeOf(target.shape);
      abi.addInPlace(engine, chunksOf(size), {
        target: memory.at(target),
        x: memory.at(x),
        size,
        block: CHUNK_ELEMENTS,
      });
    },
  };
}

/** The parameters of any function; those that it does not have are not read. */
function parametersOf(
  { slope = 0, low = 0, high = 0, above = 0, below = 0 }: Partial<Record<ParameterName, number>>,
): Record<ParameterName, number> {
  return { slope, low, high, above, below };
}

function isActivation(kind: UnaryKind): kind is ActivationKind {
  return kind in ACTIVATIONS;
}

/** Runs a kernel on the rows of arrays at a and b that are broadcast. */
export function combineRows(
  engine: Engine,
  kernel: typeof abi.binary,
  kind: number,
  a: number,
  b: number,
  y: number,
  g: BroadcastGeometry,
): void {
  const outer = mergedDimensions(g.shape, g.aStrides, g.bStrides);
  const { size: length, strides: [aStride, bStride] } = outer.pop() ?? ONE_ELEMENT;
  const rows = spanOf(outer);
  const { count, rows: rowsOfChunk, pieces, piece } = rowChunks(rows, length);
  engine.withInts(listOf(outer), (dimensions) => {
    kernel(engine, count, {
      kind,
      a,
      b,
      y,
      rows,
      length,
      rowsOfChunk,
      pieces,
      piece,
      dimensions,
      rank: outer.length,
      aRepeats: aStride === 0,
      bRepeats: bStride === 0,
    });
  });
}

/** Copies an array of any dtype. */
export function copyOf(engine: Engine, memory: WasmMemory, x: NdArray): NdArray {
  const y = memory.reserve(x.shape, x.dtype);
  const { bytes } = x.storage, block = CHUNK_ELEMENTS * 4;
  abi.copy(engine, Math.ceil(bytes / block), {
    x: memory.at(x),
    y: memory.at(y),
    bytes,
    block,
  });
  return y;
}

/** Fills elements at an address. */
export function fillWith(engine: Engine, y: number, size: number, value: number): void {
  abi.fill(engine, chunksOf(size), { y, size, block: CHUNK_ELEMENTS, value });
}
