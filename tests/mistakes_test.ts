// Mistakes of new users, written as plain JavaScript lets them through: each error names what was
// given, and where it can what was meant.

import { assert, assertEquals } from "@std/assert";
import {
  adam,
  add,
  conv2d,
  dense,
  dropout,
  grad,
  hessian,
  joinSchedules,
  linspace,
  maxPool,
  relu,
  reshape,
  scoped,
  sgd,
  softmaxCE,
  stack,
  sum,
  Tape,
  tensor,
  transpose,
  useBackend,
  zeros,
} from "@tapegrad/tapegrad";
import { Random } from "@tapegrad/tapegrad";
import { Dense, Embedding, heNormal, Sequential } from "@tapegrad/tapegrad/nn";
import { accuracy, classScores, earlyStopping, fit, predict } from "@tapegrad/tapegrad/train";
import { progressBar, saveCheckpoint, topKAccuracy } from "@tapegrad/tapegrad/train";
import { arrayDataset, imageFolder, resizeImages, writeFile } from "@tapegrad/tapegrad/data";
import { writeIdx, writeNpy } from "@tapegrad/tapegrad/data";
import { averageGradients, shardedOptimizer, syncBatchNorm } from "@tapegrad/tapegrad/distributed";
import { exportOnnx } from "@tapegrad/tapegrad/io";
import { curves, profile } from "@tapegrad/tapegrad/plot";

/** Passes a value as a user without types can. */
// deno-lint-ignore no-explicit-any -- stands for any wrong type
const wrong = (value: unknown): any => value;

const x = zeros([2, 3, 5]);
const model = Sequential([Dense({ units: 3 })]);
const params = model.init(new Random(0), [5]);
const data = { x: zeros([2, 5]), y: tensor([0, 1], { dtype: "int32" }) };
const training = { params, loss: softmaxCE, optimizer: sgd({ learningRate: 0.1 }), epochs: 1 };
const train = (more: object) => () => fit(model, data, wrong({ ...training, ...more }));

const SIZES = "must be a list of integers of at least 0";
const NCHW = "if x is [N, C, H, W], pass layout";
const MAKE = "make one with tensor(values)";

type Mistakes = readonly (readonly [call: () => unknown, message: string])[];

const SHAPES: Mistakes = [
  [
    () => reshape(x, [-1, -1]),
    "apply reshape: one size of shape may be -1, to be worked out, no more: shape is [-1, -1]",
  ],
  [
    () => reshape(x, wrong([null, 5])),
    `apply reshape: shape ${SIZES}, of which one may be -1: got [null, 5]`,
  ],
  [() => reshape(x, wrong(30)), `apply reshape: shape ${SIZES}, of which one may be -1: got 30`],
  [() => zeros(wrong([null, 3])), `create tensor: shape ${SIZES}: got [null, 3]`],
  [() => zeros(wrong(["2", 3])), `create tensor: shape ${SIZES}: got ["2", 3]`],
  [() => zeros([NaN]), `create tensor: shape ${SIZES}: got [NaN]`],
  [() => zeros(wrong(2), wrong(3)), `create tensor: shape ${SIZES}: got 2`],
  [
    () => linspace(0, 1, wrong(undefined)),
    "create tensor: count must be an integer of at least " +
    "0: got undefined",
  ],
  [
    () => Dense({ units: 2 }).init(new Random(0), wrong([null, 5])),
    `make Dense: inputShape, of one example, ${SIZES}: got [null, 5]`,
  ],
  [
    () => conv2d(zeros([8, 3, 32, 32]), zeros([3, 3, 3, 16])),
    "apply conv2d: x has 32 channels but w expects 3: x is [8, 3, 32, 32], w is [3, 3, 3, 16]; " +
    `${NCHW}: "NCHW", whose filters have other dimensions, too, or transpose(x, [0, 2, 3, 1])`,
  ],
  [
    () => maxPool(zeros([8, 3, 32, 40]), { size: 5 }),
    "apply maxPool: the window must fit into the padded image: the window reaches over [5, 5], " +
    `padding is "valid", x is [8, 3, 32, 40]; ${NCHW}: "NCHW", or transpose(x, [0, 2, 3, 1])`,
  ],
  [
    () => maxPool(zeros([8, 3, 4, 40]), { size: 5 }), // that would not fit, either
    "apply maxPool: the window must fit into the padded image: the window reaches over [5, 5], " +
    'padding is "valid", x is [8, 3, 4, 40]',
  ],
];

const TENSORS: Mistakes = [
  [() => relu(wrong([1, 2])), `apply relu: x must be a tensor: got an array; ${MAKE}`],
  [() => add(x, wrong(null)), `apply add: b must be a tensor: got null; ${MAKE}`],
  [() => dense(wrong([[1]]), x), `apply dense: x must be a tensor: got an array; ${MAKE}`],
  [
    () => stack(wrong([[1], [2]])),
    `apply stack: x[0] must be a tensor: got an array; ${MAKE}`,
  ],
  [
    () => tensor(wrong([zeros([2]), zeros([2])])),
    "create tensor: values must be numbers: got a tensor at index [0]; stack(tensors) joins " +
    "tensors, x.clone() copies one",
  ],
  [
    () => tensor(wrong([1, null])),
    "create tensor: values must be numbers: got null at index [1]",
  ],
  [
    () => softmaxCE(zeros([2, 3]), tensor([0, 1])),
    "apply softmaxCE: labels that are distributions must be [2, 3]: labels is [2], logits is " +
    '[2, 3]; class indices are integers [2]: cast(labels, "int32")',
  ],
  [
    () => scoped(new Tape(), (tape) => tape.gradient(wrong(undefined), x)),
    `compute gradient: y must be a tensor: got undefined; ${MAKE}`,
  ],
  [
    () => grad(sum)(wrong([1, 2])),
    "compute gradient: it takes tensors in nested objects and arrays: [0] is the number 1",
  ],
  [
    () => scoped(wrong(() => 1), wrong(undefined)),
    "run a scope: it takes an owner with dispose(), such as new Tape(), and a function: got " +
    "function and undefined",
  ],
];

const WORDS: Mistakes = [
  [
    () => dense(zeros([2, 5]), zeros([5, 7]), { activation: wrong("tanh") }),
    'apply dense: activation must be "linear", "relu" or a function: got "tanh"; pass the ' +
    "function, as activation: tanh",
  ],
  [
    train({ loss: "mse" }),
    'train: loss must be a function of y and target, such as softmaxCE: got "mse"',
  ],
  [
    train({ optimizer: "adam" }),
    "train: optimizer must be one that a call has made, such as adam({ learningRate: 0.001 }): " +
    'got "adam"',
  ],
  [
    train({ params: undefined }),
    "train: params must be those of model.init(random, inputShape): got undefined",
  ],
  [
    train({ callbacks: progressBar() }),
    "train: callbacks must be a list of what calls have made, [progressBar()]: got object",
  ],
  [
    train({ callbacks: [progressBar] }),
    "train: callbacks must be a list of what calls have made, [progressBar()]: got function",
  ],
  [
    () => predict(model, data.x, wrong({ params, batch_size: 2 })),
    "predict: options must be in { params, batchSize, signal }: got batch_size; did you " +
    "mean batchSize?",
  ],
  [
    () => earlyStopping({ patience: 3, restoreBestWeights: true } as never),
    "make earlyStopping: options must be in { patience, monitor, mode, minDelta, restoreBest }: " +
    "got restoreBestWeights; did you mean restoreBest?",
  ],
  [
    () => predict(model, wrong([[1, 2]]), { params }),
    "predict: x must be a tensor, tensor(x), or { shape, dtype, data }: got an array",
  ],
  [
    () => adam({ learningRate: 0.1 }).step(wrong(undefined), {}),
    "step optimizer: params must be tensors in nested objects and arrays: got undefined",
  ],
  [
    () => heNormal(wrong([2, 3]), wrong(undefined)),
    "initialise weights: random must be a Random: got an array; make one with new Random(seed)",
  ],
  [
    () => dropout(x, wrong({ rate: 0.5 })),
    "apply dropout: random must be a Random: got undefined; make one with new Random(seed)",
  ],
  [
    () => accuracy([0, 1], wrong(data.y)),
    "compare predictions: labels must be an array: got a tensor; await tensor.data() gives one",
  ],
  [
    () => topKAccuracy(zeros([2, 3]), wrong(data.y), 1),
    "compare predictions: labels must be an array: got a tensor; await tensor.data() gives one",
  ],
];

const scalarOf = wrong(() => 3);
const group = "group must be a group of ranks, workerGroup(seat) or mpi() for one: got";
const backendRule = "use backend: it must be made, and awaited where that takes time: got";

const KINDS: Mistakes = [
  [
    () => grad(wrong(undefined)),
    "make grad: f must be a function, (params) => loss: got undefined",
  ],
  [
    () => hessian(wrong(x)),
    `make hessian: f must be a function, (params) => loss: got object`,
  ],
  [() => useBackend(wrong("wasm")), `${backendRule} string`],
  [() => useBackend(wrong(Promise.resolve())), `${backendRule} Promise`],
  [() => transpose(x, wrong(1)), "apply transpose: axes must be a list, [1, 0]: got 1"],
  [
    () => joinSchedules(wrong({ rate: 1 })),
    "make joinSchedules: parts must be a list, [{ rate, steps }, { rate }]: got object",
  ],
  [
    () => Dense({ units: 2, initializer: scalarOf }).init(new Random(0), [3]),
    "initialise weights: initializer must return a tensor of [3, 2]: got number",
  ],
  [
    () => Dense({ units: 2, biasInitializer: () => zeros([3]) }).init(new Random(0), [3]),
    "initialise weights: biasInitializer must return a tensor of [2]: got [3]",
  ],
  [
    () =>
      Embedding({ vocabulary: 4, dimensions: 3, initializer: scalarOf }).init(new Random(0), [2]),
    "initialise weights: initializer must return a tensor of [4, 3]: got number",
  ],
  [train({ signal: true }), "train: signal must be that of an AbortController: got boolean"],
  [
    () => earlyStopping({ monitor: wrong("val_loss") }),
    'make earlyStopping: monitor must be a function, (report) => report.loss: got "val_loss"',
  ],
  [
    () => classScores([[1, 2, 3], [4, 5, 6]]),
    "compute classScores: matrix must have as many columns as rows: row 0 has 3 of 2",
  ],
  [
    () => arrayDataset({ x: zeros([3, 2]) }).map(wrong(undefined)),
    "map dataset: f must be a function, ({ x, y }) => ({ x, y }): got undefined",
  ],
  [
    () => arrayDataset({ x: zeros([3, 2]) }).batch(2).map(wrong({})),
    "map batches: f must be a function, ({ x, y }) => ({ x, y }): got object",
  ],
  [
    () => resizeImages(zeros([4, 4, 1]), wrong(2)),
    "resize images: size must be a list, [height, width]: got 2",
  ],
  [() => writeNpy(wrong([1])), `write npy: x must be a tensor: got an array; ${MAKE}`],
  [() => writeIdx(wrong([1])), `write idx: x must be a tensor: got an array; ${MAKE}`],
  [
    () => imageFolder(wrong(undefined)),
    "open a file: its path must be a string or a URL: got undefined",
  ],
  [
    () => saveCheckpoint(wrong({ x }), wrong("a")),
    "open a file: its path must be a string or a URL: got object",
  ],
  [
    () => writeFile("x.bin", wrong(x)),
    "write x.bin: content must be text, bytes or a stream of bytes: got object",
  ],
  [
    () => exportOnnx(wrong(model), zeros([1, 5])),
    "export ONNX: f must be a function, (x) => model.apply(params, x): got object",
  ],
  [
    () => curves({ loss: wrong(["1", "2"]) }),
    "draw curves: a series must be a list of numbers: loss[0] is string",
  ],
  [
    () => profile(wrong(undefined)),
    "draw profile: rows must be a list, those of tape.profile().rows: got undefined",
  ],
  [() => averageGradients(wrong(undefined)), `average gradients: ${group} undefined`],
  [() => syncBatchNorm(wrong(3)), `apply syncBatchNorm: ${group} 3`],
  [
    () => shardedOptimizer(adam({ learningRate: 1 }), wrong(null)),
    `make shardedOptimizer: ${group} null`,
  ],
];

for (const [area, mistakes] of Object.entries({ SHAPES, TENSORS, WORDS, KINDS })) {
  Deno.test(`mistakes: ${area.toLowerCase()} that are none are named`, async () => {
    for (const [call, message] of mistakes) {
      const error = await Promise.resolve().then(call).then(
        () => assert(false, `nothing says: ${message}`),
        (thrown) => thrown,
      );
      assertEquals(error.message, `Cannot ${message}`);
    }
  });
}
