// Checkpoints: what is saved is what is loaded, in one file that is whole or not there.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { tensor } from "../../mod.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { FileError, writeFile } from "../../src/data/mod.ts";
import { writeSafetensors } from "../../src/formats/safetensors/safetensors.ts";
import { loadCheckpoint, saveCheckpoint } from "../../src/train/mod.ts";
import { assertExactRejection } from "../support/exact_error.ts";
import { ifPossible } from "../support/permissions.ts";

const FILES = { read: true, write: true } as const;

/** Runs a test with the path of a file in a folder of its own. */
async function withPath(test: (path: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(`${folder}/run.safetensors`, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test(ifPossible({
  name: "checkpoint: everything comes back, tensors of all dtypes and numbers of all kinds",
  needs: FILES,
  fn: () =>
    withPath(async (path, folder) => {
      const backend = referenceBackend();
      const state = {
        float32: tensor([[0.1, NaN], [-0, Infinity]], { backend }),
        float64: tensor([Math.PI], { dtype: "float64", backend }),
        int32: tensor([-7], { dtype: "int32", backend }),
        uint8: tensor(Uint8Array.of(1, 2, 3), { backend }),
        empty: tensor([], { backend }),
        scalar: tensor(3, { backend }),
        words: ["a", "ä€😀", ""],
        numbers: [0.1, -0, NaN, Infinity, -Infinity, 5e-324, Number.MAX_SAFE_INTEGER],
        nothing: null,
        yes: true,
      };
      await saveCheckpoint(path, state);
      const before = backend.liveBytes;
      const found = await loadCheckpoint(path, { backend }) as typeof state;
      assertEquals(Object.keys(found), Object.keys(state));
      for (const name of ["float32", "float64", "int32", "uint8", "empty", "scalar"] as const) {
        assertEquals([found[name].dtype, found[name].shape], [
          state[name].dtype,
          state[name].shape,
        ]);
        const [data, expected] = [found[name].dataSync(), state[name].dataSync()];
        assert(data.every((value, i) => Object.is(value, expected[i])), name);
        found[name].dispose();
      }
      found.numbers.forEach((value, i) => assert(Object.is(value, state.numbers[i])));
      assertEquals([found.words, found.nothing, found.yes], [state.words, null, true]);
      assertEquals(backend.liveBytes, before);
      const files = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assertEquals(files, ["run.safetensors"]);
    }),
}));

Deno.test(ifPossible({
  name: "checkpoint: a file of tensors that is no checkpoint is refused; its tensors are freed",
  needs: FILES,
  fn: () =>
    withPath(async (path) => {
      const backend = referenceBackend();
      await writeFile(path, writeSafetensors({ w: tensor(1) }, { metadata: { format: "pt" } }));
      await assertExactRejection(
        () => loadCheckpoint(path, { backend }),
        SyntaxError,
        `Cannot read ${path}: it must be a checkpoint: expected tapegrad.checkpoint in its ` +
          "metadata, found format",
      );
      assertEquals(backend.liveBytes, 0);
      await assertRejects(() => loadCheckpoint(`${path}/x`), FileError);
    }),
}));

Deno.test(ifPossible({
  name: "checkpoint: what cannot be saved leaves the file as it was",
  needs: FILES,
  fn: () =>
    withPath(async (path, folder) => {
      await saveCheckpoint(path, { step: 1 });
      await assertExactRejection(
        () => saveCheckpoint(path, { step: new Date() as unknown as number }),
        TypeError,
        "Cannot save a checkpoint: state must be tensors, numbers, strings and booleans in nested " +
          "objects and arrays: step is a Date",
      );
      const freed = tensor([1, 2]);
      freed.dispose();
      await assertRejects(
        () => saveCheckpoint(path, { freed }),
        TypeError,
        "memory has been freed",
      );
      assertEquals(await loadCheckpoint(path), { step: 1 });
      const files = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assertEquals(files, ["run.safetensors"]);
    }),
}));
