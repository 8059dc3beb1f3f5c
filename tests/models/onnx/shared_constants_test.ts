// Constants of exported files: each is written once, however often the model uses it.

import { assertEquals } from "@std/assert";
import { add, mul, type Tensor, tensor } from "../../../mod.ts";
import { exportOnnx } from "../../../src/models/mod.ts";
import { readModel } from "../../../src/models/onnx/read_model.ts";

Deno.test("exportOnnx: a constant that is used twice is in the file once", () => {
  const [w, other] = [tensor([1.5, -2, 3]), tensor([1.5, -2, 3])];
  const f = (x: Tensor) => add(mul(mul(add(x, w), w), w), other);
  const { nodes, initializers } = readModel(exportOnnx(f, tensor([[1, 2, 3], [4, 5, 6]])), "file");
  assertEquals(initializers.map(({ shape }) => [...shape]), [[3], [3]]);
  const names = initializers.map(({ name }) => name);
  const reads = nodes.map(({ inputs }) =>
    names.indexOf(inputs.find((name) => names.includes(name))!)
  );
  assertEquals(reads, [0, 0, 0, 1]);
});
