// The windows of images as rows of a matrix, and rows added up to images.
//
// What is together in both is a row of taps: all of its channels, or with channels first the taps
// alone. Where these are few (three of one channel are 12 bytes) there is an address to work out for
// each 12 bytes, and copying memory would be some 4 times faster.
import { addFloats } from "./conv_scatter";
import { PARAMS } from "../layout";
import { copyRow } from "./rearrange";
import { storeLanes } from "./simd";

@unmanaged
export class ColumnsArgs {
  x: usize;
  columns: usize;
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  windowHeight: i32;
  windowWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
  /** Rows of windows of im2col, images of col2im. */
  unitsOfChunk: i32;
  channelsFirst: bool;
}

/** Floats of a row of taps that is copied here: a call costs more than copying them. */
const SHORT: i32 = 64;

/** Rows of windows. */
export function im2col(chunk: i32): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const outHeight = args.outHeight;
  const end = min((chunk + 1) * args.unitsOfChunk, args.batch * outHeight);
  const rowBytes = <usize> (args.windowHeight * args.windowWidth) * (<usize> args.channels << 2);
  for (let unit = chunk * args.unitsOfChunk; unit < end; unit++) {
    const image = unit / outHeight, top = (unit % outHeight) * args.strideHeight - args.padTop;
    let y = args.columns + <usize> (unit * args.outWidth) * rowBytes;
    for (let i = 0; i < args.outWidth; i++, y += rowBytes) {
      const left = i * args.strideWidth - args.padLeft, planes = args.channelsFirst;
      const follows = i + 1 < args.outWidth;
      if (follows && isWhole(top, left)) wholeToRow(image, top, left, y);
      else if (planes && follows && args.dilationWidth == 1 && args.windowWidth <= 4) {
        fewToRow(image, top, left, y);
      } else if (planes) planesToRow(image, top, left, y);
      else pixelsToRow(image, top, left, y);
    }
  }
}

/** Rows of windows, in order: nothing is written beyond a window, and then over by the next. */
export function im2colInOrder(chunk: i32): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const outHeight = args.outHeight, planes = args.channelsFirst;
  const end = min((chunk + 1) * args.unitsOfChunk, args.batch * outHeight);
  const rowBytes = <usize> (args.windowHeight * args.windowWidth) * (<usize> args.channels << 2);
  for (let unit = chunk * args.unitsOfChunk; unit < end; unit++) {
    const image = unit / outHeight, top = (unit % outHeight) * args.strideHeight - args.padTop;
    let y = args.columns + <usize> (unit * args.outWidth) * rowBytes;
    for (let i = 0; i < args.outWidth; i++, y += rowBytes) {
      const left = i * args.strideWidth - args.padLeft;
      if (planes) planesToRow(image, top, left, y);
      else pixelsToRow(image, top, left, y);
    }
  }
}

/** Whether a window lies in the image, and its rows of taps are together in memory and short. */
function isWhole(top: i32, left: i32): bool {
  const args = changetype<ColumnsArgs>(PARAMS);
  const length = args.channelsFirst ? args.windowWidth : args.windowWidth * args.channels;
  return args.dilationWidth == 1 && length <= SHORT && left >= 0 &&
    left + args.windowWidth <= args.width && top >= 0 &&
    top + (args.windowHeight - 1) * args.dilationHeight < args.height;
}

/**
 * A window that is whole. Its rows of taps are copied as whole vectors: what is copied too much is
 * written over by what follows, so that the last window of a unit must take another way.
 */
function wholeToRow(image: i32, top: i32, left: i32, y: usize): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const planes = args.channelsFirst, channels = args.channels;
  const pixelBytes: usize = planes ? 4 : <usize> channels << 2;
  const lineBytes = <usize> args.width * pixelBytes, planeBytes = <usize> args.height * lineBytes;
  const start = <usize> (top * args.width + left) * pixelBytes;
  const step = <usize> args.dilationHeight * lineBytes;
  const count = planes ? channels : 1, rows = args.windowHeight;
  const bytes: usize = <usize> args.windowWidth * pixelBytes;
  let plane = args.x + <usize> (image * count) * planeBytes + start;
  for (let c = 0; c < count; c++, plane += planeBytes) {
    let x = plane;
    for (let ky = 0; ky < rows; ky++, x += step, y += bytes) {
      v128.store(y, v128.load(x));
      for (let at: usize = 16; at < bytes; at += 16) v128.store(y + at, v128.load(x + at));
    }
  }
}

/** A window of pixels with channels last. */
function pixelsToRow(image: i32, top: i32, left: i32, y: usize): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const channels = args.channels, windowWidth = args.windowWidth, width = args.width;
  const dilation = args.dilationWidth;
  const length = windowWidth * channels;
  for (let ky = 0; ky < args.windowHeight; ky++, y += <usize> length << 2) {
    const line = top + ky * args.dilationHeight;
    if (line < 0 || line >= args.height) {
      clear(y, length);
      continue;
    }
    const x = args.x + (<usize> ((image * args.height + line) * width) * channels << 2);
    if (dilation == 1) {
      const first = min(max(-left, 0), windowWidth);
      const last = max(min(width - left, windowWidth), first);
      const inside = y + (<usize> (first * channels) << 2);
      clear(y, first * channels);
      copyRow(x + (<usize> ((left + first) * channels) << 2), inside, (last - first) * channels);
      clear(y + (<usize> (last * channels) << 2), (windowWidth - last) * channels);
      continue;
    }
    for (let kx = 0; kx < windowWidth; kx++) {
      const column = left + kx * dilation, at = y + (<usize> (kx * channels) << 2);
      if (column < 0 || column >= width) clear(at, channels);
      else copyRow(x + (<usize> (column * channels) << 2), at, channels);
    }
  }
}

/**
 * A window of planes of up to four taps a row, written as whole vectors like those of `wholeToRow`;
 * what is read beside the image is made 0.
 */
function fewToRow(image: i32, top: i32, left: i32, y: usize): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const width = args.width, height = args.height, windowWidth = args.windowWidth;
  const rows = args.windowHeight, down = args.dilationHeight;
  const lineBytes = <usize> width << 2, planeBytes = <usize> height * lineBytes;
  const columns = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(left));
  const inside = v128.and(
    i32x4.ge_s(columns, i32x4.splat(0)),
    i32x4.lt_s(columns, i32x4.splat(width)),
  );
  const step = <usize> windowWidth << 2, channels = args.channels;
  let plane = args.x + <usize> (image * channels) * planeBytes + (left << 2);
  for (let c = 0; c < channels; c++, plane += planeBytes) {
    for (let ky = 0; ky < rows; ky++, y += step) {
      const line = top + ky * down;
      let v = f32x4.splat(0);
      if (line >= 0 && line < height) {
        v = v128.and(v128.load(plane + <usize> line * lineBytes), inside);
      }
      v128.store(y, v);
    }
  }
}

/** A window of planes. */
function planesToRow(image: i32, top: i32, left: i32, y: usize): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const windowWidth = args.windowWidth, width = args.width, height = args.height;
  const dilation = args.dilationWidth;
  const whole = dilation == 1 && left >= 0 && left + windowWidth <= width;
  const step = <usize> windowWidth << 2;
  for (let c = 0; c < args.channels; c++) {
    const plane = args.x + (<usize> ((image * args.channels + c) * height * width) << 2);
    for (let ky = 0; ky < args.windowHeight; ky++, y += step) {
      const line = top + ky * args.dilationHeight;
      if (line < 0 || line >= height) {
        clear(y, windowWidth);
        continue;
      }
      const x = plane + (<usize> (line * width + left) << 2);
      if (whole) copyRow(x, y, windowWidth);
      else {
        for (let kx = 0; kx < windowWidth; kx++) {
          const column = left + kx * dilation, at = <usize> kx << 2;
          const inside = column >= 0 && column < width;
          store<f32>(y + at, inside ? load<f32>(x + (<usize> (kx * dilation) << 2)) : 0);
        }
      }
    }
  }
}

/** Zeros. */
function clear(y: usize, count: i32): void {
  for (; count > 0; count -= 4, y += 16) storeLanes(y, f32x4.splat(0), count);
}

/** Images. */
export function col2im(chunk: i32): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const rowBytes = <usize> (args.windowHeight * args.windowWidth) * (<usize> args.channels << 2);
  const imageBytes = <usize> (args.height * args.width) * (<usize> args.channels << 2);
  const end = min((chunk + 1) * args.unitsOfChunk, args.batch);
  for (let image = chunk * args.unitsOfChunk; image < end; image++) {
    memory.fill(args.x + <usize> image * imageBytes, 0, imageBytes);
    let row = args.columns + <usize> (image * args.outHeight * args.outWidth) * rowBytes;
    for (let i = 0; i < args.outHeight; i++) {
      const top = i * args.strideHeight - args.padTop;
      for (let j = 0; j < args.outWidth; j++, row += rowBytes) {
        const left = j * args.strideWidth - args.padLeft;
        if (isFew(i, top, left)) fewToPlanes(image, top, left, row);
        else if (args.channelsFirst) rowToPlanes(image, top, left, row, imageBytes);
        else rowToPixels(image, top, left, row);
      }
    }
  }
}

/**
 * Whether a window of planes lies in the image and its rows are up to four taps; but not in the
 * last line of an image, where a whole vector might be beyond the image.
 */
function isFew(i: i32, top: i32, left: i32): bool {
  const args = changetype<ColumnsArgs>(PARAMS);
  return args.channelsFirst && args.windowWidth <= 4 && i + 1 < args.outHeight &&
    isWhole(top, left);
}

/** Adds a row to a window of planes, a vector for each row of taps; zeros are added beside them. */
function fewToPlanes(image: i32, top: i32, left: i32, row: usize): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const lineBytes = <usize> args.width << 2, planeBytes = <usize> args.height * lineBytes;
  const step = <usize> args.dilationHeight * lineBytes, bytes = <usize> args.windowWidth << 2;
  const channels = args.channels, rows = args.windowHeight;
  const taps = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(args.windowWidth));
  let plane = args.x + <usize> (image * channels) * planeBytes +
    (<usize> (top * args.width + left) << 2);
  for (let c = 0; c < channels; c++, plane += planeBytes) {
    let x = plane;
    for (let ky = 0; ky < rows; ky++, x += step, row += bytes) {
      v128.store(x, f32x4.add(v128.load(x), v128.and(v128.load(row), taps)));
    }
  }
}

/** Adds a row to a window of pixels with channels last. */
function rowToPixels(image: i32, top: i32, left: i32, row: usize): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const channels = args.channels, windowWidth = args.windowWidth, width = args.width;
  const dilation = args.dilationWidth;
  for (let ky = 0; ky < args.windowHeight; ky++, row += <usize> (windowWidth * channels) << 2) {
    const line = top + ky * args.dilationHeight;
    if (line < 0 || line >= args.height) continue;
    const x = args.x + (<usize> ((image * args.height + line) * width) * channels << 2);
    if (dilation == 1) {
      const first = max(-left, 0), last = min(width - left, windowWidth);
      if (first >= last) continue;
      const from = row + (<usize> (first * channels) << 2);
      addFloats(x + (<usize> ((left + first) * channels) << 2), from, (last - first) * channels);
      continue;
    }
    for (let kx = 0; kx < windowWidth; kx++) {
      const column = left + kx * dilation;
      if (column < 0 || column >= width) continue;
      const from = row + (<usize> (kx * channels) << 2);
      addFloats(x + (<usize> (column * channels) << 2), from, channels);
    }
  }
}

/** Adds a row to a window of planes. */
function rowToPlanes(image: i32, top: i32, left: i32, row: usize, imageBytes: usize): void {
  const args = changetype<ColumnsArgs>(PARAMS);
  const windowWidth = args.windowWidth, width = args.width, height = args.height;
  const dilation = args.dilationWidth;
  const start = args.x + <usize> image * imageBytes;
  const whole = dilation == 1 && left >= 0 && left + windowWidth <= width;
  const step = <usize> windowWidth << 2;
  for (let c = 0; c < args.channels; c++) {
    const plane = start + (<usize> (c * height * width) << 2);
    for (let ky = 0; ky < args.windowHeight; ky++, row += step) {
      const line = top + ky * args.dilationHeight;
      if (line < 0 || line >= height) continue;
      const x = plane + (<usize> (line * width + left) << 2);
      if (whole) addFloats(x, row, windowWidth);
      else {
        for (let kx = 0; kx < windowWidth; kx++) {
          const column = left + kx * dilation;
          if (column < 0 || column >= width) continue;
          const at = x + (<usize> (kx * dilation) << 2);
          store<f32>(at, load<f32>(at) + load<f32>(row + (<usize> kx << 2)));
        }
      }
    }
  }
}
