/**
 * Geometry of windows written out as the rows of a matrix, and of images summed up from them.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { checkSize, formatShape, sameShape, type Shape } from "../shape.ts";
import { type ImageLayout, imagesIn, imagesLast } from "./layout.ts";
import {
  checkImages,
  type Padding,
  type Pair,
  pair,
  type WindowGeometry,
  windowGeometry,
} from "./window.ts";
import { checkOptions } from "../options.ts";

/** Windows of an image that become rows, and the order of their elements. */
export interface ColumnsWindow {
  /** Size of a window. */
  readonly size: Pair;
  /** Step between windows; 1 by default. */
  readonly stride?: Pair;
  /** Zeros around the image; `"valid"` by default. */
  readonly padding?: Padding;
  /** Distance between the taps of a window; 1 by default. */
  readonly dilation?: Pair;
  /**
   * Order of the dimensions of images, and of the elements in a row: `"NHWC"`, the default, has
   * rows in the order (row, column, channel); `"NCHW"` in the order (channel, row, column).
   */
  readonly layout?: ImageLayout;
}

const KNOWN = "size stride padding dilation layout";

/** Resolved sizes of windows as rows. */
export interface ColumnsGeometry extends WindowGeometry {
  /** Order of the dimensions of images, and of the elements in a row. */
  readonly layout: ImageLayout;
  /** Shape of the images, in their layout. */
  readonly imagesShape: Shape;
  /** Shape of the matrix, `[N OH OW, KH KW C]`. */
  readonly columnsShape: Shape;
}

/** Computes the sizes of `im2col(x, options)`. */
export function columnsGeometry(action: string, x: Shape, options: ColumnsWindow): ColumnsGeometry {
  options = checkOptions(action, options, KNOWN);
  const { layout = "NHWC" } = options;
  const words = imagesIn(layout, action, x);
  checkImages(words, x);
  const window = {
    size: pair(action, "size", options.size),
    stride: pair(action, "stride", options.stride ?? 1),
    dilation: pair(action, "dilation", options.dilation ?? 1),
    padding: options.padding ?? "valid",
  };
  const last = imagesLast(layout, x);
  const g = windowGeometry(words, last, window, last[3]);
  const rows = g.batch * g.outHeight * g.outWidth;
  const columns = g.windowHeight * g.windowWidth * g.channels;
  checkSize(action, [rows, columns]);
  return { ...g, layout, imagesShape: x, columnsShape: [rows, columns] };
}

/** Computes the sizes of `col2im(columns, shape, options)`. */
export function imagesOfColumnsGeometry(
  columns: Shape,
  shape: Shape,
  options: ColumnsWindow,
): ColumnsGeometry {
  const action = "apply col2im";
  const g = columnsGeometry(action, shape, options);
  if (!sameShape(columns, g.columnsShape)) {
    throw new ShapeError(
      `Cannot ${action}: columns must have a row per window and a column per element of one, ` +
        `${formatShape(g.columnsShape)}: columns is ${formatShape(columns)}, shape is ` +
        formatShape(shape),
    );
  }
  return g;
}
