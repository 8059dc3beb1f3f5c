/**
 * Base of all optimizers: walking parameters and gradients side by side, moments that stay with
 * their parameter, and their state as plain data.
 *
 * @module
 */
import type { NdArray, StepArrays, StepRule } from "../backends/kernels.ts";
import { isFloat } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { formatValue } from "../core/format_value.ts";
import { pairLeaves, type PairNames } from "../core/paired_leaves.ts";
import { noteRewind } from "../core/rewind.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Leaf } from "../core/structure.ts";
import { internals, Tensor } from "../core/tensor.ts";
import { rateAt, type Schedule } from "./schedule.ts";

const ACTION = "step optimizer";

const NAMES: PairNames = {
  first: "params",
  one: "the parameter",
  second: "grads",
  other: "gradient",
};

/** State of an optimizer: tensors, numbers and words by name, nested, to be saved and loaded. */
export interface OptimizerState {
  /** A tensor, a number, a word, or more of them. */
  readonly [name: string]: Tensor | number | string | OptimizerState;
}

/** Changes parameters by their gradients. */
export interface Optimizer extends Disposable {
  /**
   * Does one step: changes the parameters in place.
   *
   * @param params tensors in nested objects and arrays.
   * @param grads their gradients, in the same structure.
   * @returns the same params.
   * @throws {ShapeError} if structures, shapes or dtypes differ; nothing is changed then.
   * @throws {TypeError} if a tensor occurs twice, has been freed or backends differ; nothing is
   * changed then.
   * @throws {RangeError} if a schedule gives no learning rate; nothing is changed then.
   */
  step<P>(params: P, grads: P): P;
  /**
   * Takes the same step once the gradients are there: those of other machines, say.
   *
   * @param params tensors in nested objects and arrays.
   * @param grads a promise of their gradients.
   * @returns a promise of the same params; rejected with what the other form throws.
   */
  step<P>(params: P, grads: Promise<P>): Promise<P>;
  /**
   * Takes a step by gradients of this rank's share of the loss, whose sum over all ranks is the
   * gradient: of optimizers that sum them themselves (`shardedOptimizer` of `./distributed`). Absent
   * on others.
   *
   * @param params tensors in nested objects and arrays.
   * @param grads this rank's summands, in the same structure.
   */
  stepShares?<P>(params: P, grads: P): void | Promise<void>;
  /**
   * Copies the state: the kind of optimizer, the number of steps, and under `params` for each parameter (by its path:
   * `conv1.w`) the number of its steps and its moments.
   *
   * @returns numbers, and the tensors in use: to be read or cloned, not to be disposed of.
   */
  state(): OptimizerState;
  /**
   * Goes on from what an optimizer of the same kind has remembered.
   *
   * @param state from {@link Optimizer.state}; its tensors are copied.
   * @throws {TypeError} if it is that of another kind of optimizer, or something in it is missing,
   * too much or of the wrong kind; nothing is changed then.
   */
  load(state: OptimizerState): void;
  /** Frees what it remembers; so does the end of the block of a `using` declaration. */
  dispose(): void;
}

/** Makes the two forms of `step` of the one for gradients that are there. */
export function stepping(step: <P>(params: P, grads: P) => P): Optimizer["step"] {
  function either<P>(params: P, grads: P): P;
  function either<P>(params: P, grads: Promise<P>): Promise<P>;
  function either<P>(params: P, grads: P | Promise<P>): P | Promise<P> {
    return grads instanceof Promise
      ? grads.then((known) => step(params, known))
      : step(params, grads);
  }
  return either;
}

/** Options that optimizers with weight decay share. */
export interface DecayOptions {
  /** Rate at which weights are drawn towards 0; 0 (not at all) by default. */
  readonly weightDecay?: number;
  /**
   * Returns true for the paths of parameters that decay; all by default. `(path) =>
   * path.endsWith(".w")`.
   */
  readonly decays?: (path: string) => boolean;
}

/** Step of one parameter. */
export interface Step {
  /** The number of this step of the parameter, from 1. */
  readonly step: number;
  /** The learning rate. */
  readonly learningRate: number;
  /** 0 for a parameter that does not decay. */
  readonly weightDecay: number;
}

/** The name of an array that is kept for a parameter. */
export type MomentName = Exclude<keyof StepArrays, "w" | "dw">;

/** An update rule. */
export interface Rule extends DecayOptions {
  /** Name in errors: `adam`. */
  readonly name: string;
  /** A number, or a function of the number of steps taken. */
  readonly learningRate: number | Schedule;
  /** Names of the arrays that are kept for each parameter, with their first value (0 by default). */
  readonly moments: readonly MomentName[];
  readonly firstMoment?: number;
  /** Makes the rule of a step for the backend, which changes one parameter and its moments. */
  update(step: Step): StepRule;
}

interface ParameterState {
  readonly moments: readonly Tensor[];
  /** Number of steps taken. */
  steps: number;
}

/** Makes an optimizer of an update rule. */
export function makeOptimizer(rule: Rule): Optimizer {
  const { weightDecay = 0, decays = () => true, firstMoment = 0 } = rule;
  checkRate(rule.name, rule.learningRate);
  checkNumber(rule.name, "weightDecay", weightDecay, 0);
  // By path, not by tensor: moments survive when parameters are replaced, by loaded ones say.
  let states = new Map<string, ParameterState>();
  let stepsTaken = 0;
  let isLoaded = false;

  function stateOf({ path, tensor }: Leaf): ParameterState {
    const known = states.get(path);
    if (known?.moments.every((moment) => isLike(moment, tensor))) return known;
    for (const moment of known?.moments ?? []) moment.dispose();
    const state = { moments: rule.moments.map(() => filledLike(tensor, firstMoment)), steps: 0 };
    states.set(path, state);
    return state;
  }

  function dispose(): void {
    for (const { moments } of states.values()) for (const moment of moments) moment.dispose();
    states = new Map();
    stepsTaken = 0;
  }

  /** The counts are those before the last step; its tensors are as the backend has left them. */
  function rewind(): void {
    stepsTaken--;
    for (const [path, state] of states) {
      if (--state.steps > 0) continue;
      for (const moment of state.moments) moment.dispose();
      states.delete(path);
    }
  }

  const optimizer: Optimizer = {
    step: stepping((params, grads) => {
      const found = pairsToStep(params, grads);
      if (isLoaded) checkLoaded(rule, states, found.map(([leaf]) => leaf));
      isLoaded = false;
      const learningRate = rateAt(rule.learningRate, stepsTaken);
      stepsTaken++;
      for (const [leaf, grad] of found) {
        const state = stateOf(leaf);
        const k = leaf.tensor.backend.kernels;
        const step = {
          step: ++state.steps,
          learningRate,
          weightDecay: weightDecay !== 0 && decays(leaf.path) ? weightDecay : 0,
        };
        internals.changeInPlace(leaf.tensor, (w) => {
          const moments = rule.moments.map((name, i) => [name, changing(state.moments[i])]);
          const arrays = { w, dw: internals.array(grad), ...Object.fromEntries(moments) };
          k.stepInPlace(rule.update(step), arrays);
        });
      }
      return params;
    }),
    state() {
      const params = [...states].map(([path, { steps, moments }]) => {
        const tensors = rule.moments.map((name, i) => [name, moments[i]] as const);
        return [path, { steps, ...Object.fromEntries(tensors) }] as const;
      });
      return { kind: rule.name, steps: stepsTaken, params: Object.fromEntries(params) };
    },
    load(state) {
      checkKind(rule.name, state);
      const steps = numberOf(rule.name, state, "steps");
      const params = stateIn(rule.name, state, "params");
      const loaded = Object.entries(params).map(([path]) => {
        const one = stateIn(rule.name, params, path);
        checkMoments(rule, one, path);
        const moments = rule.moments.map((name) => tensorOf(rule.name, one, path, name));
        return [path, { steps: numberOf(rule.name, one, "steps"), moments }] as const;
      });
      const copies = loaded.map(([path, { steps, moments }]) =>
        [path, { steps, moments: moments.map((moment) => moment.clone()) }] as const
      );
      dispose();
      states = new Map(copies);
      stepsTaken = steps;
      isLoaded = true;
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
  noteRewind(optimizer, rewind);
  return optimizer;
}

/** Memory of a tensor that is about to change. */
function changing(moment: Tensor): NdArray {
  internals.changeInPlace(moment, () => {});
  return internals.array(moment);
}

/** Pairs each parameter with its gradient; all are checked before any is changed. */
export function pairsToStep(params: unknown, grads: unknown): (readonly [Leaf, Tensor])[] {
  for (const [name, value] of [["params", params], ["grads", grads]]) {
    if (value !== undefined) continue;
    throw new TypeError(
      `Cannot ${ACTION}: ${name} must be tensors in nested objects and arrays: got undefined`,
    );
  }
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

/**
 * Throws unless parameters are those that were saved: after loading, moments would be lost unseen.
 */
function checkLoaded(
  rule: Rule,
  states: ReadonlyMap<string, ParameterState>,
  leaves: readonly Leaf[],
): void {
  const byPath = new Map(leaves.map((leaf) => [leaf.path, leaf.tensor]));
  for (const [path, { moments }] of states) {
    const tensor = byPath.get(path);
    const where = path || "the parameter";
    if (tensor === undefined) {
      throw new ShapeError(
        `Cannot ${ACTION}: params must have all parameters of the loaded state: ` +
          `it has ${where}, params has not`,
      );
    }
    moments.forEach((moment, i) => {
      if (isLike(moment, tensor)) return;
      throw new ShapeError(
        `Cannot ${ACTION}: a loaded moment must have the shape, dtype and backend of its ` +
          `parameter: ${rule.moments[i]} of ${where} is ${describe(moment)}, ${where} is ` +
          describe(tensor),
      );
    });
  }
}

function describe({ dtype, shape, backend }: Tensor): string {
  return `${dtype} ${formatShape(shape)} on ${backend.name}`;
}

/** Returns true if a tensor kept for a parameter still fits it. */
export function isLike(moment: Tensor, w: Tensor): boolean {
  return sameShape(moment.shape, w.shape) && moment.dtype === w.dtype &&
    moment.backend === w.backend;
}

/** Makes a tensor of equal elements of another's shape, dtype and backend. */
export function filledLike(x: Tensor, value: number): Tensor {
  return internals.create(x.backend, x.backend.kernels.fill(x.shape, x.dtype, value));
}

/** Throws if a state says that it is of another kind of optimizer. */
export function checkKind(optimizer: string, state: OptimizerState): void {
  const kind = Object.hasOwn(state, "kind") ? state.kind : optimizer;
  if (kind === optimizer) return;
  const found = typeof kind === "string" ? `that of ${kind}` : describeValue(kind);
  throw new TypeError(
    `Cannot load state of ${optimizer}: it must be one of ${optimizer}: got ${found}; make the ` +
      "optimizer of before",
  );
}

/** Throws if a parameter has moments that the rule does not know: those of another rule. */
function checkMoments({ name, moments }: Rule, state: OptimizerState, path: string): void {
  const known: readonly string[] = ["steps", ...moments];
  const foreign = Object.keys(state).filter((key) => !known.includes(key));
  if (foreign.length === 0) return;
  const wanted = moments.length === 0 ? "no moments" : `the moments ${moments.join(", ")}`;
  throw new TypeError(
    `Cannot load state of ${name}: ${path || "the parameter"} must have ${wanted}: got ` +
      `${foreign.join(", ")} of another optimizer, or of other options`,
  );
}

/** Reads a number of a state: a count of steps. */
export function numberOf(optimizer: string, state: OptimizerState, name: string): number {
  const value = Object.hasOwn(state, name) ? state[name] : undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw loadError(optimizer, `${name} must be an integer of at least 0`, value);
}

/** Reads a state inside a state. */
export function stateIn(optimizer: string, state: OptimizerState, name: string): OptimizerState {
  const value = Object.hasOwn(state, name) ? state[name] : undefined;
  if (typeof value === "object" && value !== null && !(value instanceof Tensor)) return value;
  throw loadError(optimizer, `${name || "the parameter"} must be an object`, value);
}

function tensorOf(optimizer: string, state: OptimizerState, path: string, name: string): Tensor {
  const value = Object.hasOwn(state, name) ? state[name] : undefined;
  if (value instanceof Tensor) return value;
  throw loadError(optimizer, `${name} of ${path || "the parameter"} must be a tensor`, value);
}

function loadError(optimizer: string, rule: string, value: unknown): TypeError {
  return new TypeError(`Cannot load state of ${optimizer}: ${rule}: got ${describeValue(value)}`);
}

function describeValue(value: unknown): string {
  if (value instanceof Tensor) return "a tensor";
  if (typeof value === "number") return String(value);
  return value === null ? "null" : typeof value;
}

/** Throws unless a learning rate is a schedule or a number of at least 0. */
function checkRate(optimizer: string, learningRate: number | Schedule): void {
  if (typeof learningRate !== "function") checkNumber(optimizer, "learningRate", learningRate, 0);
}

/** Throws a RangeError unless a hyperparameter is a finite number in a range. */
export function checkNumber(
  optimizer: string,
  name: string,
  value: number,
  low: number,
  below = Infinity,
): void {
  if (!(typeof value === "number" && value >= low && value < below)) {
    const range = below === Infinity ? `a number of at least ${low}` : `in [${low}, ${below})`;
    throw new RangeError(
      `Cannot make ${optimizer}: ${name} must be ${range}: got ${formatValue(value)}`,
    );
  }
}
