/**
 * The backward pass: one loop over a tape in reverse.
 *
 * @module
 */
import { Adjoints, Scratch } from "./adjoints.ts";
import { adoptLike, type Arena, innermostOf } from "./arena.ts";
import { isFloat } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import { type AnyOp, declarationsOf, inputLabel, inputPlace } from "./op_contract.ts";
import type { PartialGradient } from "./partial_gradient.ts";
import type { Recording, Slot, TapeEntry } from "./recording.ts";
import { scoped } from "./scoped.ts";
import { formatShape, sameShape } from "./shape.ts";
import { leavesOf, mapStructure } from "./structure.ts";
import { internals, type Tensor } from "./tensor.ts";
import { mergedTracks, UNRECORDED } from "./track.ts";

/** A tape, as far as the backward pass needs it. */
interface RecordingArena extends Recording, Arena {
  slotOf(tensor: Tensor): number;
  isFromGradients(tensor: Tensor): boolean;
  gradientAmong(slots: readonly number[]): number;
}

/** Start of a backward pass: a result, and the gradient of something with respect to it. */
export interface Start {
  /** A result of recorded ops. */
  readonly y: Tensor;
  /**
   * Gradient with respect to y, of its shape and dtype; ones by default, which y must be a scalar
   * for.
   */
  readonly seed?: Tensor;
}

/**
 * Computes the gradients of `<y, seed>`, summed over all starts, with respect to every tensor of
 * `structure`; see {@link Tape.gradient}.
 */
export function runBackward<S>(tape: RecordingArena, starts: readonly Start[], structure: S): S {
  return withAdjoints(tape, [], (adjoints, scratch) => {
    walk(tape, starts, wantedSlots(tape, structure), adjoints, scratch);
    return mapStructure("compute gradient", structure, (tensor) => {
      const dx = adjoints.get(tape.slotOf(tensor));
      return dx === undefined
        ? zerosLike(tensor)
        : handOver(tensor, scratch.lend(dx, tape), scratch);
    });
  });
}

/**
 * Computes the same gradients of watched tensors before they are added up: for each tensor what
 * goes into its gradient, in the order in which it is to be added. So a part of a graph that is
 * walked by itself gives the same sums, to the last bit, as if it were walked with the whole.
 */
export function runBackwardApart(
  tape: RecordingArena,
  starts: readonly Start[],
  tensors: readonly Tensor[],
): Tensor[][] {
  const wanted = wantedSlots(tape, tensors);
  return withAdjoints(tape, wanted, (adjoints, scratch) => {
    walk(tape, starts, wanted, adjoints, scratch);
    return tensors.map((tensor) =>
      adjoints.summands(tape.slotOf(tensor))
        .map((dx) => handOver(tensor, scratch.lend(dx, tape), scratch))
    );
  });
}

/** Runs `use` with a place for gradients, by slot or apart, and one for what rules make. */
function withAdjoints<Result>(
  tape: RecordingArena,
  apart: Iterable<number>,
  use: (adjoints: Adjoints, scratch: Scratch) => Result,
): Result {
  return scoped(
    new Scratch(tape.profiler),
    (scratch) => scoped(new Adjoints(tape, scratch, apart), (adjoints) => use(adjoints, scratch)),
  );
}

/** Walks from the starts back to the wanted tensors. */
function walk(
  tape: RecordingArena,
  starts: readonly Start[],
  wanted: ReadonlySet<number>,
  adjoints: Adjoints,
  scratch: Scratch,
): void {
  const startSlots = starts.map(({ y, seed }) => {
    checkSeed(y, seed);
    return startSlot(tape, y);
  });
  starts.forEach(({ y, seed }, i) => {
    adjoints.add(startSlots[i], seed ?? scratch.adopt(onesLike(y)));
    scratch.empty();
  });
  const needed = slotsThatDependOn(wanted, tape);
  try {
    for (let i = tape.entries.length - 1; i >= 0; i--) {
      const { output } = tape.entries[i];
      const dy = needed[output] === 1 ? adjoints.get(output) : undefined;
      if (dy === undefined) continue;
      const isWanted = wanted.has(output);
      // Rules spend what they read last; what is read afterwards they get as another tensor.
      const lent = isWanted ? scratch.lend(dy, tape) : dy;
      propagate(tape, i, lent, needed, adjoints, scratch);
      scratch.empty();
      if (!isWanted) adjoints.release(output);
    }
  } finally {
    tape.profiler?.leaveRule();
  }
}

/** Runs the rules of entry `at` and adds what they give to the gradients of its inputs. */
function propagate(
  tape: RecordingArena,
  at: number,
  dy: Tensor,
  needed: Uint8Array,
  adjoints: Adjoints,
  scratch: Scratch,
): void {
  const entry = tape.entries[at];
  const { op, attributes, inputs } = entry;
  if (inputs.some((slot) => slot >= 0 && needed[slot] === 1)) checkReadsNoGradient(tape, entry);
  tape.profiler?.enterRule(at, -1);
  const rules = op.backward(dy, lendSaved(tape, entry, scratch), attributes);
  inputs.forEach((slot, i) => {
    if (slot < 0 || needed[slot] === 0) return;
    const { name, index } = inputPlace(op, i);
    const rule = rules[name];
    if (rule === undefined) {
      throw new TypeError(
        `Cannot compute gradient: op ${op.name} must return a gradient or null for each input: ` +
          `nothing for ${name}`,
      );
    }
    if (rule === null) return;
    tape.profiler?.enterRule(at, i);
    const given = index === undefined ? rule() : rule(index);
    for (const gradient of [given].flat()) {
      checkGradientFits(op, inputLabel(op, i), tape.slots[slot], gradient);
      adjoints.add(slot, gradient);
    }
  });
}

/** Lends the saved tensors of an entry by name, as backward may use them. */
function lendSaved(
  tape: RecordingArena,
  { op, saved }: TapeEntry,
  scratch: Scratch,
): Record<string, Tensor | Tensor[] | undefined> {
  const lent: Record<string, Tensor | Tensor[] | undefined> = {};
  for (const { name, isList } of declarationsOf(op).inputs) if (isList) lent[name] = [];
  for (const { name, tensor, version } of saved) {
    if (tensor !== undefined) checkUnchanged(op, name, tensor, version);
    const lending = tensor && scratch.lend(tensor, tape);
    const list = lent[name];
    if (Array.isArray(list)) list.push(lending!);
    else lent[name] = lending;
  }
  return lent;
}

function checkUnchanged(op: AnyOp, name: string, tensor: Tensor, version: number): void {
  if (!tensor.isDisposed && internals.version(tensor) === version) return;
  const what = tensor.isDisposed ? "disposed of" : "changed in place (an optimizer step?)";
  throw new TypeError(
    `Cannot compute gradient: what backward reads must stay as it was: ${name} of op ` +
      `${op.name}, ${tensor.dtype} ${formatShape(tensor.shape)}, was ${what}`,
  );
}

/** Marks every slot through which a wanted one reaches the end of the tape. */
function slotsThatDependOn(wanted: ReadonlySet<number>, tape: Recording): Uint8Array {
  const depends = new Uint8Array(tape.slots.length);
  for (const slot of wanted) depends[slot] = 1;
  for (const { inputs, output } of tape.entries) {
    if (inputs.some((slot) => slot >= 0 && depends[slot] === 1)) depends[output] = 1;
  }
  return depends;
}

function wantedSlots(tape: RecordingArena, structure: unknown): Set<number> {
  const leaves = leavesOf("compute gradient", structure);
  return new Set(leaves.map(({ path, tensor }) => {
    const slot = tape.slotOf(tensor);
    if (slot !== UNRECORDED) return slot;
    internals.array(tensor); // where it has been freed, this says so
    throw new TypeError(
      `Cannot compute gradient: each tensor must be watched by this tape before it is used: ` +
        `${path || "the tensor"}, ${tensor.dtype} ${formatShape(tensor.shape)}, is not`,
    );
  }));
}

function startSlot(tape: RecordingArena, y: Tensor): number {
  const slot = tape.slotOf(y);
  if (slot !== UNRECORDED) return slot;
  internals.array(y); // where it has been freed, this says so
  if (tape.isFromGradients(y)) throw dependsOnGradient(y, "y is made of them alone");
  throw new TypeError(
    `Cannot compute gradient: y must be computed from tensors that this tape watches: ` +
      `y is ${y.dtype} ${formatShape(y.shape)}; watch the parameters before they are used`,
  );
}

/** Throws where an input that needs no gradient here is one, whose own gradient would be missing. */
function checkReadsNoGradient(tape: RecordingArena, { op, inputs }: TapeEntry): void {
  const slot = tape.gradientAmong(inputs);
  if (slot >= 0) throw dependsOnGradient(tape.slots[slot], `op ${op.name} reads one`);
}

/** Makes the error for what would lack the gradient of a gradient. */
function dependsOnGradient({ dtype, shape }: Pick<Slot, "dtype" | "shape">, what: string): Error {
  return new TypeError(
    `Cannot compute gradient: y must not depend on gradients of the same tape, which are ` +
      `constants to it: ${what}, ${dtype} ${formatShape(shape)}; compute them on a tape inside ` +
      `this one or with grad(f), or pass them through stopGradient where they are constants`,
  );
}

/** Throws unless a gradient can start at y. */
export function checkSeed(y: Tensor, seed: Tensor | undefined): void {
  checkDifferentiable(y);
  if (seed === undefined && y.size !== 1) {
    throw new ShapeError(
      `Cannot compute gradient: y must be a scalar unless a seed is given: y is ` +
        `${formatShape(y.shape)}; reduce it with sum(y) or mean(y), or pass { seed }`,
    );
  }
  if (seed !== undefined && (!sameShape(seed.shape, y.shape) || seed.dtype !== y.dtype)) {
    throw new ShapeError(
      `Cannot compute gradient: seed must have y's shape and dtype: seed is ${seed.dtype} ` +
        `${formatShape(seed.shape)}, y is ${y.dtype} ${formatShape(y.shape)}`,
    );
  }
}

/** Throws where y is of integers: a gradient of it would be zeros, and hide a mistake. */
export function checkDifferentiable(y: Tensor): void {
  if (isFloat(y.dtype)) return;
  throw new ShapeError(
    `Cannot compute gradient: y must be float32 or float64: y is ${y.dtype} ` +
      `${formatShape(y.shape)}; no gradient flows through integers`,
  );
}

function checkGradientFits(
  op: AnyOp,
  name: string,
  input: Slot,
  gradient: Tensor | PartialGradient,
): void {
  if (gradient.dtype === input.dtype && sameShape(gradient.shape, input.shape)) return;
  throw new ShapeError(
    `Cannot compute gradient: op ${op.name} must return a gradient of ${name}'s shape and ` +
      `dtype: ${name} is ${input.dtype} ${formatShape(input.shape)}, its gradient is ` +
      `${gradient.dtype} ${formatShape(gradient.shape)}`,
  );
}

/** Makes a finished gradient known to all that know its tensor; the innermost of them owns it. */
function handOver(tensor: Tensor, gradient: Tensor, scratch: Arena): Tensor {
  const known = internals.tracks(gradient).filter(({ ref }) => ref !== scratch.ref);
  const tracks = mergedTracks(known, internals.tracks(tensor).map(({ ref }) => ref.unrecorded));
  internals.setTracks(gradient, tracks);
  const innermost = innermostOf(tracks);
  if (innermost !== null) internals.setOwner(gradient, innermost);
  return gradient;
}

function onesLike(x: Tensor): Tensor {
  return internals.create(x.backend, x.backend.kernels.fill(x.shape, x.dtype, 1));
}

/**
 * Makes zeros for a gradient that nothing reaches; they belong where results of the tensor would.
 */
export function zerosLike(x: Tensor): Tensor {
  return adoptLike(x, internals.create(x.backend, x.backend.kernels.fill(x.shape, x.dtype, 0)));
}
