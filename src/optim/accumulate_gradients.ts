/**
 * Gradients of several batches in one step.
 *
 * @module
 */
import { printable } from "../core/printable.ts";
import { checkInteger } from "../core/check_integer.ts";
import { mapStructure } from "../core/structure.ts";
import { Tensor } from "../core/tensor.ts";
import { blend } from "./blend.ts";
import {
  checkKind,
  filledLike,
  isLike,
  numberOf,
  type Optimizer,
  type OptimizerState,
  pairsToStep,
  stateIn,
  stepping,
} from "./optimizer.ts";
import { checkOptions } from "../core/options.ts";

/** Kind of the optimizer in its state and in errors. */
const NAME = "accumulateGradients";

/** Options of {@link accumulateGradients}. */
export interface AccumulateGradientsOptions {
  /** Number of gradients to one step, an integer of at least 1. */
  readonly every: number;
}

const KNOWN = "every#";

/**
 * Makes an optimizer that takes one step for several gradients, with their mean: a batch larger
 * than memory holds.
 *
 * - **Formula**: `step` collects, and every so often steps with `(dw_1 + … + dw_n) / n`.
 * - **Edge cases**: what is collected when training ends is not applied.
 * - **Source**: the usual loop of PyTorch with `loss / n`.
 *
 * @example
 * ```ts
 * import { accumulateGradients, sgd, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const w = tensor([0, 0]);
 * const optimizer = accumulateGradients(sgd({ learningRate: 1 }), { every: 2 });
 * optimizer.step(w, tensor([1, 2]));
 * assertEquals(w.toArray(), [0, 0]);
 * optimizer.step(w, tensor([3, 4]));
 * assertEquals(w.toArray(), [-2, -3]);
 * ```
 *
 * @param optimizer what takes the steps; its schedule counts those.
 * @param options `every`.
 * @returns an optimizer.
 * @throws {RangeError} if every is no integer of at least 1.
 */
export function accumulateGradients(
  optimizer: Optimizer,
  options: AccumulateGradientsOptions,
): Optimizer {
  const { every } = checkOptions("make accumulateGradients", options, KNOWN);
  checkInteger("make accumulateGradients", "every", every, 1);
  const sums = new Map<string, Tensor>();
  let collected = 0;

  function clear(): void {
    for (const tensor of sums.values()) tensor.dispose();
    sums.clear();
    collected = 0;
  }

  /** Finds the sum of a parameter's gradients; begins a new one where the shape has changed. */
  function sumOf(path: string, grad: Tensor): Tensor {
    const known = sums.get(path);
    if (known !== undefined && isLike(known, grad)) return known;
    known?.dispose();
    const fresh = filledLike(grad, 0);
    sums.set(path, fresh);
    return fresh;
  }

  function dispose(): void {
    clear();
    optimizer.dispose();
  }

  return {
    step: stepping((params, grads) => {
      for (const [{ path }, grad] of pairsToStep(params, grads)) {
        blend(sumOf(path, grad), grad, 1, 1 / every);
      }
      if (++collected < every) return params;
      optimizer.step(params, mapStructure("step optimizer", params, (_t, path) => sums.get(path)!));
      clear();
      return params;
    }),
    state: () => ({
      kind: NAME,
      collected,
      sums: Object.fromEntries(sums),
      optimizer: optimizer.state(),
    }),
    load(state: OptimizerState) {
      checkKind(NAME, state);
      const count = numberOf(NAME, state, "collected");
      const loaded = Object.entries(stateIn(NAME, state, "sums"));
      for (const [path, tensor] of loaded) {
        if (tensor instanceof Tensor) continue;
        throw new TypeError(
          `Cannot load state of ${NAME}: the sum of ${printable(path)} must be a tensor: got ` +
            typeof tensor,
        );
      }
      optimizer.load(stateIn(NAME, state, "optimizer"));
      const copies = loaded.map(([path, tensor]) => [path, (tensor as Tensor).clone()] as const);
      clear();
      for (const [path, tensor] of copies) sums.set(path, tensor);
      collected = count;
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}
