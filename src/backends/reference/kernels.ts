/**
 * The kernel table of plain loops over any memory that the host can view.
 *
 * @module
 */
import type { DType, TypedArray } from "../../core/dtype.ts";
import type { Shape } from "../../core/shape.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import * as columns from "./columns.ts";
import * as conv2d from "./conv2d.ts";
import * as crossEntropy from "./cross_entropy.ts";
import { dropout } from "./dropout.ts";
import * as elementwise from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import * as norm from "./norm.ts";
import * as optimizer from "./optimizer.ts";
import * as pairLosses from "./pair_losses.ts";
import * as pieces from "./slicing.ts";
import * as pool2d from "./pool2d.ts";
import * as rearrange from "./rearrange.ts";
import * as reduce from "./reduce.ts";
import { resample } from "./resample.ts";
import * as softmax from "./softmax.ts";

/** Memory whose blocks the host can see as typed arrays. */
export interface HostMemory {
  /** Allocates a block of zeros. */
  allocate(shape: Shape, dtype: DType): NdArray;
  /** Returns the elements in place; valid until the next allocation. */
  view(x: NdArray): TypedArray;
  /** Gives a block back. */
  free(x: NdArray): void;
}

/** Makes all kernels as plain loops over `memory`: the definition of truth for other backends. */
export function referenceKernels(memory: HostMemory): Kernels {
  const { view } = memory;

  /**
   * Allocates the result first: a view taken before an allocation may be stale after it. The result
   * takes the memory of `x`, which is of its shape and dtype, where that is spent.
   */
  function make(
    shape: Shape,
    dtype: DType,
    fill: (y: TypedArray) => void,
    x?: NdArray,
  ): NdArray {
    const y = x?.isSpent ? x : memory.allocate(shape, dtype);
    const elements = view(y);
    if (elements.length > 0) fill(elements); // loops over rows of nothing would run all the same
    return y;
  }
  const viewOrNull = (x: NdArray | null) => x === null ? null : view(x);

  return {
    fill: (shape, dtype, value) => make(shape, dtype, (y) => y.fill(value)),
    create: ({ shape, dtype, data }) => make(shape, dtype, (y) => y.set(data)),
    read: (x) => view(x).slice(),
    free: (x) => memory.free(x),
    copy: (x) => make(x.shape, x.dtype, (y) => y.set(view(x))),
    assignInPlace: (target, x) => view(target).set(view(x)),
    cast: (x, dtype) => make(x.shape, dtype, (y) => y.set(view(x))),

    unary: (kind, x, parameters = []) =>
      make(x.shape, x.dtype, (y) => elementwise.unary(kind, view(x), y, parameters)),
    activationGrad: (kind, dy, x, parameters) =>
      make(
        x.shape,
        x.dtype,
        (dx) => elementwise.activationGrad(kind, view(dy), view(x), dx, parameters),
        dy,
      ),
    binary: (kind, a, b, g) =>
      make(g.shape, a.dtype, (y) => elementwise.binary(kind, view(a), view(b), y, g)),
    compare: (kind, a, b, g) =>
      make(g.shape, "uint8", (y) => elementwise.compare(kind, view(a), view(b), y, g)),
    where: (condition, a, b, g) =>
      make(g.shape, a.dtype, (y) => elementwise.where(view(condition), view(a), view(b), y, g)),
    addInPlace: (target, x) => elementwise.addInPlace(view(target), view(x)),

    transpose: (x, g) => make(g.shape, x.dtype, (y) => rearrange.transpose(view(x), y, g)),
    pad: (x, g) => make(g.shape, x.dtype, (y) => rearrange.pad(view(x), y, g)),
    broadcastTo: (x, g) => make(g.shape, x.dtype, (y) => elementwise.broadcastTo(view(x), y, g)),
    concat: (parts, g) =>
      make(g.shape, parts[0].dtype, (y) => pieces.concat(parts.map(view), y, g)),
    slice: (x, g) => make(g.shape, x.dtype, (y) => pieces.slice(view(x), y, g)),
    sliceGrad: (dy, g) => make(g.xShape, dy.dtype, (dx) => pieces.sliceGrad(view(dy), dx, g)),
    gather: (x, indices, g) =>
      make(g.shape, x.dtype, (y) => pieces.gather(view(x), view(indices), y, g)),
    scatterAdd: (base, updates, indices, g) =>
      make(g.xShape, updates.dtype, (y) => {
        if (base !== null) y.set(view(base));
        pieces.scatterAdd(view(updates), view(indices), y, g);
      }),
    oneHot: (labels, classes, dtype) =>
      make([...labels.shape, classes], dtype, (y) => rearrange.oneHot(view(labels), y, classes)),
    firstOutOfRange: (x, low, high, except) =>
      rearrange.firstOutOfRange(view(x), low, high, except),

    reduce: (kind, x, g) => {
      const dtype = kind === "sum" && x.dtype === "uint8" ? "int32" : x.dtype;
      return make(g.shape, dtype, (y) => reduce.reduce(kind, view(x), y, g));
    },
    maxGrad: (dy, x, g) => make(x.shape, x.dtype, (dx) => reduce.maxGrad(view(dy), view(x), dx, g)),
    argMax: (x, g) => make(g.shape, "int32", (y) => reduce.argMax(view(x), y, g)),
    cumsum: (x, g) => make(x.shape, x.dtype, (y) => reduce.cumsum(view(x), y, g)),
    maxGather: (values, x, g) =>
      make(g.shape, x.dtype, (y) => reduce.maxGather(view(values), view(x), y, g)),

    matmul: (a, b, bias, g, activation) =>
      make(g.shape, a.dtype, (y) => {
        matmul(view(a), view(b), viewOrNull(bias), y, g);
        elementwise.activate(y, activation);
      }),

    conv2d: (x, w, bias, g, activation) =>
      make(g.yShape, x.dtype, (y) => {
        conv2d.conv2d(view(x), view(w), viewOrNull(bias), y, g);
        elementwise.activate(y, activation);
      }),
    conv2dGradX: (dy, w, g) =>
      make(g.xShape, dy.dtype, (dx) => conv2d.conv2dGradX(view(dy), view(w), dx, g)),
    conv2dGradW: (dy, x, g) =>
      make(g.wShape, dy.dtype, (dw) => conv2d.conv2dGradW(view(dy), view(x), dw, g)),

    im2col: (x, g) => make(g.columnsShape, x.dtype, (y) => columns.im2col(view(x), y, g)),
    col2im: (x, g) => make(g.imagesShape, x.dtype, (y) => columns.col2im(view(x), y, g)),
    resample: (x, g) => make(g.yShape, x.dtype, (y) => resample(view(x), y, g)),

    maxPool: (x, g) => make(g.yShape, x.dtype, (y) => pool2d.maxPool(view(x), y, g)),
    maxPoolGrad: (dy, x, g) =>
      make(g.xShape, x.dtype, (dx) => pool2d.maxPoolGrad(view(dy), view(x), dx, g)),
    maxPoolGather: (values, x, g) =>
      make(g.yShape, x.dtype, (y) => pool2d.maxPoolGather(view(values), view(x), y, g)),
    avgPool: (x, g) => make(g.yShape, x.dtype, (y) => pool2d.avgPool(view(x), y, g)),
    avgPoolGrad: (dy, g) => make(g.xShape, dy.dtype, (dx) => pool2d.avgPoolGrad(view(dy), dx, g)),

    softmax: (x, g) => make(x.shape, x.dtype, (y) => softmax.softmax(view(x), y, g)),
    logSoftmax: (x, g) => make(x.shape, x.dtype, (y) => softmax.logSoftmax(view(x), y, g)),
    softmaxCE: (logits, labels, classWeights, g) =>
      make(logits.shape.slice(0, -1), logits.dtype, (y) => {
        const targets = { labels: view(labels), weights: viewOrNull(classWeights) };
        crossEntropy.softmaxCE(view(logits), targets, y, g);
      }),
    softmaxCEGrad: (dy, logits, labels, classWeights, g) =>
      make(logits.shape, logits.dtype, (dlogits) => {
        const targets = { labels: view(labels), weights: viewOrNull(classWeights) };
        crossEntropy.softmaxCEGrad(view(dy), view(logits), targets, dlogits, g);
      }),

    pairLoss: (loss, x, target) =>
      make(x.shape, x.dtype, (y) => pairLosses.pairLoss(loss, view(x), view(target), y)),
    pairLossGrad: (loss, dy, x, target) =>
      make(
        x.shape,
        x.dtype,
        (dx) => pairLosses.pairLossGrad(loss, view(dy), view(x), view(target), dx),
      ),

    moments: (x, g) => make([2, g.batch, g.groups], x.dtype, (y) => norm.moments(view(x), y, g)),
    normalize: (x, moments, scale, bias, g) =>
      make(x.shape, x.dtype, (y) => {
        norm.normalize(view(x), view(moments), viewOrNull(scale), viewOrNull(bias), y, g);
      }),
    normalizeGrad: (dy, x, moments, scale, g) =>
      make(x.shape, x.dtype, (dx) => {
        norm.normalizeGrad(view(dy), view(x), view(moments), viewOrNull(scale), dx, g);
      }),
    normalizeSums: (dy, x, moments, g) =>
      make([2, g.groups * g.size], x.dtype, (y) => {
        norm.normalizeSums(view(dy), view(x), view(moments), y, g);
      }),

    dropout: (x, g) => make(x.shape, x.dtype, (y) => dropout(view(x), y, g)),

    stepInPlace: (rule, { w, dw, ...kept }) => {
      const views = Object.entries(kept).map(([name, x]) => [name, view(x)]);
      optimizer.step(rule, { w: view(w), dw: view(dw), ...Object.fromEntries(views) });
    },
    blendInPlace: (target, x, keep, take) => optimizer.blend(view(target), view(x), keep, take),
  };
}
