/**
 * Convolution the direct way: filters slide over windows that are read in place or from padded bands
 * (`kernels/conv.ts`), or each pixel of dy is sent back through its window
 * (`kernels/conv_scatter.ts`).
 *
 * @module
 */
import type { Conv2dGeometry } from "../../core/geometry/mod.ts";
import type { FusedActivation } from "../kernels.ts";
import * as abi from "./abi.ts";
import { type Bands, CHUNK_WORK } from "./bands.ts";
import type { Engine } from "./engine.ts";
import { windowsOf } from "./filters.ts";
import { imagesOfPart, sumParts } from "./parts.ts";
import { type Columns, packColumns, packedBytes } from "./products.ts";
import type { Sliding } from "./sliding.ts";

/** Slides filters over images, band by band; `bias` is padded to whole panels, or 0. */
export function directConv(
  engine: Engine,
  s: Sliding,
  bands: Bands,
  filters: readonly Columns[],
  bias: number,
  y: number,
  activation: FusedActivation = "linear",
): void {
  withPacked(engine, filters, (packed) =>
    engine.withInts(bands.offsets, (offsets) => {
      const count = Math.ceil(s.outHeight / bands.rows);
      abi.conv(engine, s.batch * count, {
        ...windowArguments(s, bands, offsets),
        spreadHeight: s.spreadHeight,
        spreadWidth: s.spreadWidth,
        bands: count,
        filters: packed,
        bias,
        y,
        relu: activation === "relu",
      });
    }));
}

/** The gradient of the filters, of some bytes, summed in parts of some images. */
export function directGradW(
  engine: Engine,
  s: Sliding,
  bands: Bands,
  dy: number,
  dw: number,
  bytes: number,
): void {
  const perPart = imagesOfPart(s.batch);
  const count = Math.ceil(s.batch / perPart);
  engine.withBlock(bytes * count, (parts) => {
    engine.withInts(bands.offsets, (offsets) =>
      abi.convGradW(engine, count, {
        ...windowArguments(s, bands, offsets),
        batch: s.batch,
        imagesOfPart: perPart,
        dy,
        parts,
      }));
    sumParts(engine, parts, count, bytes, dw);
  });
}

/** The gradient of x, window by window of y. */
export function scatterGradX(
  engine: Engine,
  dy: number,
  w: number,
  g: Conv2dGeometry,
  dx: number,
): void {
  const columns = windowsOf(w, g);
  const work = g.outHeight * g.outWidth * g.outChannels * columns[0].columns;
  const imagesOfChunk = Math.ceil(CHUNK_WORK / Math.max(work, 1));
  withPacked(
    engine,
    columns,
    (filters) =>
      engine.withInts([0], (zero) =>
        abi.convScatter(engine, Math.ceil(g.batch / imagesOfChunk), {
          dy,
          dx,
          filters,
          batch: g.batch,
          height: g.height,
          width: g.width,
          channels: g.channels,
          outHeight: g.outHeight,
          outWidth: g.outWidth,
          outChannels: g.outChannels,
          groups: g.groups,
          padTop: g.padTop,
          padLeft: g.padLeft,
          windowHeight: g.windowHeight,
          windowWidth: g.windowWidth,
          strideHeight: g.strideHeight,
          strideWidth: g.strideWidth,
          dilationHeight: g.dilationHeight,
          dilationWidth: g.dilationWidth,
          imagesOfChunk,
          zero,
        })),
  );
}

/** Packs the filters of all groups one after the other, while `use` runs. */
function withPacked(
  engine: Engine,
  filters: readonly Columns[],
  use: (packed: number) => void,
): void {
  const bytes = packedBytes(filters[0]);
  engine.withBlock(bytes * filters.length, (packed) => {
    filters.forEach((columns, i) => packColumns(engine, columns, packed + i * bytes));
    use(packed);
  });
}

/** The arguments that both kernels of sliding filters share. */
function windowArguments(
  s: Sliding,
  bands: Bands,
  offsets: number,
): Pick<abi.ConvArgs, keyof abi.ConvArgs & keyof abi.ConvGradWArgs> {
  return {
    images: s.at,
    height: s.height,
    width: s.width,
    channels: s.channels,
    padTop: s.padTop,
    padLeft: s.padLeft,
    paddedWidth: bands.width,
    outHeight: s.outHeight,
    outWidth: s.outWidth,
    outChannels: s.outChannels,
    rowsOfBand: bands.rows,
    strideHeight: s.strideHeight,
    strideWidth: s.strideWidth,
    groups: s.groups,
    reach: bands.reach,
    offsets,
    segments: bands.offsets.length,
    length: bands.length,
    inPlace: bands.inPlace,
  };
}
