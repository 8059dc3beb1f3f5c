// The gradient of a convolution with respect to x, where windows overlap little or padding is
// thin: dy times the filters gives what each window sends back, which is then added up in place.
import { PARAMS, TILE_COLUMNS, TILE_ROWS } from "../layout";
import { multiplyTile } from "./multiply";

/** What windows send back is kept in this much of scratch memory, which stays in the cache. */
const BLOCK_BYTES: usize = 262144;

@unmanaged
export class ConvScatterArgs {
  dy: usize;
  dx: usize;
  /** Packed filters: a column per tap and channel of dx, group by group. */
  filters: usize;
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  groups: i32;
  padTop: i32;
  padLeft: i32;
  windowHeight: i32;
  windowWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  /** Images of a chunk. */
  imagesOfChunk: i32;
  /** A list of one offset, which is 0. */
  zero: usize;
}

/** The gradient of x, window by window. A chunk is some images. */
export function convScatter(chunk: i32, scratch: usize): void {
  const args = changetype<ConvScatterArgs>(PARAMS);
  const channels = args.channels, outChannels = args.outChannels;
  const imageBytes: usize = <usize> args.height * args.width * channels << 2;
  const first = chunk * args.imagesOfChunk, end = min(first + args.imagesOfChunk, args.batch);
  memory.fill(args.dx + <usize> first * imageBytes, 0, <usize> (end - first) * imageBytes);
  const groups = args.groups, outPerImage = args.outHeight * args.outWidth;
  const pixels = (end - first) * outPerImage;
  const perGroup = channels / groups, outPerGroup = outChannels / groups;
  const inner = args.windowHeight * args.windowWidth * perGroup;
  const panels = (inner + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const rowBytes = <usize> panels << 5;
  const block = max(<i32> (BLOCK_BYTES / rowBytes) / TILE_ROWS * TILE_ROWS, TILE_ROWS);
  for (let group = 0; group < groups; group++) {
    const b = args.filters + <usize> (group * panels * outPerGroup) * 32;
    for (let pixel = 0; pixel < pixels; pixel += block) {
      const count = min(block, pixels - pixel);
      const start = first * outPerImage + pixel;
      const dy = args.dy + (<usize> start * outChannels + group * outPerGroup << 2);
      sendBack(args, dy, count, b, panels, outPerGroup, rowBytes, scratch);
      for (let i = 0; i < count; i++) {
        addWindow(args, start + i, group * perGroup, perGroup, scratch + <usize> i * rowBytes);
      }
    }
  }
}

/** What each of some windows sends back to its taps: a product of rows of dy and the filters. */
function sendBack(
  args: ConvScatterArgs,
  dy: usize,
  count: i32,
  b: usize,
  panels: i32,
  length: i32,
  rowBytes: usize,
  to: usize,
): void {
  const stride = <usize> args.outChannels << 2;
  for (let panel = 0; panel < panels; panel++) {
    for (let row = 0; row < count; row += TILE_ROWS) {
      const a = dy + <usize> row * stride;
      const last = count - 1 - row;
      multiplyTile(
        a,
        a + <usize> min(1, last) * stride,
        a + <usize> min(2, last) * stride,
        a + <usize> min(3, last) * stride,
        args.zero,
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
function addWindow(
  args: ConvScatterArgs,
  pixel: i32,
  channel: i32,
  perGroup: i32,
  from: usize,
): void {
  const height = args.height, width = args.width, channels = args.channels;
  const outWidth = args.outWidth, outPerImage = args.outHeight * outWidth;
  const windowWidth = args.windowWidth, dilationWidth = args.dilationWidth;
  const image = pixel / outPerImage, inside = pixel % outPerImage;
  const top = (inside / outWidth) * args.strideHeight - args.padTop;
  const left = (inside % outWidth) * args.strideWidth - args.padLeft;
  const together = dilationWidth == 1 && perGroup == channels;
  for (let ky = 0; ky < args.windowHeight; ky++) {
    const y = top + ky * args.dilationHeight;
    if (y < 0 || y >= height) continue;
    const line = args.dx + (<usize> (image * height + y) * width * channels + channel << 2);
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
