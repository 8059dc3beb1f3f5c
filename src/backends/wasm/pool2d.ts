/**
 * Pooling on the engine.
 *
 * @module
 */
import type { Pool2dGeometry } from "../../core/geometry/mod.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import type { NdArray } from "../kernels.ts";
import * as abi from "./abi.ts";
import { unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { SCRATCH_BYTES } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";

type PoolKernels = FastKernels<
  "maxPool" | "maxPoolGrad" | "maxPoolGather" | "avgPool" | "avgPoolGrad"
>;

/** Bytes that kernels note of eight channels of a window. */
const RECORD_BYTES = 64;
const RECORD_CHANNELS = 8;

/** Pooling of float32 arrays; lines too long for scratch memory are declined. */
export function poolKernels(engine: Engine, memory: WasmMemory): PoolKernels {
  function pool(x: NdArray, g: Pool2dGeometry, averages: boolean) {
    if (!fits(g)) return DECLINED;
    const y = memory.reserve(g.yShape, "float32");
    const { chunks, args } = windowsOf(g, g.outHeight, memory.at(y));
    const { countPadding } = g;
    abi.pool(engine, chunks, { ...args, x: memory.at(x), averages, countPadding });
    return y;
  }

  return {
    maxPool: (x, g) => pool(x, g, false),
    avgPool: (x, g) => pool(x, g, true),

    maxPoolGather(values, x, g) {
      if (!fits(g)) return DECLINED;
      const y = memory.reserve(g.yShape, "float32");
      const { chunks, args } = windowsOf(g, g.outHeight, memory.at(y));
      const arrays = { x: memory.at(x), values: memory.at(values) };
      abi.maxPoolGather(engine, chunks, { ...args, ...arrays });
      return y;
    },

    maxPoolGrad(dy, x, g) {
      if (!fits(g)) return DECLINED;
      const dx = memory.reserve(g.xShape, "float32");
      const { chunks, args } = windowsOf(g, unitsOfGradient(g), memory.at(dx));
      abi.maxPoolGrad(engine, chunks, { ...args, x: memory.at(x), dy: memory.at(dy) });
      return dx;
    },

    avgPoolGrad(dy, g) {
      if (!fits(g)) return DECLINED;
      const dx = memory.reserve(g.xShape, "float32");
      const { chunks, args } = windowsOf(g, unitsOfGradient(g), memory.at(dx));
      const { countPadding } = g;
      abi.averagePoolGrad(engine, chunks, { ...args, dy: memory.at(dy), countPadding });
      return dx;
    },
  };
}

/** Whether what kernels note of a line of images and a row of windows fits into scratch memory. */
function fits(g: Pool2dGeometry): boolean {
  const line = g.width * g.channels * 4;
  const records = g.outWidth * Math.ceil(g.channels / RECORD_CHANNELS) * RECORD_BYTES;
  return Math.max(line, records) + RECORD_BYTES <= SCRATCH_BYTES;
}

/** Units of an image of a gradient: rows of windows where they share nothing, else one. */
function unitsOfGradient(g: Pool2dGeometry): number {
  return g.strideHeight >= g.windowHeight ? g.outHeight : 1;
}

/** The arguments that kernels of windows share, each image being some units; and the chunks. */
function windowsOf(
  g: Pool2dGeometry,
  unitsOfImage: number,
  y: number,
): { readonly chunks: number; readonly args: abi.WindowArgs } {
  const units = g.batch * unitsOfImage;
  const elements = g.height * g.width * g.channels / unitsOfImage;
  const perChunk = unitsOfChunk(units, elements);
  const args = {
    y,
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
    padTop: g.padTop,
    padLeft: g.padLeft,
    unitsOfChunk: perChunk,
    unitsOfImage,
  };
  return { chunks: Math.ceil(units / perChunk), args };
}
