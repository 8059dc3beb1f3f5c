/**
 * Batch normalisation over the batch of all ranks.
 *
 * Means and variances of the whole batch are made of those of the parts, in the order of the ranks
 * and in float64, so that all ranks get the same bits. Both are inputs of the normalisation with a
 * gradient of their own, which is summed over the ranks: so gradients of any order are those of one
 * rank with the whole batch.
 *
 * @module
 */
import { checkHas } from "../core/check_kinds.ts";
import { GROUP } from "./group.ts";
import { checkAtLeast, checkFloats } from "../core/checks.ts";
import type { TypedArray } from "../core/dtype.ts";
import { batchNormGeometry, checkParameters, type NormGeometry } from "../core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../core/op.ts";
import { checkOptions } from "../core/options.ts";
import { sameShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { add } from "../../ops/elementwise/add.ts";
import { div } from "../../ops/elementwise/div.ts";
import { mul } from "../../ops/elementwise/mul.ts";
import { sub } from "../../ops/elementwise/sub.ts";
import {
  BATCH_NORM_OPTIONS,
  type BatchNormOptions,
  type BatchNormResult,
  normalizeByOp,
} from "../../ops/norms/batch_norm.ts";
import { grouped, perGroup, rowOf } from "../../ops/norms/normalize.ts";
import { reshape } from "../../ops/shape/reshape.ts";
import { gatherNumbers } from "./gather.ts";
import type { Group } from "./group.ts";

/** Sizes of a part, and of the whole that it is part of. */
interface SyncGeometry {
  readonly g: NormGeometry;
  readonly group: Group;
  /** Elements of each channel, of each rank. */
  readonly counts: readonly number[];
}

/**
 * Makes the `batchNorm` of a group: means and variances are those of the batch of all ranks, so that
 * a model with batch normalisation trains as on one. `fit` with a `group` uses it by itself.
 *
 * - **Formula**: that of `batchNorm`, over the parts of all ranks.
 * - **Shapes**: x `[N, ..., C]`, N of this rank; it may be 0, but not on all ranks.
 * - **Gradient**: that of the sum of the losses of all ranks, of any order; all ranks compute it
 *   together. A loss that is a mean over the rank's part is weighed by its share of the batch first.
 * - **Source**: `torch.nn.SyncBatchNorm`, which weighs no parts; T. F. Chan, G. H. Golub,
 *   R. J. LeVeque, "Algorithms for computing the sample variance", 1983.
 *
 * @example In a loop of one's own
 * ```ts
 * import { Random, tensor } from "@tapegrad/tapegrad";
 * import { singleGroup, syncBatchNorm } from "@tapegrad/tapegrad/distributed";
 * import { BatchNorm } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = BatchNorm({ epsilon: 0 });
 * const batchNorm = syncBatchNorm(singleGroup());
 * const params = model.init(new Random(0), [1]);
 * const y = model.apply(params, tensor([[1], [3]]), { train: true, updates: new Map(), batchNorm });
 * assertEquals(y.toArray(), [[-1], [1]]);
 * ```
 *
 * @param group the ranks.
 * @returns a function like `batchNorm`, for the option `batchNorm` of `apply`.
 * @throws {TypeError} (when it is applied) if the backend takes time to answer.
 */
export function syncBatchNorm(
  group: Group,
): (x: Tensor, options?: BatchNormOptions) => BatchNormResult {
  const action = "apply syncBatchNorm";
  checkHas(action, "group", group, "allReduce", GROUP);
  return (x, options = {}) => {
    options = checkOptions(action, options, BATCH_NORM_OPTIONS);
    const { scale, bias, epsilon = 1e-5 } = options;
    checkFloats(action, { x }, { scale, bias });
    checkAtLeast(action, "epsilon", epsilon, 0);
    const g = batchNormGeometry(action, x.shape, epsilon);
    checkParameters(action, [g.groups], x.shape, { scale, bias });
    if (x.backend.readSync === undefined) {
      throw new TypeError(
        `Cannot ${action}: the backend must answer at once: ${x.backend.name} takes time`,
      );
    }
    const counts = gatherNumbers(group, [g.positions]).map(([count]) => count);
    const moments = apply(syncMomentsOp, { x }, { g, group, counts });
    const y = apply(normalizeByOp, { x, moments, scale, bias }, g);
    const [mean, variance] = [0, 1].map((row) => rowOf(moments, row as 0 | 1, [g.groups]));
    return { y, mean, variance, count: total(counts) };
  };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Means and variances over all ranks, `[2, 1, C]`. */
const syncMomentsOp: Op<readonly ["x"], "x" | "y", SyncGeometry> = /* @__PURE__ */ defineOp({
  name: "syncMoments",
  inputs: ["x"],
  reads: ["x", "y"],
  forward: (k, { x }, { g, group, counts }: SyncGeometry) => {
    const own = k.moments(x, g);
    const data = k.read(own);
    k.free(own);
    const joined = joinMoments(group.allGather(data), counts, g.groups);
    return k.create({ shape: own.shape, dtype: x.dtype, data: joined });
  },
  backward: (dy, { x, y }, { g, group, counts }) => ({
    x: () => {
      const all = apply(allReduceOp, { x: dy }, group);
      const count = total(counts);
      const centred = sub(grouped(x, g), perGroup(y, 0, g));
      const fromVariance = mul(centred, div(perGroup(all, 1, g), count / 2));
      const dx = add(fromVariance, div(perGroup(all, 0, g), count));
      return sameShape(dx.shape, x.shape) ? dx : reshape(dx, x.shape);
    },
  }),
});

/** Sums over all ranks: linear, and its own gradient, that of the sum of what all ranks make of it. */
const allReduceOp: Op<readonly ["x"], never, Group> = /* @__PURE__ */ defineOp({
  name: "allReduce",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, group: Group) => {
    const data = k.read(x);
    group.allReduce(data, "sum");
    return k.create({ shape: x.shape, dtype: x.dtype, data });
  },
  backward: (dy, _saved, group) => ({ x: () => apply(allReduceOp, { x: dy }, group) }),
});

/** Joins means and variances of parts, a row of each a rank, as those of the whole. */
function joinMoments(
  parts: TypedArray,
  counts: readonly number[],
  channels: number,
): TypedArray {
  const joined = parts.slice(0, 2 * channels);
  const all = total(counts);
  const meanOf = (rank: number, c: number) => parts[rank * 2 * channels + c];
  const varianceOf = (rank: number, c: number) => parts[(rank * 2 + 1) * channels + c];
  for (let c = 0; c < channels; c++) {
    let mean = 0;
    counts.forEach((count, rank) => {
      if (count > 0) mean += count / all * meanOf(rank, c);
    });
    let variance = 0;
    counts.forEach((count, rank) => {
      if (count > 0) {
        variance += count / all * (varianceOf(rank, c) + (meanOf(rank, c) - mean) ** 2);
      }
    });
    joined[c] = all > 0 ? mean : NaN;
    joined[channels + c] = all > 0 ? variance : NaN;
  }
  return joined;
}
