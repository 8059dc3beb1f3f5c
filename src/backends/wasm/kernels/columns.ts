// The windows of images as rows of a matrix, and rows added up to images.
//
// What is together in both is a row of taps: all of its channels, or with channels first the taps
// alone. Where these are few (three of one channel are 12 bytes) there is an address to work out for
// each 12 bytes, and copying memory would be some 4 times faster.
//
// Arguments: 0 x, 1 columns, 2 batch, 3 height, 4 width, 5 channels, 6 output height, 7 output
// width, 8, 9 window, 10, 11 stride, 12, 13 dilation, 14 padTop, 15 padLeft, 16 units of a chunk
// (rows of windows of im2col, images of col2im), 17 channels first.
import { addFloats } from "./conv_scatter";
import { int, pointer } from "./params";
import { copyRow } from "./rearrange";
import { storeLanes } from "./simd";

/** Floats of a row of taps that is copied here: a call costs more than copying them. */
const SHORT: i32 = 64;

/** Rows of windows. */
export function im2col(chunk: i32): void {
  const outHeight = int(6), end = min((chunk + 1) * int(16), int(2) * outHeight);
  const rowBytes = <usize> (int(8) * int(9)) * (<usize> int(5) << 2);
  for (let unit = chunk * int(16); unit < end; unit++) {
    const image = unit / outHeight, top = (unit % outHeight) * int(10) - int(14);
    let y = pointer(1) + <usize> (unit * int(7)) * rowBytes;
    for (let i = 0; i < int(7); i++, y += rowBytes) {
      const left = i * int(11) - int(15), planes = int(17) != 0;
      const follows = i + 1 < int(7);
      if (follows && isWhole(top, left)) wholeToRow(image, top, left, y);
      else if (planes && follows && int(13) == 1 && int(9) <= 4) fewToRow(image, top, left, y);
      else if (planes) planesToRow(image, top, left, y);
      else pixelsToRow(image, top, left, y);
    }
  }
}

/** Whether a window lies in the image, and its rows of taps are together in memory and short. */
function isWhole(top: i32, left: i32): bool {
  const length = int(17) != 0 ? int(9) : int(9) * int(5);
  return int(13) == 1 && length <= SHORT && left >= 0 && left + int(9) <= int(4) && top >= 0 &&
    top + (int(8) - 1) * int(12) < int(3);
}

/**
 * A window that is whole. Its rows of taps are copied as whole vectors: what is copied too much is
 * written over by what follows, so that the last window of a unit must take another way.
 */
function wholeToRow(image: i32, top: i32, left: i32, y: usize): void {
  const planes = int(17) != 0, channels = int(5);
  const pixelBytes: usize = planes ? 4 : <usize> channels << 2;
  const lineBytes = <usize> int(4) * pixelBytes, planeBytes = <usize> int(3) * lineBytes;
  const start = <usize> (top * int(4) + left) * pixelBytes, step = <usize> int(12) * lineBytes;
  const count = planes ? channels : 1, rows = int(8);
  const bytes: usize = <usize> int(9) * pixelBytes;
  let plane = pointer(0) + <usize> (image * count) * planeBytes + start;
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
  const channels = int(5), windowWidth = int(9), width = int(4), dilation = int(13);
  const length = windowWidth * channels;
  for (let ky = 0; ky < int(8); ky++, y += <usize> length << 2) {
    const line = top + ky * int(12);
    if (line < 0 || line >= int(3)) {
      clear(y, length);
      continue;
    }
    const x = pointer(0) + (<usize> ((image * int(3) + line) * width) * channels << 2);
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
  const width = int(4), height = int(3), windowWidth = int(9), rows = int(8), down = int(12);
  const lineBytes = <usize> width << 2, planeBytes = <usize> height * lineBytes;
  const columns = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(left));
  const inside = v128.and(
    i32x4.ge_s(columns, i32x4.splat(0)),
    i32x4.lt_s(columns, i32x4.splat(width)),
  );
  const step = <usize> windowWidth << 2, channels = int(5);
  let plane = pointer(0) + <usize> (image * channels) * planeBytes + (left << 2);
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
  const windowWidth = int(9), width = int(4), height = int(3), dilation = int(13);
  const whole = dilation == 1 && left >= 0 && left + windowWidth <= width;
  const step = <usize> windowWidth << 2;
  for (let c = 0; c < int(5); c++) {
    const plane = pointer(0) + (<usize> ((image * int(5) + c) * height * width) << 2);
    for (let ky = 0; ky < int(8); ky++, y += step) {
      const line = top + ky * int(12);
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
  const rowBytes = <usize> (int(8) * int(9)) * (<usize> int(5) << 2);
  const imageBytes = <usize> (int(3) * int(4)) * (<usize> int(5) << 2);
  const end = min((chunk + 1) * int(16), int(2));
  for (let image = chunk * int(16); image < end; image++) {
    memory.fill(pointer(0) + <usize> image * imageBytes, 0, imageBytes);
    let row = pointer(1) + <usize> (image * int(6) * int(7)) * rowBytes;
    for (let i = 0; i < int(6); i++) {
      const top = i * int(10) - int(14);
      for (let j = 0; j < int(7); j++, row += rowBytes) {
        const left = j * int(11) - int(15);
        if (isFew(i, top, left)) fewToPlanes(image, top, left, row);
        else if (int(17) != 0) rowToPlanes(image, top, left, row, imageBytes);
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
  return int(17) != 0 && int(9) <= 4 && i + 1 < int(6) && isWhole(top, left);
}

/** Adds a row to a window of planes, a vector for each row of taps; zeros are added beside them. */
function fewToPlanes(image: i32, top: i32, left: i32, row: usize): void {
  const lineBytes = <usize> int(4) << 2, planeBytes = <usize> int(3) * lineBytes;
  const step = <usize> int(12) * lineBytes, bytes = <usize> int(9) << 2;
  const channels = int(5), rows = int(8);
  const taps = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(int(9)));
  let plane = pointer(0) + <usize> (image * channels) * planeBytes +
    (<usize> (top * int(4) + left) << 2);
  for (let c = 0; c < channels; c++, plane += planeBytes) {
    let x = plane;
    for (let ky = 0; ky < rows; ky++, x += step, row += bytes) {
      v128.store(x, f32x4.add(v128.load(x), v128.and(v128.load(row), taps)));
    }
  }
}

/** Adds a row to a window of pixels with channels last. */
function rowToPixels(image: i32, top: i32, left: i32, row: usize): void {
  const channels = int(5), windowWidth = int(9), width = int(4), dilation = int(13);
  for (let ky = 0; ky < int(8); ky++, row += <usize> (windowWidth * channels) << 2) {
    const line = top + ky * int(12);
    if (line < 0 || line >= int(3)) continue;
    const x = pointer(0) + (<usize> ((image * int(3) + line) * width) * channels << 2);
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
  const windowWidth = int(9), width = int(4), height = int(3), dilation = int(13);
  const start = pointer(0) + <usize> image * imageBytes;
  const whole = dilation == 1 && left >= 0 && left + windowWidth <= width;
  const step = <usize> windowWidth << 2;
  for (let c = 0; c < int(5); c++) {
    const plane = start + (<usize> (c * height * width) << 2);
    for (let ky = 0; ky < int(8); ky++, row += step) {
      const line = top + ky * int(12);
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
