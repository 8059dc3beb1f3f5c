/**
 * When and how 3 × 3 convolutions run by Winograd's F(2×2, 3×3); see `kernels/winograd.ts`.
 *
 * @module
 */
import type { FusedActivation } from "../kernels.ts";
import type { Engine } from "./engine.ts";
import { WINOGRAD, WINOGRAD_FILTERS, WINOGRAD_FINISH, WINOGRAD_GRAD_W } from "./abi.ts";
import { SCRATCH_BYTES, TILE_COLUMNS } from "./layout.ts";
import { sumParts } from "./parts.ts";
import { type Columns, packColumns, packedBytes } from "./products.ts";
import type { Sliding } from "./sliding.ts";

const POINTS = 16;
/** A band of tiles should take this much of a thread's scratch memory, to stay in its cache. */
const BAND_BYTES = 512 * 1024;
/** Fewer channels leave too little work between the transforms. */
const FEWEST_CHANNELS = 16;
/** Multiplications against those of the direct way, above which the transforms cost too much. */
const WORTH = 0.7;

/** Rows of tiles in a band; undefined where the direct way is better or the only one. */
export function winogradBand(s: Sliding): number | undefined {
  const { windowHeight, windowWidth, dilationHeight, dilationWidth } = s.window;
  const steps = [dilationHeight, dilationWidth, s.strideHeight, s.strideWidth];
  const plain = windowHeight === 3 && windowWidth === 3 && s.groups === 1 &&
    [...steps, s.spreadHeight, s.spreadWidth].every((n) => n === 1);
  const { channels, outChannels } = s;
  if (!plain || channels % 4 !== 0 || Math.min(channels, outChannels) < FEWEST_CHANNELS) {
    return undefined;
  }
  if (winogradCost(s) > WORTH * 9 * s.outHeight * s.outWidth) return undefined;
  const [rows, columns] = [Math.ceil(s.outHeight / 2), Math.ceil(s.outWidth / 2)];
  const perTile = POINTS * 4 * (channels + panelsOf(outChannels) * TILE_COLUMNS);
  const perRow = perTile * columns + 2 * (2 * columns + 2) * channels * 4;
  const twoMore = 2 * (2 * columns + 2) * channels * 4;
  if (perRow + twoMore > SCRATCH_BYTES) return undefined;
  return Math.min(Math.max(Math.floor((BAND_BYTES - twoMore) / perRow), 1), rows);
}

/** Multiplications of an image, per input and output channel. */
export function winogradCost(s: Sliding): number {
  return POINTS * Math.ceil(s.outHeight / 2) * Math.ceil(s.outWidth / 2);
}

/** Convolution by Winograd's tiles; `bias` is padded to whole panels, or 0. */
export function winogradConv(
  engine: Engine,
  s: Sliding,
  band: number,
  filters: Columns,
  bias: number,
  y: number,
  activation: FusedActivation = "linear",
): void {
  const panels = panelsOf(s.outChannels);
  const transformedBytes = POINTS * panels * s.channels * TILE_COLUMNS * 4;
  engine.withBlock(transformedBytes, (transformed) => {
    engine.withBlock(packedBytes(filters), (packed) => {
      packColumns(engine, filters, packed);
      engine.call(WINOGRAD_FILTERS, panels, packed, s.channels, panels, transformed);
    });
    engine.withInts([0], (offsets) => {
      const bands = Math.ceil(Math.ceil(s.outHeight / 2) / band);
      const args = argumentsOf(s, band, offsets);
      args[16] = bands;
      args.splice(21, 3, transformed, bias, y);
      args[25] = Number(activation === "relu");
      engine.call(WINOGRAD, s.batch * bands, ...args);
    });
  });
}

/** The gradient of the filters by Winograd's tiles, in `parts` of `perPart` images. */
export function winogradGradW(
  engine: Engine,
  s: Sliding,
  band: number,
  perPart: number,
  dy: number,
  dw: number,
): void {
  const parts = Math.ceil(s.batch / perPart);
  const bytes = POINTS * s.channels * panelsOf(s.outChannels) * TILE_COLUMNS * 4;
  engine.withBlock(bytes * (parts + 1), (sums) => {
    const args = argumentsOf(s, band, 0);
    args.splice(6, 2, s.batch, perPart);
    args.splice(21, 2, dy, sums + bytes);
    engine.call(WINOGRAD_GRAD_W, parts, ...args);
    sumParts(engine, sums + bytes, parts, bytes, sums);
    engine.call(WINOGRAD_FINISH, s.channels, sums, s.channels, s.outChannels, dw);
  });
}

function argumentsOf(s: Sliding, band: number, offsets: number): number[] {
  const args = new Array<number>(26).fill(0);
  args.splice(0, 6, s.at, s.height, s.width, s.channels, s.padTop, s.padLeft);
  args[8] = 2 * Math.ceil(s.outWidth / 2) + 2;
  args.splice(11, 3, s.outHeight, s.outWidth, s.outChannels);
  args[15] = band;
  args[18] = offsets;
  return args;
}

function panelsOf(columns: number): number {
  return Math.ceil(columns / TILE_COLUMNS);
}
