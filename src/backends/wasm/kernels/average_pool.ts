// The gradient of average pooling.
import { PARAMS } from "../layout";
import { clearLines, endOf, firstOf, ownedLine, WindowArgs } from "./pool";
import { storeLanes } from "./simd";

@unmanaged
export class AveragePoolGradArgs extends WindowArgs {
  dy: usize;
  /** Averages count padding. */
  countPadding: bool;
}

/**
 * Spreads each dy evenly over its window. A unit is a row of windows where windows of different
 * rows share nothing, else an image.
 */
export function averagePoolGrad(chunk: i32, scratch: usize): void {
  const args = changetype<AveragePoolGradArgs>(PARAMS);
  const units = args.unitsOfImage, lineBytes = <usize> args.width * args.channels << 2;
  const end = min((chunk + 1) * args.unitsOfChunk, args.batch * units);
  for (let unit = chunk * args.unitsOfChunk; unit < end; unit++) {
    const image = unit / units, row = unit % units;
    if (units > 1) {
      const lines = spreadRow(image, row, scratch, false);
      const below = ownedLine(row) + lines;
      const to = args.y + <usize> (image * args.height + below) * lineBytes;
      memory.fill(to, 0, <usize> (ownedLine(row + 1) - below) * lineBytes);
    } else {
      clearLines(image, 0, args.outHeight);
      for (let i = 0; i < args.outHeight; i++) spreadRow(image, i, scratch, true);
    }
  }
}

/**
 * Spreads a row of dy over one line, in scratch memory, which is then copied or added to all lines
 * of the row of windows. Returns how many these are.
 */
function spreadRow(image: i32, row: i32, scratch: usize, add: bool): i32 {
  const args = changetype<AveragePoolGradArgs>(PARAMS);
  const width = args.width, channels = args.channels, outWidth = args.outWidth;
  const pixelBytes = <usize> channels << 2, lineBytes = <usize> width * pixelBytes;
  const top = firstOf(row, args.strideHeight, args.padTop);
  const lines = endOf(row, args.strideHeight, args.padTop, args.windowHeight, args.height) - top;
  let dy = args.dy + <usize> ((image * args.outHeight + row) * outWidth) * pixelBytes;
  memory.fill(scratch, 0, lineBytes);
  for (let i = 0; i < outWidth; i++, dy += pixelBytes) {
    const left = firstOf(i, args.strideWidth, args.padLeft);
    const pixels = endOf(i, args.strideWidth, args.padLeft, args.windowWidth, width) - left;
    const area = args.countPadding ? args.windowHeight * args.windowWidth : lines * pixels;
    spread(dy, <f32> area, scratch + <usize> left * pixelBytes, pixels, channels);
  }
  let dx = args.y + <usize> (image * args.height + top) * lineBytes;
  for (let line = 0; line < lines; line++, dx += lineBytes) {
    if (add) addTo(dx, scratch, width * channels);
    else memory.copy(dx, scratch, lineBytes);
  }
  return lines;
}

/** Adds the share of a pixel to some pixels. */
@inline
function spread(dy: usize, area: f32, to: usize, pixels: i32, channels: i32): void {
  const pixelBytes = <usize> channels << 2;
  for (let left = channels; left > 0; left -= 4, dy += 16, to += 16) {
    const share = f32x4.div(v128.load(dy), f32x4.splat(area));
    for (let pixel = 0, at = to; pixel < pixels; pixel++, at += pixelBytes) {
      storeLanes(at, f32x4.add(v128.load(at), share), left);
    }
  }
}

@inline
function addTo(y: usize, x: usize, count: i32): void {
  for (; count > 0; count -= 4, x += 16, y += 16) {
    storeLanes(y, f32x4.add(v128.load(y), v128.load(x)), count);
  }
}
