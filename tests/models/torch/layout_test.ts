/** A network of PyTorch gives the same numbers here; layouts there and back; errors. */
import { assertEquals, assertThrows } from "@std/assert";
import { conv2d, conv2dTranspose, dense, flatten, ones, relu, tensor } from "../../../mod.ts";
import { ShapeError } from "../../../src/core/errors.ts";
import {
  fromTorchConv,
  fromTorchDense,
  fromTorchDenseAfterFlatten,
  fromTorchImages,
  readSafetensors,
  toTorchConv,
  toTorchDense,
  toTorchDenseAfterFlatten,
  toTorchImages,
} from "../../../src/models/mod.ts";
import { fromBase64 } from "../../formats/npy/support.ts";
import { goldens } from "../../golden/safetensors/goldens.ts";
import { assertWithin } from "../../support/compare.ts";

Deno.test("a network of PyTorch, converted, computes what PyTorch computes", async () => {
  const state = await readSafetensors(fromBase64(goldens.network));
  const conv = conv2d(fromTorchImages(state.x), fromTorchConv(state["conv.weight"]), {
    bias: state["conv.bias"],
    stride: [2, 1],
    padding: 1,
    groups: 2,
  });
  const up = conv2dTranspose(relu(conv), fromTorchConv(state["up.weight"]), {
    bias: state["up.bias"],
    stride: 2,
  });
  assertEquals(up.shape, [2, 6, 10, 3]);
  const first = fromTorchDenseAfterFlatten(state["first.weight"], [6, 10, 3]);
  const hidden = relu(dense(flatten(up), first, { bias: state["first.bias"] }));
  const y = dense(hidden, fromTorchDense(state["second.weight"]), { bias: state["second.bias"] });
  assertEquals(y.shape, state.y.shape);
  assertWithin(y.dataSync(), state.y.dataSync(), () => 1e-6, "y");
});

Deno.test("layouts: there and back", () => {
  const counted = (shape: number[]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
    return tensor(data, { shape });
  };
  for (const shape of [[2, 3, 4], [2, 3, 4, 5], [2, 3, 4, 5, 6]]) {
    const w = counted(shape);
    assertEquals(fromTorchConv(w).shape, [...shape.slice(2), 3, 2]);
    assertEquals(toTorchConv(fromTorchConv(w)).toArray(), w.toArray());
    assertEquals(fromTorchImages(w).shape, [2, ...shape.slice(2), 3]);
    assertEquals(toTorchImages(fromTorchImages(w)).toArray(), w.toArray());
  }
  const w = counted([2, 24]);
  assertEquals(toTorchDense(fromTorchDense(w)).toArray(), w.toArray());
  const converted = fromTorchDenseAfterFlatten(w, [2, 3, 4]);
  assertEquals(converted.shape, [24, 2]);
  assertEquals(toTorchDenseAfterFlatten(converted, [2, 3, 4]).toArray(), w.toArray());
  // Here number 5 of an image is row 0, column 1, channel 1: there c * 6 + row * 3 + column = 7.
  assertEquals(converted.toArray()[5 as never], [7, 31]);
});

Deno.test("layouts: errors", () => {
  const refuse = (run: () => unknown, message: string) =>
    assertEquals(assertThrows(run, ShapeError).message, `Cannot convert ${message}`);
  refuse(() => fromTorchConv(ones([2, 2])), "conv weight: w must have rank 3 to 5: w is [2, 2]");
  refuse(() => toTorchConv(ones([2])), "conv weight: w must have rank 3 to 5: w is [2]");
  refuse(() => fromTorchDense(ones([2])), "dense weight: w must have rank 2: w is [2]");
  refuse(() => toTorchDense(ones([2])), "dense weight: w must have rank 2: w is [2]");
  refuse(() => fromTorchImages(ones([2])), "images: x must have rank 3 to 5: x is [2]");
  refuse(() => toTorchImages(ones([2])), "images: x must have rank 3 to 5: x is [2]");
  const input = "dense weight: w must have an input for every number of the image " +
    "[height, width, channels]: w is ";
  refuse(
    () => fromTorchDenseAfterFlatten(ones([3, 4]), [1, 1, 3]),
    `${input}[3, 4], image is [1, 1, 3]`,
  );
  refuse(
    () => toTorchDenseAfterFlatten(ones([3, 4]), [1, 2, 2]),
    `${input}[3, 4], image is [1, 2, 2]`,
  );
});
