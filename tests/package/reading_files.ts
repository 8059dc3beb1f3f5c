// One file of every format, served on this machine: what readers read in Node and in a browser.

import { assertEquals } from "@std/assert";
import { tensor } from "../../mod.ts";
import { writeCsv, writeIdx, writeNpy } from "../../src/data/mod.ts";
import { inflate } from "../../src/files/compression_streams.ts";
import { oldest } from "../golden/hdf5/goldens.ts";
import { colourGoldens as colours } from "../golden/images/colour_goldens.ts";
import { goldens as images } from "../golden/images/goldens.ts";
import { goldens as keras } from "../golden/keras/goldens.ts";
import { goldens as npz } from "../golden/npz/goldens.ts";
import { goldens as onnx } from "../golden/onnx/goldens.ts";
import { goldens as safetensors } from "../golden/safetensors/goldens.ts";
import { FILES, readAll } from "./reading.js";

/** Reads the bytes of the files, by their names. */
export async function readingFiles(): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const table = tensor([[0.5, -1], [Infinity, 3]]);
  const image = (name: string) => fromBase64(images.find((golden) => golden.name === name)!.file);
  const other = (name: string) => fromBase64(colours.find((golden) => golden.name === name)!.file);
  const text = new TextEncoder().encode(writeCsv(table, { columns: ["a", "b"] }));
  const unpack = (file: string) =>
    inflate(fromBase64(file), "gzip", { most: 2 ** 20, action: "Cannot unpack" });
  const files = new Map<string, Uint8Array>([
    ["x.npy", writeNpy(table)],
    ["x.npz", fromBase64(npz.files[1].file)],
    ["x.idx.gz", await writeIdx(tensor(Uint8Array.of(1, 2, 255)), { gzip: true })],
    ["x.csv", text],
    ["x.h5", await unpack(oldest.file)],
    ["x.png", image("png 6 16 bits interlaced")],
    ["x.jpg", image("jpeg orientation 6")],
    ["x.gif", other("gif interlaced")],
    ["x.bmp", other("bmp RLE8")],
    ["x.webp", other("webp")],
    ["x.safetensors", fromBase64(safetensors.file)],
    ["x.onnx", fromBase64(onnx.networks[0].file)],
    ["keras.weights.h5", await unpack(keras.words.files.keras3)],
  ]);
  assertEquals([...files.keys()], FILES);
  return new Map([...files].map(([name, bytes]) => [name, Uint8Array.from(bytes)]));
}

/** Runs `use` with the address of a server of the files, and gives what Deno reads there, too. */
export async function withServedFiles<Result>(
  use: (base: string) => Promise<Result>,
): Promise<{ result: Result; inDeno: Awaited<ReturnType<typeof readAll>> }> {
  const files = await readingFiles();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const bytes = files.get(new URL(request.url).pathname.slice(1));
    return new Response(bytes ?? "no such file", { status: bytes === undefined ? 404 : 200 });
  });
  try {
    const base = `http://127.0.0.1:${server.addr.port}/`;
    return { result: await use(base), inDeno: await readAll(base) };
  } finally {
    await server.shutdown();
  }
}

/** Fails unless every kind of input gives the same, and something. */
export function assertSameForAllInputs(found: Awaited<ReturnType<typeof readAll>>): void {
  for (const [file, byKind] of Object.entries(found)) {
    const [bytes, ...others] = Object.values(byKind);
    assertEquals(bytes.length > 20, true, `${file}: ${bytes}`);
    for (const other of others) assertEquals(other, bytes, file);
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.fromBase64(text);
}
