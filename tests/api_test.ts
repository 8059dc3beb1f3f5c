// The public names, with their signatures: what programs are written against. A name that goes, or
// takes something else, does not compile here.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import * as tapegrad from "@tapegrad/tapegrad";
import * as backend from "@tapegrad/tapegrad/backend";
import * as data from "@tapegrad/tapegrad/data";
import * as nn from "@tapegrad/tapegrad/nn";
import * as testing from "@tapegrad/tapegrad/testing";
import type {
  AnyOp,
  Backend,
  CreateOptions,
  DType,
  FloatDType,
  GradientOptions,
  Gradients,
  HostArray,
  InputName,
  Inputs,
  NestedArray,
  NestedValues,
  Op,
  Operand,
  Optimizer,
  Padding,
  Pair,
  Pool2dWindow,
  Random,
  Recording,
  Saved,
  SavedTensor,
  Shape,
  Slot,
  TapeEntry,
  Tensor,
  TensorOptions,
  TensorValues,
  TypedArray,
} from "@tapegrad/tapegrad";
import type { Conv2dGeometry, Kernels, NdArray, OpName } from "@tapegrad/tapegrad/backend";

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Operand, b: Operand) => Tensor;
type Reduction = (
  x: Tensor,
  options?: { axis?: number | readonly number[]; keepDims?: boolean },
) => Tensor;

/** Every name of the main entry that is a function, as users call it. */
interface Surface {
  tensor: (values: TensorValues, options?: TensorOptions) => Tensor;
  zeros: (shape: Shape, options?: CreateOptions) => Tensor;
  ones: (shape: Shape, options?: CreateOptions) => Tensor;
  full: (shape: Shape, value: number, options?: CreateOptions) => Tensor;
  eye: (rows: number, options?: CreateOptions & { columns?: number }) => Tensor;
  arange: (start: number, stop?: number, step?: number, options?: CreateOptions) => Tensor;
  linspace: (start: number, stop: number, count: number, options?: CreateOptions) => Tensor;
  oneHot: (labels: Tensor | NestedValues, classes: number, options?: CreateOptions) => Tensor;

  randomUniform: (random: Random, shape: Shape, options?: { low?: number }) => Tensor;
  randomNormal: (random: Random, shape: Shape, options?: { mean?: number }) => Tensor;
  randomTruncatedNormal: (random: Random, shape: Shape, options?: { limit?: number }) => Tensor;
  randomBernoulli: (random: Random, shape: Shape, options?: { probability?: number }) => Tensor;
  randomIntegers: (random: Random, shape: Shape, low: number, high: number) => Tensor;
  randomCategorical: (random: Random, x: Tensor, options?: { samples?: number }) => Tensor;
  stopGradient: Unary;
  conv2d: (
    x: Tensor,
    w: Tensor,
    options?: { bias?: Tensor; stride?: Pair; padding?: Padding; dilation?: Pair; groups?: number },
  ) => Tensor;
  maxPool: (x: Tensor, options: { size: Pair; stride?: Pair; padding?: Padding }) => Tensor;
  avgPool: (
    x: Tensor,
    options: { size: Pair; stride?: Pair; padding?: Padding; countPadding?: boolean },
  ) => Tensor;
  relu: Unary;
  flatten: Unary;
  dense: (x: Tensor, w: Tensor, options?: { bias?: Tensor }) => Tensor;
  softmaxCE: (
    logits: Tensor,
    labels: Tensor,
    options?: { labelSmoothing?: number; reduction?: "mean" | "sum" | "none" },
  ) => Tensor;
  softmax: Unary;
  logSoftmax: Unary;
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  neg: Unary;
  exp: Unary;
  log: Unary;
  sqrt: Unary;
  square: Unary;
  tanh: Unary;
  sigmoid: Unary;
  matmul: (
    a: Tensor,
    b: Tensor,
    options?: { transposeA?: boolean; transposeB?: boolean },
  ) => Tensor;
  dot: (a: Tensor, b: Tensor) => Tensor;
  outer: (a: Tensor, b: Tensor) => Tensor;
  einsum: (equation: string, ...operands: readonly Tensor[]) => Tensor;
  transpose: (x: Tensor, axes?: readonly number[]) => Tensor;
  reshape: (x: Tensor, shape: Shape) => Tensor;
  pad: (
    x: Tensor,
    amounts: readonly (readonly [number, number])[],
    options?: { value?: number; mode?: "constant" | "reflect" | "symmetric" | "edge" | "wrap" },
  ) => Tensor;
  squeeze: (x: Tensor, options?: { axis?: number | readonly number[] }) => Tensor;
  expandDims: (x: Tensor, axis: number) => Tensor;
  concat: (x: readonly Tensor[], options?: { axis?: number }) => Tensor;
  stack: (x: readonly Tensor[], options?: { axis?: number }) => Tensor;
  split: (x: Tensor, parts: number | readonly number[], options?: { axis?: number }) => Tensor[];
  slice: (
    x: Tensor,
    ranges: readonly (number | null | readonly [number?, (number | null)?, number?])[],
  ) => Tensor;
  flip: (x: Tensor, options?: { axis?: number | readonly number[] }) => Tensor;
  tile: (x: Tensor, copies: readonly number[]) => Tensor;
  repeat: (x: Tensor, times: number, options?: { axis?: number }) => Tensor;
  take: (x: Tensor, indices: Tensor, options?: { axis?: number }) => Tensor;
  takeAlongAxis: (x: Tensor, indices: Tensor, options?: { axis?: number }) => Tensor;
  scatterAdd: (x: Tensor, at: Tensor, updates: Tensor, options?: { axis?: number }) => Tensor;
  scatterAddAlongAxis: (
    x: Tensor,
    at: Tensor,
    updates: Tensor,
    options?: { axis?: number },
  ) => Tensor;
  embedding: (ids: Tensor, w: Tensor, options?: { paddingIndex?: number }) => Tensor;
  sum: Reduction;
  mean: Reduction;
  max: Reduction;
  broadcastTo: (x: Tensor, shape: Shape) => Tensor;
  cast: (x: Tensor, dtype: DType) => Tensor;

  grad: (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor;
  valueAndGrad: (f: (x: Tensor) => Tensor) => (x: Tensor) => [Tensor, Tensor];
  defineOp: (op: Op<readonly ["x"], "x", number>) => Op<readonly ["x"], "x", number>;
  apply: (op: Op<readonly ["x"], "x", number>, inputs: { x: Tensor }, g: number) => Tensor;
  checkGrad: (
    f: (x: Tensor) => Tensor,
    inputs: readonly [Tensor],
    options?: { order?: 1 | 2; step?: number; tolerance?: number; exact?: boolean; seed?: number },
  ) => void;
  useBackend: (backend: Backend) => Backend;
  referenceBackend: () => Backend;
  wasmBackend: (options?: { threads?: number }) => Backend;
  sgd: (options: { learningRate: number; momentum?: number; nesterov?: boolean }) => Optimizer;
  adam: (
    options: { learningRate: number; beta1?: number; beta2?: number; epsilon?: number },
  ) => Optimizer;
  rmsprop: (options: { learningRate: number; rho?: number; epsilon?: number }) => Optimizer;
}

/** Compiles only while every name takes and gives at least this. */
const surface: Surface = tapegrad;

const FUNCTIONS: Record<keyof Surface, true> = {
  tensor: true,
  zeros: true,
  ones: true,
  full: true,
  eye: true,
  arange: true,
  linspace: true,
  oneHot: true,
  randomUniform: true,
  randomNormal: true,
  randomTruncatedNormal: true,
  randomBernoulli: true,
  randomIntegers: true,
  randomCategorical: true,
  stopGradient: true,
  conv2d: true,
  maxPool: true,
  avgPool: true,
  relu: true,
  flatten: true,
  dense: true,
  softmaxCE: true,
  softmax: true,
  logSoftmax: true,
  add: true,
  sub: true,
  mul: true,
  div: true,
  neg: true,
  exp: true,
  log: true,
  sqrt: true,
  square: true,
  tanh: true,
  sigmoid: true,
  matmul: true,
  dot: true,
  outer: true,
  einsum: true,
  transpose: true,
  reshape: true,
  pad: true,
  squeeze: true,
  expandDims: true,
  concat: true,
  stack: true,
  split: true,
  slice: true,
  flip: true,
  tile: true,
  repeat: true,
  take: true,
  takeAlongAxis: true,
  scatterAdd: true,
  scatterAddAlongAxis: true,
  embedding: true,
  sum: true,
  mean: true,
  max: true,
  broadcastTo: true,
  cast: true,
  grad: true,
  valueAndGrad: true,
  defineOp: true,
  apply: true,
  checkGrad: true,
  useBackend: true,
  referenceBackend: true,
  wasmBackend: true,
  sgd: true,
  adam: true,
  rmsprop: true,
};

Deno.test("api: every function of the main entry is there", () => {
  for (const name of Object.keys(FUNCTIONS) as (keyof Surface)[]) {
    assertEquals(typeof surface[name], "function", name);
    assertEquals(surface[name].name, name);
  }
});

Deno.test("api: the classes are there, and errors are what they extend", () => {
  const { Arena, GradientError, Random, ShapeError, Tape, Tensor } = tapegrad;
  const classes = { Arena, GradientError, Random, ShapeError, Tape, Tensor };
  for (const [name, type] of Object.entries(classes)) assertEquals(type.name, name);
  assert(new Tape() instanceof Arena);
  assert(ShapeError.prototype instanceof TypeError);
  assert(GradientError.prototype instanceof RangeError);
});

Deno.test("api: a tensor has its members", async () => {
  const t: Tensor = tapegrad.tensor([[1, 2]]);
  const shape: readonly number[] = t.shape;
  const dtype: DType = t.dtype;
  const sizes: number[] = [t.rank, t.size, t.bytes];
  const elements: TypedArray[] = [await t.data(), t.dataSync()];
  const nested: NestedArray = t.toArray();
  const item: number = tapegrad.sum(t).item();
  const copy: Tensor & Disposable = t.clone();
  const backend: Backend = copy.backend;
  copy.dispose();
  assertEquals([shape, dtype, sizes, nested, item], [[1, 2], "float32", [2, 2, 8], [[1, 2]], 3]);
  assertEquals([elements.length, typeof backend.name, copy.isDisposed], [2, "string", true]);
});

Deno.test("api: a tape has its members", () => {
  const tape: Disposable & tapegrad.Arena & tapegrad.Tape = new tapegrad.Tape();
  const params: { w: Tensor } = tape.watch({ w: tapegrad.tensor(2) });
  const y = tapegrad.square(params.w);
  const options: GradientOptions = { seed: tapegrad.tensor(1) };
  const grads: { w: Tensor } = tape.gradient(y, params, options);
  const recording: Recording = tape;
  const entries: readonly TapeEntry[] = recording.entries;
  const slots: readonly Slot[] = recording.slots;
  const texts: string[] = [tape.toMermaid(), tape.toDot(), tape.summary()];
  assertEquals([grads.w.item(), entries.length, slots.length, texts.length], [4, 1, 2, 3]);
  tape[Symbol.dispose]();
  assert(tape.isDisposed);
});

Deno.test("api: an optimizer steps in place and returns the parameters", () => {
  const params = { w: tapegrad.tensor(2) };
  using optimizer: Optimizer & Disposable = tapegrad.sgd({ learningRate: 1 });
  const stepped: { w: Tensor } = optimizer.step(params, { w: tapegrad.tensor(1) });
  assertStrictEquals(stepped, params);
  assertEquals(params.w.item(), 1);
});

Deno.test("api: the table of ops holds each under its name", () => {
  for (const [name, op] of Object.entries(backend.ops)) assertEquals(op.name, name);
  const name: OpName = "conv2d";
  assertEquals(backend.ops[name].inputs, ["x", "w", "bias?"]);
});

Deno.test("api: the other entries", async () => {
  assertStrictEquals(testing.checkGrad, tapegrad.checkGrad);
  assertStrictEquals(testing.GradientError, tapegrad.GradientError);
  const w: Tensor = nn.glorotUniform(new tapegrad.Random(0), [2, 3]);
  const bytes: Uint8Array = data.writeNpy(w);
  const read: Tensor = await data.readNpy(bytes);
  const host: HostArray = data.parseNpy(bytes);
  assertEquals([read.toArray(), host.shape, data.formatNpy(host)], [w.toArray(), [2, 3], bytes]);
});

Deno.test("api: the types for writing one's own ops and backends", () => {
  type Names = readonly ["x", "bias?"];
  const used: {
    op?: AnyOp;
    gradients?: Gradients<Names>;
    inputs?: Inputs<Names, NdArray>;
    saved?: Saved<Names, "y">;
    name?: InputName<"bias?">;
    kernels?: Kernels;
    kept?: SavedTensor;
    geometry?: Conv2dGeometry;
    window?: Pool2dWindow;
    dtype?: FloatDType;
  } = { name: "bias" };
  assertEquals(used.name, "bias");
});
