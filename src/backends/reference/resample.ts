/**
 * Reference resampling: sparse matrices times the rows and the columns of images.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { ResampleGeometry } from "../../core/geometry/mod.ts";

/** Computes `y[n, i, j, c] = sum vertical[i, u] horizontal[j, v] x[n, u, v, c]`. */
export function resample(x: TypedArray, y: TypedArray, g: ResampleGeometry): void {
  const { vertical, horizontal } = g;
  const [batch, outHeight, outWidth, channels] = g.yShape;
  const [, height, width] = g.xShape;
  let to = 0;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        for (let c = 0; c < channels; c++, to++) {
          let sum = 0;
          for (let a = vertical.starts[i]; a < vertical.starts[i + 1]; a++) {
            const line = (n * height + vertical.indices[a]) * width;
            for (let b = horizontal.starts[j]; b < horizontal.starts[j + 1]; b++) {
              const weight = vertical.weights[a] * horizontal.weights[b];
              sum += weight * x[(line + horizontal.indices[b]) * channels + c];
            }
          }
          y[to] = sum;
        }
      }
    }
  }
}
