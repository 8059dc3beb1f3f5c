// The words of a graph for the attributes of operations.

import {
  avgPool,
  clip,
  concat,
  conv2d,
  dropout,
  elu,
  leakyRelu,
  matmul,
  maxPool,
  mean,
  ones,
  Random,
  Tape,
} from "@tapegrad/tapegrad";
import { assertEquals } from "@std/assert";
import { describeAttributes } from "../../../src/plot/graph/format.ts";

Deno.test("graph: attributes are said in words", () => {
  using tape = new Tape();
  const x = tape.watch(ones([2, 9, 9, 4]));
  const w = ones([3, 5, 2, 4]);
  conv2d(x, w, { stride: [1, 2], dilation: 2, groups: 2, padding: 1 });
  conv2d(x, ones([1, 1, 4, 1]));
  maxPool(x, { size: 3, stride: 2 });
  avgPool(x, { size: 3 });
  mean(x, { axis: [1, 2] });
  dropout(x, { rate: 0.25, random: new Random(0) });
  concat([x, x], { axis: 3 });
  leakyRelu(x, { slope: 0.25 });
  clip(x, 0, 6);
  elu(x, { alpha: 0.5 });
  matmul(mean(x, { axis: [1, 2] }), ones([2, 3]), { transposeA: true });
  const said = tape.entries.map(describeAttributes);
  assertEquals(said, [
    "3×5, stride 1×2, dilation 2, padding 1, 2 groups",
    "1×1",
    "3×3, stride 2",
    "3×3",
    "axes 1, 2",
    "rate 0.25",
    "axis 3",
    "slope 0.25",
    "low 0, high 6",
    "above 1, below 0.5",
    "axes 1, 2",
    "a transposed",
  ]);
});
