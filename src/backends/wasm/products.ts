/**
 * Matrix products on the engine.
 *
 * @module
 */
import type { MatmulBatch, MatmulGeometry } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import type { FusedActivation, Kernels, NdArray } from "../kernels.ts";
import type { Engine } from "./engine.ts";
import * as abi from "./abi.ts";
import { TILE_COLUMNS, TILE_ROWS } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";

/** A chunk of work should take this many multiply-adds: about 20 µs. */
const CHUNK_WORK = 500_000;

/** Longer columns of A are not read in place: steps of a whole row miss the cache. */
const MOST_STRIDED = 128;

/** The first matrix times the first. */
const ONE_PRODUCT: MatmulBatch = { a: [0], b: [0] };

/** Columns to be packed: where they are, element by element. */
export interface Columns {
  readonly at: number;
  readonly taps: number;
  readonly tapStride: number;
  readonly flip: boolean;
  readonly rows: number;
  readonly rowStride: number;
  readonly columns: number;
  readonly columnStride: number;
}

/** Bytes of packed columns. */
export function packedBytes({ taps, rows, columns }: Columns): number {
  return Math.ceil(columns / TILE_COLUMNS) * TILE_COLUMNS * taps * rows * 4;
}

/**
 * Packs columns for matrix products and convolution; strides in elements. Several matrices that
 * follow each other are packed one after the other.
 */
export function packColumns(engine: Engine, c: Columns, packed: number, matrices = 1): void {
  const panels = Math.ceil(c.columns / TILE_COLUMNS);
  abi.packColumns(engine, panels * matrices, {
    source: c.at,
    matrixBytes: c.rows * c.columns * 4,
    taps: c.taps,
    tapStride: c.tapStride * 4,
    rows: c.rows,
    rowStride: c.rowStride * 4,
    columns: c.columns,
    columnStride: c.columnStride * 4,
    packed,
    panels,
    flip: c.flip,
  });
}

/** Rows of a chunk, whole tiles, such that chunks are worth sharing. */
function rowsOfChunk(rows: number, inner: number, columns: number): number {
  const worth = Math.ceil(CHUNK_WORK / Math.max(inner * columns, 1) / TILE_ROWS) * TILE_ROWS;
  return Math.min(worth, Math.max(rows, 1));
}

/** A bias padded with zeros to whole panels, while `use` runs; 0 where there is none. */
export function withBias<Result>(
  engine: Engine,
  memory: WasmMemory,
  bias: NdArray | null,
  groups: number,
  use: (at: number) => Result,
): Result {
  if (bias === null) return use(0);
  const perGroup = bias.shape[0] / groups;
  const padded = Math.ceil(perGroup / TILE_COLUMNS) * TILE_COLUMNS;
  return engine.withBlock(padded * groups * 4, (at) => {
    const values = memory.view(bias);
    const to = new Float32Array(engine.buffer, at, padded * groups).fill(0);
    for (let i = 0; i < values.length; i++) {
      to[Math.floor(i / perGroup) * padded + i % perGroup] = values[i];
    }
    return use(at);
  });
}

/** A column per column of B; of several matrices, those of the first. */
function columnsOf(at: number, { inner, columns, transposeB }: MatmulGeometry): Columns {
  const [rowStride, columnStride] = transposeB ? [1, inner] : [columns, 1];
  return {
    at,
    taps: 1,
    tapStride: 0,
    flip: false,
    rows: inner,
    rowStride,
    columns,
    columnStride,
  };
}

/** The matrix product of float32 arrays. */
export function matmulKernel(
  engine: Engine,
  memory: WasmMemory,
  transpose: Kernels["transpose"],
): Kernels["matmul"] {
  return (a, b, bias, g, activation = "linear") => {
    const { rows, inner, transposeA, transposeB } = g;
    if (!transposeA) return multiply(engine, memory, memory.at(a), b, bias, g, activation);
    const isOne = g.batch === null && bias === null && activation === "linear";
    if (isOne && !transposeB && inner <= MOST_STRIDED) {
      return multiplyTransposed(engine, memory, a, b, g);
    }
    // Turning costs as many steps as there are elements, the product many times as many.
    const matrices = sizeOf(a.shape) / (rows * inner);
    const turned = transpose(a, {
      axes: [0, 2, 1],
      shape: [matrices, rows, inner],
      strides: [rows * inner, 1, rows],
    });
    try {
      return multiply(engine, memory, memory.at(turned), b, bias, g, activation);
    } finally {
      memory.free(turned);
    }
  };
}

/** `C = A B + bias`, activated; B packed first. */
function multiply(
  engine: Engine,
  memory: WasmMemory,
  a: number,
  b: NdArray,
  bias: NdArray | null,
  g: MatmulGeometry,
  activation: FusedActivation,
): NdArray {
  const { rows, inner, columns } = g;
  const y = memory.reserve(g.shape, "float32");
  const source = columnsOf(memory.at(b), g);
  const block = rowsOfChunk(rows, inner, columns);
  const blocks = Math.ceil(rows / block);
  const { a: left, b: right } = g.batch ?? ONE_PRODUCT;
  const bytes = packedBytes(source);
  const matrices = b.storage.bytes / Math.max(inner * columns * 4, 1);
  engine.withBlock(bytes * matrices, (packed) => {
    packColumns(engine, source, packed, matrices);
    withBias(engine, memory, bias, 1, (start) => {
      const offsets = left.flatMap((_, i) => [left[i] * rows * inner * 4, right[i] * bytes]);
      engine.withInts([0, ...offsets], (zero) => {
        abi.multiply(engine, blocks * left.length, {
          a,
          packed,
          bias: start,
          c: memory.at(y),
          rows,
          inner,
          columns,
          block,
          blocks,
          matrices: zero + 4,
          zero,
          relu: activation === "relu",
        });
      });
    });
  });
  return y;
}

/** `C = Aᵀ B`, both read in place. */
function multiplyTransposed(
  engine: Engine,
  memory: WasmMemory,
  a: NdArray,
  b: NdArray,
  g: MatmulGeometry,
): NdArray {
  const { rows, inner, columns } = g;
  const y = memory.reserve(g.shape, "float32");
  const block = rowsOfChunk(rows, inner, columns);
  abi.multiplyTransposed(engine, Math.ceil(rows / block), {
    a: memory.at(a),
    b: memory.at(b),
    c: memory.at(y),
    rows,
    inner,
    columns,
    block,
  });
  return y;
}
