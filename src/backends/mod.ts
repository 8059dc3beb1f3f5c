/**
 * The contract between operations and backends: for authors of a backend.
 *
 * A {@link Backend} is a table of {@link Kernels} over {@link NdArray}s, which are told sizes by
 * geometries (`Conv2dGeometry`) and steps of optimizers by updates (`SgdUpdate`). {@link ops} is the
 * table of the operations that call them.
 *
 * @example A backend that counts calls of its kernels
 * ```ts
 * import { add, referenceBackend, tensor } from "@tapegrad/tapegrad";
 * import type { Backend, Kernels } from "@tapegrad/tapegrad/backend";
 * import { assertEquals } from "@std/assert";
 *
 * const reference = referenceBackend();
 * const calls: string[] = [];
 * const kernels: Kernels = {
 *   ...reference.kernels,
 *   binary(kind, a, b, g) {
 *     calls.push(kind);
 *     return reference.kernels.binary(kind, a, b, g);
 *   },
 * };
 * const backend: Backend = { ...reference, name: "counting", kernels };
 * assertEquals(add(tensor([1, 2], { backend }), 1).toArray(), [2, 3]);
 * assertEquals(calls, ["add"]);
 * ```
 *
 * @module
 */
import "../default_backend.ts";

export type * from "./kernels.ts";
export * from "./kinds.ts";
export { composedKernels, type ComposedName, type Primitives } from "./composed/mod.ts";
export {
  elementwiseOps,
  imagesOps,
  linalgOps,
  lossesOps,
  normsOps,
  type OpName,
  ops,
  type OpTable,
  reduceOps,
  shapeOps,
} from "../../ops/table.ts";
export type {
  BroadcastGeometry,
  ColumnsGeometry,
  ConcatGeometry,
  Conv1dWindow,
  Conv2dGeometry,
  Conv2dTransposeWindow,
  Conv2dWindow,
  CumsumGeometry,
  DepthwiseConv2dWindow,
  DropoutGeometry,
  GatherGeometry,
  MatmulBatch,
  MatmulGeometry,
  NormGeometry,
  PadGeometry,
  PairLoss,
  Picks,
  Pool2dGeometry,
  ReduceGeometry,
  ResampleGeometry,
  RowsGeometry,
  SliceGeometry,
  SoftmaxCEGeometry,
  SparseMatrix,
  TransposeGeometry,
  WhereGeometry,
  WindowGeometry,
} from "../core/geometry/mod.ts";
export type { DType, FloatDType, HostArray, TypedArray } from "../core/dtype.ts";
export type { AnyOp, Op } from "../core/op_contract.ts";
export type { PartialGradient } from "../core/partial_gradient.ts";
export type { Shape } from "../core/shape.ts";
