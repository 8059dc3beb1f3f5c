/**
 * The tape: a flat list of the operations applied, from which gradients are computed.
 *
 * @module
 */
import { checkTensors } from "./checks.ts";
import { Arena } from "./arena.ts";
import { runBackward } from "./backward.ts";
import { isFloat } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import { toDot, toMermaid, toTable } from "../display/graph_text.ts";
import { type AnyOp, declarationsOf } from "./op_contract.ts";
import type { Shown } from "../display/shown.ts";
import { type ProfileMark, Profiler } from "./profiler.ts";
import type { SavedTensor, Slot, TapeEntry } from "./recording.ts";
import { formatShape } from "./shape.ts";
import { leavesOf, tensorsIn } from "./structure.ts";
import { tapeShown, tapeText } from "../display/tape.ts";
import { internals, type Tensor } from "./tensor.ts";
import { UNRECORDED } from "./track.ts";
import { checkOptions } from "./options.ts";

/** Options of a tape. */
export interface TapeOptions {
  /** Take the time of every op, forward and backward; false by default. */
  readonly profile?: boolean;
}

const TAPE_OPTIONS = "profile?";

/** Options of computing a gradient. */
export interface GradientOptions {
  /** The gradient of something with respect to y; ones by default, which y must be a scalar for. */
  readonly seed?: Tensor;
}

const GRADIENT_OPTIONS = "seed";

const NOTHING_SAVED: readonly SavedTensor[] = [];

/**
 * Records operations on the tensors it watches, differentiates them, and owns what they made.
 *
 * `using tape = new Tape()` frees every intermediate and every gradient at the end of the block:
 * the memory of a training loop is constant without tidy, dispose or reference counting. What
 * must outlive the tape is kept with `tape.keep`. Tapes nest: operations are recorded on every
 * tape that tracks an input, so that a gradient taken inside another tape has a gradient.
 *
 * @example
 * ```ts
 * import { mul, sum, Tape, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const w = tensor([1, 2, 3]);
 * using tape = new Tape();
 * tape.watch({ w });
 * const loss = sum(mul(w, w));
 * const { w: dw } = tape.gradient(loss, { w });
 * assertEquals(dw.toArray(), [2, 4, 6]);
 * ```
 */
export class Tape extends Arena {
  readonly #entries: TapeEntry[] = [];
  readonly #slots: Slot[] = [];
  readonly #constants = new WeakMap<Tensor, number>();
  /** Gradients it has computed, and what was computed from those alone. */
  readonly #fromGradients = new WeakSet<Tensor>();
  #hasGradients = false;
  /** Those of the constants that are from gradients. */
  readonly #gradientSlots = new Set<number>();

  /**
   * Starts an empty tape.
   *
   * @param options `profile`: whether to time ops, for `tape.profile()`; false by default.
   */
  constructor(options: TapeOptions = {}) {
    super(options?.profile ? new Profiler() : null);
    options = checkOptions("make Tape", options, TAPE_OPTIONS);
  }

  /** Every application of an op so far, in order. */
  get entries(): readonly TapeEntry[] {
    return this.#entries;
  }

  /** Everything ops have read or written so far. */
  get slots(): readonly Slot[] {
    return this.#slots;
  }

  /**
   * Starts tracking tensors: operations on them and on their results are recorded.
   *
   * @param structure a tensor, or nested objects and arrays of tensors, of a float dtype.
   * @returns the same structure of the same tensors.
   * @throws {ShapeError} if a tensor has an integer dtype: it has no gradient.
   * @throws {TypeError} if a recorded op has used a tensor already, as a constant.
   */
  watch<S>(structure: S): S {
    this.checkLive("watch");
    for (const { path, tensor } of leavesOf("watch", structure)) {
      if (!isFloat(tensor.dtype)) {
        throw new ShapeError(
          `Cannot watch: only float32 and float64 tensors have gradients: ` +
            `${path || "the tensor"} is ${tensor.dtype} ${formatShape(tensor.shape)}`,
        );
      }
      if (this.#constants.has(tensor)) {
        throw new TypeError(
          `Cannot watch: a tensor must be watched before it is used: ${path || "the tensor"}, ` +
            `${tensor.dtype} ${formatShape(tensor.shape)}, is a constant on this tape`,
        );
      }
      if (this.slotOf(tensor) === UNRECORDED) {
        this.setTrack(tensor, this.#addSlot(tensor, "watched", path));
      }
    }
    return structure;
  }

  /**
   * Computes the gradient of y with respect to every tensor of a structure.
   *
   * The backward pass is one loop over the tape in reverse; only what the wanted gradients need
   * is computed. It can be called more than once, also for intermediate results. To this tape a
   * gradient is a constant: a loss that depends on one takes a tape inside this one, or `grad`.
   *
   * @param y a scalar computed from watched tensors, or anything when a seed is given.
   * @param structure watched tensors (or results of recorded ops) in nested objects and arrays.
   * @param options `seed`: the gradient with respect to y, of y's shape; ones by default.
   * @returns gradients in the same structure; zeros for a tensor that y does not depend on.
   * They belong to this tape: `tape.keep` those that must outlive it.
   * @throws {ShapeError} if y is of integers, is no scalar and there is no seed, or the seed does
   * not fit.
   * @throws {TypeError} if y or a tensor of the structure is unknown to this tape, or a tensor
   * that backward reads has been disposed of or changed in place since, or y depends on a gradient
   * that this tape computed.
   */
  gradient<S>(y: Tensor, structure: S, options: GradientOptions = {}): S {
    this.checkLive("compute gradient");
    options = checkOptions("compute gradient", options, GRADIENT_OPTIONS);
    checkTensors("compute gradient", { y });
    const gradients = runBackward(this, [{ y, seed: options.seed }], structure);
    for (const gradient of tensorsIn(gradients)) this.#fromGradients.add(gradient);
    this.#hasGradients = true;
    return gradients;
  }

  /**
   * Writes the graph as Mermaid source: ops with their shapes and dtypes, parameters apart.
   *
   * @returns text for a `mermaid` code block.
   */
  toMermaid(): string {
    return toMermaid(this);
  }

  /**
   * Writes the graph as Graphviz source: ops with their shapes and dtypes, parameters apart.
   *
   * @returns text for `dot -Tsvg`.
   */
  toDot(): string {
    return toDot(this);
  }

  /**
   * Writes a table of the recorded ops with shapes and bytes.
   *
   * @returns lines of text with aligned columns and a total.
   */
  summary(): string {
    return toTable(this);
  }

  /**
   * Writes a table of the time by op, forward and backward: calls, milliseconds, share, and GFLOP/s
   * (or GB/s of inputs and outputs where an op counts no operations). A last column counts the
   * kernels that ran in plain loops because the backend has none of its own for the dtype or the
   * size; it is absent where there are none. A graphics device tells times late: wait for
   * `tape.profiler.settled()` before.
   *
   * @example
   * ```ts
   * import { dense, ones, sum, Tape } from "@tapegrad/tapegrad";
   * import { assertMatch } from "@std/assert";
   *
   * using tape = new Tape({ profile: true });
   * const w = tape.watch(ones([64, 32]));
   * tape.gradient(sum(dense(ones([8, 64]), w)), w);
   * assertMatch(tape.profile(), /dense +1 +[0-9.]+ +[0-9.]+ % +[0-9.]+ GFLOP\/s/);
   * ```
   *
   * @returns lines of text with aligned columns and a total, the slowest op first.
   * @throws {TypeError} if the tape was not made with `{ profile: true }`.
   */
  profile(): string {
    if (this.profiler === null) {
      throw new TypeError(
        "Cannot profile: the tape must have been made with new Tape({ profile: true }): " +
          "it was not, no time was taken",
      );
    }
    return this.profiler.toString();
  }

  /**
   * Counts the ops and bytes of the tape, in a line.
   *
   * @returns for example `Tape of 3 ops, 56 bytes of results; 2 watched tensors, 28 bytes`.
   */
  override toString(): string {
    return tapeText(this);
  }

  /** Text that `console.log` shows in Deno. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** Text that `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /**
   * Forms that Deno's Jupyter kernel shows: the graph, as `graph` of `./plot` draws it where that
   * is loaded, else for Mermaid; and the table of `summary`.
   */
  [Symbol.for("Jupyter.display")](): Shown {
    return tapeShown(this);
  }

  /** Frees everything the tape owns. It can no longer be used; doing it twice does nothing. */
  override dispose(): void {
    super.dispose();
    this.#entries.length = 0;
    this.#slots.length = 0;
  }

  /**
   * Finds the slot of a tensor on this tape, or -1.
   *
   * @ignore for the library itself.
   */
  slotOf(tensor: Tensor): number {
    return internals.slotIn(tensor, this.ref) ?? UNRECORDED;
  }

  /**
   * Returns true for a gradient that this tape has computed, and for what was made of one.
   *
   * @ignore for the library itself.
   */
  isFromGradients(tensor: Tensor): boolean {
    return this.#fromGradients.has(tensor);
  }

  /**
   * Finds the slot among those of inputs whose tensor is from gradients of this tape, or -1.
   *
   * @ignore for the library itself.
   */
  gradientAmong(slots: readonly number[]): number {
    if (this.#gradientSlots.size === 0) return UNRECORDED;
    return slots.find((slot) => this.#gradientSlots.has(slot)) ?? UNRECORDED;
  }

  /**
   * Lists what an op made of `inputs`, and those of them that are new; -1 if it has no gradient.
   *
   * @ignore for the library itself.
   */
  override slotOfResult(inputs: readonly (Tensor | undefined)[], y: Tensor): number {
    const isActive = inputs.some((t) => t !== undefined && this.slotOf(t) !== UNRECORDED);
    if (!isActive || !isFloat(y.dtype)) {
      if (this.#hasGradients && inputs.some((t) => t !== undefined && this.isFromGradients(t))) {
        this.#fromGradients.add(y);
      }
      return UNRECORDED;
    }
    for (const t of inputs) if (t !== undefined) this.#slotOrConstant(t);
    // A result that shares an input's memory (reshape) takes none of its own.
    const { storage } = internals.array(y);
    const isView = inputs.some((t) => t !== undefined && internals.array(t).storage === storage);
    return this.#addSlot(y, "computed", "", isView ? 0 : y.bytes);
  }

  /**
   * Appends an application of an op whose output has a slot.
   *
   * @ignore for the library itself.
   */
  override record(
    op: AnyOp,
    attributes: unknown,
    inputs: readonly (Tensor | undefined)[],
    y: Tensor,
    mark?: ProfileMark,
  ): void {
    const output = this.slotOf(y);
    if (output === UNRECORDED) return;
    const slots = inputs.map((t) => t === undefined ? -1 : this.#slotOrConstant(t));
    const saved = op.reads.length === 0 ? NOTHING_SAVED : this.#saveAll(op, inputs, y);
    const length = this.#entries.push({ op, attributes, inputs: slots, output, saved });
    if (mark !== undefined && mark.profiler === this.profiler) {
      mark.profiler.claim(length - 1, mark);
    }
  }

  /** Keeps what backward reads. */
  #saveAll(op: AnyOp, inputs: readonly (Tensor | undefined)[], y: Tensor): SavedTensor[] {
    const declared = declarationsOf(op);
    return declared.reads.flatMap(({ name, at }) => {
      if (at < 0) return this.#save(name, y);
      if (!declared.inputs[at].isList) return this.#save(name, inputs[at]);
      return inputs.slice(at).map((tensor) => this.#save(name, tensor));
    });
  }

  /** Keeps a tensor for backward; through a stand-in where an arena inside this one frees it. */
  #save(name: string, tensor: Tensor | undefined): SavedTensor {
    if (tensor === undefined) return { name, tensor, version: 0 };
    const owner = internals.owner(tensor);
    if (owner === null || owner.id <= this.id) {
      return { name, tensor, version: internals.version(tensor) };
    }
    const alias = internals.alias(tensor, { owner: this });
    return { name, tensor: alias, version: internals.version(alias) };
  }

  #slotOrConstant(tensor: Tensor): number {
    const slot = this.slotOf(tensor);
    if (slot !== UNRECORDED) return slot;
    const known = this.#constants.get(tensor);
    if (known !== undefined) return known;
    const fresh = this.#addSlot(tensor, "constant", "");
    this.#constants.set(tensor, fresh);
    if (this.isFromGradients(tensor)) this.#gradientSlots.add(fresh);
    return fresh;
  }

  #addSlot(tensor: Tensor, kind: Slot["kind"], name: string, bytes = tensor.bytes): number {
    const { shape, dtype } = tensor;
    return this.#slots.push({ shape, dtype, bytes, kind, name }) - 1;
  }
}
