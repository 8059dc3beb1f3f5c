// Going on with a training: where it was, with the numbers it would have had.

import { assertEquals, assertRejects } from "@std/assert";
import {
  adam,
  adamw,
  mean,
  type Optimizer,
  Random,
  sgd,
  ShapeError,
  square,
  sub,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { FileError } from "../../src/data/mod.ts";
import { Dense } from "../../src/nn/mod.ts";
import {
  type Callback,
  checkpoints,
  type EpochReport,
  fit,
  loadCheckpoint,
  resume,
  saveCheckpoint,
} from "../../src/train/mod.ts";
import { assertExactError, assertExactRejection } from "../support/exact_error.ts";
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

interface Setting {
  readonly params: { readonly w: Tensor; readonly bias?: Tensor };
  readonly optimizer: Optimizer;
}

const model = Dense({ units: 1 });

function fresh(): Setting {
  return {
    params: model.init(new Random(1), [1]) as Setting["params"],
    optimizer: adam({ learningRate: 0.1 }),
  };
}

/** Trains on two points; gives the epochs that were trained. */
async function trainOn(
  { params, optimizer }: Setting,
  epochs: number,
  callbacks: readonly Callback[],
  from: Partial<Awaited<ReturnType<typeof resume>>> = {},
): Promise<number[]> {
  const data = { x: tensor([[1], [2]]), y: tensor([[2], [4]]) };
  const training = fit(model, data, {
    params: params as never,
    optimizer,
    loss: (y, target) => mean(square(sub(y, target))),
    epochs,
    ...from,
    callbacks,
  });
  return await Array.fromAsync(training, ({ epoch }: EpochReport) => epoch);
}

Deno.test(ifPossible({
  name: "resume: every so many epochs, and the last",
  needs: FILES,
  fn: () =>
    withPath(async (path) => {
      const saved: number[] = [];
      const look: Callback = {
        async epoch() {
          const state = await loadCheckpoint(path).catch(() => ({ epoch: 0 }));
          saved.push((state as { epoch: number }).epoch);
        },
      };
      await trainOn(fresh(), 5, [checkpoints({ path, every: 2 }), look]);
      assertEquals(saved, [0, 2, 2, 4, 5]);
    }),
}));

Deno.test(ifPossible({
  name: "resume: without a file a training begins; with one it goes on where it was",
  needs: FILES,
  fn: () =>
    withPath(async (path) => {
      const begun = fresh();
      const nothing = await resume(path, begun);
      assertEquals(nothing, { startEpoch: 0, history: [] });
      assertEquals(await trainOn(begun, 3, [checkpoints({ path })], { ...nothing, seed: 9 }), [
        1,
        2,
        3,
      ]);

      const second = fresh();
      const resumed = await resume(path, second);
      assertEquals([resumed.startEpoch, resumed.seed, resumed.history.length], [3, 9, 3]);
      assertEquals(second.params.w.dataSync(), begun.params.w.dataSync());
      assertEquals(await trainOn(second, 6, [checkpoints({ path })], resumed), [4, 5, 6]);

      const whole = fresh();
      await trainOn(whole, 6, [], { seed: 9 });
      assertEquals(second.params.w.dataSync(), whole.params.w.dataSync());
      const { epoch, step, history } = await loadCheckpoint(path) as unknown as {
        epoch: number;
        step: number;
        history: readonly EpochReport[];
      };
      assertEquals([epoch, step, history.map((report) => report.epoch)], [6, 6, [
        1,
        2,
        3,
        4,
        5,
        6,
      ]]);
      assertEquals((await trainOn(second, 6, [], await resume(path, second))).length, 0);
    }),
}));

Deno.test(ifPossible({
  name: "resume: of another model, another kind or damaged: refused, nothing is changed",
  needs: FILES,
  fn: () =>
    withPath(async (path) => {
      const begun = fresh();
      await trainOn(begun, 1, [checkpoints({ path })]);
      const other = {
        params: Dense({ units: 2 }).init(new Random(1), [1]),
        optimizer: adam({ learningRate: 0.1 }),
      };
      const before = (other.params as { w: Tensor }).w.dataSync();
      await assertRejects(() => resume(path, other), ShapeError);
      assertEquals((other.params as { w: Tensor }).w.dataSync(), before);

      // Of another optimizer: both are named, parameters and optimizer stay.
      for (const make of [sgd, adamw]) {
        const other = { ...fresh(), optimizer: make({ learningRate: 0.1 }) };
        other.optimizer.step(other.params, model.init(new Random(5), [1]) as Setting["params"]);
        const [w, state] = [other.params.w.toArray(), other.optimizer.state()];
        await assertExactRejection(
          () => resume(path, other),
          TypeError,
          `Cannot load state of ${make.name}: it must be one of ${make.name}: got that of adam; ` +
            "make the optimizer of before",
        );
        assertEquals([other.params.w.toArray(), other.optimizer.state()], [w, state]);
      }
      // Of another model: the optimizer stays, too.
      other.optimizer.step(other.params, other.params);
      const state = other.optimizer.state();
      await assertRejects(() => resume(path, other), ShapeError);
      assertEquals(other.optimizer.state(), state);

      await saveCheckpoint(path, { epoch: 1 });
      await assertExactRejection(
        () => resume(path, fresh()),
        SyntaxError,
        `Cannot read ${path}: it must be a checkpoint of a training: expected epoch, seed, ` +
          "history, params and optimizer",
      );
      await assertRejects(() => resume(`${path}/x`, fresh()), FileError);
    }),
}));

Deno.test("resume: every is a number of epochs", () => {
  for (const every of [0, 1.5, NaN]) {
    assertExactError(
      () => checkpoints({ path: "x", every }),
      RangeError,
      `Cannot make checkpoints: every must be an integer of at least 1: got ${every}`,
    );
  }
});
