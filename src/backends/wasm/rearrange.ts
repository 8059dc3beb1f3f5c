/**
 * Transposing, padding and repeating on the engine.
 *
 * @module
 */
import type { PadGeometry } from "../../core/geometry/mod.ts";
import { sizeOf, stridesOf } from "../../core/shape.ts";
import type { Kernels } from "../kernels.ts";
import * as abi from "./abi.ts";
import {
  type Dimension,
  listOf,
  mergedDimensions,
  rowChunks,
  spanOf,
  unitsOfChunk,
} from "./chunks.ts";
import { fillWith } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import type { WasmMemory } from "./memory.ts";

const ONE_ELEMENT: Dimension = { size: 1, strides: [1, 1] };

type RearrangeKernels = Pick<Kernels, "transpose" | "pad" | "broadcastTo">;

/** Kernels that move float32 elements. Others call those that take what is empty. */
export function rearrangeKernels(engine: Engine, memory: WasmMemory): RearrangeKernels {
  return {
    transpose(x, g) {
      const y = memory.reserve(g.shape, "float32");
      if (g.shape.includes(0)) return y;
      const dimensions = mergedDimensions(g.shape, g.strides, stridesOf(g.shape));
      if ((dimensions.at(-1)?.strides[0] ?? 1) === 1) {
        copyRows(engine, memory.at(x), memory.at(y), dimensions);
      } else {
        transposeTiles(engine, memory.at(x), memory.at(y), dimensions);
      }
      return y;
    },

    pad(x, g) {
      const y = memory.reserve(g.shape, "float32");
      fillWith(engine, memory.at(y), sizeOf(g.shape), g.value);
      const { kept, xStart, yStart } = keptPart(g);
      if (kept.includes(0)) return y;
      const dimensions = mergedDimensions(kept, stridesOf(g.xShape), stridesOf(g.shape));
      copyRows(engine, memory.at(x) + xStart * 4, memory.at(y) + yStart * 4, dimensions);
      return y;
    },

    broadcastTo(x, g) {
      const y = memory.reserve(g.shape, "float32");
      if (g.shape.includes(0)) return y;
      const dimensions = mergedDimensions(g.shape, g.aStrides, stridesOf(g.shape));
      copyRows(engine, memory.at(x), memory.at(y), dimensions);
      return y;
    },
  };
}

/** Copies words from x to y, by rows along the last dimension. */
export function copyRows(
  engine: Engine,
  x: number,
  y: number,
  dimensions: readonly Dimension[],
): void {
  const outer = dimensions.slice(0, -1);
  const { size: length, strides: [xStride, yStride] } = dimensions.at(-1) ?? ONE_ELEMENT;
  const rows = spanOf(outer);
  const { count, rows: rowsOfChunk, pieces, piece } = rowChunks(rows, length);
  engine.withInts(listOf(outer), (dimensions) => {
    abi.copyRows(engine, count, {
      x,
      y,
      rows,
      length,
      rowsOfChunk,
      pieces,
      piece,
      dimensions,
      rank: outer.length,
      xStep: xStride * 4,
      yStep: yStride * 4,
    });
  });
}

/** Transposes the dimension that is together in x with the one that is together in the result. */
function transposeTiles(
  engine: Engine,
  x: number,
  y: number,
  dimensions: readonly Dimension[],
): void {
  const rows = dimensions.find(({ strides }) => strides[0] === 1)!;
  const columns = dimensions.at(-1)!;
  const outer = dimensions.filter((dimension) => dimension !== rows && dimension !== columns);
  // Whole blocks of 16 rows, as in `kernels/rearrange.ts`.
  const block = Math.ceil(unitsOfChunk(rows.size, columns.size) / 16) * 16;
  const blocks = Math.ceil(rows.size / block);
  engine.withInts(listOf(outer), (dimensions) => {
    abi.transpose(engine, blocks * spanOf(outer), {
      x,
      y,
      rows: rows.size,
      columns: columns.size,
      xStep: columns.strides[0] * 4,
      yStep: rows.strides[1] * 4,
      blocks,
      block,
      dimensions,
      rank: outer.length,
    });
  });
}

/** The part of x that stays, and where it begins in both arrays. */
function keptPart(g: PadGeometry): { kept: number[]; xStart: number; yStart: number } {
  const kept = g.xShape.map((n, d) =>
    Math.max(n + Math.min(g.amounts[d][0], 0) + Math.min(g.amounts[d][1], 0), 0)
  );
  const startIn = (shape: readonly number[], sign: number) =>
    stridesOf(shape).reduce(
      (at, stride, d) => at + Math.max(sign * g.amounts[d][0], 0) * stride,
      0,
    );
  return { kept, xStart: startIn(g.xShape, -1), yStart: startIn(g.shape, 1) };
}
