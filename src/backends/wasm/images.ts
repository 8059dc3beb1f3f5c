/**
 * Windows as rows, and resampling, on the engine.
 *
 * @module
 */
import type { ColumnsGeometry, SparseMatrix } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import * as abi from "./abi.ts";
import { unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { SCRATCH_BYTES } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";

/** Bytes of scratch memory beyond a line that its last vectors may take. */
const BEYOND = 64;

/**
 * The most floats that a window, copied as whole vectors of four, is copied too far; a window that
 * follows must have as many.
 */
const VECTOR_SPILL = 3;

type ImageKernels = FastKernels<"im2col" | "col2im" | "resample">;

/** Windows as rows and resampling of float32 arrays; lines too long for scratch are declined. */
export function imageKernels(engine: Engine, memory: WasmMemory): ImageKernels {
  /** Runs one of both kernels, a unit being some elements of work. */
  function run(
    kernel: typeof abi.im2col,
    x: number,
    columns: number,
    g: ColumnsGeometry,
    units: number,
  ): void {
    const perChunk = unitsOfChunk(units, sizeOf(g.columnsShape) / units);
    kernel(engine, Math.ceil(units / perChunk), {
      x,
      columns,
      batch: g.batch,
      height: g.height,
      width: g.width,
      channels: g.channels,
      outHeight: g.outHeight,
      outWidth: g.outWidth,
      windowHeight: g.windowHeight,
      windowWidth: g.windowWidth,
      strideHeight: g.strideHeight,
      strideWidth: g.strideWidth,
      dilationHeight: g.dilationHeight,
      dilationWidth: g.dilationWidth,
      padTop: g.padTop,
      padLeft: g.padLeft,
      unitsOfChunk: perChunk,
      channelsFirst: g.layout === "NCHW" || g.channels === 1, // one channel is first and last
    });
  }

  return {
    im2col(x, g) {
      const columns = memory.reserve(g.columnsShape, "float32");
      const isShort = g.windowHeight * g.windowWidth * g.channels < VECTOR_SPILL;
      const kernel = isShort ? abi.im2colInOrder : abi.im2col;
      run(kernel, memory.at(x), memory.at(columns), g, g.batch * g.outHeight);
      return columns;
    },

    col2im(columns, g) {
      const x = memory.reserve(g.imagesShape, "float32");
      run(abi.col2im, memory.at(x), memory.at(columns), g, g.batch);
      return x;
    },

    resample(x, g) {
      const [, height, width, channels] = g.xShape;
      if (width * channels * 4 + BEYOND > SCRATCH_BYTES) return DECLINED;
      const y = memory.reserve(g.yShape, "float32");
      const [batch, outHeight, outWidth] = g.yShape;
      const rows = batch * outHeight;
      const perRow = Math.max(sizeOf(g.xShape), sizeOf(g.yShape)) / rows;
      const perChunk = unitsOfChunk(rows, perRow);
      engine.withInts(
        listOf(g.vertical),
        (vertical) =>
          engine.withInts(listOf(g.horizontal), (horizontal) => {
            abi.resample(engine, Math.ceil(rows / perChunk), {
              x: memory.at(x),
              y: memory.at(y),
              batch,
              height,
              width,
              channels,
              outHeight,
              outWidth,
              vertical,
              horizontal,
              rowsOfChunk: perChunk,
            });
          }),
      );
      return y;
    },
  };
}

/** A matrix as the kernel reads it: where rows begin, then columns and weights, as bits. */
function listOf({ starts, indices, weights }: SparseMatrix): Int32Array {
  const bits = new Int32Array(Float32Array.from(weights).buffer);
  const list = new Int32Array(starts.length + 2 * indices.length);
  list.set(starts);
  for (let i = 0, at = starts.length; i < bits.length; i++) {
    list[at++] = indices[i];
    list[at++] = bits[i];
  }
  return list;
}
