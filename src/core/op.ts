/**
 * The contract of an operation, and how one is applied and recorded.
 *
 * @module
 */
import type { Backend, Kernels, NdArray } from "../backends/kernels.ts";
import { adoptLike, type Arena, arenasOf } from "./arena.ts";
import type { ProfileMark } from "./profiler.ts";
import { internals, Tensor, Track } from "./tensor.ts";

/** The name of an input without the `?` that marks it optional or the `[]` that marks a list. */
export type InputName<Declared extends string> = Declared extends `${infer Name}?` ? Name
  : Declared extends `${infer Name}[]` ? Name
  : Declared;

/**
 * An object with an entry per declared input: those declared `"name?"` may be absent, those
 * declared `"name[]"` are lists.
 */
export type Inputs<Names extends readonly string[], Value> =
  & { [N in Names[number] as N extends `${string}?` | `${string}[]` ? never : N]: Value }
  & { [N in Names[number] as N extends `${infer Name}?` ? Name : never]?: Value }
  & { [N in Names[number] as N extends `${infer Name}[]` ? Name : never]: readonly Value[] };

/**
 * Per input a function that computes its gradient, or null where there is none. For a list the
 * function is asked for one element at a time.
 */
export type Gradients<Names extends readonly string[]> =
  & { [N in InputName<Exclude<Names[number], `${string}[]`>>]: (() => Tensor) | null }
  & { [N in InputName<Extract<Names[number], `${string}[]`>>]: ((index: number) => Tensor) | null };

/**
 * An operation: how to compute it and how to differentiate it.
 *
 * @typeParam Names the declared inputs, optional ones with a `?`: `["x", "w", "bias?"]`; the last
 * may be a list of any length: `["x[]"]`.
 * @typeParam Reads what backward reads: names of inputs, `"y"` for the output.
 * @typeParam G the attributes: resolved sizes and options.
 */
export interface Op<Names extends readonly string[], Reads extends string, G> {
  /** Name in errors, drawings and tables. */
  readonly name: string;
  /** The inputs in order, optional ones with a `?`, a list (the last one only) with `[]`. */
  readonly inputs: Names;
  /** What backward reads; a tape holds on to nothing else that is freed elsewhere. */
  readonly reads: readonly Reads[];
  /** Computes the output with kernels. It must not keep or change the inputs. */
  forward(k: Kernels, inputs: Inputs<Names, NdArray>, g: G): NdArray;
  /**
   * Returns per input how to compute its gradient from `dy`, the gradient of the output.
   * It is written with ops, so that gradients have gradients; only what is asked for is run.
   */
  backward(dy: Tensor, saved: Saved<Names, Reads>, g: G): Gradients<Names>;
  /** Counts the floating-point operations of forward, for profiles; not needed. */
  flops?(g: G): number;
}

/** What backward declared that it reads: inputs by name, and the output as `y`. */
export type Saved<Names extends readonly string[], Reads extends string> = Pick<
  Inputs<Names, Tensor> & { y: Tensor },
  Reads & keyof (Inputs<Names, Tensor> & { y: Tensor })
>;

/** An operation as the tape sees it: with its types erased. */
export interface AnyOp {
  /** See {@link Op}. */
  readonly name: string;
  /** See {@link Op}. */
  readonly inputs: readonly string[];
  /** See {@link Op}. */
  readonly reads: readonly string[];
  /** See {@link Op}. */
  forward(
    k: Kernels,
    inputs: Record<string, NdArray | readonly NdArray[] | undefined>,
    g: unknown,
  ): NdArray;
  /** See {@link Op}. A gradient may come as a list of summands, to be added in their order. */
  backward(
    dy: Tensor,
    saved: Record<string, Tensor | readonly Tensor[] | undefined>,
    g: unknown,
  ): Record<string, ((...index: number[]) => Tensor | readonly Tensor[]) | null>;
  /** See {@link Op}. */
  flops?(g: unknown): number;
}

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
  const names = op.inputs.map(inputName);
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
  if (op.inputs.slice(0, -1).some(isList)) {
    throw new TypeError(
      `Cannot define op ${op.name}: only the last input may be a list: ` +
        `inputs are ${op.inputs.join(", ")}`,
    );
  }
  return op;
}

/** `"bias?"` -> `"bias"`, `"x[]"` -> `"x"`. */
export function inputName(declared: string): string {
  return declared.replace(/(\?|\[\])$/, "");
}

/** Whether an input is declared as a list. */
export function isList(declared: string): boolean {
  return declared.endsWith("[]");
}

/** What an input of an application is called: its name, and its place where it is in a list. */
export interface InputPlace {
  readonly name: string;
  /** Undefined outside of lists. */
  readonly index: number | undefined;
}

/** Input `i` of an application of an op: those of a list come last, one after the other. */
export function inputPlace(op: AnyOp, i: number): InputPlace {
  const last = op.inputs.length - 1;
  const declared = op.inputs[Math.min(i, last)];
  return { name: inputName(declared), index: isList(declared) ? i - last : undefined };
}

/** An input of an application in words: `x`, or `x[2]` in a list. */
export function inputLabel(op: AnyOp, i: number): string {
  const { name, index } = inputPlace(op, i);
  return index === undefined ? name : `${name}[${index}]`;
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

/** What an op is applied to, with its types erased. */
type ErasedInputs = Readonly<Record<string, Tensor | readonly Tensor[] | undefined>>;

function applyErased(op: AnyOp, inputs: ErasedInputs, g: unknown): Tensor {
  const tensors = op.inputs.flatMap((declared) => inputsOf(op, declared, inputs));
  const present = tensors.filter((t) => t !== undefined);
  const backend = commonBackend(op, present);
  const arrays = Object.fromEntries(op.inputs.map((declared, i) => {
    const name = inputName(declared);
    // What a tape may save has to stay as it is.
    const arrayOf = op.reads.includes(name) ? internals.array : internals.lastArray;
    const array = (t: Tensor | undefined) => t && arrayOf(t);
    const value = isList(declared) ? tensors.slice(i).map(array) : array(tensors[i]);
    return [name, value as NdArray | NdArray[] | undefined];
  }));
  const arenas = arenasOf(present);
  const profiler = arenas.find((arena) => arena.profiler !== null)?.profiler;
  const mark = profiler?.begin();
  const start = profiler ? performance.now() : 0;
  const result = op.forward(backend.kernels, arrays, g);
  if (profiler) {
    const time = performance.now() - start;
    profiler.add(op.name, time, op.flops?.(g) ?? 0, bytesMoved(present, result));
  }
  const y = wrap(backend, result, present, arenas.at(-1));
  noteResult(op, g, tensors, y, mark);
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
  const arenas = arenasOf(inputs.filter((t) => t !== undefined));
  // They save y as all of them know it: in a gradient of a gradient it is no constant.
  internals.setTracks(
    y,
    arenas.map((arena) => new Track(arena, arena.slotOfResult(inputs, y))),
  );
  for (const arena of arenas) arena.record(op, g, inputs, y, mark);
}

/** Bytes of inputs and output. */
function bytesMoved(inputs: readonly Tensor[], output: NdArray): number {
  return inputs.reduce((sum, { bytes }) => sum + bytes, output.storage.bytes);
}

/** The tensors of a declared input: one, undefined where it may be absent, or those of a list. */
function inputsOf(op: AnyOp, declared: string, inputs: ErasedInputs): (Tensor | undefined)[] {
  const name = inputName(declared);
  const value: unknown = inputs[name];
  if (!isList(declared)) {
    if (value !== undefined || name === declared) checkTensor(op, name, value);
    return [value as Tensor | undefined];
  }
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

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
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

/** A tensor of the result; on the memory of an input where forward returned that (reshape). */
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
 * A tensor that shares memory with `x` but through which no gradient flows.
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
