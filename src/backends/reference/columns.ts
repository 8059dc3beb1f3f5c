/**
 * Reference loops from the windows of images to rows of a matrix, and back.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { ColumnsGeometry } from "../../core/geometry/mod.ts";
import { stridesOf } from "../../core/shape.ts";

/** Visits every element of a window that lies in the image: where it is in the matrix and in x. */
function forEachElement(g: ColumnsGeometry, visit: (column: number, x: number) => void): void {
  const last = g.layout === "NHWC";
  // Strides of image, row, column and channel in x; of row, column and channel in a row of y.
  const x = stridesOf(g.imagesShape);
  const [xn, xi, xj, xc] = last ? x : [x[0], x[2], x[3], x[1]];
  const [yu, yv, yc] = last
    ? [g.windowWidth * g.channels, g.channels, 1]
    : [g.windowWidth, 1, g.windowHeight * g.windowWidth];
  let row = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      for (let ox = 0; ox < g.outWidth; ox++, row += g.columnsShape[1]) {
        for (let u = 0; u < g.windowHeight; u++) {
          const i = oy * g.strideHeight - g.padTop + u * g.dilationHeight;
          if (i < 0 || i >= g.height) continue;
          for (let v = 0; v < g.windowWidth; v++) {
            const j = ox * g.strideWidth - g.padLeft + v * g.dilationWidth;
            if (j < 0 || j >= g.width) continue;
            const [to, from] = [row + u * yu + v * yv, n * xn + i * xi + j * xj];
            for (let c = 0; c < g.channels; c++) visit(to + c * yc, from + c * xc);
          }
        }
      }
    }
  }
}

/** Makes a row per window; `columns` comes as zeros. */
export function im2col(x: TypedArray, columns: TypedArray, g: ColumnsGeometry): void {
  forEachElement(g, (to, from) => {
    columns[to] = x[from];
  });
}

/** Adds every element of a row where it was read. */
export function col2im(columns: TypedArray, x: TypedArray, g: ColumnsGeometry): void {
  const sums = new Float64Array(x.length);
  forEachElement(g, (from, to) => {
    sums[to] += columns[from];
  });
  x.set(sums);
}
