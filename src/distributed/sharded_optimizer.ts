/**
 * Optimizer whose state is spread over the ranks: each steps a piece of all parameters, and hands it
 * to the others.
 *
 * @module
 */
import { checkHas } from "../core/check_kinds.ts";
import { GROUP } from "./group.ts";
import { kindOf } from "../core/kind_of.ts";
import { pairLeaves, type PairNames } from "../core/paired_leaves.ts";
import { type Leaf, tensorsIn } from "../core/structure.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Optimizer, OptimizerState } from "../optim/mod.ts";
import { broadcastBytes, gatherArrays, gatherNumbers } from "./gather.ts";
import type { Group } from "./group.ts";
import { joinLine, type Line, linesOf, putLine, tensorsOf } from "./pieces.ts";
import { cutState, joinStates, type Shapes } from "./sharded_state.ts";
import { packState, unpackState } from "./state_bytes.ts";

const ACTION = "step shardedOptimizer";

const NAMES: PairNames = {
  first: "params",
  one: "the parameter",
  second: "grads",
  other: "gradient",
};

/**
 * Spreads the state of an optimizer over the ranks: each keeps, and steps, one piece of all
 * parameters, of equal size; then all hand their pieces to each other. So the moments of Adam take a
 * quarter of their memory on each of 4 ranks.
 *
 * In `fit` gradients are then reduced by `reduceScatter`, each rank getting no more than its piece, and
 * parameters handed on by `allGather`: together as many bytes as `allReduce`. With the option
 * `gradients` of `fit` (clipping) they are reduced as usual before, for it needs them whole. The
 * options `wire` and `bucketBytes` are for the usual way.
 *
 * - **Edge cases**: the optimizer must be one whose steps take each element by itself, as all of this
 *   library do. `state` and `load` are those of the optimizer itself, whole, whatever the number of
 *   ranks; `state` is collective, and `checkpoints` see to that. A loaded state is whole on every
 *   rank until the next step cuts it.
 * - **Source**: the first stage of S. Rajbhandari et al., "ZeRO: memory optimizations toward training
 *   trillion parameter models", SC 2020.
 *
 * @example
 * ```ts
 * import { adam, tensor } from "@tapegrad/tapegrad";
 * import { shardedOptimizer, singleGroup } from "@tapegrad/tapegrad/distributed";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = shardedOptimizer(adam({ learningRate: 0.1 }), singleGroup());
 * const params = { w: tensor([1, 2]) };
 * optimizer.step(params, { w: tensor([3, 4]) });
 * assertAlmostEquals(params.w.dataSync()[1], 1.9, 1e-6);
 * ```
 *
 * @param optimizer what steps the piece of this rank; it belongs to the result from now on.
 * @param group the ranks.
 * @returns an optimizer for the same parameters on all ranks.
 * @throws {TypeError} if this is no optimizer; (when it steps) if the backend takes time to answer.
 */
export function shardedOptimizer(optimizer: Optimizer, group: Group): Optimizer {
  if (typeof optimizer?.step !== "function" || typeof optimizer.load !== "function") {
    throw new TypeError(
      "Cannot make shardedOptimizer: optimizer must be one, adam({ learningRate: 0.001 }): got " +
        kindOf(optimizer),
    );
  }
  checkHas("make shardedOptimizer", "group", group, "allReduce", GROUP);
  return new ShardedOptimizer(optimizer, group);
}

class ShardedOptimizer implements Optimizer {
  readonly #inner: Optimizer;
  readonly #group: Group;
  /** Pieces as of the last step. */
  #lines: readonly Line[] = [];
  #shapes: Shapes = new Map();
  #backend: Tensor["backend"] | undefined;
  /** True while the inner optimizer has a state that was loaded, and not cut yet. */
  #isWhole = false;
  /** Tensors that the last `state` has made. */
  #made: readonly Tensor[] = [];

  constructor(inner: Optimizer, group: Group) {
    this.#inner = inner;
    this.#group = group;
  }

  step<P>(params: P, grads: P): P;
  step<P>(params: P, grads: Promise<P>): Promise<P>;
  step<P>(params: P, grads: P | Promise<P>): P | Promise<P> {
    if (grads instanceof Promise) return grads.then((known) => this.step(params, known));
    const { rank, size } = this.#group;
    this.#stepPieces(params, grads, (line, own) => {
      const joined = joinLine(line, own, size);
      return joined.subarray(rank * line.length, (rank + 1) * line.length);
    });
    return params;
  }

  /** Takes a step by this rank's summands of the gradients. */
  stepShares<P>(params: P, grads: P): void {
    const { size } = this.#group;
    this.#stepPieces(
      params,
      grads,
      (line, own) => this.#group.reduceScatter(joinLine(line, own, size), "sum"),
    );
  }

  state(): OptimizerState {
    for (const tensor of this.#made) tensor.dispose();
    const own = this.#inner.state();
    const state = this.#joined(own);
    this.#made = state === own ? [] : tensorsIn(state);
    return state;
  }

  load(state: OptimizerState): void {
    this.#inner.load(state);
    this.#isWhole = true;
  }

  dispose(): void {
    for (const tensor of this.#made) tensor.dispose();
    this.#made = [];
    this.#inner.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Steps the pieces of this rank, by those of the gradients that a function finds. */
  #stepPieces(
    params: unknown,
    grads: unknown,
    pieceOf: (line: Line, grads: Tensor[]) => Parameters<typeof tensorsOf>[1],
  ): void {
    const pairs = pairLeaves(ACTION, NAMES, params, grads);
    this.#cut(pairs.map(([leaf]) => leaf));
    const gradOf = new Map(pairs.map(([{ path }, grad]) => [path, grad]));
    const { rank, size } = this.#group;
    const own: Record<string, Tensor> = {};
    const ownGrads: Record<string, Tensor> = {};
    try {
      for (const line of this.#lines) {
        const joined = joinLine(line, line.leaves.map(({ tensor }) => tensor), size);
        const piece = joined.subarray(rank * line.length, (rank + 1) * line.length);
        Object.assign(own, Object.fromEntries(tensorsOf(line, piece)));
        const gradPiece = pieceOf(line, line.leaves.map(({ path }) => gradOf.get(path)!));
        Object.assign(ownGrads, Object.fromEntries(tensorsOf(line, gradPiece)));
      }
      this.#inner.step(own, ownGrads);
      for (const line of this.#lines) putLine(line, this.#gather(line, own));
    } finally {
      for (const tensor of [...Object.values(own), ...Object.values(ownGrads)]) tensor.dispose();
    }
  }

  /** Hands the stepped piece to all; returns the line. */
  #gather(line: Line, own: Readonly<Record<string, Tensor>>) {
    const piece = joinLine(line, line.pieces.map(({ path }) => own[path]), 1);
    return this.#group.allGather(piece);
  }

  /** Finds the pieces of this rank, and cuts a loaded state to them. */
  #cut(leaves: readonly Leaf[]): void {
    checkBackend(leaves);
    this.#lines = linesOf(leaves, this.#group);
    this.#shapes = new Map(leaves.map(({ path, tensor }) => [path, tensor.shape]));
    this.#backend = leaves[0]?.tensor.backend;
    if (!this.#isWhole) return;
    const pieces = this.#lines.flatMap((line) => line.pieces);
    const cut = cutState(this.#inner.state(), pieces, this.#shapes);
    this.#inner.load(cut);
    for (const tensor of tensorsIn(cut)) tensor.dispose();
    this.#isWhole = false;
  }

  /** Joins the states of all ranks; takes that of the lowest rank that has loaded one. */
  #joined(own: OptimizerState): OptimizerState {
    if (this.#group.size === 1 && this.#isWhole) return own;
    const holder = gatherNumbers(this.#group, [this.#isWhole ? 1 : 0])
      .findIndex(([isWhole]) => isWhole === 1);
    if (holder >= 0) {
      const bytes = this.#group.rank === holder ? packState(own) : undefined;
      return unpackState(broadcastBytes(this.#group, bytes, holder), this.#backend);
    }
    const states = gatherArrays(this.#group, packState(own))
      .map((bytes) => unpackState(bytes, this.#backend));
    try {
      return joinStates(states, this.#shapes);
    } finally {
      for (const tensor of tensorsIn(states)) tensor.dispose();
    }
  }
}

function checkBackend(leaves: readonly Leaf[]): void {
  const slow = leaves.find(({ tensor }) => tensor.backend.readSync === undefined);
  if (slow === undefined) return;
  throw new TypeError(
    `Cannot ${ACTION}: the backend must answer at once: ${slow.tensor.backend.name} takes time`,
  );
}
