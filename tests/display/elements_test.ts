// Tensors as texts: nested and aligned as NumPy prints them.

import { assert, assertEquals } from "@std/assert";
import {
  arange,
  type Backend,
  type DType,
  ones,
  Random,
  randomNormal,
  referenceBackend,
  reshape,
  tensor,
  wasmBackend,
  zeros,
} from "@tapegrad/tapegrad";

/** Values, and the text of a tensor of them after its dtype. */
const TEXTS: readonly [values: Parameters<typeof tensor>[0], text: string][] = [
  [5, "[] 5"],
  [-0.25, "[] -0.25"],
  [[1, 2.5, 3], "[3] [1.0, 2.5, 3.0]"],
  [[[[-1]]], "[1, 1, 1] [[[-1]]]"],
  [[], "[0] []"],
  [[[], []], "[2, 0] []"],
  [
    [[1, -2.5, NaN], [10, 0.125, -Infinity]],
    [
      "[2, 3]",
      "[[    1.000,    -2.500,       NaN],",
      " [   10.000,     0.125, -Infinity]]",
    ].join("\n"),
  ],
  [[-0, 0, NaN], "[3] [ -0,   0, NaN]"],
  [[-0, 0.5], "[2] [-0.0,  0.5]"],
  [[NaN, Infinity], "[2] [     NaN, Infinity]"],
  [[0.1, 1 / 3, 2e-4], "[3] [0.100000, 0.333333, 0.000200]"], // float32 knows no more of 0.1
  [[1, 2000], "[2] [   1, 2000]"],
  [[99_999_999, 1], "[2] [1e+8, 1e+0]"], // as float32
  [[16_777_216, 1], "[2] [16777216,        1]"],
  [[0, 1e-40], "[2] [ 0e+0, 1e-40]"],
  [[1.5e-5, -1, NaN], "[3] [ 1.5e-5, -1.0e+0,     NaN]"],
  [
    [[[0, 1], [2, 3]], [[4, 5], [6, 10]]],
    [
      "[2, 2, 2]",
      "[[[ 0,  1],",
      "  [ 2,  3]],",
      "",
      " [[ 4,  5],",
      "  [ 6, 10]]]",
    ].join("\n"),
  ],
];

Deno.test("tensor text: nested, with columns of one width and as many decimals as are needed", () => {
  for (const [values, text] of TEXTS) {
    assertEquals(String(tensor(values)), `Tensor float32 ${text}`);
  }
});

Deno.test("tensor text: float64 has its own digits, integers have none", () => {
  const values = [0.1, 1 / 3, 0.30000000000000004];
  const doubles = tensor(values, { dtype: "float64" });
  assertEquals(String(doubles), "Tensor float64 [3] [0.100000, 0.333333, 0.300000]");
  assertEquals(String(tensor([0.1], { dtype: "float64" })), "Tensor float64 [1] [0.1]");
  const ints = tensor([[1, 20], [-300, 4]], { dtype: "int32" });
  assertEquals(String(ints), "Tensor int32 [2, 2]\n[[   1,   20],\n [-300,    4]]");
  assertEquals(String(tensor(Uint8Array.of(1, 0, 255))), "Tensor uint8 [3] [  1,   0, 255]");
  const large = tensor([2 ** 31 - 1, -(2 ** 31)], { dtype: "int32" });
  assertEquals(String(large), "Tensor int32 [2] [ 2147483647, -2147483648]");
});

Deno.test("tensor text: of more than 1,000 elements the first and last three along long axes", () => {
  assertEquals(
    String(arange(1001)),
    "Tensor float32 [1001] [   0,    1,    2, …,  998,  999, 1000]",
  );
  for (const backend of [referenceBackend(), wasmBackend({ threads: 1 })]) {
    for (const dtype of ["float32", "float64", "int32"] satisfies DType[]) {
      const x = reshape(arange(0, 7 * 300, 1, { backend, dtype }), [7, 300]);
      const row = (i: number) => {
        const cells = [0, 1, 2, 297, 298, 299].map((j) => String(300 * i + j).padStart(4));
        return `[${cells.slice(0, 3).join(", ")}, …, ${cells.slice(3).join(", ")}]`;
      };
      assertEquals(
        String(x),
        `Tensor ${dtype} [7, 300]\n[${row(0)},\n ${row(1)},\n ${row(2)},\n …,\n ${row(4)},\n ` +
          `${row(5)},\n ${row(6)}]`,
      );
    }
  }
  // Short axes are whole, and so are the blocks along them.
  const blocks = reshape(arange(2 * 1000 * 2), [2, 1000, 2]);
  assertEquals(
    String(blocks),
    [
      "Tensor float32 [2, 1000, 2]",
      "[[[   0,    1],",
      "  [   2,    3],",
      "  [   4,    5],",
      "  …,",
      "  [1994, 1995],",
      "  [1996, 1997],",
      "  [1998, 1999]],",
      "",
      " [[2000, 2001],",
      "  [2002, 2003],",
      "  [2004, 2005],",
      "  …,",
      "  [3994, 3995],",
      "  [3996, 3997],",
      "  [3998, 3999]]]",
    ].join("\n"),
  );
});

Deno.test("tensor text: of many axes fewer than three, so that never more than 1,000 are shown", () => {
  const shape = [7, 7, 7, 7, 2];
  const text = String(ones(shape));
  assertEquals(text.match(/1(?=[,\]])/g)!.length, 2 * 4 ** 4);
  assert(text.includes("  [1, 1],\n    …,\n    [1, 1],"), text.slice(0, 200));
});

Deno.test("tensor text: lines are at most 80 characters, their continuations under the first", () => {
  for (const shape of [[20], [1000], [3, 40], [2, 3, 25], [100, 100], [9, 9, 9, 9]]) {
    for (const scale of [1, 1e-6, 1e12]) {
      const x = randomNormal(new Random(1), shape, { std: scale });
      for (const line of String(x).split("\n")) assert(line.length <= 80, line);
    }
  }
  const lines = String(arange(30)).split("\n");
  assertEquals(lines.slice(1), [
    "[ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,",
    " 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]",
  ]);
});

Deno.test("tensor text: nothing is copied that is not shown, and what was read is freed", () => {
  const reference = referenceBackend();
  let read = 0;
  const kernels = {
    ...reference.kernels,
    read: (x: Parameters<typeof reference.kernels.read>[0]) => {
      read += x.shape.reduce((a, b) => a * b, 1);
      return reference.kernels.read(x);
    },
  };
  const backend: Backend = { ...reference, kernels };
  const x = zeros([500, 3, 400], { backend });
  const before = reference.liveBytes;
  String(x);
  assertEquals([read, reference.liveBytes], [6 * 3 * 6, before]);
});
