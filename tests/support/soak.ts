// A long training, and what it holds on the way: bytes of arrays, the backend's memory, the heap.
//
// The network has what keeps state: an optimizer's moments, running means, random numbers. Batches
// differ in size, so that blocks of memory of several sizes come and go.

import { assert, assertEquals } from "@std/assert";
import {
  adam,
  applyUpdates,
  Random,
  relu,
  softmaxCE,
  Tape,
  tensor,
  type Updates,
  wasmBackend,
} from "../../mod.ts";
import { internals, type Tensor } from "../../src/core/tensor.ts";
import { arrayDataset, type Batches } from "../../src/data/mod.ts";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  MaxPool,
  Sequential,
} from "../../src/nn/mod.ts";
import { fit } from "../../src/train/mod.ts";

const EXAMPLES = 100;
/** The last of the batches of an epoch is smaller. */
const BATCH = 16;
const STEPS_OF_EPOCH = Math.ceil(EXAMPLES / BATCH);
const SIDE = 8;
const CLASSES = 4;
/** Epochs after which everything that lives on has been made. */
const WARM_UP = 3;

const MODEL = Sequential({
  conv: Conv2d({ filters: 8, size: 3, padding: "same", bias: false }),
  norm: BatchNorm(),
  pool: MaxPool({ size: 2 }),
  flat: Flatten(),
  drop: Dropout({ rate: 0.1 }),
  hidden: Dense({ units: 16, activation: relu }),
  head: Dense({ units: CLASSES }),
});

type Params = ReturnType<typeof MODEL.init>;

/** Training to make. */
export interface Soak {
  readonly way: "by hand" | "fit";
  readonly threads: number;
  /** Steps at least; whole epochs are made. */
  readonly steps: number;
  /** Bytes of the heap, after a garbage collection; absent where that cannot be asked for. */
  readonly heap?: () => number;
}

/** Figures of what a training held, early and late. */
export interface SoakFigures {
  readonly steps: number;
  /** Milliseconds a step, in the first and in the last tenth. */
  readonly milliseconds: readonly [number, number];
  /** Mean loss of the first and of the last epoch. */
  readonly loss: readonly [number, number];
  /** Bytes of arrays after an epoch: every number that was seen. */
  readonly liveBytes: readonly number[];
  /** Bytes of the backend's memory after the first epochs, and at the end. */
  readonly memory: readonly [number, number];
  /** Bytes of the heap after the first tenth, and at the end. */
  readonly heap?: readonly [number, number];
}

/** Trains, and reports what was held; fails where the training does not learn. */
export async function soak({ way, threads, steps, heap }: Soak): Promise<SoakFigures> {
  using backend = wasmBackend({ threads });
  const epochs = Math.max(Math.ceil(steps / STEPS_OF_EPOCH), 10);
  const tenth = Math.floor(epochs / 10);
  const params = MODEL.init(new Random(1), [SIDE, SIDE, 1], { backend });
  const memory = () => backend.hostAddress!(internals.array(params.head.w)).buffer.byteLength;
  const seen = {
    losses: [] as number[],
    live: new Set<number>(),
    memory: [] as number[],
    heap: [] as number[],
    times: [performance.now()],
  };
  const afterEpoch = (epoch: number, loss: number): void => {
    assert(Number.isFinite(loss), `the loss of epoch ${epoch} is ${loss}`);
    if (epoch === 1 || epoch === epochs) seen.losses.push(loss);
    if (epoch > WARM_UP) seen.live.add(backend.liveBytes);
    if (epoch === WARM_UP || epoch === epochs) seen.memory.push(memory());
    if (epoch === tenth || epoch === epochs) seen.times.push(performance.now());
    if (heap && (epoch === Math.max(tenth, WARM_UP) || epoch === epochs)) seen.heap.push(heap());
    if (epoch === epochs - tenth) seen.times.push(performance.now());
  };
  const batches = examples().shuffle().batch(BATCH, { backend });
  await (way === "fit" ? trainByFit : trainByHand)(params, batches, epochs, afterEpoch);

  const [start, early, beforeLast, end] = seen.times;
  const stepsOfTenth = tenth * STEPS_OF_EPOCH;
  const [first, last] = seen.losses;
  assert(last < first / 3, `the loss goes from ${first} to ${last}`);
  return {
    steps: epochs * STEPS_OF_EPOCH,
    milliseconds: [(early - start) / stepsOfTenth, (end - beforeLast) / stepsOfTenth],
    loss: [first, last],
    liveBytes: [...seen.live],
    memory: [seen.memory[0], seen.memory[1]],
    heap: heap && [seen.heap[0], seen.heap[1]],
  };
}

/** Fails where something has grown that should not have. */
export function assertNothingGrew({ liveBytes, memory, heap }: SoakFigures): void {
  assertEquals(liveBytes.length, 1, `bytes of arrays after epochs: ${liveBytes}`);
  assertEquals(memory[1], memory[0], "bytes of the backend's memory");
  if (heap !== undefined) {
    const grown = heap[1] - heap[0];
    assert(grown < 4e6, `the heap has grown from ${heap[0]} to ${heap[1]} bytes`);
  }
}

type AfterEpoch = (epoch: number, loss: number) => void;
type TrainingBatches = Batches<{ readonly x: Tensor; readonly y: Tensor }>;

async function trainByFit(
  params: Params,
  batches: TrainingBatches,
  epochs: number,
  afterEpoch: AfterEpoch,
): Promise<void> {
  using optimizer = adam({ learningRate: 0.01 });
  for await (
    const { epoch, loss } of fit(MODEL, batches, { params, loss: softmaxCE, optimizer, epochs })
  ) afterEpoch(epoch, loss);
}

async function trainByHand(
  params: Params,
  batches: TrainingBatches,
  epochs: number,
  afterEpoch: AfterEpoch,
): Promise<void> {
  using optimizer = adam({ learningRate: 0.01 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let sum = 0;
    for await (const { x, y } of batches.batches({ epoch })) {
      using tape = new Tape();
      tape.watch(params);
      const updates: Updates = new Map();
      const random = new Random(epoch);
      const logits = MODEL.apply(params, x, { train: true, random, updates });
      const loss = softmaxCE(logits, y);
      optimizer.step(params, tape.gradient(loss, params));
      applyUpdates(updates);
      sum += loss.item() * x.shape[0];
    }
    afterEpoch(epoch, sum / EXAMPLES);
  }
}

/** Images with a bright quarter, which is their class. */
function examples() {
  const random = new Random(2);
  const y = Int32Array.from({ length: EXAMPLES }, () => random.integer(CLASSES));
  const half = SIDE / 2;
  const x = Float32Array.from({ length: EXAMPLES * SIDE * SIDE }, (_, i) => {
    const [row, column] = [Math.floor(i / SIDE) % SIDE, i % SIDE];
    const quarter = 2 * Math.floor(row / half) + Math.floor(column / half);
    const label = y[Math.floor(i / (SIDE * SIDE))];
    return random.uniform(0, 0.5) + (quarter === label ? 0.5 : 0);
  });
  return arrayDataset({
    x: tensor(x, { shape: [EXAMPLES, SIDE, SIDE, 1] }),
    y: tensor(y, { shape: [EXAMPLES] }),
  });
}
