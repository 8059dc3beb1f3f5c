/**
 * Pools of windows, their gradients and adjoints.
 *
 * Where windows overlap, the places of their first maxima are written down once, and each pixel
 * collects from the windows around it: no two invocations write to one place.
 *
 * @module
 */
import type { Pool2dGeometry } from "../../../core/geometry/mod.ts";
import { sizeOf } from "../../../core/shape.ts";
import { DECLINED, type FastKernels } from "../../fallback.ts";
import type { NdArray } from "../../kernels.ts";
import type { Programs } from "../programs.ts";
import { windowNumbers } from "./window_numbers.ts";

type Names = "maxPool" | "maxPoolGrad" | "maxPoolGather" | "avgPool" | "avgPoolGrad";

/** Most pixels of a window: loops have limits. */
const LARGEST_WINDOW = 60000;

/** WGSL that finds the window of result i: its channel, its image and the pixels that it covers. */
const WINDOW = `let channel = i % channels;
let image = i / (channels * outWidth * outHeight);
let top = i32(i / (channels * outWidth) % outHeight * strideHeight) - i32(padTop);
let left = i32(i / channels % outWidth * strideWidth) - i32(padLeft);
let firstRow = u32(max(top, 0));
let endRow = u32(min(top + i32(windowHeight), i32(height)));
let firstColumn = u32(max(left, 0));
let endColumn = u32(min(left + i32(windowWidth), i32(width)));`;

/** WGSL that finds the first maximum of a window: `best` is its element of the images. */
const FIRST_MAXIMUM = `${WINDOW}
var best = ((image * height + firstRow) * width + firstColumn) * channels + channel;
var most = f(wordX + best);
for (var row = firstRow; row < endRow; row++) {
  var at = ((image * height + row) * width + firstColumn) * channels + channel;
  for (var column = firstColumn; column < endColumn; column++) {
    let value = f(wordX + at);
    if (beats(value, most)) { best = at; most = value; }
    at += channels;
  }
}`;

/** WGSL that visits the windows around pixel i: `window` is the element of the results. */
function around(visit: string): string {
  return `let channel = i % channels;
let image = i / (channels * width * height);
let row = i / (channels * width) % height + padTop;
let column = i / channels % width + padLeft;
let firstY = select((row - windowHeight) / strideHeight + 1u, 0u, row < windowHeight);
let endY = min(row / strideHeight + 1u, outHeight);
let firstX = select((column - windowWidth) / strideWidth + 1u, 0u, column < windowWidth);
let endX = min(column / strideWidth + 1u, outWidth);
var sum = 0.0;
for (var y = firstY; y < endY; y++) {
  for (var x = firstX; x < endX; x++) {
    let window = ((image * outHeight + y) * outWidth + x) * channels + channel;
    ${visit}
  }
}
put(wordDx + i, sum);`;
}

/** Returns true if no pixel is in two windows. */
const isApart = (g: Pool2dGeometry) =>
  g.strideHeight >= g.windowHeight && g.strideWidth >= g.windowWidth;

/** The kernels. */
export function poolKernels(g: Programs): Pick<FastKernels, Names> {
  const { memory } = g;
  const isTooLarge = ({ windowHeight, windowWidth, height, width }: Pool2dGeometry) =>
    Math.min(windowHeight, height) * Math.min(windowWidth, width) > LARGEST_WINDOW;

  /** Runs over windows: `put` writes the result. */
  function overWindows(
    key: string,
    geometry: Pool2dGeometry,
    words: Readonly<Record<string, number>>,
    body: string,
  ): void {
    g.each({
      key,
      count: sizeOf(geometry.yShape),
      numbers: { ...words, ...windowNumbers(geometry) },
      body: () => body,
    });
  }

  /** The gradient of windows that are apart: each writes what is its own, up to the next one. */
  function spread(dy: NdArray, x: NdArray, geometry: Pool2dGeometry): NdArray {
    const dx = memory.reserve(geometry.xShape, "float32");
    const words = { wordDy: memory.word(dy), wordX: memory.word(x), wordDx: memory.word(dx) };
    overWindows(
      "maxPoolGrad apart",
      geometry,
      words,
      `${FIRST_MAXIMUM}
let y = i / (channels * outWidth) % outHeight;
let place = i / channels % outWidth;
let beginRow = select(firstRow, 0u, y == 0u);
let nextRow = select(u32(top + i32(strideHeight)), height, y + 1u == outHeight);
let beginColumn = select(firstColumn, 0u, place == 0u);
let nextColumn = select(u32(left + i32(strideWidth)), width, place + 1u == outWidth);
let mine = f(wordDy + i);
for (var row = beginRow; row < nextRow; row++) {
  var at = ((image * height + row) * width + beginColumn) * channels + channel;
  for (var column = beginColumn; column < nextColumn; column++) {
    put(wordDx + at, select(0.0, mine, at == best));
    at += channels;
  }
}`,
    );
    return dx;
  }

  function collected(dy: NdArray, x: NdArray, geometry: Pool2dGeometry): NdArray {
    const at = memory.reserve(geometry.yShape, "int32");
    const words = { wordX: memory.word(x), wordAt: memory.word(at) };
    overWindows(
      "maxPool places",
      geometry,
      words,
      `${FIRST_MAXIMUM}\nheap[wordAt + i] = best;`,
    );
    const dx = memory.reserve(geometry.xShape, "float32");
    g.each({
      key: "maxPoolGrad",
      count: sizeOf(geometry.xShape),
      numbers: {
        wordDy: memory.word(dy),
        wordAt: memory.word(at),
        wordDx: memory.word(dx),
        ...windowNumbers(geometry),
      },
      body: () => around("if (heap[wordAt + window] == i) { sum += f(wordDy + window); }"),
    });
    memory.free(at);
    return dx;
  }

  return {
    maxPool(x, geometry) {
      if (isTooLarge(geometry)) return DECLINED;
      const y = memory.reserve(geometry.yShape, "float32");
      const words = { wordX: memory.word(x), wordY: memory.word(y) };
      overWindows("maxPool", geometry, words, `${FIRST_MAXIMUM}\nput(wordY + i, most);`);
      return y;
    },
    maxPoolGather(values, x, geometry) {
      if (isTooLarge(geometry)) return DECLINED;
      const y = memory.reserve(geometry.yShape, "float32");
      const words = {
        wordX: memory.word(x),
        wordValues: memory.word(values),
        wordY: memory.word(y),
      };
      const body = `${FIRST_MAXIMUM}\nheap[wordY + i] = heap[wordValues + best];`;
      overWindows("maxPoolGather", geometry, words, body);
      return y;
    },
    maxPoolGrad(dy, x, geometry) {
      if (isTooLarge(geometry)) return DECLINED;
      return isApart(geometry) ? spread(dy, x, geometry) : collected(dy, x, geometry);
    },
    avgPool(x, geometry) {
      if (isTooLarge(geometry)) return DECLINED;
      const y = memory.reserve(geometry.yShape, "float32");
      const words = { wordX: memory.word(x), wordY: memory.word(y) };
      overWindows(
        `avgPool ${geometry.countPadding}`,
        geometry,
        words,
        `${WINDOW}
var sum = 0.0;
for (var row = firstRow; row < endRow; row++) {
  var at = ((image * height + row) * width + firstColumn) * channels + channel;
  for (var column = firstColumn; column < endColumn; column++) {
    sum += f(wordX + at);
    at += channels;
  }
}
let pixels = ${
          geometry.countPadding
            ? "windowHeight * windowWidth"
            : "(endRow - firstRow) * (endColumn - firstColumn)"
        };
put(wordY + i, sum / f32(pixels));`,
      );
      return y;
    },
    avgPoolGrad(dy, geometry) {
      if (isTooLarge(geometry)) return DECLINED;
      const dx = memory.reserve(geometry.xShape, "float32");
      const pixels = geometry.countPadding
        ? "windowHeight * windowWidth"
        : "covered(y * strideHeight, padTop, windowHeight, height) * " +
          "covered(x * strideWidth, padLeft, windowWidth, width)";
      g.each({
        key: `avgPoolGrad ${geometry.countPadding}`,
        count: sizeOf(geometry.xShape),
        numbers: { wordDy: memory.word(dy), wordDx: memory.word(dx), ...windowNumbers(geometry) },
        functions: COVERED,
        body: () => around(`sum += f(wordDy + window) / f32(${pixels});`),
      });
      return dx;
    },
  };
}

/** Pixels of a window, along an axis, that lie in the image. */
const COVERED = {
  covered: `fn covered(start: u32, before: u32, window: u32, size: u32) -> u32 {
  let low = max(i32(start) - i32(before), 0);
  let high = min(i32(start + window) - i32(before), i32(size));
  return u32(high - low);
}`,
};
