/**
 * Windows as rows, and resampling, on the engine.
 *
 * @module
 */
import type { ColumnsGeometry, SparseMatrix } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Kernels } from "../kernels.ts";
import { isForKernels, unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { COL2IM, IM2COL, RESAMPLE } from "./abi.ts";
import { SCRATCH_BYTES } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";

type ImageKernels = Pick<Kernels, "im2col" | "col2im" | "resample">;

/** Windows as rows and resampling of float32 arrays; `reference` takes others. */
export function imageKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): ImageKernels {
  /** Runs a kernel, a unit being some elements of work. */
  function run(
    kernel: number,
    x: number,
    columns: number,
    g: ColumnsGeometry,
    units: number,
  ): void {
    const perChunk = unitsOfChunk(units, sizeOf(g.columnsShape) / units);
    const args = [x, columns, g.batch, g.height, g.width, g.channels, g.outHeight, g.outWidth];
    args.push(g.windowHeight, g.windowWidth, g.strideHeight, g.strideWidth);
    args.push(g.dilationHeight, g.dilationWidth, g.padTop, g.padLeft);
    // One channel is first as well as last.
    args.push(perChunk, Number(g.layout === "NCHW" || g.channels === 1));
    engine.call(kernel, Math.ceil(units / perChunk), ...args);
  }

  return {
    im2col(x, g) {
      if (!isForKernels(x)) return reference.im2col(x, g);
      const columns = memory.reserve(g.columnsShape, "float32");
      run(IM2COL, memory.at(x), memory.at(columns), g, g.batch * g.outHeight);
      return columns;
    },

    col2im(columns, g) {
      if (!isForKernels(columns)) return reference.col2im(columns, g);
      const x = memory.reserve(g.imagesShape, "float32");
      run(COL2IM, memory.at(x), memory.at(columns), g, g.batch);
      return x;
    },

    resample(x, g) {
      const [, height, width, channels] = g.xShape;
      const fits = width * channels * 4 + 64 <= SCRATCH_BYTES;
      if (!isForKernels(x) || !fits) return reference.resample(x, g);
      const y = memory.reserve(g.yShape, "float32");
      const [batch, outHeight, outWidth] = g.yShape;
      const rows = batch * outHeight;
      const perRow = Math.max(sizeOf(g.xShape), sizeOf(g.yShape)) / rows;
      const perChunk = unitsOfChunk(rows, perRow);
      engine.withInts(
        listOf(g.vertical),
        (vertical) =>
          engine.withInts(listOf(g.horizontal), (horizontal) => {
            const args = [memory.at(x), memory.at(y), batch, height, width, channels];
            args.push(outHeight, outWidth, vertical, horizontal, perChunk);
            engine.call(RESAMPLE, Math.ceil(rows / perChunk), ...args);
          }),
      );
      return y;
    },
  };
}

/** A matrix as the kernel reads it: where rows begin, then columns and weights, as bits. */
function listOf({ starts, indices, weights }: SparseMatrix): number[] {
  const bits = new Int32Array(Float32Array.from(weights).buffer);
  return [...starts, ...indices.flatMap((index, i) => [index, bits[i]])];
}
