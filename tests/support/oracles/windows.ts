// Convolution and pooling written from their definitions, by formulas other than the library's:
// the padding is really there, and a window is the list of its pixels. Slow, plain, float64.

import type { Conv2dWindow, Padding, Pair, Pool2dWindow } from "../../../src/core/geometry/mod.ts";
import type { Shape } from "../../../src/core/shape.ts";
import type { Values } from "../grids.ts";

/** Options along both image axes, made numbers. */
export interface ResolvedWindow {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Pixels before and after, along either axis. */
  readonly pads: readonly [readonly [number, number], readonly [number, number]];
  /** Size of the result; below 1 where the window does not fit. */
  readonly out: readonly [number, number];
}

/** Resolves the window of a convolution over images of shape x with filters of shape w. */
export function convWindow(x: Shape, w: Shape, options: Conv2dWindow): ResolvedWindow {
  return resolve(x, [w[0], w[1]], options.stride ?? 1, options.dilation ?? 1, options.padding);
}

/** Resolves the window of a pooling over images of shape x. */
export function poolWindow(x: Shape, { size, stride, padding }: Pool2dWindow): ResolvedWindow {
  return resolve(x, both(size), stride ?? size, 1, padding);
}

function resolve(
  x: Shape,
  size: readonly [number, number],
  stride: Pair,
  dilation: Pair,
  padding: Padding = "valid",
): ResolvedWindow {
  const along = (axis: 0 | 1) => {
    const step = both(stride)[axis];
    const reach = 1 + both(dilation)[axis] * (size[axis] - 1);
    const pads = padsAlong(padding, axis, x[1 + axis], reach, step);
    // Counted, not computed: one for every place where the window lies inside.
    let out = 0;
    for (let at = 0; at + reach <= pads[0] + x[1 + axis] + pads[1]; at += step) out++;
    return { pads, out };
  };
  const [vertical, horizontal] = [along(0), along(1)];
  return {
    size,
    stride: both(stride),
    dilation: both(dilation),
    pads: [vertical.pads, horizontal.pads],
    out: [vertical.out, horizontal.out],
  };
}

/** Resolves "same" in the words of TensorFlow's documentation. */
function padsAlong(
  padding: Padding,
  axis: 0 | 1,
  size: number,
  reach: number,
  stride: number,
): readonly [number, number] {
  switch (padding) {
    case "valid":
      return [0, 0];
    case "full":
      return [reach - 1, reach - 1];
    case "same": {
      const covered = size % stride === 0 ? stride : size % stride;
      const total = Math.max(reach - covered, 0);
      return [total >> 1, (total + 1) >> 1];
    }
    default:
      return typeof padding === "number" ? [padding, padding] : padding[axis];
  }
}

function both(value: Pair): readonly [number, number] {
  return typeof value === "number" ? [value, value] : value;
}

/** Computes the shape of the result of a convolution. */
export function convShape(x: Shape, w: Shape, options: Conv2dWindow): Shape {
  return [x[0], ...convWindow(x, w, options).out, w[3]];
}

/** Computes the shape of the result of a pooling. */
export function poolShape(x: Shape, options: Pool2dWindow): Shape {
  return [x[0], ...poolWindow(x, options).out, x[3]];
}

/** Computes `y[n, i, j, o] = bias[o] + sum padded[n, i s + u d, j s + v d, c] w[u, v, c, o]`. */
export function conv2dOracle(x: Values, w: Values, options: Conv2dWindow, bias?: Values): Values {
  const shape = convShape(x.shape, w.shape, options);
  const { pads } = convWindow(x.shape, w.shape, options);
  const padded = padImages(x, pads), inside = insideOf(x, pads);
  const data = Float64Array.from(
    { length: product(shape) },
    (_, i) => bias === undefined ? 0 : bias.data[i % shape[3]],
  );
  forEachProduct(padded.shape, w.shape, shape, options, (xAt, wAt, yAt) => {
    if (inside[xAt] === 1) data[yAt] += padded.data[xAt] * w.data[wAt];
  });
  return { shape, data };
}

/** Pays back to each padded pixel what it gave to each y, then cuts the padding off. */
export function conv2dGradXOracle(
  dy: Values,
  w: Values,
  xShape: Shape,
  options: Conv2dWindow,
): Values {
  const { pads } = convWindow(xShape, w.shape, options);
  const shape = paddedShape(xShape, pads);
  const data = new Float64Array(product(shape));
  forEachProduct(shape, w.shape, dy.shape, options, (xAt, wAt, yAt) => {
    data[xAt] += dy.data[yAt] * w.data[wAt];
  });
  return cropImages({ shape, data }, pads, xShape);
}

/** Pays back to each weight what it gave to each y. */
export function conv2dGradWOracle(
  dy: Values,
  x: Values,
  wShape: Shape,
  options: Conv2dWindow,
): Values {
  const { pads } = convWindow(x.shape, wShape, options);
  const padded = padImages(x, pads), inside = insideOf(x, pads);
  const data = new Float64Array(product(wShape));
  forEachProduct(padded.shape, wShape, dy.shape, options, (xAt, wAt, yAt) => {
    if (inside[xAt] === 1) data[wAt] += dy.data[yAt] * padded.data[xAt];
  });
  return { shape: wShape, data };
}

/** 1 for each element of a padded image that is of the image, 0 for padding, which adds nothing. */
function insideOf({ shape, data }: Values, pads: ResolvedWindow["pads"]): ArrayLike<number> {
  return padImages({ shape, data: Array.from(data, () => 1) }, pads).data;
}

/** Visits every product of a pixel and a weight that is part of a result. */
function forEachProduct(
  padded: Shape,
  w: Shape,
  y: Shape,
  options: Conv2dWindow,
  visit: (xAt: number, wAt: number, yAt: number) => void,
): void {
  const [sh, sw] = both(options.stride ?? 1);
  const [dh, dw] = both(options.dilation ?? 1);
  const perGroup = y[3] / (options.groups ?? 1);
  for (const [n, i, j, o] of indicesOf(y)) {
    const group = Math.floor(o / perGroup);
    for (const [u, v, c] of indicesOf(w.slice(0, 3))) {
      const pixel = [n, i * sh + u * dh, j * sw + v * dw, group * w[2] + c];
      visit(offset(pixel, padded), offset([u, v, c, o], w), offset([n, i, j, o], y));
    }
  }
}

/** Finds, for each element of the result of a pooling, where the pixels of its window are in x. */
export function windowsOf(x: Shape, options: Pool2dWindow): number[][] {
  const { size, stride, pads } = poolWindow(x, options);
  return Array.from(indicesOf(poolShape(x, options)), ([n, i, j, c]) => {
    const pixels: number[] = [];
    for (const [u, v] of indicesOf(size)) {
      const [row, column] = [i * stride[0] + u - pads[0][0], j * stride[1] + v - pads[1][0]];
      const inside = row >= 0 && row < x[1] && column >= 0 && column < x[2];
      if (inside) pixels.push(offset([n, row, column, c], x));
    }
    return pixels;
  });
}

/** Finds the first maximum of each window; NaN is above all. */
export function firstMaxima(x: Values, options: Pool2dWindow): number[] {
  return windowsOf(x.shape, options).map((pixels) => {
    const nan = pixels.find((at) => Number.isNaN(x.data[at]));
    if (nan !== undefined) return nan;
    const largest = Math.max(...pixels.map((at) => x.data[at]));
    return pixels.find((at) => x.data[at] === largest)!;
  });
}

/** Counts the pixels that each average is over. */
export function averageCounts(
  x: Shape,
  options: Pool2dWindow & { countPadding?: boolean },
): number[] {
  const [height, width] = both(options.size);
  return windowsOf(x, options).map((pixels) =>
    options.countPadding ? height * width : pixels.length
  );
}

function paddedShape(x: Shape, pads: ResolvedWindow["pads"]): Shape {
  return [x[0], x[1] + pads[0][0] + pads[0][1], x[2] + pads[1][0] + pads[1][1], x[3]];
}

function padImages(x: Values, pads: ResolvedWindow["pads"]): Values {
  const shape = paddedShape(x.shape, pads);
  const data = new Float64Array(product(shape));
  let from = 0;
  for (const [n, i, j, c] of indicesOf(x.shape)) {
    data[offset([n, i + pads[0][0], j + pads[1][0], c], shape)] = x.data[from++];
  }
  return { shape, data };
}

function cropImages(padded: Values, pads: ResolvedWindow["pads"], shape: Shape): Values {
  const data = Float64Array.from(
    indicesOf(shape),
    ([n, i, j, c]) => padded.data[offset([n, i + pads[0][0], j + pads[1][0], c], padded.shape)],
  );
  return { shape, data };
}

/** Yields every index of a shape in row-major order. */
export function* indicesOf(shape: Shape): Generator<readonly number[]> {
  const index = new Array<number>(shape.length).fill(0);
  for (let left = product(shape); left > 0; left--) {
    yield index.slice();
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
  }
}

/** Computes the offset of the element with an index, in row-major order. */
export function offset(index: readonly number[], shape: Shape): number {
  let at = 0;
  for (let d = 0; d < shape.length; d++) at = at * shape[d] + index[d];
  return at;
}

/** Counts the elements of a shape. */
export function product(shape: Shape): number {
  return shape.reduce((size, n) => size * n, 1);
}
