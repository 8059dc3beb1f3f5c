/**
 * The contract between operations and backends: one typed table of kernels.
 *
 * A backend implements every kernel or does not compile. Kernels receive resolved geometry
 * (`src/core/geometry`), validate nothing, never change their inputs unless their name says
 * "in place", and return fresh memory. Layout is row-major; images are NHWC, filters
 * `[KH, KW, C / groups, O]`. NaN propagates through every kernel.
 *
 * @module
 */
import type { DType, HostArray, TypedArray } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type {
  BroadcastGeometry,
  ColumnsGeometry,
  ConcatGeometry,
  Conv2dGeometry,
  CumsumGeometry,
  DropoutGeometry,
  GatherGeometry,
  MatmulGeometry,
  NormGeometry,
  PadGeometry,
  PairLoss,
  Pool2dGeometry,
  ReduceGeometry,
  ResampleGeometry,
  RowsGeometry,
  SliceGeometry,
  SoftmaxCEGeometry,
  TransposeGeometry,
  WhereGeometry,
} from "../core/geometry/mod.ts";
import type {
  ActivationKind,
  ActivationParameters,
  BinaryKind,
  CompareKind,
  ReduceKind,
  UnaryKind,
} from "./kinds.ts";
import type { StepRule } from "./updates.ts";

export type {
  ActivationKind,
  ActivationParameters,
  BinaryKind,
  CompareKind,
  MapKind,
  ReduceKind,
  UnaryKind,
} from "./kinds.ts";
export type * from "./updates.ts";

/** A block of a backend's memory; only the backend that made it looks inside. */
export interface UntypedStorage {
  /** Size of the block. */
  readonly bytes: number;
}

/** A shaped view of a block of memory: what kernels take and return. */
export interface NdArray {
  /** Sizes of the dimensions. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** Memory of the elements, in row-major order. */
  readonly storage: UntypedStorage;
  /** Nobody reads it after this kernel, which may write its result here and return that. */
  readonly isSpent?: boolean;
}

/** Activation of a result before it is stored: none, or `max(y, 0)`. */
export type FusedActivation = "linear" | "relu";

/** A weight, its gradient, and what the rule keeps for it, all of one shape and dtype. */
export interface StepArrays {
  /** Weight: changed. */
  readonly w: NdArray;
  /** Its gradient: only read. */
  readonly dw: NdArray;
  /** Velocity, which is changed; only with momentum. */
  readonly velocity?: NdArray;
  /** The mean gradient of adam and lion: changed. */
  readonly m?: NdArray;
  /** The mean squared gradient of adam: changed. */
  readonly v?: NdArray;
  /** The mean squared gradient of rmsprop: changed. */
  readonly meanSquare?: NdArray;
  /** The mean gradient of centered rmsprop: changed. */
  readonly meanGradient?: NdArray;
  /** The sum of squared gradients of adagrad: changed. */
  readonly squares?: NdArray;
}

/** The table of kernels; `k` in an op's forward. */
export interface Kernels {
  /** An array of equal elements. */
  fill(shape: Shape, dtype: DType, value: number): NdArray;
  /** An array with the elements of a typed array of the host, copied. */
  create(values: HostArray): NdArray;
  /**
   * Copies the elements to the host, for ops written as plain loops. Throws where the backend has no
   * {@link Backend.readSync}.
   */
  read(x: NdArray): TypedArray;
  /** Gives the memory back. An op's forward frees what it made and does not return. */
  free(x: NdArray): void;
  /** The same elements in memory of their own. */
  copy(x: NdArray): NdArray;
  /** The elements of `x` written over those of `target`; equal shapes and dtypes. */
  assignInPlace(target: NdArray, x: NdArray): void;
  /** Converted elements: floats are truncated towards zero and wrap into integer types. */
  cast(x: NdArray, dtype: DType): NdArray;

  /** A function of every element, with its parameters if it has any. */
  unary(kind: UnaryKind, x: NdArray, parameters?: ActivationParameters): NdArray;
  /**
   * `dy f'(x)`: NaN where x is NaN, else 0 where f' is 0 (whatever dy is); equal shapes. It may take
   * the memory of a dy that is spent.
   */
  activationGrad(
    kind: ActivationKind,
    dy: NdArray,
    x: NdArray,
    parameters: ActivationParameters,
  ): NdArray;
  /** A function of the elements of two arrays, broadcast as NumPy does. */
  binary(kind: BinaryKind, a: NdArray, b: NdArray, g: BroadcastGeometry): NdArray;
  /** Answers about the elements of two arrays, broadcast: uint8, 1 for yes and 0 for no. */
  compare(kind: CompareKind, a: NdArray, b: NdArray, g: BroadcastGeometry): NdArray;
  /** The elements of `a` where `condition` (uint8) is not 0, of `b` elsewhere; all broadcast. */
  where(condition: NdArray, a: NdArray, b: NdArray, g: WhereGeometry): NdArray;
  /** `target += x`, in place; equal shapes and dtypes. */
  addInPlace(target: NdArray, x: NdArray): void;

  /** Dimensions in another order. */
  transpose(x: NdArray, g: TransposeGeometry): NdArray;
  /** Elements added around each dimension, or removed where an amount is negative. */
  pad(x: NdArray, g: PadGeometry): NdArray;
  /** Dimensions of size 1 repeated. */
  broadcastTo(x: NdArray, g: BroadcastGeometry): NdArray;
  /** Arrays joined along an axis; one of a dtype. */
  concat(parts: readonly NdArray[], g: ConcatGeometry): NdArray;
  /** Evenly spaced elements, in either direction. */
  slice(x: NdArray, g: SliceGeometry): NdArray;
  /** The adjoint of {@link Kernels.slice}: `dy` where elements were taken, 0 elsewhere. */
  sliceGrad(dy: NdArray, g: SliceGeometry): NdArray;
  /** The elements that integers (int32 or uint8) point to; 0 at the index `g.skip`. */
  gather(x: NdArray, indices: NdArray, g: GatherGeometry): NdArray;
  /**
   * A copy of `base` (zeros for null) with updates added where indices point to, in their order;
   * none at the index `g.skip`. The adjoint of {@link Kernels.gather} where there is no base.
   */
  scatterAdd(
    base: NdArray | null,
    updates: NdArray,
    indices: NdArray,
    g: GatherGeometry,
  ): NdArray;
  /** Makes rows of zeros with a one at each label. */
  oneHot(labels: NdArray, classes: number, dtype: DType): NdArray;
  /** The first offset whose integer is neither in `[low, high)` nor `except`, or -1. */
  firstOutOfRange(x: NdArray, low: number, high: number, except?: number): number;

  /** Elements along axes made one. The maximum and minimum of NaN and anything are NaN. */
  reduce(kind: ReduceKind, x: NdArray, g: ReduceGeometry): NdArray;
  /** `dy` at the first maximum (in row-major order) of each reduced group of `x`, 0 elsewhere. */
  maxGrad(dy: NdArray, x: NdArray, g: ReduceGeometry): NdArray;
  /** Finds the first maximum of each reduced group of `x`: int32, counted within the group. */
  argMax(x: NdArray, g: ReduceGeometry): NdArray;
  /** Running sums along an axis. */
  cumsum(x: NdArray, g: CumsumGeometry): NdArray;
  /** The elements of `values` where the groups of `x` have their first maximum. */
  maxGather(values: NdArray, x: NdArray, g: ReduceGeometry): NdArray;

  /**
   * `a · b`, either side read transposed, plus a row `bias` when there is one; of each pair of
   * matrices of `g.batch` where that is not null; then activated.
   */
  matmul(
    a: NdArray,
    b: NdArray,
    bias: NdArray | null,
    g: MatmulGeometry,
    activation?: FusedActivation,
  ): NdArray;

  /** The cross-correlation of images with filters, plus `bias` per output channel; activated. */
  conv2d(
    x: NdArray,
    w: NdArray,
    bias: NdArray | null,
    g: Conv2dGeometry,
    activation?: FusedActivation,
  ): NdArray;
  /** The gradient of {@link Kernels.conv2d} with respect to x: its adjoint in x. */
  conv2dGradX(dy: NdArray, w: NdArray, g: Conv2dGeometry): NdArray;
  /** The gradient of {@link Kernels.conv2d} with respect to w: its adjoint in w. */
  conv2dGradW(dy: NdArray, x: NdArray, g: Conv2dGeometry): NdArray;

  /** A row per window, with its elements in the order of `g.layout`; padding is zeros. */
  im2col(x: NdArray, g: ColumnsGeometry): NdArray;
  /** The adjoint of {@link Kernels.im2col}: the elements of rows added where they were read. */
  col2im(columns: NdArray, g: ColumnsGeometry): NdArray;
  /** Sparse matrices times the rows and the columns of images: upsampling, adaptive averages. */
  resample(x: NdArray, g: ResampleGeometry): NdArray;

  /** The maximum of each window; padding never wins. */
  maxPool(x: NdArray, g: Pool2dGeometry): NdArray;
  /** `dy` added at the first maximum (in row-major order) of each window of `x`. */
  maxPoolGrad(dy: NdArray, x: NdArray, g: Pool2dGeometry): NdArray;
  /** The elements of `values` where the windows of `x` have their first maximum. */
  maxPoolGather(values: NdArray, x: NdArray, g: Pool2dGeometry): NdArray;
  /** The mean of each window, over real pixels or (`g.countPadding`) over all of it. */
  avgPool(x: NdArray, g: Pool2dGeometry): NdArray;
  /** The adjoint of {@link Kernels.avgPool}: each dy spread evenly over its window. */
  avgPoolGrad(dy: NdArray, g: Pool2dGeometry): NdArray;

  /** `exp(x) / sum(exp(x))` over rows, stable. */
  softmax(x: NdArray, g: RowsGeometry): NdArray;
  /** `log(softmax(x))` over rows, stable. */
  logSoftmax(x: NdArray, g: RowsGeometry): NdArray;
  /**
   * The cross entropy of each row of logits against its label or distribution, whose smoothed
   * share of each class is multiplied by the weight of the class.
   */
  softmaxCE(
    logits: NdArray,
    labels: NdArray,
    classWeights: NdArray | null,
    g: SoftmaxCEGeometry,
  ): NdArray;
  /** The gradient of {@link Kernels.softmaxCE} with respect to the logits; `dy` per row. */
  softmaxCEGrad(
    dy: NdArray,
    logits: NdArray,
    labels: NdArray,
    classWeights: NdArray | null,
    g: SoftmaxCEGeometry,
  ): NdArray;

  /** The loss of each element of `x` against that of `target`; equal shapes. */
  pairLoss(loss: PairLoss, x: NdArray, target: NdArray): NdArray;
  /** `dy` times the derivative of {@link Kernels.pairLoss} with respect to `x`. */
  pairLossGrad(loss: PairLoss, dy: NdArray, x: NdArray, target: NdArray): NdArray;

  /** Means and variances (divided by the count) of groups: `[2, batch, groups]`. */
  moments(x: NdArray, g: NormGeometry): NdArray;
  /** `(x - mean) / sqrt(variance + epsilon) scale + bias`, by groups; scale and bias by channel. */
  normalize(
    x: NdArray,
    moments: NdArray,
    scale: NdArray | null,
    bias: NdArray | null,
    g: NormGeometry,
  ): NdArray;
  /** The gradient of {@link Kernels.normalize} by x, whose moments move with it. */
  normalizeGrad(
    dy: NdArray,
    x: NdArray,
    moments: NdArray,
    scale: NdArray | null,
    g: NormGeometry,
  ): NdArray;
  /** Sums of dy times what is normalised, then of dy: `[2, channels]`. */
  normalizeSums(dy: NdArray, x: NdArray, moments: NdArray, g: NormGeometry): NdArray;

  /** Elements made 0 at random, the others larger. */
  dropout(x: NdArray, g: DropoutGeometry): NdArray;

  /** Does one step of an optimizer in place on `w` and on what the rule keeps for it. */
  stepInPlace(rule: StepRule, arrays: StepArrays): void;
  /** `target = keep target + take x`, in place; equal shapes and dtypes, floats. */
  blendInPlace(target: NdArray, x: NdArray, keep: number, take: number): void;
}

/** Counts of the calls that ran plain loops because the backend has no kernel of its own. */
export interface FallbackCounts {
  /** Calls of all kernels. */
  readonly total: number;
  /** Calls by the name of the kernel. */
  readonly calls: ReadonlyMap<string, number>;
}

/** Place in the host's memory. */
export interface HostAddress {
  /** Memory that the array is in; shared between threads for some backends. */
  readonly buffer: ArrayBufferLike;
  /** Offset at which the array begins. */
  readonly byteOffset: number;
  /** Size of the array. */
  readonly byteLength: number;
}

/** Place where tensors live and their operations run. */
export interface Backend extends Disposable {
  /** A short name: `reference`, `wasm`. */
  readonly name: string;
  /** The operations. */
  readonly kernels: Kernels;
  /** Bytes of memory in use. */
  readonly liveBytes: number;
  /** Calls that ran in the reference's loops so far; absent where nothing else is meant to run. */
  readonly fallbacks?: FallbackCounts;
  /**
   * Copies the elements to the host: those that are there when it is called, though the array be
   * changed or freed before the answer.
   */
  read(x: NdArray): Promise<TypedArray>;
  /**
   * Copies the elements to the host at once; absent where that takes time. Without it `item()`,
   * `dataSync()` and `toArray()` throw, and so do ops that are loops over {@link Kernels.read}.
   */
  readSync?(x: NdArray): TypedArray;
  /**
   * Runs {@link Kernels.stepInPlace} so that it leaves everything as it is unless all of these
   * scalars, float32, are finite when the backend comes to it: steps can be taken before the loss is
   * known. Absent where the loss is known at once, or where the backend cannot.
   */
  stepIfFinite?(scalars: readonly NdArray[], run: () => void): void;
  /**
   * Begins to take the time that kernels take on a device; absent where the host's clock does, or
   * where the device tells no times.
   *
   * @returns what ends it, and promises milliseconds.
   */
  timeKernels?(): () => Promise<number>;
  /**
   * Tells how many programs are compiled, of those that are wanted so far; absent where nothing is
   * compiled, or nobody knows.
   *
   * @param watcher is told after each.
   * @returns what ends it.
   */
  watchPrograms?(watcher: (compiled: number, wanted: number) => void): () => void;
  /**
   * Finds an array in the host's memory, for engines that work there in place; absent where it is
   * elsewhere. The next allocation of the backend may make the place invalid.
   */
  hostAddress?(x: NdArray): HostAddress;
}
