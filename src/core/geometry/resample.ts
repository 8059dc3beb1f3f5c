/**
 * Geometry of resampling: which pixels, with which weights, make a row or a column of the result.
 *
 * Along each axis the result is a matrix times the image. These matrices are nearly empty: they
 * are kept as lists of what is not 0. The adjoint has their transposes.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatValue } from "../format_value.ts";
import { checkSize, formatShape, type Shape } from "../shape.ts";
import { checkMost } from "./bounds.ts";
import { imagesIn, type Wording } from "./layout.ts";
import { checkImages, type Pair, pair } from "./window.ts";

/** A matrix with few elements that are not 0: a row for each place of the result. */
export interface SparseMatrix {
  /** Number of columns: of places of the image. */
  readonly columns: number;
  /**
   * Offsets in the lists that follow at which each row begins, and that at which the last one ends.
   */
  readonly starts: Int32Array;
  /** Columns in which elements are, row after row. */
  readonly indices: Int32Array;
  /** Values of these elements. */
  readonly weights: Float64Array;
}

/** Resolved weights of a resampling, `y = vertical · x · horizontalᵀ` for each image and channel. */
export interface ResampleGeometry {
  /** Shape of the images, `[N, H, W, C]`. */
  readonly xShape: Shape;
  /** Shape of the result, `[N, OH, OW, C]`. */
  readonly yShape: Shape;
  /** Weights by which rows are resampled. */
  readonly vertical: SparseMatrix;
  /** Weights by which columns are resampled. */
  readonly horizontal: SparseMatrix;
}

/** The size of an upsampled image, and how its pixels are made. */
export interface Upsampling {
  /** Height and width of the result; this or `factor`. */
  readonly size?: Pair;
  /** Factor by which the result is larger, an integer; this or `size`. */
  readonly factor?: Pair;
  /** `"nearest"` repeats pixels, `"bilinear"` goes linearly from one to the next. */
  readonly mode?: "nearest" | "bilinear";
  /**
   * Keep the centres of corner pixels in place, with `"bilinear"`; by default the outer edges of
   * images keep theirs ("half-pixel centres").
   */
  readonly alignCorners?: boolean;
}

/** Most pixels of a result along an axis: there are lists of weights for each. */
const MOST_RESAMPLED = 2 ** 24;

/** Takes the weight of a place of an image. */
type Add = (index: number, weight: number) => void;

/** Weighs the places of an image, `from` in a row, that make place `i` of the `to` of the result. */
type Weigh = (i: number, from: number, to: number, add: Add) => void;

/** Computes the sizes and weights of `adaptiveAvgPool(x, size)`. */
export function adaptiveAvgPoolGeometry(
  x: Shape,
  size: Pair,
  words: Wording = imagesIn("NHWC", "apply adaptiveAvgPool", x),
): ResampleGeometry {
  checkHavePixels(x, words);
  return resampling(words.action, x, pair(words.action, "size", size), averageRow);
}

/** Computes the sizes and weights of `upsample(x, options)`. */
export function upsampleGeometry(
  x: Shape,
  options: Upsampling,
  words: Wording = imagesIn("NHWC", "apply upsample", x),
): ResampleGeometry {
  const { action } = words;
  const { mode = "nearest", alignCorners = false } = options;
  checkHavePixels(x, words);
  if (mode !== "nearest" && mode !== "bilinear") {
    throw new RangeError(
      `Cannot ${action}: mode must be "nearest" or "bilinear": got ${formatValue(mode)}`,
    );
  }
  if (alignCorners && mode === "nearest") {
    throw new RangeError(
      `Cannot ${action}: alignCorners must be false unless mode is "bilinear": got true`,
    );
  }
  const size = upsampledSize(action, x, options);
  if (mode === "nearest") return resampling(action, x, size, nearestRow);
  return resampling(action, x, size, alignCorners ? alignedRow : halfPixelRow);
}

/**
 * Makes the adjoint of a resampling: images and result change places, and matrices are transposed.
 */
export function adjointResampling(g: ResampleGeometry): ResampleGeometry {
  return {
    xShape: g.yShape,
    yShape: g.xShape,
    vertical: transposed(g.vertical),
    horizontal: transposed(g.horizontal),
  };
}

function checkHavePixels(x: Shape, words: Wording): void {
  checkImages(words, x);
  if (x[1] < 1 || x[2] < 1) {
    throw new ShapeError(
      `Cannot ${words.action}: images must have at least one pixel: x is ${formatShape(words.x)}`,
    );
  }
}

function upsampledSize(
  action: string,
  [, height, width]: Shape,
  { size, factor }: Upsampling,
): readonly [number, number] {
  if ((size === undefined) === (factor === undefined)) {
    throw new TypeError(
      `Cannot ${action}: either size or factor must be given: got ${
        size === undefined ? "neither" : "both"
      }`,
    );
  }
  if (size !== undefined) return pair(action, "size", size);
  const [vertical, horizontal] = pair(action, "factor", factor!);
  return [height * vertical, width * horizontal];
}

function resampling(
  action: string,
  x: Shape,
  size: readonly [number, number],
  weigh: Weigh,
): ResampleGeometry {
  const [batch, height, width, channels] = x;
  const yShape = [batch, ...size, channels];
  checkMost(action, "height and width of the result", Math.max(...size), MOST_RESAMPLED);
  checkSize(action, yShape);
  const along = (from: number, to: number) => sparse(from, to, (i, add) => weigh(i, from, to, add));
  return {
    xShape: x,
    yShape,
    vertical: along(height, size[0]),
    horizontal: along(width, size[1]),
  };
}

/**
 * Weighs the pixels of PyTorch's windows: from the floor of where a share of the image begins to the
 * ceiling of its end.
 */
function averageRow(i: number, from: number, to: number, add: Add): void {
  const first = Math.floor(i * from / to);
  const count = Math.ceil((i + 1) * from / to) - first;
  for (let j = 0; j < count; j++) add(first + j, 1 / count);
}

function nearestRow(i: number, from: number, to: number, add: Add): void {
  add(Math.floor(i * from / to), 1);
}

/** Weighs the pixels around a place; those beyond the last pixel are the last pixel. */
function linearRow(place: number, from: number, add: Add): void {
  const first = Math.floor(place);
  const share = place - first;
  // A pixel of no weight is left out: a NaN in it would not stay there.
  if (share === 0 || first + 1 >= from) return add(first, 1);
  add(first, 1 - share);
  add(first + 1, share);
}

function alignedRow(i: number, from: number, to: number, add: Add): void {
  linearRow(to === 1 ? 0 : i * (from - 1) / (to - 1), from, add);
}

function halfPixelRow(i: number, from: number, to: number, add: Add): void {
  linearRow(Math.max((i + 0.5) * from / to - 0.5, 0), from, add);
}

/** Makes a matrix of its rows; each is visited twice, so that no list of them is kept. */
function sparse(
  columns: number,
  rows: number,
  visit: (row: number, add: Add) => void,
): SparseMatrix {
  const starts = new Int32Array(rows + 1);
  let count = 0;
  const note = () => void count++;
  for (let i = 0; i < rows; i++) {
    visit(i, note);
    starts[i + 1] = count;
  }
  const [indices, weights] = [new Int32Array(count), new Float64Array(count)];
  let at = 0;
  const add: Add = (index, weight) => {
    indices[at] = index;
    weights[at++] = weight;
  };
  for (let i = 0; i < rows; i++) visit(i, add);
  return { columns, starts, indices, weights };
}

/** Makes the transpose: elements of a column in the order of their rows. */
function transposed({ columns, starts, indices, weights }: SparseMatrix): SparseMatrix {
  const first = new Int32Array(columns + 1);
  for (const column of indices) first[column + 1]++;
  for (let column = 0; column < columns; column++) first[column + 1] += first[column];
  const places = first.slice();
  const turned = {
    indices: new Int32Array(indices.length),
    weights: new Float64Array(indices.length),
  };
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      const to = places[indices[at]]++;
      turned.indices[to] = row;
      turned.weights[to] = weights[at];
    }
  }
  return { columns: starts.length - 1, starts: first, ...turned };
}
