/**
 * Convolution and its gradients on the engine: which of the kernels runs, and its arguments.
 *
 * Four ways: windows read in place or from padded bands (`kernels/conv.ts`), Winograd's tiles for
 * 3 × 3 (`kernels/winograd.ts`), and for the gradient of x also windows sent back one by one
 * (`kernels/conv_scatter.ts`). Shapes decide, so that results are the same on any machine.
 *
 * @module
 */
import type { Conv2dGeometry } from "../../core/geometry/mod.ts";
import type { FusedActivation, Kernels, NdArray } from "../kernels.ts";
import { type Bands, bandsOf } from "./bands.ts";
import type { Engine } from "./engine.ts";
import { filtersOf, flippedFiltersOf, windowsOf } from "./filters.ts";
import { CONV, CONV_GRAD_W, CONV_SCATTER } from "./abi.ts";
import { TILE_COLUMNS } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";
import { imagesOfPart, sumParts } from "./parts.ts";
import { type Columns, packColumns, packedBytes, withBias } from "./products.ts";
import { type Sliding, slidingBackward, slidingForward } from "./sliding.ts";
import { winogradBand, winogradConv, winogradCost, winogradGradW } from "./winograd.ts";

/** A chunk of work should take this many multiply-adds: about 50 µs. */
const CHUNK_WORK = 1_000_000;

type ConvKernels = Pick<Kernels, "conv2d" | "conv2dGradX" | "conv2dGradW">;

/** Convolution of float32 arrays; `reference` takes what is too large for scratch memory. */
export function convKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: ConvKernels,
): ConvKernels {
  /** Packs the filters of all groups one after the other, while `use` runs. */
  function withPacked(filters: readonly Columns[], use: (packed: number) => void): void {
    const bytes = packedBytes(filters[0]);
    engine.withBlock(bytes * filters.length, (packed) => {
      filters.forEach((columns, i) => packColumns(engine, columns, packed + i * bytes));
      use(packed);
    });
  }

  /** Slides filters over images, band by band. */
  function slide(
    s: Sliding,
    bands: Bands,
    filters: readonly Columns[],
    bias: number,
    y: number,
    activation: FusedActivation = "linear",
  ): void {
    withPacked(filters, (packed) =>
      engine.withInts(bands.offsets, (offsets) => {
        const count = Math.ceil(s.outHeight / bands.rows);
        const args = argumentsOf(s, bands, offsets);
        args[16] = count;
        args.splice(21, 3, packed, bias, y);
        args[25] = Number(activation === "relu");
        engine.call(CONV, s.batch * count, ...args);
      }));
  }

  /** The gradient of x, window by window of y. */
  function scatter(dy: number, w: number, g: Conv2dGeometry, dx: number): void {
    const filters = windowsOf(w, g);
    const work = g.outHeight * g.outWidth * g.outChannels * filters[0].columns;
    const images = Math.ceil(CHUNK_WORK / Math.max(work, 1));
    withPacked(filters, (packed) =>
      engine.withInts([0], (offsets) => {
        const args = new Array<number>(23).fill(0);
        args.splice(0, 6, dy, g.height, g.width, g.channels, g.padTop, g.padLeft);
        args.splice(6, 5, g.batch, images, g.windowHeight, g.strideHeight, g.strideWidth);
        args.splice(11, 5, g.outHeight, g.outWidth, g.outChannels, g.groups, g.windowWidth);
        args.splice(16, 3, g.dilationHeight, g.dilationWidth, offsets);
        args.splice(21, 2, packed, dx);
        engine.call(CONV_SCATTER, Math.ceil(g.batch / images), ...args);
      }));
  }

  /** The gradient of the filters, summed in parts of some images. */
  function gradW(s: Sliding, bands: Bands, perPart: number, dy: number, dw: NdArray): void {
    const { bytes } = dw.storage;
    const parts = Math.ceil(s.batch / perPart);
    engine.withBlock(bytes * parts, (sums) => {
      engine.withInts(bands.offsets, (offsets) => {
        const args = argumentsOf(s, bands, offsets);
        args.splice(6, 2, s.batch, perPart);
        args.splice(21, 2, dy, sums);
        engine.call(CONV_GRAD_W, parts, ...args);
      });
      sumParts(engine, sums, parts, bytes, memory.at(dw));
    });
  }

  return {
    conv2d(x, w, bias, g, activation) {
      const s = slidingForward(memory.at(x), g);
      const filters = filtersOf(memory.at(w), g);
      const band = winogradBand(s);
      const bands = bandsOf(s, CHUNK_WORK);
      if (bands === undefined) return reference.conv2d(x, w, bias, g, activation);
      const y = memory.reserve(g.yShape, "float32");
      withBias(engine, memory, bias, g.groups, (start) => {
        if (band === undefined) slide(s, bands, filters, start, memory.at(y), activation);
        else winogradConv(engine, s, band, filters[0], start, memory.at(y), activation);
      });
      return y;
    },

    conv2dGradX(dy, w, g) {
      const s = slidingBackward(memory.at(dy), g);
      const [band, bands] = [winogradBand(s), bandsOf(s, CHUNK_WORK)];
      const isScattered = scatters(g, band === undefined ? Infinity : winogradCost(s));
      if (bands === undefined && !isScattered) return reference.conv2dGradX(dy, w, g);
      const dx = memory.reserve(g.xShape, "float32");
      const filters = flippedFiltersOf(memory.at(w), g);
      if (isScattered) scatter(memory.at(dy), memory.at(w), g, memory.at(dx));
      else if (band !== undefined) winogradConv(engine, s, band, filters[0], 0, memory.at(dx));
      else if (bands !== undefined) slide(s, bands, filters, 0, memory.at(dx));
      return dx;
    },

    conv2dGradW(dy, x, g) {
      const s = slidingForward(memory.at(x), g);
      const [band, bands] = [winogradBand(s), bandsOf(s, CHUNK_WORK)];
      if (bands === undefined || g.batch === 0) return reference.conv2dGradW(dy, x, g);
      const dw = memory.reserve(g.wShape, "float32");
      const perPart = imagesOfPart(g.batch);
      if (band === undefined) gradW(s, bands, perPart, memory.at(dy), dw);
      else winogradGradW(engine, s, band, perPart, memory.at(dy), memory.at(dw));
      return dw;
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
  const cost = 1.2 * taps * g.outHeight * g.outWidth;
  return enough && cost < Math.min(taps * g.height * g.width, winograd);
}

/** The arguments that CONV and CONV_GRAD_W share; the others are filled in. */
function argumentsOf(s: Sliding, bands: Bands, offsets: number): number[] {
  const args = new Array<number>(26).fill(0);
  args.splice(0, 6, s.at, s.height, s.width, s.channels, s.padTop, s.padLeft);
  args.splice(6, 5, s.spreadHeight, s.spreadWidth, bands.width, s.strideHeight, s.strideWidth);
  args.splice(11, 5, s.outHeight, s.outWidth, s.outChannels, s.groups, bands.rows);
  args.splice(17, 4, bands.reach, offsets, bands.offsets.length, bands.length);
  args[24] = Number(bands.inPlace);
  return args;
}
