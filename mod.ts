/**
 * A computational graph with automatic differentiation for Deno and the web.
 *
 * A {@link Tape} records operations on tensors, gives exact gradients of any order and owns the
 * memory of everything in between.
 *
 * Here are tensors ({@link tensor}, {@link zeros}, {@link randomNormal}), gradients ({@link Tape},
 * {@link grad}, {@link jacobian}, {@link hvp}), operations ({@link conv2d}, {@link maxPool},
 * {@link matmul}, {@link softmaxCE}; {@link defineOp} for your own), optimizers ({@link adam},
 * {@link sgd}) and backends ({@link wasmBackend}, {@link referenceBackend}). What is not needed
 * everywhere is elsewhere:
 *
 * - `@tapegrad/tapegrad/nn`: layers, models, initial weights; what a model looks at
 * - `@tapegrad/tapegrad/train`: fit, evaluate, predict, metrics, checkpoints
 * - `@tapegrad/tapegrad/data`: files of arrays and images, datasets, augmentation
 * - `@tapegrad/tapegrad/io`: safetensors, ONNX, weights of PyTorch and Keras
 * - `@tapegrad/tapegrad/plot`: pictures of trainings, images, weights and graphs
 * - `@tapegrad/tapegrad/testing`: checks of gradients
 * - `@tapegrad/tapegrad/backend`: the contract of backends, the table of operations
 *
 * @example Train a model
 * ```ts
 * import { adam, dense, softmaxCE, Tape, tensor, zeros } from "@tapegrad/tapegrad";
 * import { assertLess } from "@std/assert";
 *
 * const x = tensor([[0, 1], [1, 0]]);
 * const labels = tensor([0, 1], { dtype: "int32" });
 * const params = { w: zeros([2, 2]), bias: zeros([2]) };
 * const optimizer = adam({ learningRate: 0.1 });
 * let loss = Infinity;
 * for (let step = 0; step < 50; step++) {
 *   using tape = new Tape();
 *   const { w, bias } = tape.watch(params);
 *   const y = softmaxCE(dense(x, w, { bias }), labels);
 *   optimizer.step(params, tape.gradient(y, params));
 *   loss = y.item();
 * }
 * assertLess(loss, 0.05);
 * ```
 *
 * @module
 */
import "./src/default_backend.ts";

export * from "./ops/mod.ts";
export type { Activation } from "./ops/fused_activation.ts";
export type { Backend } from "./src/backends/kernels.ts";
export { referenceBackend } from "./src/backends/reference/mod.ts";
export {
  type Simd,
  type WasmBackend,
  wasmBackend,
  type WasmBackendOptions,
} from "./src/backends/wasm/mod.ts";
export { Arena } from "./src/core/arena.ts";
export { applyUpdates, assign, type Updates } from "./src/core/assign.ts";
export { useBackend } from "./src/core/backend.ts";
export { checkGrad, type CheckGradOptions, GradientError } from "./src/testing/check_grad.ts";
export {
  arange,
  type CreateOptions,
  eye,
  full,
  linspace,
  oneHot,
  ones,
  tensor,
  type TensorOptions,
  type TensorValues,
  zeros,
} from "./src/core/create.ts";
export type { NestedValues } from "./src/core/host_values.ts";
export type { DType, FloatDType, HostArray, TypedArray } from "./src/core/dtype.ts";
export { ShapeError } from "./src/core/errors.ts";
export type {
  ColumnsWindow,
  ImageLayout,
  MatmulOptions,
  PadAmounts,
  Padding,
  Padding1d,
  PadMode,
  Pair,
  Pool1dWindow,
  Pool2dWindow,
  ReduceOptions,
  SliceRange,
  Upsampling,
} from "./src/core/geometry/mod.ts";
export { grad, type ScalarFunction, valueAndGrad } from "./src/core/grad.ts";
export type { AnyOp, Gradients, InputName, Inputs, Op, Saved } from "./src/core/op_contract.ts";
export { apply, defineOp, stopGradient } from "./src/core/op.ts";
export { namedTensors } from "./src/core/named_tensors.ts";
export type { Profile, ProfiledOp, ProfiledRun, ProfileRow } from "./src/core/profile.ts";
export type { ProfileMark, Profiler } from "./src/core/profiler.ts";
export type { Shown } from "./src/display/shown.ts";
export { Random } from "./src/random/random.ts";
export { type CategoricalOptions, randomCategorical } from "./src/random/classes.ts";
export {
  type BernoulliOptions,
  type NormalOptions,
  randomBernoulli,
  randomIntegers,
  randomNormal,
  randomTruncatedNormal,
  randomUniform,
  type TruncatedNormalOptions,
  type UniformOptions,
} from "./src/random/tensors.ts";
export type { Recording, SavedTensor, Slot, TapeEntry } from "./src/core/recording.ts";
export { scoped } from "./src/core/scoped.ts";
export type { Shape } from "./src/core/shape.ts";
export { type GradientOptions, Tape, type TapeOptions } from "./src/core/tape.ts";
export { type NestedArray, Tensor } from "./src/core/tensor.ts";
export * from "./src/optim/mod.ts";
export * from "./src/transforms/mod.ts";
