/**
 * A function of tensors as the list of ops it applies: like a tape, but for integers as well, and
 * with the elements of constants.
 *
 * @module
 */
import { Arena } from "../../core/arena.ts";
import type { DType, TypedArray } from "../../core/dtype.ts";
import type { AnyOp } from "../../core/op_contract.ts";
import { scoped } from "../../core/scoped.ts";
import { sameShape, type Shape } from "../../core/shape.ts";
import { leavesOf } from "../../core/structure.ts";
import { internals, type Tensor } from "../../core/tensor.ts";
import { UNRECORDED } from "../../core/track.ts";

/** Something that traced ops read or write. */
export interface TracedSlot {
  /** Sizes of the dimensions. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** The elements of a constant. */
  readonly data?: TypedArray;
  /** Name of a constant that is a parameter with a name. */
  readonly name?: string;
}

/** An application of an op: slots of its inputs (-1 for an absent one) and of its output. */
export interface TracedStep {
  readonly op: AnyOp;
  readonly attributes: unknown;
  readonly inputs: readonly number[];
  readonly output: number;
}

/** A result or an input by its name, and where it is. */
export interface NamedSlot {
  readonly name: string;
  readonly slot: number;
}

/** Record of a function's ops, from its inputs to its results. */
export interface Trace {
  readonly slots: readonly TracedSlot[];
  readonly steps: readonly TracedStep[];
  readonly inputs: readonly NamedSlot[];
  readonly outputs: readonly NamedSlot[];
}

/** Takes note of every op on what it follows; of gradients it knows nothing. */
class Tracer extends Arena {
  readonly slots: TracedSlot[] = [];
  readonly steps: TracedStep[] = [];
  readonly #slotOf = new Map<Tensor, number>();
  /** Slots by memory: `stopGradient` makes another tensor on that of a result. */
  readonly #onStorage = new Map<unknown, number>();
  readonly #names: ReadonlyMap<unknown, string>;

  /**
   * Makes a tracer; `names` are those of parameters, by their memory, on which a layer may put
   * another shape.
   */
  constructor(names: ReadonlyMap<unknown, string>) {
    super();
    this.#names = names;
  }

  /** Follows an input. */
  input(x: Tensor): number {
    this.setTrack(x, UNRECORDED);
    return this.#add(x, { shape: x.shape, dtype: x.dtype });
  }

  override record(
    op: AnyOp,
    attributes: unknown,
    inputs: readonly (Tensor | undefined)[],
    y: Tensor,
  ): void {
    const slots = inputs.map((x) => x === undefined ? -1 : this.slotOf(x));
    const output = this.#add(y, { shape: y.shape, dtype: y.dtype });
    this.steps.push({ op, attributes, inputs: slots, output });
  }

  /** Finds the slot of a tensor; one that no op has made is a constant. */
  slotOf(x: Tensor): number {
    const known = this.#slotOf.get(x);
    if (known !== undefined) return known;
    const { storage } = internals.array(x);
    const shared = this.#onStorage.get(storage);
    if (shared !== undefined && sameShape(this.slots[shared].shape, x.shape)) return shared;
    const { shape, dtype } = x;
    return this.#add(x, { shape, dtype, data: x.dataSync(), name: this.#names.get(storage) });
  }

  #add(x: Tensor, slot: TracedSlot): number {
    const at = this.slots.push(slot) - 1;
    this.#slotOf.set(x, at);
    if (slot.data === undefined) this.#onStorage.set(internals.array(x).storage, at);
    return at;
  }
}

/**
 * Runs a function and notes the ops it applies to its inputs, those that its results need.
 *
 * @param f the function.
 * @param inputs what it is given: a tensor, or tensors in nested objects and arrays.
 * @param params tensors whose paths are the names of constants.
 */
export function trace<S, R>(f: (inputs: S) => R, inputs: S, params: unknown): Trace {
  const names = new Map(
    leavesOf("export ONNX", params)
      .map(({ tensor, path }) => [internals.array(tensor).storage, path] as const),
  );
  return scoped(new Tracer(names), (tracer) => {
    const given = leavesOf("export ONNX", inputs).map(({ path, tensor }) => ({
      name: path || "x",
      slot: tracer.input(tensor),
    }));
    const results = leavesOf("export ONNX", f(inputs)).map(({ path, tensor }) => ({
      name: path || "y",
      slot: tracer.slotOf(tensor),
    }));
    const { slots, steps } = tracer;
    return { slots, steps: needed(steps, results), inputs: given, outputs: results };
  });
}

/** Lists the steps that results depend on. */
function needed(steps: readonly TracedStep[], results: readonly NamedSlot[]): TracedStep[] {
  const wanted = new Set(results.map(({ slot }) => slot));
  const kept = steps.toReversed().filter(({ inputs, output }) => {
    if (!wanted.has(output)) return false;
    for (const slot of inputs) wanted.add(slot);
    return true;
  });
  return kept.reverse();
}
