// The example that converts files: there and back again, and what it says of them.

import { assert, assertEquals } from "@std/assert";
import { tensor } from "../../mod.ts";
import { describe, parseOptions } from "../../examples/convert.ts";
import {
  checked,
  formatOf,
  openArrays,
  type Opened,
  readArrays,
} from "../../examples/convert/formats.ts";
import { assertRefuses, type Refusal } from "../support/refusals.ts";
import { ifPossible } from "../support/permissions.ts";

const arrays = {
  "conv1.w": tensor([[1, -2.5], [3, 4]]),
  counts: tensor([1, 2, 6], { dtype: "int32" }),
};

/** An open file of arrays; one of another name cannot be read. */
const open: Opened = {
  name: "a.npz",
  names: [...Object.keys(arrays), "texts"],
  notes: ["input x: float32 [N, 2]"],
  info(name) {
    const { shape = [7], dtype = undefined } = Object.hasOwn(arrays, name)
      ? arrays[name as keyof typeof arrays]
      : {};
    return Promise.resolve({ shape, dtype, storedAs: dtype ?? "strings" });
  },
  tensor: (name) =>
    Object.hasOwn(arrays, name)
      ? Promise.resolve(arrays[name as keyof typeof arrays].clone())
      : Promise.reject(new SyntaxError("Cannot read a.npz: texts: they are no numbers: strings")),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

Deno.test("convert example: a table of what a file holds, and what cannot be read", async () => {
  assertEquals(
    await describe(open),
    [
      "name     shape   dtype    min   mean   max",
      "conv1.w  [2, 2]  float32  -2.5  1.375  4",
      "counts   [3]     int32    1     3      6",
      "texts    [7]     strings  ?     ?      ?",
      "input x: float32 [N, 2]",
      "Cannot read a.npz: texts: they are no numbers: strings",
    ].join("\n"),
  );
  assertEquals(Object.keys(await readArrays(open, "counts")), ["counts"]); // texts are not read
});

Deno.test("convert example: refuses what cannot be asked for", () => {
  const cases: Refusal[] = [
    [
      () => parseOptions(["a.npy"]),
      RangeError,
      "Cannot convert: there must be two files: got 1; --help lists the options",
    ],
    [
      () => parseOptions(["--info"]),
      RangeError,
      "Cannot convert: there must be one file with --info: got 0; --help lists the options",
    ],
    [
      () => checked(open, "w"),
      RangeError,
      "Cannot convert: --name must be that of an array in the file, one of conv1.w, counts, texts: " +
      "got w",
    ],
    [
      () => formatOf("a.__proto__"),
      RangeError,
      "Cannot convert: a file's name must end in npy, npz, safetensors, onnx, pt, pth, h5, hdf5, keras, " +
      "mat: got a.__proto__",
    ],
    [
      () => formatOf("a.npy").write!(arrays),
      RangeError,
      "Cannot convert: an .npy file holds one array: there are 2, conv1.w, counts; choose one " +
      "with --name",
    ],
  ];
  for (const refusal of cases) assertRefuses(refusal);
  assertEquals(parseOptions(["--help"]), undefined);
});

Deno.test(ifPossible({
  name: "convert example: arrays pass through every format, whole or not at all",
  needs: { run: true, read: true, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const path = (ending: string) => `${folder}/a.${ending}`;
      const convert = (...args: string[]) =>
        new Deno.Command(Deno.execPath(), {
          args: ["run", "--no-prompt", "-R", "-W", "examples/convert.ts", ...args],
          cwd: new URL("../../", import.meta.url),
          env: { NO_COLOR: "1" },
        }).output();
      await Deno.writeFile(path("npz"), await formatOf("a.npz").write!(arrays));
      const chain = ["npz", "onnx", "safetensors", "pth", "npz"];
      for (let i = 1; i < chain.length; i++) {
        const { success, stderr } = await convert(path(chain[i - 1]), path(chain[i]));
        assert(success, new TextDecoder().decode(stderr));
      }
      const back = await readArrays(await openArrays(path("npz")));
      const sorted = (names: object) => Object.keys(names).sort();
      assertEquals(sorted(back), sorted(arrays));
      for (const [name, x] of Object.entries(arrays)) {
        assertEquals([back[name].dtype, back[name].toArray()], [x.dtype, x.toArray()]);
      }
      const { success, stderr } = await convert(path("npz"), path("npy"));
      assertEquals(success, false);
      assert(new TextDecoder().decode(stderr).startsWith("Cannot convert: an .npy file holds one"));
      const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
      assertEquals(names, ["a.npz", "a.onnx", "a.pth", "a.safetensors"]);
      // By content: a file of PyTorch under the name of another, and what is not read.
      await Deno.copyFile(path("pth"), path("weights"));
      const text = ({ stdout }: Deno.CommandOutput) => new TextDecoder().decode(stdout).split("\n");
      assertEquals(text(await convert("--info", path("weights"))).slice(0, 3), [
        `${path("weights")}: a PyTorch file: a zip that holds archive/data.pkl`,
        "name     shape   dtype    min   mean   max",
        "conv1.w  [2, 2]  float32  -2.5  1.375  4",
      ]);
      await Deno.writeTextFile(path("pth"), "version https://git-lfs.github.com/spec/v1\n");
      assertEquals(text(await convert("--info", path("pth"))).slice(0, 2), [
        `${path("pth")}: a pointer of Git LFS`,
        "get the file itself: git lfs pull",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
