// Exported files as data: constants are written once, however often the model uses them; sizes of 0
// are meant as they are.

import { assertEquals } from "@std/assert";
import { add, mul, reshape, type Tensor, tensor, zeros } from "../../../mod.ts";
import { exportOnnx, importOnnx } from "../../../src/models/mod.ts";
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

Deno.test("exportOnnx: a size of 0 is one, and not that of the input at its place", async () => {
  const f = (x: Tensor) => reshape(x, [2, 3, 0, 5]);
  const x = zeros([2, 0, 7]);
  const model = await importOnnx(exportOnnx(f, x));
  const y = model.apply(model.params, x);
  assertEquals(y.shape, [2, 3, 0, 5]);
});
