// im2col and col2im: the order of their elements, and the classic way to teach convolution with
// them, forward and backward, in both layouts.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  add,
  col2im,
  conv2d,
  grad,
  im2col,
  matmul,
  mul,
  reshape,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "../../mod.ts";
import { assertSame, assertTensor } from "../support/compare.ts";
import { gridValues } from "../support/random_values.ts";
import type { Values } from "../support/grids.ts";
import { convShape } from "../support/oracles/windows.ts";
import { convSizes } from "../support/windows.ts";

const upload = ({ shape, data }: Values) => tensor(Array.from(data), { shape });

const counted = (shape: number[]) =>
  tensor(Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i), { shape });

Deno.test("im2col: rows in the order of windows, channels last", () => {
  const x = counted([1, 2, 3, 2]);
  assertEquals(im2col(x, { size: 2 }).toArray(), [
    [0, 1, 2, 3, 6, 7, 8, 9],
    [2, 3, 4, 5, 8, 9, 10, 11],
  ]);
});

Deno.test("im2col: in NCHW a row has channel after channel", () => {
  const x = counted([1, 2, 2, 3]);
  assertEquals(im2col(x, { size: 2, layout: "NCHW" }).toArray(), [
    [0, 1, 3, 4, 6, 7, 9, 10],
    [1, 2, 4, 5, 7, 8, 10, 11],
  ]);
});

Deno.test("im2col: padding is zeros, stride and dilation choose pixels", () => {
  const x = tensor([1, 2, 3, 4, 5], { shape: [1, 1, 5, 1] });
  const rows = (options: object) => im2col(x, { size: [1, 2], ...options }).toArray();
  assertEquals(rows({ padding: [[0, 0], [1, 0]], stride: [1, 2] }), [[0, 1], [2, 3], [4, 5]]);
  assertEquals(rows({ dilation: 3 }), [[1, 4], [2, 5]]);
  assertEquals(rows({ padding: "same", stride: 3 }), [[1, 2], [4, 5]]);
});

Deno.test("im2col: no images have no rows, and col2im of them is nothing", () => {
  const none = tensor([], { shape: [0, 3, 3, 2] });
  assertEquals(im2col(none, { size: 2 }).shape, [0, 8]);
  assertEquals(col2im(im2col(none, { size: 2 }), [0, 3, 3, 2], { size: 2 }).shape, [0, 3, 3, 2]);
});

Deno.test("col2im: side by side it is the inverse of im2col", () => {
  const x = upload(gridValues([2, 6, 4, 3], 1));
  const options = { size: [3, 2], stride: [3, 2] } as const;
  const back = col2im(im2col(x, options), x.shape, options);
  assertTensor(back, { shape: x.shape, data: x.dataSync() }, "col2im of im2col");
});

/** Computes a convolution as Saitoh's book has it: NCHW, and filters as the rows of a matrix. */
function taught(x: Tensor, w: Tensor, bias: Tensor, stride: number, pad: number): Tensor {
  const [filters, , height, width] = w.shape;
  const [batch, , h, wide] = x.shape;
  const outHeight = 1 + Math.floor((h + 2 * pad - height) / stride);
  const outWidth = 1 + Math.floor((wide + 2 * pad - width) / stride);
  const rows = im2col(x, { size: [height, width], stride, padding: pad, layout: "NCHW" });
  const matrix = transpose(reshape(w, [filters, -1]));
  const out = add(matmul(rows, matrix), bias);
  return transpose(reshape(out, [batch, outHeight, outWidth, filters]), [0, 3, 1, 2]);
}

Deno.test("im2col: the book's convolution is conv2d, forward and backward", () => {
  for (const [stride, pad] of [[1, 0], [1, 1], [2, 2], [3, 1]]) {
    const [x, w, bias] = [[2, 3, 7, 8], [4, 3, 3, 3], [4]].map((s, i) => upload(gridValues(s, i)));
    const direct = (p: { x: Tensor; w: Tensor; bias: Tensor }) =>
      conv2d(p.x, p.w, { bias: p.bias, stride, padding: pad, layout: "NCHW" });
    const y = direct({ x, w, bias });
    const seed = upload(gridValues(y.shape, 5));
    const classic = (p: { x: Tensor; w: Tensor; bias: Tensor }) =>
      taught(p.x, p.w, p.bias, stride, pad);
    assertSame(classic({ x, w, bias }).dataSync(), y.dataSync(), "y");
    const [a, b] = [direct, classic].map((f) =>
      grad((p: { x: Tensor; w: Tensor; bias: Tensor }) => sum(mul(f(p), seed)))({ x, w, bias })
    );
    for (const name of ["x", "w", "bias"] as const) {
      assertSame(a[name].dataSync(), b[name].dataSync(), `d${name}`);
    }
    // The backward pass as the book writes it.
    const dout = reshape(transpose(seed, [0, 2, 3, 1]), [-1, 4]);
    const rows = im2col(x, { size: 3, stride, padding: pad, layout: "NCHW" });
    const dw = reshape(transpose(matmul(rows, dout, { transposeA: true })), w.shape);
    assertSame(dw.dataSync(), a.w.dataSync(), "the book's dW");
    const dcol = matmul(dout, reshape(w, [4, -1]));
    const dx = col2im(dcol, x.shape, { size: 3, stride, padding: pad, layout: "NCHW" });
    assertSame(dx.dataSync(), a.x.dataSync(), "the book's dx");
  }
});

Deno.test("im2col: of any window, a product with it is conv2d", () => {
  fc.assert(
    fc.property(convSizes, ({ x: shape, w: filters, options: { groups: _, ...window } }) => {
      const w = [filters[0], filters[1], shape[3], filters[3]];
      const [x, weights] = [upload(gridValues(shape, 1)), upload(gridValues(w, 2))];
      const rows = im2col(x, { size: [w[0], w[1]], ...window });
      const y = matmul(rows, reshape(weights, [w[0] * w[1] * w[2], w[3]]));
      const expected = conv2d(x, weights, window).dataSync();
      assertTensor(reshape(y, convShape(shape, w, window)), {
        shape: convShape(shape, w, window),
        data: expected,
      }, "im2col and matmul");
    }),
  );
});
