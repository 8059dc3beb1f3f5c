// The gradient of filters that each see one channel: for each tap the sum of products of neighbours.
import { endInside, firstInside, SlidingArgs } from "./depthwise";
import { PARAMS } from "../layout";
import { fma, storeLanes } from "./simd";

@unmanaged
export class DepthwiseGradWArgs extends SlidingArgs {
  dy: usize;
  batch: i32;
  /** The sums of the parts, to be added up. */
  parts: usize;
  imagesOfPart: i32;
}

/** Sums the gradient of the filters, a part of the images a chunk. */
export function depthwiseGradW(chunk: i32): void {
  const args = changetype<DepthwiseGradWArgs>(PARAMS);
  const pixelBytes = <usize> args.channels << 2;
  const to = args.parts + <usize> (chunk * args.windowHeight * args.windowWidth) * pixelBytes;
  memory.fill(to, 0, <usize> (args.windowHeight * args.windowWidth) * pixelBytes);
  const end = min((chunk + 1) * args.imagesOfPart, args.batch) * args.outHeight;
  for (let row = chunk * args.imagesOfPart * args.outHeight; row < end; row++) {
    const dy = args.dy + <usize> (row * args.outWidth) * pixelBytes;
    for (let ky = 0; ky < args.windowHeight; ky++) {
      const line = (row % args.outHeight) * args.strideHeight + ky * args.dilationHeight -
        args.padTop;
      if (line < 0 || line >= args.height) continue;
      const x = args.x + <usize> ((row / args.outHeight) * args.height + line) *
          <usize> args.width * pixelBytes;
      tapsOfLine(dy, x, to + <usize> (ky * args.windowWidth) * pixelBytes);
    }
  }
}

/** What a row of dy and a line of x give to a row of taps. */
function tapsOfLine(dy: usize, x: usize, to: usize): void {
  const args = changetype<DepthwiseGradWArgs>(PARAMS);
  const windowWidth = args.windowWidth, step = args.strideWidth, outWidth = args.outWidth;
  const pixelBytes = <usize> args.channels << 2;
  let kx = 0;
  for (; kx + 3 <= windowWidth; kx += 3) {
    const column = kx * args.dilationWidth - args.padLeft;
    const further = column + 2 * args.dilationWidth;
    const first = min(firstInside(column, step), outWidth);
    const last = max(min(endInside(further, step), outWidth), first);
    const taps = to + <usize> kx * pixelBytes;
    if (step == 1 && args.dilationWidth == 1) threeNeighbours(dy, x, column, first, last, taps);
    else threeTaps(dy, x, column, first, last, taps);
    for (let i = 0; i < 3; i++) {
      const own = column + i * args.dilationWidth, at = to + <usize> (kx + i) * pixelBytes;
      oneTap(dy, x, own, firstInside(own, step), min(min(first, endInside(own, step)), outWidth), at);
      oneTap(dy, x, own, max(last, firstInside(own, step)), min(endInside(own, step), outWidth), at);
    }
  }
  for (; kx < windowWidth; kx++) {
    const own = kx * args.dilationWidth - args.padLeft, end = min(endInside(own, step), outWidth);
    oneTap(dy, x, own, firstInside(own, step), end, to + <usize> kx * pixelBytes);
  }
}

/** Adds what pixels `first` to `last` of dy give to three taps, of which `column` is the first. */
function threeTaps(dy: usize, x: usize, column: i32, first: i32, last: i32, to: usize): void {
  const args = changetype<DepthwiseGradWArgs>(PARAMS);
  if (first >= last) return;
  const channels = args.channels, pixelBytes = <usize> channels << 2;
  const xStep = <usize> args.strideWidth * pixelBytes;
  const apart = <usize> args.dilationWidth * pixelBytes;
  const from = x + <usize> (column + first * args.strideWidth) * pixelBytes;
  const seed = dy + <usize> first * pixelBytes;
  for (let c = 0; c < channels; c += 8) {
    const offset = <usize> c << 2;
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, b0 = a0, b1 = a0, b2 = a0;
    let at = from + offset, d = seed + offset;
    for (let i = first; i < last; i++, at += xStep, d += pixelBytes) {
      const da = v128.load(d), db = v128.load(d, 16);
      a0 = fma(v128.load(at), da, a0);
      b0 = fma(v128.load(at, 16), db, b0);
      const next = at + apart, third = next + apart;
      a1 = fma(v128.load(next), da, a1);
      b1 = fma(v128.load(next, 16), db, b1);
      a2 = fma(v128.load(third), da, a2);
      b2 = fma(v128.load(third, 16), db, b2);
    }
    addLanes(to + offset, a0, b0, channels - c);
    addLanes(to + pixelBytes + offset, a1, b1, channels - c);
    addLanes(to + 2 * pixelBytes + offset, a2, b2, channels - c);
  }
}

/** As `threeTaps`, for taps that are neighbours: each pixel is loaded once for all of them. */
function threeNeighbours(dy: usize, x: usize, column: i32, first: i32, last: i32, to: usize): void {
  const args = changetype<DepthwiseGradWArgs>(PARAMS);
  if (first >= last) return;
  const channels = args.channels, pixelBytes = <usize> channels << 2;
  const from = x + <usize> (column + first) * pixelBytes;
  const seed = dy + <usize> first * pixelBytes;
  for (let c = 0; c < channels; c += 8) {
    const offset = <usize> c << 2;
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, b0 = a0, b1 = a0, b2 = a0;
    let at = from + offset, d = seed + offset;
    let u0 = v128.load(at), v0 = v128.load(at, 16);
    at += pixelBytes;
    let u1 = v128.load(at), v1 = v128.load(at, 16);
    for (let i = first; i < last; i++, d += pixelBytes) {
      at += pixelBytes;
      const da = v128.load(d), db = v128.load(d, 16);
      const u2 = v128.load(at), v2 = v128.load(at, 16);
      a0 = fma(u0, da, a0);
      b0 = fma(v0, db, b0);
      a1 = fma(u1, da, a1);
      b1 = fma(v1, db, b1);
      a2 = fma(u2, da, a2);
      b2 = fma(v2, db, b2);
      u0 = u1;
      v0 = v1;
      u1 = u2;
      v1 = v2;
    }
    addLanes(to + offset, a0, b0, channels - c);
    addLanes(to + pixelBytes + offset, a1, b1, channels - c);
    addLanes(to + 2 * pixelBytes + offset, a2, b2, channels - c);
  }
}

/** Adds what pixels `first` to `last` of dy give to one tap. */
function oneTap(dy: usize, x: usize, column: i32, first: i32, last: i32, to: usize): void {
  const args = changetype<DepthwiseGradWArgs>(PARAMS);
  if (first >= last) return;
  const channels = args.channels, pixelBytes = <usize> channels << 2;
  const xStep = <usize> args.strideWidth * pixelBytes;
  const from = x + <usize> (column + first * args.strideWidth) * pixelBytes;
  const seed = dy + <usize> first * pixelBytes;
  for (let c = 0; c < channels; c += 8) {
    const offset = <usize> c << 2;
    let a = f32x4.splat(0), b = a;
    let at = from + offset, d = seed + offset;
    for (let i = first; i < last; i++, at += xStep, d += pixelBytes) {
      a = fma(v128.load(at), v128.load(d), a);
      b = fma(v128.load(at, 16), v128.load(d, 16), b);
    }
    addLanes(to + offset, a, b, channels - c);
  }
}

/** Adds up to eight lanes to what is there. */
@inline
function addLanes(to: usize, a: v128, b: v128, left: i32): void {
  storeLanes(to, f32x4.add(v128.load(to), a), left);
  if (left > 4) storeLanes(to + 16, f32x4.add(v128.load(to, 16), b), left - 4);
}
