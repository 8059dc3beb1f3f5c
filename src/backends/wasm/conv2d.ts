/**
 * Convolution and its gradients on the engine: which of the ways is taken.
 *
 * There are four: windows read in place or from padded bands and, for the gradient of x, windows sent
 * back one by one (`direct.ts`), and Winograd's tiles for 3 × 3 (`winograd.ts`). Shapes decide, so
 * that results are the same on any machine.
 *
 * A tile mixes the elements of several windows: where some are so large that its sums could overflow,
 * or NaN, the direct way is taken. That multiplies the zeros of padded bands, too: where these meet
 * infinities, which they would make NaN, the call is declined (not if there is NaN anyway: a training
 * that has diverged would crawl). Filters are looked at before; dy is larger than what is made of it
 * and them, so that the gradient of the filters is looked at, after.
 *
 * @module
 */
import type { Conv2dGeometry } from "../../core/geometry/mod.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import type { NdArray } from "../kernels.ts";
import { type Bands, bandsOf } from "./bands.ts";
import { directConv, directGradW, scatterGradX } from "./direct.ts";
import type { Engine } from "./engine.ts";
import { hasExtremes, hasInfinity } from "./extremes.ts";
import { filtersOf, flippedFiltersOf } from "./filters.ts";
import { SCRATCH_BYTES, TILE_COLUMNS, TILE_ROWS } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";
import { withBias } from "./products.ts";
import { type Sliding, slidingBackward, slidingForward } from "./sliding.ts";
import { winogradBand, winogradConv, winogradCost, winogradGradW } from "./winograd.ts";

type ConvKernels = Pick<FastKernels, "conv2d" | "conv2dGradX" | "conv2dGradW">;

/** Convolution; what is too large for scratch memory is declined. */
export function convKernels(engine: Engine, memory: WasmMemory): ConvKernels {
  /** Rows of tiles in a band; undefined where windows are better, or elements too large for tiles. */
  function tilesFor(s: Sliding, a: NdArray, b: NdArray): number | undefined {
    const band = winogradBand(s);
    return band === undefined || hasExtremes(engine, memory, a, b) ? undefined : band;
  }

  /** Bands of windows; undefined where none fits, or filters w are infinite and x is padded. */
  function windowsFor(s: Sliding, x: NdArray, w: NdArray): Bands | undefined {
    const bands = bandsOf(s);
    if (bands === undefined || bands.inPlace || !hasExtremes(engine, memory, w)) return bands;
    return hasInfinity(memory, w, x) ? undefined : bands;
  }

  return {
    conv2d(x, w, bias, g, activation) {
      if (isOfNothing(g)) return DECLINED;
      const s = slidingForward(memory.at(x), g);
      const filters = filtersOf(memory.at(w), g);
      const band = tilesFor(s, x, w);
      const bands = band === undefined ? windowsFor(s, x, w) : undefined;
      if (band === undefined && bands === undefined) return DECLINED;
      const y = memory.reserve(g.yShape, "float32");
      withBias(engine, memory, bias, g.groups, (start) => {
        const to = memory.at(y);
        if (band !== undefined) {
          winogradConv(engine, s, band, filters[0], start, to, activation);
        } else if (bands !== undefined) {
          directConv(engine, s, bands, filters, start, to, activation);
        }
      });
      return y;
    },

    conv2dGradX(dy, w, g) {
      if (isOfNothing(g)) return DECLINED;
      const s = slidingBackward(memory.at(dy), g);
      const band = tilesFor(s, dy, w);
      const isScattered = scatters(g, band === undefined ? Infinity : winogradCost(s));
      const bands = band === undefined && !isScattered ? windowsFor(s, dy, w) : undefined;
      if (band === undefined && bands === undefined && !isScattered) return DECLINED;
      const dx = memory.reserve(g.xShape, "float32");
      const filters = flippedFiltersOf(memory.at(w), g);
      if (isScattered) scatterGradX(engine, memory.at(dy), memory.at(w), g, memory.at(dx));
      else if (band !== undefined) winogradConv(engine, s, band, filters[0], 0, memory.at(dx));
      else if (bands !== undefined) directConv(engine, s, bands, filters, 0, memory.at(dx));
      return dx;
    },

    conv2dGradW(dy, x, g) {
      if (isOfNothing(g)) return DECLINED;
      const s = slidingForward(memory.at(x), g);
      const band = tilesFor(s, dy, x);
      const bands = band === undefined ? bandsOf(s) : undefined;
      if (band === undefined && bands === undefined) return DECLINED;
      const dw = memory.reserve(g.wShape, "float32");
      const [seeds, sums] = [memory.at(dy), memory.at(dw)];
      if (band !== undefined) winogradGradW(engine, s, band, seeds, sums);
      else if (bands !== undefined) directGradW(engine, s, bands, seeds, sums, dw.storage.bytes);
      const isPadded = bands !== undefined && !bands.inPlace;
      if (!isPadded || !hasExtremes(engine, memory, dw) || !hasInfinity(memory, dy, x)) return dw;
      memory.free(dw);
      return DECLINED;
    },
  };
}

/**
 * Whether the gradient of x is better sent back window by window than gathered pixel by pixel:
 * gathering visits every pixel of x with every tap, also where no window is.
 */
function scatters(g: Conv2dGeometry, winograd: number): boolean {
  const enough = g.outChannels / g.groups >= TILE_COLUMNS && g.batch > 1;
  const taps = g.windowHeight * g.windowWidth;
  if (bytesOfTile(taps * g.channels / g.groups) > SCRATCH_BYTES) return false;
  const cost = 1.2 * taps * g.outHeight * g.outWidth;
  return enough && cost < Math.min(taps * g.height * g.width, winograd);
}

/** Whether images, filters or results are empty, where padding makes something of nothing. */
function isOfNothing({ xShape, wShape, yShape }: Conv2dGeometry): boolean {
  return [xShape, wShape, yShape].some((shape) => shape.includes(0));
}

/** Bytes of scratch memory that a tile of windows takes, each of so many elements. */
function bytesOfTile(elements: number): number {
  return TILE_ROWS * Math.ceil(elements / TILE_COLUMNS) * TILE_COLUMNS * 4;
}
