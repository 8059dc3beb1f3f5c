// Files of PyTorch: both forms, every element type, views of storages, checkpoints; what is refused.

import { assertEquals, assertRejects } from "@std/assert";
import { tensor } from "../../../mod.ts";
import { openTorch, readTorch, saveTorch } from "../../../src/models/mod.ts";
import { type Forms, goldens } from "../../golden/torch/goldens.ts";
import { unpack } from "../../models/keras/models.ts";

const FORMS = ["zip", "legacy"] as const;

/** Reads a number as Python's `float()` does. */
const fromPython = (text: string) => text === "nan" ? NaN : Number(text.replace("inf", "Infinity"));

for (const form of FORMS) {
  Deno.test(`openTorch: every element type and view, in the ${form} form`, async () => {
    await using file = await openTorch(await unpack(goldens.types[form]));
    assertEquals(file.names, goldens.types.tensors.map(({ name }) => name));
    for (const { name, shape, storedAs, values } of goldens.types.tensors) {
      const info = await file.info(name);
      assertEquals([info.shape, info.storedAs], [shape, storedAs], name);
      const { data, dtype } = await file.array(name);
      assertEquals(dtype, info.dtype);
      const expected = values.map(fromPython);
      assertEquals([...data], dtype === "float32" ? expected.map(Math.fround) : expected, name);
    }
  });

  Deno.test(`openTorch: a checkpoint in the ${form} form: tensors with paths, values beside`, async () => {
    await using file = await openTorch(await unpack(goldens.checkpoint[form]));
    assertEquals(file.names, [
      "model.weight",
      "model.bias",
      "optimizer.state.0.momentum_buffer",
      "optimizer.state.1.momentum_buffer",
    ]);
    const weight = await file.array("model.weight");
    assertEquals([weight.shape, [...weight.data]], [[3, 2], goldens.checkpoint.weight]);
    const { epoch, arch, best, done, none, big, negative } = file.values;
    assertEquals(
      [epoch, arch, best, done, none, big, negative],
      [5, "größe", 0.75, true, null, 2n ** 60n, -(2 ** 40)],
    );
    assertEquals(file.values["optimizer.param_groups.0.lr"], 0.1);
    assertEquals(file.values["losses.1"], 0.5);
  });

  Deno.test(`openTorch: one tensor, and a list, in the ${form} form`, async () => {
    const { tensor: single } = await readTorch(await unpack(goldens.single[form]));
    assertEquals(single.toArray(), [[1, 3], [2, 4]]);
    const list = await readTorch(await unpack(goldens.list[form]));
    assertEquals(Object.entries(list).map(([name, x]) => [name, x.toArray()]), [
      ["0", [1]],
      ["1.0", [2]],
    ]);
  });

  Deno.test(`openTorch: what cannot be held does not hide the rest, in the ${form} form`, async () => {
    const name = "a.pt";
    await using large = await openTorch(await unpack(goldens.large[form]), { name });
    assertEquals((await large.tensor("float32")).toArray(), [1]);
    const tooBig = await assertRejects(() => large.tensor("int64"), RangeError);
    assertEquals(
      tooBig.message,
      "Cannot read a.pt: int64: every int64 value must fit in int32 (-2147483648 to " +
        "2147483647): the value at [0] is 2147483648",
    );
    await using strange = await openTorch(await unpack(goldens.strange[form]), { name });
    assertEquals((await strange.info("complex64")).dtype, undefined);
    assertEquals((await strange.tensor("float32")).toArray(), [1]);
    const complex = await assertRejects(() => strange.tensor("complex64"), SyntaxError);
    assertEquals(
      complex.message,
      "Cannot read a.pt: complex64: the type must be one that can be read: expected bfloat16, a " +
        "float of 16, 32 or 64 bits, bool or an integer type, found complex64",
    );
  });

  Deno.test(`openTorch: classes and functions are refused by name, in the ${form} form`, async () => {
    const refusal = async (file: Forms) => {
      const bytes = await unpack(file[form]);
      return (await assertRejects(() => openTorch(bytes, { name: "a.pt" }), SyntaxError)).message;
    };
    const found = (name: string) =>
      "Cannot read a.pt: a file must hold tensors, dictionaries, lists, numbers and texts alone, " +
      `as nothing in it is ever run: found ${name}; in Python, save model.state_dict()`;
    const { model, calls, sparse } = goldens.refused;
    assertEquals(await refusal(model), found("__main__.Net"));
    assertEquals(await refusal(calls), found("posix.system"));
    assertEquals(await refusal(sparse), found("torch._utils._rebuild_sparse_tensor"));
  });
}

Deno.test("openTorch: a pickle of protocol 4", async () => {
  const [first, second] = await Promise.all([
    readTorch(await unpack(goldens.protocol4)),
    readTorch(await unpack(goldens.types.zip)),
  ]);
  assertEquals(Object.keys(first), Object.keys(second));
  for (const [name, x] of Object.entries(first)) assertEquals(x.toArray(), second[name].toArray());
});

Deno.test("openTorch: a program of TorchScript is refused", async () => {
  const bytes = await unpack(goldens.refused.script);
  const error = await assertRejects(() => openTorch(bytes, { name: "a.pt" }), SyntaxError);
  assertEquals(
    error.message.replace(/holds .*;/, "holds …;"),
    "Cannot read a.pt: it must be a PyTorch file: it is a program of PyTorch (TorchScript): a zip " +
      "that holds …; in Python, save its state dictionary: " +
      "torch.save(torch.jit.load(file).state_dict(), other)",
  );
});

Deno.test("saveTorch: what is written is read again; equal contents give equal bytes", async () => {
  const w = tensor([[1, 2, 3], [4, 5, 6]]);
  const contents = {
    model: { "a.weight": w, tied: w, ids: tensor([-7, 9], { dtype: "int32" }) },
    bytes: tensor([0, 255], { dtype: "uint8" }),
    double: { shape: [1, 2], dtype: "float64", data: Float64Array.of(0.1, -0) } as const,
    scalar: tensor(3),
    empty: tensor([], { shape: [0, 2] }),
    epoch: 3,
    big: -(2 ** 40),
    rate: 0.5,
    done: false,
    name: "größe",
    list: [1, null, "b"],
  };
  const bytes = await saveTorch(contents);
  assertEquals(bytes, await saveTorch(contents));
  await using file = await openTorch(bytes);
  const read: Record<string, unknown> = {};
  for (const name of file.names) read[name] = (await file.tensor(name)).toArray();
  assertEquals(read, {
    "model.a.weight": [[1, 2, 3], [4, 5, 6]],
    "model.tied": [[1, 2, 3], [4, 5, 6]],
    "model.ids": [-7, 9],
    bytes: [0, 255],
    double: [[0.1, -0]],
    scalar: 3,
    empty: [],
  });
  assertEquals({ ...file.values }, {
    epoch: 3,
    big: -(2 ** 40),
    rate: 0.5,
    done: false,
    name: "größe",
    "list.0": 1,
    "list.1": null,
    "list.2": "b",
  });
});

Deno.test("saveTorch: what PyTorch would refuse is refused", async () => {
  const wrong = new Map([["a", 1]]) as unknown as Record<string, number>;
  const error = await assertRejects(() => saveTorch({ epoch: 1, inner: wrong }), TypeError);
  assertEquals(
    error.message,
    "Cannot write PyTorch data: contents must be tensors, numbers, texts, and objects or lists of " +
      "these: got Map at inner",
  );
});
