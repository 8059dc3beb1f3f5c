/**
 * Convolution and its gradients on the engine.
 *
 * @module
 */
import type { Conv2dGeometry, WindowGeometry } from "../../core/geometry/mod.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import type { Engine } from "./engine.ts";
import { ADD_PARTS, CONV, CONV_GRAD_W, CONV_SCATTER } from "./kernel_ids.ts";
import { SCRATCH_BYTES } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";
import { type Columns, packColumns, packedBytes, TILE_COLUMNS, withBias } from "./products.ts";

/** A chunk of work should take this many multiply-adds: about 50 µs. */
const CHUNK_WORK = 1_000_000;
/** Most parts that the gradient of filters is summed in. */
const MOST_PARTS = 16;
/** A band is copied to this much of a thread's scratch memory, which stays in its cache. */
const BAND_BYTES = 512 * 1024;

type ConvKernels = Pick<Kernels, "conv2d" | "conv2dGradX" | "conv2dGradW">;

/** Images that windows slide over, after padding and spreading. */
interface Sliding {
  readonly at: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Negative where rows or columns are left out. */
  readonly padTop: number;
  readonly padLeft: number;
  /** Distance of pixels; zeros are between them. */
  readonly spreadHeight: number;
  readonly spreadWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly window: Window;
}

type Window = Pick<
  WindowGeometry,
  "windowHeight" | "windowWidth" | "dilationHeight" | "dilationWidth"
>;

/** What bands of images look like in memory, and how windows are read from them. */
interface Plan {
  readonly inPlace: boolean;
  readonly paddedWidth: number;
  readonly bandRows: number;
  readonly reach: number;
  /** Offsets in bytes of the stretches of a window that lie together, and their length. */
  readonly offsets: readonly number[];
  readonly length: number;
}

function planOf(s: Sliding): Plan | undefined {
  const { window, channels, groups } = s;
  const reach = (window.windowHeight - 1) * window.dilationHeight + 1;
  const reachWidth = (window.windowWidth - 1) * window.dilationWidth + 1;
  const neededWidth = (s.outWidth - 1) * s.strideWidth + reachWidth;
  const neededHeight = (s.outHeight - 1) * s.strideHeight + reach;
  const inPlace = s.padTop === 0 && s.padLeft === 0 && s.spreadHeight === 1 &&
    s.spreadWidth === 1 && neededWidth <= s.width && neededHeight <= s.height;
  const paddedWidth = inPlace ? s.width : neededWidth;
  const lineBytes = paddedWidth * channels * 4;
  const work = s.outWidth * s.outChannels * window.windowHeight * window.windowWidth *
    (channels / groups);
  let bandRows = Math.min(Math.max(Math.ceil(CHUNK_WORK / Math.max(work, 1)), 1), s.outHeight);
  if (!inPlace) {
    const fitting = (bytes: number) =>
      Math.floor((Math.floor(bytes / lineBytes) - reach) / s.strideHeight) + 1;
    if (fitting(SCRATCH_BYTES - TILE_COLUMNS * 4) < 1) return undefined;
    bandRows = Math.min(bandRows, Math.max(fitting(BAND_BYTES), 1));
  }
  return { inPlace, paddedWidth, bandRows, reach, ...stretches(s, paddedWidth) };
}

/** A row of taps is one stretch where its pixels and channels are neighbours. */
function stretches(
  { window, channels, groups }: Sliding,
  paddedWidth: number,
): { offsets: number[]; length: number } {
  const { windowHeight, windowWidth, dilationHeight, dilationWidth } = window;
  const whole = dilationWidth === 1 && groups === 1;
  const perRow = whole ? 1 : windowWidth;
  const offsets = Array.from({ length: windowHeight * perRow }, (_, i) => {
    const [ky, kx] = [Math.floor(i / perRow), i % perRow];
    return (ky * dilationHeight * paddedWidth + kx * dilationWidth) * channels * 4;
  });
  return { offsets, length: whole ? windowWidth * channels : channels / groups };
}

/** The arguments that CONV and CONV_GRAD_W share; the others are filled in. */
function argumentsOf(s: Sliding, plan: Plan, offsets: number): number[] {
  const args = new Array<number>(26).fill(0);
  args.splice(0, 6, s.at, s.height, s.width, s.channels, s.padTop, s.padLeft);
  args.splice(6, 5, s.spreadHeight, s.spreadWidth, plan.paddedWidth, s.strideHeight, s.strideWidth);
  args.splice(11, 5, s.outHeight, s.outWidth, s.outChannels, s.groups, plan.bandRows);
  args.splice(17, 4, plan.reach, offsets, plan.offsets.length, plan.length);
  args[24] = Number(plan.inPlace);
  return args;
}

/** Convolution of float32 arrays; `reference` takes what is too large for scratch memory. */
export function convKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: ConvKernels,
): ConvKernels {
  /** Slides packed filters over images. */
  function slide(
    s: Sliding,
    plan: Plan,
    filters: readonly Columns[],
    bias: NdArray | null,
    y: NdArray,
  ) {
    const bytes = packedBytes(filters[0]);
    engine.withBlock(bytes * filters.length, (packed) => {
      filters.forEach((columns, i) => packColumns(engine, columns, packed + i * bytes));
      withBias(
        engine,
        memory,
        bias,
        s.groups,
        (start) =>
          engine.withInts(plan.offsets, (offsets) => {
            const bands = Math.ceil(s.outHeight / plan.bandRows);
            const args = argumentsOf(s, plan, offsets);
            args[16] = bands;
            args.splice(21, 3, packed, start, memory.at(y));
            engine.call(CONV, s.batch * bands, ...args);
          }),
      );
    });
  }

  /** The gradient of x, window by window of y. */
  function scatter(dy: NdArray, w: NdArray, g: Conv2dGeometry): NdArray {
    const dx = memory.reserve(g.xShape, "float32");
    const filters = windowsOf(memory.at(w), g);
    const bytes = packedBytes(filters[0]);
    const work = g.outHeight * g.outWidth * g.outChannels * filters[0].columns;
    const images = Math.ceil(CHUNK_WORK / Math.max(work, 1));
    engine.withBlock(bytes * filters.length, (packed) => {
      filters.forEach((columns, i) => packColumns(engine, columns, packed + i * bytes));
      engine.withInts([0], (offsets) => {
        const args = new Array<number>(23).fill(0);
        args.splice(0, 6, memory.at(dy), g.height, g.width, g.channels, g.padTop, g.padLeft);
        args.splice(6, 5, g.batch, images, g.windowHeight, g.strideHeight, g.strideWidth);
        args.splice(11, 5, g.outHeight, g.outWidth, g.outChannels, g.groups, g.windowWidth);
        args.splice(16, 3, g.dilationHeight, g.dilationWidth, offsets);
        args.splice(21, 2, packed, memory.at(dx));
        engine.call(CONV_SCATTER, Math.ceil(g.batch / images), ...args);
      });
    });
    return dx;
  }

  return {
    conv2d(x, w, bias, g) {
      const s: Sliding = { ...g, ...forward(g), at: memory.at(x), window: g };
      const plan = planOf(s);
      if (plan === undefined) return reference.conv2d(x, w, bias, g);
      const y = memory.reserve(g.yShape, "float32");
      slide(s, plan, filtersOf(memory.at(w), g), bias, y);
      return y;
    },

    conv2dGradX(dy, w, g) {
      if (scatters(g)) return scatter(dy, w, g);
      const s = backward(memory.at(dy), g);
      const plan = planOf(s);
      if (plan === undefined) return reference.conv2dGradX(dy, w, g);
      const dx = memory.reserve(g.xShape, "float32");
      slide(s, plan, flippedFiltersOf(memory.at(w), g), null, dx);
      return dx;
    },

    conv2dGradW(dy, x, g) {
      const s: Sliding = { ...g, ...forward(g), at: memory.at(x), window: g };
      const plan = planOf(s);
      if (plan === undefined || g.batch === 0) return reference.conv2dGradW(dy, x, g);
      const dw = memory.reserve(g.wShape, "float32");
      const perPart = Math.ceil(g.batch / MOST_PARTS);
      const parts = Math.ceil(g.batch / perPart);
      engine.withBlock(
        Math.max(dw.storage.bytes * parts, 4),
        (partsAt) =>
          engine.withInts(plan.offsets, (offsets) => {
            const args = argumentsOf(s, plan, offsets);
            args.splice(6, 2, g.batch, perPart);
            args.splice(21, 2, memory.at(dy), partsAt);
            engine.call(CONV_GRAD_W, parts, ...args);
            const block = 4096;
            const chunks = Math.ceil(dw.storage.bytes / 4 / block);
            engine.call(ADD_PARTS, chunks, partsAt, parts, dw.storage.bytes, memory.at(dw), block);
          }),
      );
      return dw;
    },
  };
}

function forward(
  g: Conv2dGeometry,
): Pick<Sliding, "spreadHeight" | "spreadWidth"> & Conv2dGeometry {
  return { ...g, spreadHeight: 1, spreadWidth: 1 };
}

/** The gradient of x is a convolution of dy, spread by the stride, at stride 1. */
function backward(at: number, g: Conv2dGeometry): Sliding {
  return {
    at,
    batch: g.batch,
    height: g.outHeight,
    width: g.outWidth,
    channels: g.outChannels,
    padTop: (g.windowHeight - 1) * g.dilationHeight - g.padTop,
    padLeft: (g.windowWidth - 1) * g.dilationWidth - g.padLeft,
    spreadHeight: g.strideHeight,
    spreadWidth: g.strideWidth,
    strideHeight: 1,
    strideWidth: 1,
    outHeight: g.height,
    outWidth: g.width,
    outChannels: g.channels,
    groups: g.groups,
    window: g,
  };
}

/** The filters of each group as columns: one per output channel. */
function filtersOf(at: number, g: Conv2dGeometry): Columns[] {
  const [, , perGroup, outChannels] = g.wShape;
  const columns = outChannels / g.groups;
  return Array.from({ length: g.groups }, (_, group) => ({
    at: at + group * columns * 4,
    taps: g.windowHeight * g.windowWidth,
    tapStride: perGroup * outChannels,
    flip: false,
    rows: perGroup,
    rowStride: outChannels,
    columns,
    columnStride: 1,
  }));
}

/**
 * Whether the gradient of x is better sent back window by window than gathered pixel by pixel:
 * gathering visits every pixel of x with every tap, also where no window is.
 */
function scatters(g: Conv2dGeometry): boolean {
  const enough = g.outChannels / g.groups >= TILE_COLUMNS && g.batch > 1;
  return enough && g.height * g.width > 1.2 * g.outHeight * g.outWidth;
}

/** The filters of each group as columns: one per tap and input channel. */
function windowsOf(at: number, g: Conv2dGeometry): Columns[] {
  const [, , perGroup, outChannels] = g.wShape;
  const rows = outChannels / g.groups;
  return Array.from({ length: g.groups }, (_, group) => ({
    at: at + group * rows * 4,
    taps: 1,
    tapStride: 0,
    flip: false,
    rows,
    rowStride: 1,
    columns: g.windowHeight * g.windowWidth * perGroup,
    columnStride: outChannels,
  }));
}

/** The filters of each group turned round, as columns: one per input channel. */
function flippedFiltersOf(at: number, g: Conv2dGeometry): Columns[] {
  return filtersOf(at, g).map((c) => ({
    ...c,
    flip: true,
    rows: c.columns,
    rowStride: c.columnStride,
    columns: c.rows,
    columnStride: c.rowStride,
  }));
}
