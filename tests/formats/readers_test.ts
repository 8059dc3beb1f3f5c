// Every reader takes a file however it comes, tells how far it is, and keeps to the limit it is given.

import { assertEquals, assertRejects } from "@std/assert";
import { Random, relu, tensor, zeros } from "../../mod.ts";
import {
  readCifar,
  readCsv,
  readHdf5,
  readIdx,
  readImage,
  readMat,
  readNpy,
  readNpz,
  writeIdx,
  writeNpy,
  writeNpz,
  writePng,
} from "../../src/data/mod.ts";
import type { FileInput, FileOptions } from "../../src/files/source.ts";
import {
  exportOnnx,
  importKeras,
  importOnnx,
  loadKerasH5,
  readSafetensors,
  readTorch,
  saveTorch,
  writeSafetensors,
} from "../../src/models/mod.ts";
import { goldens } from "../golden/keras/goldens.ts";
import { goldens as models } from "../golden/keras/models.ts";
import { goldens as mat } from "../golden/mat/goldens.ts";
import { fromBase64 } from "./npy/support.ts";
import { unpack, words } from "../models/keras/models.ts";
import { ifPossible } from "../support/permissions.ts";

/** A reader, and a file for it. */
interface Reader {
  read(input: FileInput, options?: FileOptions): Promise<unknown>;
  file(): Promise<Uint8Array>;
}

const x = tensor([[1, 2], [3, 4]]);
const keras = () => unpack(goldens.words.files.keras3);
const of = (read: Reader["read"], file: () => Uint8Array | Promise<Uint8Array>): Reader => ({
  read,
  file: async () => await file(),
});

const READERS: Readonly<Record<string, Reader>> = {
  readCsv: of(readCsv, () => new TextEncoder().encode("1,2\n3,4\n")),
  readHdf5: of(async (input, options) => {
    await using file = await readHdf5(input, options);
    return await file.array(file.names[0]);
  }, keras),
  readIdx: of(readIdx, () => writeIdx(x)),
  readImage: of(readImage, () => writePng(zeros([2, 2, 3], { dtype: "uint8" }))),
  importKeras: of(importKeras, () => unpack(models.scaled.files.keras)),
  readCifar: of(readCifar, () => new Uint8Array(3073)),
  readMat: of(readMat, () => fromBase64(mat.narrow)),
  readTorch: of(readTorch, () => saveTorch({ x })),
  readNpy: of(readNpy, () => writeNpy(x)),
  readNpz: of(readNpz, () => writeNpz({ x })),
  readSafetensors: of(readSafetensors, () => writeSafetensors({ x })),
  importOnnx: of(importOnnx, () => exportOnnx((x) => relu(x), x)),
  loadKerasH5: of(
    (input, options) => loadKerasH5(input, words, words.init(new Random(0), [4]), options),
    keras,
  ),
};

/** Makes every input in which a file can come without permissions. */
function inputsOf(bytes: Uint8Array): FileInput[] {
  const own = Uint8Array.from(bytes);
  const base64 = own.toBase64();
  return [
    own,
    own.buffer,
    new Blob([own]),
    new File([own], "a.bin"),
    new Blob([own]).stream(),
    new URL(`data:application/octet-stream;base64,${base64}`),
    `data:application/octet-stream;base64,${base64}`,
  ];
}

for (const [name, { read, file }] of Object.entries(READERS)) {
  Deno.test(`${name}: a file in any way in which it comes`, async () => {
    const bytes = await file();
    for (const input of inputsOf(bytes)) await read(input);

    let last = { done: 0, total: 0 as number | undefined };
    await read(new Blob([Uint8Array.from(bytes)]), { onProgress: (told) => last = told });
    assertEquals([last.done > 0, last.total], [true, bytes.length]);

    const short = { name: "a.bin", maxBytes: bytes.length - 1 };
    const error = await assertRejects(() => read(bytes, short), RangeError);
    assertEquals(
      error.message,
      `Cannot read a.bin: it must have at most maxBytes = ${bytes.length - 1} bytes: it has ` +
        bytes.length,
    );
  });
}

Deno.test(ifPossible({
  name: "every reader takes a path, and names it in errors",
  needs: { read: true, write: true },
  async fn() {
    const path = await Deno.makeTempFile();
    try {
      for (const { read, file } of Object.values(READERS)) {
        await Deno.writeFile(path, await file());
        await read(path);
        await read(new URL(`file://${path}`));
        await Deno.writeFile(path, Uint8Array.of(0x22, 0, 1));
        const error = await assertRejects(() => read(path), SyntaxError);
        assertEquals(error.message.startsWith(`Cannot read ${path}: `), true, error.message);
      }
    } finally {
      await Deno.remove(path);
    }
  },
}));
