/**
 * Windows as rows of a matrix, images from them, and resampling by sparse matrices.
 *
 * @module
 */
import type { ColumnsGeometry, SparseMatrix } from "../../../core/geometry/mod.ts";
import { sizeOf } from "../../../core/shape.ts";
import { DECLINED, type FastKernels } from "../../fallback.ts";
import type { Programs } from "../programs.ts";
import { windowNumbers } from "./window_numbers.ts";

/** Most terms of a sum: loops have limits. */
const LONGEST_SUM = 60000;

/** WGSL: the element of images at an image, a row, a column and a channel. */
function elementOfImages({ layout }: ColumnsGeometry): string {
  return layout === "NHWC"
    ? "((image * height + row) * width + column) * channels + channel"
    : "((image * channels + channel) * height + row) * width + column";
}

/** WGSL: the place in a row of the matrix of a row, a column and a channel of the window. */
function elementOfRow({ layout }: ColumnsGeometry): string {
  return layout === "NHWC"
    ? "(u * windowWidth + v) * channels + channel"
    : "(channel * windowHeight + u) * windowWidth + v";
}

/** WGSL that takes apart index `rest`, innermost first. */
function apart(parts: readonly (readonly [name: string, size: string])[]): string {
  return parts.map(([name, size]) => `let ${name} = rest % ${size}; rest = rest / ${size};`)
    .join("\n");
}

/** Longest list of a row of a sparse matrix. */
function longest({ starts }: SparseMatrix): number {
  let most = 0;
  for (let i = 1; i < starts.length; i++) most = Math.max(most, starts[i] - starts[i - 1]);
  return most;
}

/** The kernels. */
export function imageKernels(g: Programs): Pick<FastKernels, "im2col" | "col2im" | "resample"> {
  const { memory } = g;

  /** Sends a sparse matrix: starts, columns, weights. */
  function sent({ starts, indices, weights }: SparseMatrix) {
    const floats = Float32Array.from(weights);
    const data = new Int32Array(starts.length + 2 * indices.length);
    data.set(starts);
    data.set(indices, starts.length);
    data.set(new Int32Array(floats.buffer), starts.length + indices.length);
    const array = memory.create([data.length], "int32", data);
    const word = memory.word(array);
    const places = word + starts.length;
    return { array, word, places, weights: places + indices.length };
  }

  return {
    im2col(x, geometry) {
      const inner = geometry.layout === "NHWC"
        ? [["channel", "channels"], ["v", "windowWidth"], ["u", "windowHeight"]] as const
        : [["v", "windowWidth"], ["u", "windowHeight"], ["channel", "channels"]] as const;
      const columns = memory.reserve(geometry.columnsShape, "float32");
      g.each({
        key: `im2col ${geometry.layout}`,
        count: sizeOf(geometry.columnsShape),
        numbers: { wordX: memory.word(x), wordY: memory.word(columns), ...windowNumbers(geometry) },
        body: () =>
          `var rest = i;
${apart([...inner, ["x", "outWidth"], ["y", "outHeight"]])}
let image = rest;
let row = y * strideHeight + u * dilationHeight - padTop;
let column = x * strideWidth + v * dilationWidth - padLeft;
let isIn = row < height && column < width;
let at = select(0u, ${elementOfImages(geometry)}, isIn);
put(wordY + i, select(0.0, f(wordX + at), isIn));`,
      });
      return columns;
    },

    col2im(columns, geometry) {
      if (geometry.windowHeight * geometry.windowWidth > LONGEST_SUM) return DECLINED;
      const order = geometry.layout === "NHWC"
        ? [["channel", "channels"], ["column", "width"], ["row", "height"]] as const
        : [["column", "width"], ["row", "height"], ["channel", "channels"]] as const;
      const x = memory.reserve(geometry.imagesShape, "float32");
      g.each({
        key: `col2im ${geometry.layout}`,
        count: sizeOf(geometry.imagesShape),
        numbers: { wordX: memory.word(columns), wordY: memory.word(x), ...windowNumbers(geometry) },
        body: () =>
          `var rest = i;
${apart(order)}
let image = rest;
var sum = 0.0;
for (var u = 0u; u < windowHeight; u++) {
  let down = row + padTop - u * dilationHeight;
  let y = down / strideHeight;
  if (y >= outHeight || y * strideHeight != down) { continue; }
  for (var v = 0u; v < windowWidth; v++) {
    let across = column + padLeft - v * dilationWidth;
    let x = across / strideWidth;
    if (x >= outWidth || x * strideWidth != across) { continue; }
    let line = ((image * outHeight + y) * outWidth + x) * windowHeight * windowWidth * channels;
    sum += f(wordX + line + ${elementOfRow(geometry)});
  }
}
put(wordY + i, sum);`,
      });
      return x;
    },

    resample(x, { xShape, yShape, vertical, horizontal }) {
      if (longest(vertical) * longest(horizontal) > LONGEST_SUM) return DECLINED;
      const [down, across] = [sent(vertical), sent(horizontal)];
      const y = memory.reserve(yShape, "float32");
      g.each({
        key: "resample",
        count: sizeOf(yShape),
        numbers: {
          wordX: memory.word(x),
          wordY: memory.word(y),
          height: xShape[1],
          width: xShape[2],
          channels: xShape[3],
          outHeight: yShape[1],
          outWidth: yShape[2],
          downStarts: down.word,
          downPlaces: down.places,
          downWeights: down.weights,
          acrossStarts: across.word,
          acrossPlaces: across.places,
          acrossWeights: across.weights,
        },
        body: () =>
          `var rest = i;
${apart([["channel", "channels"], ["x", "outWidth"], ["y", "outHeight"]])}
let image = rest;
var sum = 0.0;
for (var a = heap[downStarts + y]; a < heap[downStarts + y + 1u]; a++) {
  let line = (image * height + heap[downPlaces + a]) * width;
  for (var b = heap[acrossStarts + x]; b < heap[acrossStarts + x + 1u]; b++) {
    let weight = f(downWeights + a) * f(acrossWeights + b);
    sum = fma(weight, f(wordX + (line + heap[acrossPlaces + b]) * channels + channel), sum);
  }
}
put(wordY + i, sum);`,
      });
      memory.free(down.array);
      memory.free(across.array);
      return y;
    },
  };
}
