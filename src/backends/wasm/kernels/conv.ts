// Convolution as an implicit matrix product: windows are read where the image is, or in a padded
// copy of a band of it in scratch memory; the windows themselves are never written out.
//
// The gradient with respect to x is a convolution of dy with flipped filters; `spread` puts dy
// apart by the stride. The gradient with respect to w is an outer product over pixels.
import { LIST_BYTES, LIST_PIXELS, SCRATCH_BYTES, TILE_COLUMNS, TILE_ROWS } from "../layout";
import { areFinite, gradWListed, listPixels } from "./conv_sparse";
import { int, pointer } from "./params";
import { multiplyTile, multiplyTransposedTile } from "./multiply";

/**
 * Copies the rows of an image that a band needs: `lines` padded rows from padded row `top` on, of
 * `width` pixels, zeros where the image is not. Pixels of the image are `spread` apart.
 */
export function copyPadded(
  image: usize,
  height: i32,
  width: i32,
  pixelBytes: i32,
  padTop: i32,
  padLeft: i32,
  spreadHeight: i32,
  spreadWidth: i32,
  top: i32,
  lines: i32,
  paddedWidth: i32,
  to: usize,
): void {
  const lineBytes: usize = <usize> paddedWidth * pixelBytes;
  for (let line = 0; line < lines; line++) {
    const spreadY = top + line - padTop;
    const y = spreadY / spreadHeight;
    if (spreadY < 0 || y >= height || y * spreadHeight != spreadY) {
      memory.fill(to, 0, lineBytes);
    } else {
      const row = image + <usize> y * width * pixelBytes;
      if (spreadWidth == 1) copyLine(row, width, pixelBytes, padLeft, paddedWidth, to);
      else spreadLine(row, width, pixelBytes, padLeft, spreadWidth, paddedWidth, to);
    }
    to += lineBytes;
  }
}

function copyLine(
  row: usize,
  width: i32,
  pixelBytes: i32,
  padLeft: i32,
  paddedWidth: i32,
  to: usize,
): void {
  const before = min(max(padLeft, 0), paddedWidth);
  const skipped = max(-padLeft, 0);
  const copied = max(min(width - skipped, paddedWidth - before), 0);
  memory.fill(to, 0, <usize> before * pixelBytes);
  memory.copy(
    to + <usize> before * pixelBytes,
    row + <usize> skipped * pixelBytes,
    <usize> copied * pixelBytes,
  );
  const end = before + copied;
  memory.fill(to + <usize> end * pixelBytes, 0, <usize> (paddedWidth - end) * pixelBytes);
}

function spreadLine(
  row: usize,
  width: i32,
  pixelBytes: i32,
  padLeft: i32,
  spread: i32,
  paddedWidth: i32,
  to: usize,
): void {
  memory.fill(to, 0, <usize> paddedWidth * pixelBytes);
  for (let x = 0; x < width; x++) {
    const at = x * spread + padLeft;
    if (at < 0 || at >= paddedWidth) continue;
    memory.copy(to + <usize> at * pixelBytes, row + <usize> x * pixelBytes, pixelBytes);
  }
}

/**
 * The output of a band of rows of an image, for all groups. A chunk is a band. Arguments:
 * 0 images, 1 height, 2 width, 3 channels, 4 padTop, 5 padLeft, 6, 7 spread, 8 padded width,
 * 9, 10 stride, 11 output height, 12 output width, 13 output channels, 14 groups, 15 rows of a
 * band, 16 bands, 17 rows that a window reaches over, 18 offsets, 19 segments, 20 length of a
 * segment, 21 packed filters, 22 bias (whole panels a group, or 0), 23 output, 24 read in place,
 * 25 relu.
 */
export function conv(chunk: i32, scratch: usize): void {
  const height = int(1), width = int(2), channels = int(3), paddedWidth = int(8);
  const strideHeight = int(9), outHeight = int(11), outWidth = int(12), outChannels = int(13);
  const bands = int(16), bandRows = int(15);
  const image = chunk / bands;
  const first = (chunk % bands) * bandRows;
  const rows = min(bandRows, outHeight - first);
  const pixelBytes = channels << 2;
  const source = pointer(0) + <usize> image * height * width * pixelBytes;
  const top = first * strideHeight;
  let base = source + <usize> top * width * pixelBytes;
  if (int(24) == 0) {
    const lines = (rows - 1) * strideHeight + int(17);
    copyPadded(
      source,
      height,
      width,
      pixelBytes,
      int(4),
      int(5),
      int(6),
      int(7),
      top,
      lines,
      paddedWidth,
      scratch,
    );
    base = scratch;
  }
  const y = pointer(23) + (<usize> (image * outHeight + first) * outWidth * outChannels << 2);
  convBand(base, rows * outWidth, y);
}

/** The windows that begin at `base`, four pixels and eight channels at a time. */
function convBand(base: usize, pixels: i32, y: usize): void {
  const groups = int(14), outChannels = int(13), bias = pointer(22);
  const perGroup = int(3) / groups, outPerGroup = outChannels / groups;
  const panels = (outPerGroup + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const panelBytes = <usize> int(19) * int(20) * 32;
  for (let group = 0; group < groups; group++) {
    for (let panel = 0; panel < panels; panel++) {
      const number = group * panels + panel;
      const b = pointer(21) + <usize> number * panelBytes;
      const start = bias != 0 ? bias + <usize> number * 32 : 0;
      const column = panel * TILE_COLUMNS;
      const c = y + (<usize> (group * outPerGroup + column) << 2);
      convPanel(base + (<usize> group * perGroup << 2), pixels, b, start, c, outPerGroup - column);
    }
  }
}

/** Eight channels of all pixels of a band. */
function convPanel(
  base: usize,
  pixels: i32,
  b: usize,
  start: usize,
  c: usize,
  columns: i32,
): void {
  const outWidth = int(12), rowBytes = <usize> int(13) << 2;
  const pixelStep: usize = <usize> int(10) * int(3) << 2;
  const lineStep: usize = <usize> int(9) * int(8) * int(3) << 2;
  const offsets = pointer(18), segments = int(19), length = int(20), relu = int(25) != 0;
  let line = base, at = base;
  let x = 0;
  for (let pixel = 0; pixel < pixels; pixel += TILE_ROWS) {
    let a0 = at, a1 = at, a2 = at, a3 = at;
    const left = pixels - pixel;
    if (x + TILE_ROWS < outWidth) {
      a1 = at + pixelStep;
      a2 = a1 + pixelStep;
      a3 = a2 + pixelStep;
      at = a3 + pixelStep;
      x += TILE_ROWS;
    } else {
      // Around the end of a line; pixels beyond the last one read that again.
      for (let i = 0; i < min(TILE_ROWS, left); i++) {
        if (i <= 1) a1 = at;
        if (i <= 2) a2 = at;
        a3 = at;
        at += pixelStep;
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

/**
 * The gradient with respect to the filters, summed over some images: a part. A chunk is a part.
 * Arguments: 0 images, 1 height, 2 width, 3 channels, 4 padTop, 5 padLeft, 6 batch, 7 images of a
 * part, 8 padded width, 9, 10 stride, 11 output height, 12 output width, 13 output channels,
 * 14 groups, 15 rows of a band, 16 unused, 17 rows that a window reaches over, 18 offsets,
 * 19 segments, 20 length of a segment, 21 dy, 22 parts, 23 unused, 24 read in place.
 */
export function convGradW(chunk: i32, scratch: usize): void {
  const height = int(1), width = int(2), pixelBytes = int(3) << 2;
  const outHeight = int(11), outWidth = int(12), strideHeight = int(9), bandRows = int(15);
  const outChannels = int(13);
  const perPart = int(7);
  const size = <usize> int(19) * int(20) * outChannels << 2;
  const dw = pointer(22) + <usize> chunk * size;
  const end = min((chunk + 1) * perPart, int(6));
  const first = chunk * perPart;
  const imageBytes: usize = <usize> height * width * pixelBytes;
  const source = pointer(0) + <usize> first * imageBytes;
  const dyBytes: usize = <usize> outHeight * outWidth * outChannels << 2;
  const dy = pointer(21) + <usize> first * dyBytes;
  const list = scratch + SCRATCH_BYTES - LIST_BYTES;
  if (int(24) != 0) {
    // As many images at once as a list has room for.
    const most = max(LIST_PIXELS / max(outHeight * outWidth, 1), 1);
    for (let image = 0; image < end - first; image += most) {
      const x = source + <usize> image * imageBytes, at = dy + <usize> image * dyBytes;
      const images = min(most, end - first - image);
      gradWBand(x, imageBytes, at, images, outHeight, image > 0, dw, list);
    }
    return;
  }
  const paddedWidth = int(8);
  for (let image = first; image < end; image++) {
    const x = source + <usize> (image - first) * imageBytes;
    for (let top = 0; top < outHeight; top += bandRows) {
      const rows = min(bandRows, outHeight - top);
      const lines = (rows - 1) * strideHeight + int(17);
      const y = top * strideHeight;
      copyPadded(x, height, width, pixelBytes, int(4), int(5), 1, 1, y, lines, paddedWidth, scratch);
      const band = dy + <usize> (image - first) * dyBytes +
        (<usize> (top * outWidth * outChannels) << 2);
      gradWBand(scratch, 0, band, 1, rows, image > first || top > 0, dw, list);
    }
  }
}

/**
 * Adds what the pixels of some rows of some images give to the gradient of the filters; `lines`
 * of x are in reach of an image.
 */
function gradWBand(
  base: usize,
  imageBytes: usize,
  dy: usize,
  images: i32,
  rows: i32,
  accumulate: bool,
  dw: usize,
  list: usize,
): void {
  const channels = int(3), outChannels = int(13), groups = int(14);
  const perGroup = channels / groups, outPerGroup = outChannels / groups;
  const lines = (rows - 1) * int(9) + int(17);
  const bytes = <usize> (images - 1) * imageBytes + (<usize> (lines * int(8) * channels) << 2);
  let known = false, finite = false;
  for (let group = 0; group < groups; group++) {
    const a = base + (<usize> (group * perGroup) << 2);
    for (let column = 0; column < outPerGroup; column += TILE_COLUMNS) {
      const o = <usize> (group * outPerGroup + column) << 2;
      const columns = outPerGroup - column;
      const count = listPixels(imageBytes, dy + o, images, rows, list);
      if (count >= 0 && !known) {
        finite = areFinite(base, bytes);
        known = true;
      }
      if (count >= 0 && finite) gradWListed(a, list, count, accumulate, dw + o, columns);
      else gradWPanel(a, imageBytes, dy + o, images, rows, accumulate, dw + o, columns);
    }
  }
}

/** The gradient of eight columns of the filters, from all pixels. */
function gradWPanel(
  base: usize,
  imageBytes: usize,
  dy: usize,
  images: i32,
  rows: i32,
  accumulate: bool,
  dw: usize,
  columns: i32,
): void {
  const offsets = pointer(18), segments = int(19), length = int(20);
  const rowBytes = <usize> int(13) << 2;
  const pixelStep: usize = <usize> int(10) * int(3) << 2;
  const lineStep: usize = <usize> int(9) * int(8) * int(3) << 2;
  for (let segment = 0; segment < segments; segment++) {
    const a = base + <usize> load<u32>(offsets + (<usize> segment << 2));
    for (let row = 0; row < length; row += TILE_ROWS) {
      multiplyTransposedTile(
        a + (<usize> row << 2),
        pixelStep,
        lineStep,
        imageBytes,
        dy,
        rowBytes,
        images,
        rows,
        int(12),
        accumulate,
        dw + <usize> (segment * length + row) * rowBytes,
        rowBytes,
        min(TILE_ROWS, length - row),
        columns,
      );
    }
  }
}
