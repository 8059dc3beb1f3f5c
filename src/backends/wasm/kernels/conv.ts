// Convolution as an implicit matrix product: windows are read where the image is, or in a padded
// copy of a band of it in scratch memory; the windows themselves are never written out.
//
// The gradient with respect to x is a convolution of dy with flipped filters; `spread` puts dy
// apart by the stride. The gradient with respect to w is an outer product over pixels.
import {
  LIST_BYTES,
  LIST_PIXELS,
  PARAMS,
  SCRATCH_BYTES,
  TILE_COLUMNS,
  TILE_ROWS,
} from "../layout";
import { areFinite, gradWListed, listPixels } from "./conv_sparse";
import { multiplyTile, multiplyTransposedTile } from "./multiply";
import { copyPadded, lineStepOf, stepOf, WindowsArgs } from "./windows";

@unmanaged
export class ConvArgs extends WindowsArgs {
  /** Distance of rows of pixels; zeros are between them. */
  spreadHeight: i32;
  /** Distance of columns of pixels; zeros are between them. */
  spreadWidth: i32;
  /** Bands of an image. */
  bands: i32;
  /** Packed filters, group by group. */
  filters: usize;
  /** Whole panels of each group, or 0. */
  bias: usize;
  y: usize;
  relu: bool;
}

/** The output of a band of rows of an image, for all groups. A chunk is a band. */
export function conv(chunk: i32, scratch: usize): void {
  const args = changetype<ConvArgs>(PARAMS);
  const strideHeight = args.strideHeight, outHeight = args.outHeight, outWidth = args.outWidth;
  const bands = args.bands, rowsOfBand = args.rowsOfBand, width = args.width;
  const image = chunk / bands;
  const first = (chunk % bands) * rowsOfBand;
  const rows = min(rowsOfBand, outHeight - first);
  const pixelBytes = args.channels << 2;
  const source = args.images + <usize> image * args.height * width * pixelBytes;
  const top = first * strideHeight;
  let base = source + <usize> top * width * pixelBytes;
  if (!args.inPlace) {
    const lines = (rows - 1) * strideHeight + args.reach;
    copyPadded(args, source, args.spreadHeight, args.spreadWidth, top, lines, scratch);
    base = scratch;
  }
  const y = args.y + (<usize> (image * outHeight + first) * outWidth * args.outChannels << 2);
  convBand(args, base, rows * outWidth, y);
}

/** The windows that begin at `base`, four pixels and eight channels at a time. */
function convBand(args: ConvArgs, base: usize, pixels: i32, y: usize): void {
  const groups = args.groups, bias = args.bias;
  const perGroup = args.channels / groups, outPerGroup = args.outChannels / groups;
  const panels = (outPerGroup + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const panelBytes = <usize> args.segments * args.length * 32;
  for (let group = 0; group < groups; group++) {
    const x = base + (<usize> group * perGroup << 2);
    for (let panel = 0; panel < panels; panel++) {
      const number = group * panels + panel;
      const b = args.filters + <usize> number * panelBytes;
      const start = bias != 0 ? bias + <usize> number * 32 : 0;
      const column = panel * TILE_COLUMNS;
      const c = y + (<usize> (group * outPerGroup + column) << 2);
      convPanel(args, x, pixels, b, start, c, outPerGroup - column);
    }
  }
}

/** Eight channels of all pixels of a band. */
function convPanel(
  args: ConvArgs,
  base: usize,
  pixels: i32,
  b: usize,
  start: usize,
  c: usize,
  columns: i32,
): void {
  const outWidth = args.outWidth, rowBytes = <usize> args.outChannels << 2;
  const step = stepOf(args), lineStep = lineStepOf(args);
  const offsets = args.offsets, segments = args.segments, length = args.length;
  const relu = args.relu;
  let line = base, at = base;
  let x = 0;
  for (let pixel = 0; pixel < pixels; pixel += TILE_ROWS) {
    let a0 = at, a1 = at, a2 = at, a3 = at;
    const left = pixels - pixel;
    if (x + TILE_ROWS < outWidth) {
      a1 = at + step;
      a2 = a1 + step;
      a3 = a2 + step;
      at = a3 + step;
      x += TILE_ROWS;
    } else {
      // Around the end of a line; pixels beyond the last one read that again.
      for (let i = 0; i < min(TILE_ROWS, left); i++) {
        if (i <= 1) a1 = at;
        if (i <= 2) a2 = at;
        a3 = at;
        at += step;
        if (++x == outWidth) {
          x = 0;
          line += lineStep;
          at = line;
        }
      }
    }
    multiplyTile(
      a0,
      a1,
      a2,
      a3,
      offsets,
      segments,
      length,
      b,
      start,
      relu,
      c + <usize> pixel * rowBytes,
      rowBytes,
      min(left, TILE_ROWS),
      columns,
    );
  }
}

@unmanaged
export class ConvGradWArgs extends WindowsArgs {
  batch: i32;
  /** Images of a part. */
  imagesOfPart: i32;
  dy: usize;
  /** Gradients of the filters, one after the other. */
  parts: usize;
}

/** The gradient with respect to the filters, summed over some images: a part. A chunk is a part. */
export function convGradW(chunk: i32, scratch: usize): void {
  const args = changetype<ConvGradWArgs>(PARAMS);
  const outHeight = args.outHeight, outWidth = args.outWidth, outChannels = args.outChannels;
  const size = <usize> args.segments * args.length * outChannels << 2;
  const dw = args.parts + <usize> chunk * size;
  const first = chunk * args.imagesOfPart, end = min(first + args.imagesOfPart, args.batch);
  const imageBytes: usize = <usize> args.height * args.width * (args.channels << 2);
  const source = args.images + <usize> first * imageBytes;
  const dyBytes: usize = <usize> outHeight * outWidth * outChannels << 2;
  const dy = args.dy + <usize> first * dyBytes;
  const list = scratch + SCRATCH_BYTES - LIST_BYTES;
  if (args.inPlace) {
    // As many images at once as a list has room for.
    const most = max(LIST_PIXELS / max(outHeight * outWidth, 1), 1);
    for (let image = 0; image < end - first; image += most) {
      const x = source + <usize> image * imageBytes, at = dy + <usize> image * dyBytes;
      const images = min(most, end - first - image);
      gradWBand(args, x, imageBytes, at, images, outHeight, image > 0, dw, list);
    }
    return;
  }
  const strideHeight = args.strideHeight, rowsOfBand = args.rowsOfBand;
  for (let image = first; image < end; image++) {
    const x = source + <usize> (image - first) * imageBytes;
    for (let top = 0; top < outHeight; top += rowsOfBand) {
      const rows = min(rowsOfBand, outHeight - top);
      const lines = (rows - 1) * strideHeight + args.reach;
      copyPadded(args, x, 1, 1, top * strideHeight, lines, scratch);
      const band = dy + <usize> (image - first) * dyBytes +
        (<usize> (top * outWidth * outChannels) << 2);
      gradWBand(args, scratch, 0, band, 1, rows, image > first || top > 0, dw, list);
    }
  }
}

/**
 * Adds what the pixels of some rows of some images give to the gradient of the filters; `lines`
 * of x are in reach of an image.
 */
function gradWBand(
  args: WindowsArgs,
  base: usize,
  imageBytes: usize,
  dy: usize,
  images: i32,
  rows: i32,
  accumulate: bool,
  dw: usize,
  list: usize,
): void {
  const channels = args.channels, outChannels = args.outChannels, groups = args.groups;
  const perGroup = channels / groups, outPerGroup = outChannels / groups;
  const lines = (rows - 1) * args.strideHeight + args.reach;
  const bytes = <usize> (images - 1) * imageBytes +
    (<usize> (lines * args.paddedWidth * channels) << 2);
  let known = false, finite = false;
  for (let group = 0; group < groups; group++) {
    const a = base + (<usize> (group * perGroup) << 2);
    for (let column = 0; column < outPerGroup; column += TILE_COLUMNS) {
      const o = <usize> (group * outPerGroup + column) << 2;
      const columns = outPerGroup - column;
      const count = listPixels(args, imageBytes, dy + o, images, rows, list);
      if (count >= 0 && !known) {
        finite = areFinite(base, bytes);
        known = true;
      }
      if (count >= 0 && finite) gradWListed(args, a, list, count, accumulate, dw + o, columns);
      else gradWPanel(args, a, imageBytes, dy + o, images, rows, accumulate, dw + o, columns);
    }
  }
}

/** The gradient of eight columns of the filters, from all pixels. */
function gradWPanel(
  args: WindowsArgs,
  base: usize,
  imageBytes: usize,
  dy: usize,
  images: i32,
  rows: i32,
  accumulate: bool,
  dw: usize,
  columns: i32,
): void {
  const offsets = args.offsets, segments = args.segments, length = args.length;
  const rowBytes = <usize> args.outChannels << 2;
  const step = stepOf(args), lineStep = lineStepOf(args);
  for (let segment = 0; segment < segments; segment++) {
    const a = base + <usize> load<u32>(offsets + (<usize> segment << 2));
    for (let row = 0; row < length; row += TILE_ROWS) {
      multiplyTransposedTile(
        a + (<usize> row << 2),
        step,
        lineStep,
        imageBytes,
        dy,
        rowBytes,
        images,
        rows,
        args.outWidth,
        accumulate,
        dw + <usize> (segment * length + row) * rowBytes,
        rowBytes,
        min(TILE_ROWS, length - row),
        columns,
      );
    }
  }
}
