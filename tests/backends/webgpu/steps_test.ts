// Steps of training on a graphics device, a hundred at high effort, each compared with that of WASM.
//
// Free trainings in float32 part after some ten steps, on any two backends, by roundings that grow:
// so WASM takes the weights that the device has come to every few steps. Losses between have gone
// through forward passes, backward passes and steps of the optimizer of its own.

import { assert, assertEquals } from "@std/assert";
import {
  adamw,
  applyUpdates,
  assign,
  type Backend,
  namedTensors,
  Random,
  softmaxCE,
  Tape,
  type Tensor,
  tensor,
  useBackend,
  wasmBackend,
} from "@tapegrad/tapegrad";
import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { deepModel } from "../../../examples/signs.ts";
import { makeInputs, type Model } from "../../../bench/models/inputs.ts";
import { makeTraining } from "../../../bench/models/tapegrad.ts";
import { currentBackend } from "../../../src/core/backend.ts";
import { EFFORT } from "../../support/effort.ts";
import { webgpuTest } from "../../support/webgpu.ts";

/** Steps of the models: software drivers take half a second for one of M. */
const STEPS = { quick: 5, full: 25, high: 100 }[EFFORT];

/** Steps from one time that weights are copied to the next: few, so that roundings stay small. */
const COPIED_EVERY = 3;

/** A training on one backend. */
interface Trainer {
  readonly params: object;
  /** Does a step; returns the loss before it. */
  step(): Tensor;
}

function benchTrainer(model: Model): (backend: Backend) => Trainer {
  return (backend) => {
    const { params, x, labels, optimizer, forward } = makeTraining(
      model,
      makeInputs(model),
      backend,
    );
    const step = () => {
      using tape = new Tape();
      tape.watch(params);
      const loss = softmaxCE(forward(params, x), labels);
      optimizer.step(params, tape.gradient(loss, params));
      return tape.keep(loss);
    };
    return { params, step };
  };
}

/** Makes the deep model of the signs on small images: batches are normalised, and rates change. */
function deepTrainer(backend: Backend): Trainer {
  const before = currentBackend();
  useBackend(backend);
  try {
    const model = deepModel(6);
    const params = model.init(new Random(2), [24, 20, 3]);
    const trainable = model.trainable?.(params) ?? params;
    const random = new Random(4);
    const pixels = Float32Array.from({ length: 8 * 24 * 20 * 3 }, () => random.uniform());
    const x = tensor(pixels, { shape: [8, 24, 20, 3] });
    const labels = tensor([0, 5, 2, 1, 4, 3, 2, 0], { dtype: "int32" });
    const optimizer = adamw({ learningRate: (step) => 0.002 / (1 + step / 50), weightDecay: 0.01 });
    const step = () => {
      using tape = new Tape();
      tape.watch(trainable);
      const updates = new Map<Tensor, Tensor>();
      const loss = softmaxCE(model.apply(params, x, { train: true, updates }), labels);
      optimizer.step(trainable, tape.gradient(loss, trainable));
      applyUpdates(updates);
      return tape.keep(loss);
    };
    return { params, step };
  } finally {
    useBackend(before);
  }
}

async function lossOf(trainer: Trainer): Promise<number> {
  using loss = trainer.step();
  return (await loss.data())[0];
}

/** Gives one trainer the weights of another. */
async function copyWeights(from: Trainer, to: Trainer): Promise<void> {
  const [sources, targets] = [from, to].map(({ params }) => Object.values(namedTensors(params)));
  const values = await Promise.all(sources.map((t) => t.data()));
  targets.forEach((target, i) => {
    const { shape, dtype, backend } = target;
    using value = tensor(values[i], { shape, dtype, backend });
    assign({ target }, { target: value });
  });
}

/**
 * Trainings, with the error allowed of a loss, relative to it. RMSprop, of M, divides by roots of
 * almost nothing: there two builds of the WASM kernels part by 3e-3 within 15 free steps.
 */
const TRAININGS: readonly [string, (backend: Backend) => Trainer, allowed: number][] = [
  ["S", benchTrainer("S"), 1e-5],
  ["M", benchTrainer("M"), 1e-3],
  ["the deep model of the signs", deepTrainer, 1e-4],
];

for (const [name, trainer, allowed] of TRAININGS) {
  Deno.test(
    webgpuTest(`webgpu trains ${name}: ${STEPS} steps are those of WASM`, async () => {
      using device = await webgpuBackend();
      using wasm = wasmBackend({ threads: 1, simd: "plain" });
      const [ours, theirs] = [trainer(device), trainer(wasm)];
      for (let i = 0; i < STEPS; i++) {
        const [actual, expected] = [await lossOf(ours), await lossOf(theirs)];
        const error = Math.abs(actual - expected) / expected;
        assert(error <= allowed, `step ${i}: the loss is ${actual}, that of WASM ${expected}`);
        if (i % COPIED_EVERY === COPIED_EVERY - 1) await copyWeights(ours, theirs);
      }
      assertEquals([...device.fallbacks!.calls], []);
    }),
  );
}
