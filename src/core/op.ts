/**
 * Defining an operation, and applying it: what an operation's file imports.
 *
 * @module
 */
import type { Backend, NdArray } from "../backends/kernels.ts";
import { adoptLike, type Arena, arenasOf } from "./arena.ts";
import { kindOf } from "./kind_of.ts";
import { type AnyOp, declarationsOf, type InputName, type Inputs, type Op } from "./op_contract.ts";
import { type ProfileMark, startTimer } from "./profiler.ts";
import { internals, Tensor } from "./tensor.ts";
import { type Track, UNRECORDED } from "./track.ts";

export type { Gradients, Inputs, Op, Saved } from "./op_contract.ts";

/**
 * Defines an operation. Yours gets the tape, the drawing, the checker and the backends like
 * any of the library's own.
 *
 * The type demands a gradient entry for every input: a forgotten one does not compile.
 *
 * @example `y = x³`, with a gradient of any order
 * ```ts
 * import { apply, checkGrad, defineOp, mul, square, type Tensor, tensor } from "@tapegrad/tapegrad";
 *
 * const cubeOp = defineOp({
 *   name: "cube",
 *   inputs: ["x"],
 *   reads: ["x"],
 *   forward: (k, { x }) => {
 *     const values = k.read(x).map((v) => v ** 3);
 *     return k.create({ shape: x.shape, dtype: x.dtype, data: values });
 *   },
 *   backward: (dy, { x }) => ({ x: () => mul(dy, mul(square(x), 3)) }),
 * });
 *
 * function cube(x: Tensor): Tensor {
 *   return apply(cubeOp, { x });
 * }
 *
 * checkGrad(cube, [tensor([1, -2, 3], { dtype: "float64" })], { order: 2 });
 * ```
 *
 * @param op name, inputs, what backward reads, forward and backward.
 * @returns the same operation, with its types inferred.
 * @throws {TypeError} if two inputs share a name, `reads` names no input, or a list is not last.
 */
export function defineOp<
  const Names extends readonly string[],
  const Reads extends InputName<Names[number]> | "y",
  G = void,
>(op: Op<Names, Reads, G>): Op<Names, Reads, G> {
  const { inputs } = declarationsOf(op);
  const names = inputs.map(({ name }) => name);
  if (new Set([...names, "y"]).size !== names.length + 1) {
    throw new TypeError(
      `Cannot define op ${op.name}: inputs must have different names, none of them y: ` +
        `got ${names.join(", ")}`,
    );
  }
  const unknown = op.reads.find((name) => name !== "y" && !names.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot define op ${op.name}: reads must name inputs or y: got ${unknown}, ` +
        `inputs are ${names.join(", ")}`,
    );
  }
  if (inputs.slice(0, -1).some(({ isList }) => isList)) {
    throw new TypeError(
      `Cannot define op ${op.name}: only the last input may be a list: ` +
        `inputs are ${op.inputs.join(", ")}`,
    );
  }
  return op;
}

/**
 * Applies an operation: runs its forward on the backend of its inputs and records it on every
 * tape that tracks one of them. The output belongs to the innermost tape or arena that
 * follows an input.
 *
 * @example
 * ```ts
 * import { apply, defineOp, mul, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const scaleOp = defineOp({
 *   name: "scale",
 *   inputs: ["x"],
 *   reads: [], // backward needs no tensor of forward's
 *   forward: (k, { x }, factor: number) => {
 *     const data = k.read(x).map((v) => v * factor);
 *     return k.create({ shape: x.shape, dtype: x.dtype, data });
 *   },
 *   backward: (dy, _saved, factor) => ({ x: () => mul(dy, factor) }),
 * });
 * const scale = (x: Tensor, factor: number) => apply(scaleOp, { x }, factor);
 * assertEquals(scale(tensor([1, 2]), 3).toArray(), [3, 6]);
 * ```
 *
 * @param op the operation, from {@link defineOp}.
 * @param inputs its inputs by name.
 * @param attributes what forward and backward get as `g`; nothing for an op without options.
 * @returns the output.
 * @throws {TypeError} if an input is missing, disposed, or on another backend than the first, or
 * there is none at all.
 */
export function apply<const Names extends readonly string[], Reads extends string, G>(
  op: Op<Names, Reads, G>,
  inputs: Inputs<Names, Tensor>,
  ...attributes: G extends void ? [] : [g: G]
): Tensor {
  return applyErased(op as unknown as AnyOp, inputs, attributes[0]);
}

/** Inputs of an application of an op, with their types erased. */
type ErasedInputs = Readonly<Record<string, Tensor | readonly Tensor[] | undefined>>;

function applyErased(op: AnyOp, inputs: ErasedInputs, g: unknown): Tensor {
  const tensors = tensorsOf(op, inputs);
  const present = presentOf(tensors);
  const backend = commonBackend(op, present);
  const arrays = arraysOf(op, tensors);
  const arenas = arenasOf(present);
  const profiler = arenas.find(({ profiler }) => profiler !== null)?.profiler;
  const mark = profiler?.begin();
  const inLoops = profiler ? fallbacksOf(backend) : 0;
  const stop = profiler && startTimer(backend);
  const result = op.forward(backend.kernels, arrays, g);
  if (profiler) {
    const time = stop!();
    const fallbacks = fallbacksOf(backend) - inLoops;
    profiler.add(op.name, time, op.flops?.(g) ?? 0, bytesMoved(present, result), fallbacks);
  }
  const y = wrap(backend, result, present, arenas.at(-1));
  noteIn(arenas, op, g, tensors, y, mark);
  return y;
}

/**
 * Makes y, which an op has made of `inputs`, known to every arena that knows an input; tapes among
 * them take note of the op, and of what was timed since `mark`.
 */
export function noteResult(
  op: AnyOp,
  g: unknown,
  inputs: readonly (Tensor | undefined)[],
  y: Tensor,
  mark?: ProfileMark,
): void {
  noteIn(arenasOf(presentOf(inputs)), op, g, inputs, y, mark);
}

function noteIn(
  arenas: readonly Arena[],
  op: AnyOp,
  g: unknown,
  inputs: readonly (Tensor | undefined)[],
  y: Tensor,
  mark?: ProfileMark,
): void {
  // They save y as all of them know it: in a gradient of a gradient it is no constant.
  internals.setTracks(
    y,
    arenas.map((arena): Track => {
      const slot = arena.slotOfResult(inputs, y);
      return slot === UNRECORDED ? arena.ref.unrecorded : { ref: arena.ref, slot };
    }),
  );
  for (const arena of arenas) arena.record(op, g, inputs, y, mark);
}

/** Lists the inputs in the order of their declarations: undefined where one may be absent. */
function tensorsOf(op: AnyOp, given: ErasedInputs): (Tensor | undefined)[] {
  const tensors: (Tensor | undefined)[] = [];
  for (const { name, isOptional, isList } of declarationsOf(op).inputs) {
    const value: unknown = given[name];
    if (isList) {
      for (const tensor of checkedList(op, name, value)) tensors.push(tensor);
    } else {
      if (value !== undefined || !isOptional) checkTensor(op, name, value);
      tensors.push(value as Tensor | undefined);
    }
  }
  return tensors;
}

function presentOf(tensors: readonly (Tensor | undefined)[]): readonly Tensor[] {
  return tensors.includes(undefined)
    ? tensors.filter((t) => t !== undefined)
    : tensors as readonly Tensor[];
}

/** Collects the inputs of forward, by name. */
function arraysOf(
  op: AnyOp,
  tensors: readonly (Tensor | undefined)[],
): Record<string, NdArray | readonly NdArray[] | undefined> {
  const arrays: Record<string, NdArray | readonly NdArray[] | undefined> = {};
  declarationsOf(op).inputs.forEach(({ name, isList, isRead }, i) => {
    // An input that a tape may save has to stay as it is.
    const arrayOf = isRead ? internals.array : internals.lastArray;
    const t = tensors[i];
    arrays[name] = isList ? presentOf(tensors.slice(i)).map(arrayOf) : t && arrayOf(t);
  });
  return arrays;
}

/** Calls of kernels that have run in plain loops so far. */
function fallbacksOf(backend: Backend): number {
  return backend.fallbacks?.total ?? 0;
}

/** Counts the bytes of inputs and output. */
function bytesMoved(inputs: readonly Tensor[], output: NdArray): number {
  return inputs.reduce((sum, { bytes }) => sum + bytes, output.storage.bytes);
}

function checkedList(op: AnyOp, name: string, value: unknown): readonly Tensor[] {
  if (!Array.isArray(value)) {
    throw new TypeError(
      `Cannot apply ${op.name}: ${name} must be a list of tensors: got ${kindOf(value)}`,
    );
  }
  value.forEach((element, i) => checkTensor(op, `${name}[${i}]`, element));
  return value;
}

function checkTensor(op: AnyOp, name: string, value: unknown): void {
  if (value instanceof Tensor) return;
  throw new TypeError(`Cannot apply ${op.name}: ${name} must be a tensor: got ${kindOf(value)}`);
}

function commonBackend(op: AnyOp, present: readonly Tensor[]): Backend {
  if (present.length === 0) {
    throw new TypeError(`Cannot apply ${op.name}: it must be given a tensor: got none`);
  }
  const { backend } = present[0];
  const stranger = present.find((t) => t.backend !== backend);
  if (stranger !== undefined) {
    throw new TypeError(
      `Cannot apply ${op.name}: all inputs must be on one backend: ` +
        `found ${backend.name} and ${stranger.backend.name}`,
    );
  }
  return backend;
}

/**
 * Makes a tensor of the result; on the memory of an input where forward returned that (reshape).
 */
function wrap(
  backend: Backend,
  result: NdArray,
  present: readonly Tensor[],
  owner: Arena | undefined,
): Tensor {
  const source = present.find((t) => internals.array(t).storage === result.storage);
  return source === undefined
    ? internals.create(backend, result, owner)
    : internals.alias(source, { tracks: [], shape: result.shape, owner });
}

/**
 * Says in a rule of a backward that it reads dy once more and never again. The op that it is given
 * to may then write its result into dy's memory, where no other tensor shows that: a pass over the
 * memory is saved, and a block of it.
 */
export function spend(dy: Tensor): Tensor {
  internals.spend(dy);
  return dy;
}

/**
 * Makes a tensor that shares memory with `x` but through which no gradient flows.
 *
 * - **Formula**: `y = x`.
 * - **Shapes**: any.
 * - **Gradient**: none, to any order: every tape takes y for a constant.
 * - **Edge cases**: NaN stays NaN.
 * - **Source**: `lax.stop_gradient` of JAX, `detach` of PyTorch.
 *
 * @example
 * ```ts
 * import { grad, mul, stopGradient, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const f = (x: Tensor) => mul(x, stopGradient(x));
 * assertEquals(grad(f)(tensor(3)).item(), 3); // not 6
 * ```
 *
 * @param x any tensor.
 * @returns the same elements as a constant; owned by the tape that owns x's results.
 */
export function stopGradient(x: Tensor): Tensor {
  return adoptLike(x, internals.alias(x, { tracks: [] }));
}
