// A training that is killed again and again: at any moment its file is whole, and what it comes to
// is what an uninterrupted training comes to, bit for bit.

import { assert, assertEquals } from "@std/assert";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { currentBackend, useBackend } from "../../src/core/backend.ts";
import { Random } from "../../src/random/random.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { loadCheckpoint } from "../../src/train/mod.ts";
import { scaled } from "../support/effort.ts";
import { ifPossible } from "../support/permissions.ts";
import { type Outcome, train } from "./checkpoint_training.ts";

/** Contents of a checkpoint. */
interface Saved extends Outcome {
  readonly epoch: number;
  readonly step: number;
}

const KILLS = scaled(50);
const PROGRAM = new URL("./checkpoint_training.ts", import.meta.url);

/** Runs the training until its file changes, and some random milliseconds more; then kills it. */
async function runAndKill(path: string, delay: number): Promise<void> {
  const before = await changedAt(path);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", "--allow-write", PROGRAM.href, path],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const deadline = performance.now() + 20_000;
  while (await changedAt(path) === before) {
    if (performance.now() > deadline) break; // the assertion on epochs says so
    await pause(2);
  }
  await pause(delay);
  child.kill("SIGKILL");
  await child.status;
}

async function changedAt(path: string): Promise<number> {
  const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
  return mtime?.getTime() ?? 0;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Copies a state as plain values that can be compared; how long epochs took is left out. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor) return { shape: value.shape, data: [...value.dataSync()] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key, v]) => key !== "seconds" && v !== undefined);
  return Object.fromEntries(entries.map(([key, child]) => [key, plain(child)]));
}

Deno.test(ifPossible({
  name: `checkpoint: a training that is killed ${KILLS} times is the one that never was`,
  needs: { read: true, write: true, run: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/run.safetensors`;
    const usual = currentBackend();
    useBackend(referenceBackend());
    try {
      const random = new Random(7);
      let last = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        await runAndKill(path, random.uniform(0, 40));
        const { epoch } = await loadCheckpoint(path) as { epoch: number };
        assert(epoch > last, `kill ${kill}: epoch ${epoch} after ${last}`);
        last = epoch;
      }
      const saved = await loadCheckpoint(path) as unknown as Saved;
      const { epoch, step, params, optimizer, history } = saved;
      const unbroken = await train(epoch);
      assertEquals(plain({ params, optimizer, history }), plain(unbroken));
      assertEquals([history.length, step], [epoch, 3 * epoch]);

      // And once more in this process, a few epochs further.
      assertEquals(plain(await train(epoch + 3, path)), plain(await train(epoch + 3)));
    } finally {
      useBackend(usual);
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
