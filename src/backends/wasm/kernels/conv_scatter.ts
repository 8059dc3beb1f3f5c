// The gradient of a convolution with respect to x, where windows overlap little or padding is
// thin: dy times the filters gives what each window sends back, which is then added up in place.
import { TILE_COLUMNS, TILE_ROWS } from "../layout";
import { int, pointer } from "./params";
import { multiplyTile } from "./multiply";

/** What windows send back is kept in this much of scratch memory, which stays in the cache. */
const BLOCK_BYTES: usize = 262144;

/**
 * A chunk is some images. Arguments: 0 dy, 1 height, 2 width, 3 channels, 4 padTop, 5 padLeft,
 * 6 batch, 7 images of a chunk, 8 window height, 9, 10 stride, 11 output height, 12 output width,
 * 13 output channels, 14 groups, 15 window width, 16, 17 dilation, 18 a list of one zero offset,
 * 21 packed filters, 22 dx.
 */
export function convScatter(chunk: i32, scratch: usize): void {
  const imageBytes: usize = <usize> int(1) * int(2) * int(3) << 2;
  const first = chunk * int(7), end = min(first + int(7), int(6));
  memory.fill(pointer(22) + <usize> first * imageBytes, 0, <usize> (end - first) * imageBytes);
  const groups = int(14), outPerImage = int(11) * int(12);
  const pixels = (end - first) * outPerImage;
  const perGroup = int(3) / groups, outPerGroup = int(13) / groups;
  const inner = int(8) * int(15) * perGroup;
  const panels = (inner + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const rowBytes = <usize> panels << 5;
  const block = max(<i32> (BLOCK_BYTES / rowBytes) / TILE_ROWS * TILE_ROWS, TILE_ROWS);
  for (let group = 0; group < groups; group++) {
    const b = pointer(21) + <usize> (group * panels * outPerGroup) * 32;
    for (let pixel = 0; pixel < pixels; pixel += block) {
      const count = min(block, pixels - pixel);
      const start = first * outPerImage + pixel;
      const dy = pointer(0) + (<usize> start * int(13) + group * outPerGroup << 2);
      sendBack(dy, count, b, panels, outPerGroup, rowBytes, scratch);
      for (let i = 0; i < count; i++) {
        addWindow(start + i, group * perGroup, perGroup, scratch + <usize> i * rowBytes);
      }
    }
  }
}

/** What each of some windows sends back to its taps: a product of rows of dy and the filters. */
function sendBack(
  dy: usize,
  count: i32,
  b: usize,
  panels: i32,
  length: i32,
  rowBytes: usize,
  to: usize,
): void {
  const stride = <usize> int(13) << 2;
  for (let panel = 0; panel < panels; panel++) {
    for (let row = 0; row < count; row += TILE_ROWS) {
      const a = dy + <usize> row * stride;
      const last = count - 1 - row;
      multiplyTile(
        a,
        a + <usize> min(1, last) * stride,
        a + <usize> min(2, last) * stride,
        a + <usize> min(3, last) * stride,
        pointer(18),
        1,
        length,
        b + <usize> (panel * length) * 32,
        0,
        false,
        to + <usize> row * rowBytes + (<usize> panel << 5),
        rowBytes,
        min(TILE_ROWS, count - row),
        TILE_COLUMNS,
      );
    }
  }
}

/** Adds what a window sends back to the pixels it was read from. */
function addWindow(pixel: i32, channel: i32, perGroup: i32, from: usize): void {
  const height = int(1), width = int(2), channels = int(3), outWidth = int(12);
  const outPerImage = int(11) * outWidth;
  const windowWidth = int(15), dilationWidth = int(17);
  const image = pixel / outPerImage, inside = pixel % outPerImage;
  const top = (inside / outWidth) * int(9) - int(4);
  const left = (inside % outWidth) * int(10) - int(5);
  const together = dilationWidth == 1 && perGroup == channels;
  for (let ky = 0; ky < int(8); ky++) {
    const y = top + ky * int(16);
    if (y < 0 || y >= height) continue;
    const line = pointer(22) + (<usize> (image * height + y) * width * channels + channel << 2);
    const row = from + (<usize> ky * windowWidth * perGroup << 2);
    if (together) {
      const begin = max(-left, 0), end = min(width - left, windowWidth);
      if (begin >= end) continue;
      const to = line + (<usize> (left + begin) * channels << 2);
      addFloats(to, row + (<usize> begin * channels << 2), (end - begin) * channels);
    } else {
      for (let kx = 0; kx < windowWidth; kx++) {
        const x = left + kx * dilationWidth;
        if (x < 0 || x >= width) continue;
        const to = line + (<usize> x * channels << 2);
        addFloats(to, row + (<usize> kx * perGroup << 2), perGroup);
      }
    }
  }
}

/** Adds a row to what is there. */
export function addFloats(to: usize, from: usize, count: i32): void {
  const end = to + (<usize> count << 2);
  for (; to + 16 <= end; to += 16, from += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  }
  for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}
