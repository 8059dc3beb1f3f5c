/**
 * What all optimizers share: walking parameters and gradients side by side, and moments that
 * stay with their parameter.
 *
 * @module
 */
import type { Kernels, NdArray } from "../backends/kernels.ts";
import { isFloat } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { pairLeaves, type PairNames } from "../core/pairs.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Leaf } from "../core/structure.ts";
import { internals, type Tensor } from "../core/tensor.ts";

const ACTION = "step optimizer";

const NAMES: PairNames = {
  first: "params",
  one: "the parameter",
  second: "grads",
  other: "gradient",
};

/** Changes parameters by their gradients. */
export interface Optimizer extends Disposable {
  /**
   * One step: changes the parameters in place.
   *
   * @param params tensors in nested objects and arrays.
   * @param grads their gradients, in the same structure.
   * @returns the same params.
   * @throws {ShapeError} if structures, shapes or dtypes differ; nothing is changed then.
   * @throws {TypeError} if a tensor occurs twice or has been freed; nothing is changed then.
   * @throws {TypeError} if a tensor has been freed or backends differ; nothing is changed then.
   */
  step<P>(params: P, grads: P): P;
}

/** Changes one parameter; `moments` are its own and come as zeros the first time. */
export type Update = (
  k: Kernels,
  w: NdArray,
  dw: NdArray,
  moments: readonly NdArray[],
  step: number,
) => void;

interface State {
  readonly moments: readonly Tensor[];
  /** Number of steps taken. */
  steps: number;
}

/** An optimizer of an update rule that keeps `moments` arrays per parameter. */
export function makeOptimizer(moments: number, update: Update): Optimizer {
  // By path, not by tensor: moments survive when parameters are replaced, by loaded ones say.
  const states = new Map<string, State>();

  function stateOf({ path, tensor }: Leaf): State {
    const known = states.get(path);
    if (known?.moments.every((moment) => isLike(moment, tensor))) return known;
    for (const moment of known?.moments ?? []) moment.dispose();
    const state = { moments: Array.from({ length: moments }, () => zerosLike(tensor)), steps: 0 };
    states.set(path, state);
    return state;
  }

  return {
    step(params, grads) {
      for (const [leaf, grad] of pairs(params, grads)) {
        const state = stateOf(leaf);
        const k = leaf.tensor.backend.kernels;
        const step = ++state.steps;
        internals.changeInPlace(leaf.tensor, (w) => {
          update(k, w, internals.array(grad), state.moments.map(internals.array), step);
        });
      }
      return params;
    },
    [Symbol.dispose]() {
      for (const state of states.values()) for (const moment of state.moments) moment.dispose();
      states.clear();
    },
  };
}

/** Each parameter with its gradient; all are checked before any is changed. */
function pairs(params: unknown, grads: unknown): (readonly [Leaf, Tensor])[] {
  const found = pairLeaves(ACTION, NAMES, params, grads);
  for (const [{ path, tensor }, grad] of found) {
    if (!isFloat(tensor.dtype)) {
      throw new ShapeError(
        `Cannot ${ACTION}: parameters must be float32 or float64: ` +
          `${path || NAMES.one} is ${tensor.dtype} ${formatShape(tensor.shape)}`,
      );
    }
    for (const t of [tensor, grad]) internals.array(t); // where one has been freed, this says so
  }
  return found;
}

function isLike(moment: Tensor, w: Tensor): boolean {
  return sameShape(moment.shape, w.shape) && moment.dtype === w.dtype &&
    moment.backend === w.backend;
}

function zerosLike(x: Tensor): Tensor {
  return internals.create(x.backend, x.backend.kernels.fill(x.shape, x.dtype, 0));
}

/** Throws a RangeError unless a hyperparameter is a finite number in a range. */
export function checkNumber(
  optimizer: string,
  name: string,
  value: number,
  low: number,
  below = Infinity,
): void {
  if (!(value >= low && value < below)) {
    const range = below === Infinity ? `a number of at least ${low}` : `in [${low}, ${below})`;
    throw new RangeError(`Cannot make ${optimizer}: ${name} must be ${range}: got ${value}`);
  }
}
