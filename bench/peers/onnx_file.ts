/**
 * Model S as an ONNX file, written by the library: for images that come NCHW, the order of ONNX.
 *
 * The library is imported by its paths: the peers have import maps of their own.
 *
 * @module
 */
import { conv2d, dense, flatten, maxPool, softmax, type Tensor, tensor, zeros } from "../../mod.ts";
import { exportOnnx } from "../../src/models/onnx/export.ts";
import type { Arrays } from "../models/arrays.ts";

/** Writes a file that makes of images `x`, `[N, 3, 64, 64]`, probabilities `y`. */
export function signsFile(arrays: Arrays): Uint8Array<ArrayBuffer> {
  const params = Object.fromEntries(
    ["conv1", "conv2", "dense", "bias"].map((name) => {
      const { shape, data } = arrays[name];
      return [name, tensor(data, { shape })];
    }),
  );
  const probabilities = (x: Tensor) => {
    let y = conv2d(x, params.conv1, { padding: "same", activation: "relu" });
    y = maxPool(y, { size: 8, padding: "same" });
    y = conv2d(y, params.conv2, { padding: "same", activation: "relu" });
    y = maxPool(y, { size: 4, padding: "same" });
    return softmax(dense(flatten(y), params.dense, { bias: params.bias }));
  };
  return exportOnnx(probabilities, zeros([1, 64, 64, 3]), {
    params,
    layout: "NCHW",
  });
}
