/**
 * When and how 3 × 3 convolutions run by Winograd's F(2×2, 3×3); see `kernels/winograd.ts`.
 *
 * @module
 */
import type { FusedActivation } from "../kernels.ts";
import * as abi from "./abi.ts";
import { BAND_BYTES } from "./bands.ts";
import type { Engine } from "./engine.ts";
import { SCRATCH_BYTES, TILE_COLUMNS, TILE_POINTS } from "./layout.ts";
import { imagesOfPart, sumParts } from "./parts.ts";
import { type Columns, packColumns, packedBytes } from "./products.ts";
import type { Sliding } from "./sliding.ts";

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
  const perTile = TILE_POINTS * 4 * (channels + panelsOf(outChannels) * TILE_COLUMNS);
  const perRow = perTile * columns + 2 * (2 * columns + 2) * channels * 4;
  const twoMore = 2 * (2 * columns + 2) * channels * 4;
  if (perRow + twoMore > SCRATCH_BYTES) return undefined;
  return Math.min(Math.max(Math.floor((BAND_BYTES - twoMore) / perRow), 1), rows);
}

/** Multiplications of an image, per input and output channel. */
export function winogradCost(s: Sliding): number {
  return TILE_POINTS * Math.ceil(s.outHeight / 2) * Math.ceil(s.outWidth / 2);
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
  const transformedBytes = TILE_POINTS * panels * s.channels * TILE_COLUMNS * 4;
  engine.withBlock(transformedBytes, (transformed) => {
    engine.withBlock(packedBytes(filters), (packed) => {
      packColumns(engine, filters, packed);
      abi.winogradFilters(engine, panels, { packed, rows: s.channels, panels, transformed });
    });
    engine.withInts([0], (zero) => {
      const bands = Math.ceil(Math.ceil(s.outHeight / 2) / band);
      abi.winograd(engine, s.batch * bands, {
        ...imageArguments(s, band),
        bands,
        filters: transformed,
        bias,
        y,
        zero,
        relu: activation === "relu",
      });
    });
  });
}

/** The gradient of the filters by Winograd's tiles, summed in parts of some images. */
export function winogradGradW(
  engine: Engine,
  s: Sliding,
  band: number,
  dy: number,
  dw: number,
): void {
  const perPart = imagesOfPart(s.batch);
  const count = Math.ceil(s.batch / perPart);
  const { channels, outChannels } = s;
  const bytes = TILE_POINTS * channels * panelsOf(outChannels) * TILE_COLUMNS * 4;
  engine.withBlock(bytes * (count + 1), (sums) => {
    const parts = sums + bytes;
    abi.winogradGradW(engine, count, {
      ...imageArguments(s, band),
      batch: s.batch,
      imagesOfPart: perPart,
      dy,
      parts,
    });
    sumParts(engine, parts, count, bytes, sums);
    abi.winogradFinish(engine, channels, { sums, channels, outChannels, dw });
  });
}

/** The arguments that convolution and the gradient of filters share. */
function imageArguments(
  s: Sliding,
  band: number,
): Pick<abi.WinogradArgs, keyof abi.WinogradArgs & keyof abi.WinogradGradWArgs> {
  return {
    images: s.at,
    height: s.height,
    width: s.width,
    channels: s.channels,
    padTop: s.padTop,
    padLeft: s.padLeft,
    paddedWidth: 2 * Math.ceil(s.outWidth / 2) + 2,
    outHeight: s.outHeight,
    outWidth: s.outWidth,
    outChannels: s.outChannels,
    rowsOfBand: band,
  };
}

function panelsOf(columns: number): number {
  return Math.ceil(columns / TILE_COLUMNS);
}
