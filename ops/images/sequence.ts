/**
 * Sequences as images of one row, and back; nothing moves.
 *
 * @module
 */
import type { WindowGeometry } from "../../src/core/geometry/mod.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { reshape } from "../shape/reshape.ts";

/** Applies a function of images to sequences `[N, L, C]`. */
export function withRow(x: Tensor, g: WindowGeometry, f: (x: Tensor) => Tensor): Tensor {
  const [batch, , length, channels] = g.yShape;
  return reshape(f(reshape(x, g.xShape)), [batch, length, channels]);
}
