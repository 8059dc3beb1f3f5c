// The gradient of average pooling. Arguments: see `pool.ts`.
import { int, pointer } from "./params";
import { clearLines, endOf, firstOf, ownedLine } from "./pool";
import { storeLanes } from "./simd";

/**
 * Each dy spread evenly over its window. A unit is a row of windows where windows of different
 * rows share nothing, else an image. Arguments: 0 dy, 1 unused, 2 dx, then those in common.
 */
export function averagePoolGrad(chunk: i32, scratch: usize): void {
  const units = int(17), lineBytes = <usize> int(5) * int(6) << 2;
  const end = min((chunk + 1) * int(15), int(3) * units);
  for (let unit = chunk * int(15); unit < end; unit++) {
    const image = unit / units, row = unit % units;
    if (units > 1) {
      const lines = spreadRow(image, row, scratch, false);
      const below = ownedLine(row) + lines;
      const to = pointer(2) + <usize> (image * int(4) + below) * lineBytes;
      memory.fill(to, 0, <usize> (ownedLine(row + 1) - below) * lineBytes);
    } else {
      clearLines(image, 0, int(7));
      for (let i = 0; i < int(7); i++) spreadRow(image, i, scratch, true);
    }
  }
}

/**
 * Spreads a row of dy over one line, in scratch memory, which is then copied or added to all lines
 * of the row of windows. Returns how many these are.
 */
function spreadRow(image: i32, row: i32, scratch: usize, add: bool): i32 {
  const width = int(5), channels = int(6), outWidth = int(8);
  const pixelBytes = <usize> channels << 2, lineBytes = <usize> width * pixelBytes;
  const top = firstOf(row, int(11), int(13));
  const lines = endOf(row, int(11), int(13), int(9), int(4)) - top;
  let dy = pointer(0) + <usize> ((image * int(7) + row) * outWidth) * pixelBytes;
  memory.fill(scratch, 0, lineBytes);
  for (let i = 0; i < outWidth; i++, dy += pixelBytes) {
    const left = firstOf(i, int(12), int(14));
    const pixels = endOf(i, int(12), int(14), int(10), width) - left;
    const area = int(16) != 0 ? int(9) * int(10) : lines * pixels;
    spread(dy, <f32> area, scratch + <usize> left * pixelBytes, pixels, channels);
  }
  let dx = pointer(2) + <usize> (image * int(4) + top) * lineBytes;
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
