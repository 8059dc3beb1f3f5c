/**
 * Cutting, joining, picking and adding by indices on the engine. Elements only move, so that
 * kernels of words of four bytes take every dtype where rows of elements are whole words.
 *
 * @module
 */
import { bytesPerElement } from "../../core/dtype.ts";
import type { GatherGeometry, SliceGeometry } from "../../core/geometry/mod.ts";
import { sizeOf, stridesOf } from "../../core/shape.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import * as abi from "./abi.ts";
import { CHUNK_ELEMENTS, type Dimension, mergedDimensions, unitsOfChunk } from "./chunks.ts";
import { copyOf, fillWith } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import type { WasmMemory } from "./memory.ts";
import { copyRows } from "./rearrange.ts";

const WORD = 4;

/** Fewest elements of a piece of a row: a line of the cache. */
const LEAST_PIECE = 16;

type PieceKernels = Pick<FastKernels, "concat" | "slice" | "sliceGrad" | "gather" | "scatterAdd">;

/** Kernels of pieces that are made of words. */
export function pieceKernels(engine: Engine, memory: WasmMemory): PieceKernels {
  return {
    concat(parts, g) {
      const { dtype } = parts[0];
      const rows = g.sizes.map((size) => size * g.inner * bytesPerElement(dtype) / WORD);
      if (sizeOf(g.shape) === 0 || !rows.every(Number.isInteger)) return DECLINED;
      const y = memory.reserve(g.shape, dtype);
      const row = rows.reduce((sum, n) => sum + n, 0);
      let at = memory.at(y);
      parts.forEach((part, i) => {
        const dimensions = mergedDimensions([g.outer, rows[i]], [rows[i], 1], [row, 1]);
        if (rows[i] > 0) copyRows(engine, memory.at(part), at, dimensions);
        at += rows[i] * WORD;
      });
      return y;
    },

    slice(x, g) {
      const dimensions = wordsOf(g, bytesPerElement(x.dtype));
      if (dimensions === null || sizeOf(g.shape) === 0) return DECLINED;
      const y = memory.reserve(g.shape, x.dtype);
      const from = memory.at(x) + g.offset * bytesPerElement(x.dtype);
      copyRows(engine, from, memory.at(y), dimensions);
      return y;
    },

    sliceGrad(dy, g) {
      const dx = memory.reserve(g.xShape, "float32");
      fillWith(engine, memory.at(dx), sizeOf(g.xShape), 0);
      const dimensions = mergedDimensions(g.counts, stridesOf(g.counts), g.strides);
      copyRows(engine, memory.at(dy), memory.at(dx) + g.offset * 4, dimensions);
      return dx;
    },

    gather(x, indices, g) {
      const bytes = bytesPerElement(x.dtype);
      const inner = g.inner * bytes / WORD;
      const isWords = g.alongAxis ? bytes === WORD : Number.isInteger(inner);
      if (!isWords || sizeOf(g.shape) === 0) return DECLINED;
      const y = memory.reserve(g.shape, x.dtype);
      const rows = g.outer * g.count;
      const block = unitsOfChunk(rows, inner);
      abi.gather(engine, Math.ceil(rows / block), {
        x: memory.at(x),
        indices: memory.at(indices),
        y: memory.at(y),
        size: g.size,
        inner,
        count: g.count,
        rows,
        rowsOfChunk: block,
        alongAxis: g.alongAxis,
        skip: g.skip,
        indexBytes: bytesPerElement(indices.dtype),
      });
      return y;
    },

    scatterAdd(base, updates, indices, g) {
      if (sizeOf(g.xShape) === 0) return DECLINED;
      const y = base === null ? memory.reserve(g.xShape, "float32") : copyOf(engine, memory, base);
      if (base === null) fillWith(engine, memory.at(y), sizeOf(g.xShape), 0);
      const { pieces, piece } = piecesOf(g);
      const blocksOfChunk = unitsOfChunk(g.outer, g.count * g.inner);
      abi.scatterAdd(engine, Math.ceil(g.outer / blocksOfChunk) * pieces, {
        updates: memory.at(updates),
        indices: memory.at(indices),
        y: memory.at(y),
        size: g.size,
        inner: g.inner,
        count: g.count,
        blocks: g.outer,
        blocksOfChunk,
        alongAxis: g.alongAxis,
        skip: g.skip,
        indexBytes: bytesPerElement(indices.dtype),
        pieces,
        piece,
      });
      return y;
    },
  };
}

/** What a slice takes, in words: from the array, to the result; null where there are none. */
function wordsOf(g: SliceGeometry, bytes: number): Dimension[] | null {
  const dimensions = mergedDimensions(g.counts, g.strides, stridesOf(g.counts));
  if (bytes === WORD) return dimensions;
  const scale = bytes / WORD;
  const last = dimensions.at(-1);
  if (last === undefined || last.strides[0] !== 1) return null;
  const words = dimensions.map(({ size, strides: [from, to] }, d): Dimension =>
    d < dimensions.length - 1
      ? { size, strides: [from * scale, to * scale] }
      : { size: size * scale, strides: [1, 1] }
  );
  const numbers = [g.offset * scale, ...words.flatMap(({ size, strides }) => [size, ...strides])];
  return numbers.every(Number.isInteger) ? words : null;
}

/** Rows cut so that a chunk is worth sharing, each piece a line of the cache at least. */
function piecesOf({ count, inner }: GatherGeometry): { pieces: number; piece: number } {
  const wanted = Math.ceil(count * inner / CHUNK_ELEMENTS);
  const even = Math.ceil(inner / wanted / LEAST_PIECE) * LEAST_PIECE;
  const pieces = Math.ceil(inner / even);
  return { pieces, piece: even };
}
