/**
 * Pooling on the engine.
 *
 * @module
 */
import type { Pool2dGeometry } from "../../core/geometry/mod.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import { isForKernels, unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { AVERAGE_POOL_GRAD, MAX_POOL_GATHER, MAX_POOL_GRAD, POOL } from "./abi.ts";
import { AVERAGE, MAX } from "./kinds.ts";
import { SCRATCH_BYTES } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";

type PoolKernels = Pick<
  Kernels,
  "maxPool" | "maxPoolGrad" | "maxPoolGather" | "avgPool" | "avgPoolGrad"
>;

/** Pooling of float32 arrays; `reference` takes others, and lines too long for scratch memory. */
export function poolKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): PoolKernels {
  /** Runs a kernel whose unit of work is a row of windows. */
  function runRows(kernel: number, first: number, x: NdArray, g: Pool2dGeometry): NdArray {
    const y = memory.reserve(g.yShape, "float32");
    run(engine, kernel, [first, memory.at(x), memory.at(y)], g, g.outHeight);
    return y;
  }

  /** Runs a gradient: by rows of windows where they share nothing, else by images. */
  function runGrad(kernel: number, dy: NdArray, x: number, g: Pool2dGeometry): NdArray {
    const dx = memory.reserve(g.xShape, "float32");
    const apart = g.strideHeight >= g.windowHeight;
    run(engine, kernel, [memory.at(dy), x, memory.at(dx)], g, apart ? g.outHeight : 1);
    return dx;
  }

  return {
    maxPool: (x, g) => fits(x, g) ? runRows(POOL, MAX, x, g) : reference.maxPool(x, g),
    avgPool: (x, g) => fits(x, g) ? runRows(POOL, AVERAGE, x, g) : reference.avgPool(x, g),
    maxPoolGather: (values, x, g) =>
      fits(x, g)
        ? runRows(MAX_POOL_GATHER, memory.at(values), x, g)
        : reference.maxPoolGather(values, x, g),
    maxPoolGrad: (dy, x, g) =>
      fits(x, g) ? runGrad(MAX_POOL_GRAD, dy, memory.at(x), g) : reference.maxPoolGrad(dy, x, g),
    avgPoolGrad: (dy, g) =>
      fits(dy, g) ? runGrad(AVERAGE_POOL_GRAD, dy, 0, g) : reference.avgPoolGrad(dy, g),
  };
}

/** Whether what kernels note of a line of images and a row of windows fits into scratch memory. */
function fits(x: NdArray, g: Pool2dGeometry): boolean {
  const line = g.width * g.channels * 4;
  const records = g.outWidth * Math.ceil(g.channels / 8) * 64;
  return isForKernels(x) && Math.max(line, records) + 64 <= SCRATCH_BYTES;
}

/** Runs a kernel of windows; each image is some units of work. */
function run(
  engine: Engine,
  kernel: number,
  arrays: readonly number[],
  g: Pool2dGeometry,
  units: number,
): void {
  const perChunk = unitsOfChunk(
    g.batch * units,
    g.height * g.width * g.channels / units,
  );
  const args = [...arrays, g.batch, g.height, g.width, g.channels, g.outHeight, g.outWidth];
  args.push(g.windowHeight, g.windowWidth, g.strideHeight, g.strideWidth, g.padTop, g.padLeft);
  args.push(perChunk, Number(g.countPadding), units);
  engine.call(kernel, Math.ceil(g.batch * units / perChunk), ...args);
}
