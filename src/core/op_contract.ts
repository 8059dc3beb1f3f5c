/**
 * The contract of an operation, and the names of its inputs: what tapes, drawings and exports know
 * of one.
 *
 * @module
 */
import type { Kernels, NdArray } from "../backends/kernels.ts";
import type { PartialGradient } from "./partial_gradient.ts";
import type { Tensor } from "./tensor.ts";

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
  & {
    [N in InputName<Exclude<Names[number], `${string}[]`>>]:
      | (() => Tensor | PartialGradient)
      | null;
  }
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
  /** Names of what backward reads; a tape holds on to nothing else that is freed elsewhere. */
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

/** Tensors that backward declared that it reads: inputs by name, and the output as `y`. */
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

/** A declared input, taken apart. */
export interface DeclaredInput {
  /** Name without marks. */
  readonly name: string;
  readonly isOptional: boolean;
  readonly isList: boolean;
  /** True if backward reads it: a tape may save it, so that it has to stay as it is. */
  readonly isRead: boolean;
}

/** An entry of `reads`, looked up. */
export interface DeclaredRead {
  readonly name: string;
  /** Place among the declared inputs; -1 for the output. */
  readonly at: number;
}

/** Declarations of an op, taken apart. */
export interface Declarations {
  readonly inputs: readonly DeclaredInput[];
  readonly reads: readonly DeclaredRead[];
}

/** Declarations of the ops that were defined or applied so far. */
const known = /* @__PURE__ */ new WeakMap<object, Declarations>();

/** Returns the declarations of an op, taken apart when it is defined, or else at its first use. */
export function declarationsOf(op: Pick<AnyOp, "inputs" | "reads">): Declarations {
  const found = known.get(op);
  if (found !== undefined) return found;
  const inputs = op.inputs.map((declared): DeclaredInput => {
    const name = declared.replace(/(\?|\[\])$/, "");
    return {
      name,
      isOptional: declared.endsWith("?"),
      isList: declared.endsWith("[]"),
      isRead: op.reads.includes(name),
    };
  });
  const reads = op.reads.map((name) => ({
    name,
    at: inputs.findIndex((input) => input.name === name),
  }));
  const declarations = { inputs, reads };
  known.set(op, declarations);
  return declarations;
}

/** Name of an input of an application, and its index where it is in a list. */
export interface InputPlace {
  readonly name: string;
  /** Place in a list; undefined outside of lists. */
  readonly index: number | undefined;
}

/** Finds input `i` of an application of an op: those of a list come last, one after the other. */
export function inputPlace(op: AnyOp, i: number): InputPlace {
  const { inputs } = declarationsOf(op);
  const last = inputs.length - 1;
  const { name, isList } = inputs[Math.min(i, last)];
  return { name, index: isList ? i - last : undefined };
}

/** Names an input of an application: `x`, or `x[2]` in a list. */
export function inputLabel(op: AnyOp, i: number): string {
  const { name, index } = inputPlace(op, i);
  return index === undefined ? name : `${name}[${index}]`;
}
