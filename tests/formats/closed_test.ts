/** Files that cannot be read are closed, whichever reader has opened them. */
import { assertEquals, assertRejects } from "@std/assert";
import { openMat, openNpz, readCifar, readHdf5, readImage, readTable } from "../../src/data/mod.ts";
import {
  importKeras,
  importOnnx,
  importTfjs,
  openSafetensors,
  openTorch,
} from "../../src/models/mod.ts";
import { ifPossible } from "../support/permissions.ts";

/** Beginnings of files that are known, with nonsense behind. */
const DAMAGED: Readonly<Record<string, readonly [bytes: number[], (path: string) => unknown]>> = {
  "npz": [[0x50, 0x4b, 3, 4], openNpz],
  "safetensors": [[9, 0, 0, 0, 0, 0, 0, 0, 0x7b], openSafetensors],
  "PyTorch, zip": [[0x50, 0x4b, 3, 4], openTorch],
  "PyTorch, legacy": [[0x80, 2, 0x8a, 10], openTorch],
  "MATLAB": [[...new TextEncoder().encode("MATLAB 5.0 MAT-file")], openMat],
  "HDF5": [[0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], readHdf5],
  "CIFAR": [[1, 2, 3], readCifar],
  "Keras": [[0x50, 0x4b, 3, 4], importKeras],
  "ONNX": [[8, 7, 0x12], importOnnx],
  "TensorFlow.js": [[0x7b, 0x7d], importTfjs],
  "an image": [[0x89, 0x50, 0x4e, 0x47], readImage],
  "a table": [[0xff, 0xfe, 0xff], readTable],
};

/** Counts how often this process has a file open; other tests may open others meanwhile. */
function timesOpen(path: string): number {
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`) === path;
    } catch {
      return false; // closed since it was listed
    }
  }).length;
}

Deno.test(ifPossible({
  name: "readers: a damaged file is closed",
  needs: { read: true, write: true },
  skip: Deno.build.os === "linux" ? undefined : "open files are counted in /proc",
  async fn() {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    try {
      for (const [what, [beginning, read]] of Object.entries(DAMAGED)) {
        const path = `${folder}/model.json`;
        const bytes = new Uint8Array(200).fill(0xc3);
        bytes.set(beginning);
        await Deno.writeFile(path, bytes);
        await assertRejects(async () => await read(path), Error);
        assertEquals([what, timesOpen(path)], [what, 0]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
