/**
 * A function applied as one entry of the tape: what `checkpoint` and `customGrad` have in common.
 *
 * @module
 */
import { Arena, arenasOf } from "../core/arena.ts";
import { checkIsTensor } from "../core/grad.ts";
import { noteResult } from "../core/op.ts";
import type { AnyOp } from "../core/op_contract.ts";
import { scoped } from "../core/scoped.ts";
import { formatShape } from "../core/shape.ts";
import { type Leaf, replaceTensors } from "../core/structure.ts";
import { internals, type Tensor } from "../core/tensor.ts";
import { UNRECORDED } from "../core/track.ts";

/** Name and backward pass of an entry. */
export interface OpaqueRules {
  /** Name of the entry in drawings and tables. */
  readonly name: string;
  /** True if backward reads the result. */
  readonly readsResult: boolean;
  /** Makes the gradients of the tensors among the arguments, by path; null where there is none. */
  backward(
    dy: Tensor,
    args: readonly unknown[],
    y: Tensor | undefined,
  ): Record<string, (() => Tensor | readonly Tensor[]) | null>;
}

/** Options of an entry of the tape that is a whole function. */
export interface EntryOptions {
  /** Name in drawings, tables and errors; by default it is made of the function's own name. */
  readonly name?: string;
}

/** The names of the options. */
export const ENTRY_OPTIONS = "name";

/** Lists the tensors anywhere in arguments, with their paths: `[0].w`. */
export function tensorLeaves(args: readonly unknown[]): Leaf[] {
  const leaves: Leaf[] = [];
  replaceTensors(args, (tensor, path) => {
    leaves.push({ path, tensor });
    return tensor;
  });
  return leaves;
}

/** Runs f unrecorded, frees what it made but its result, and records it as one entry. */
export function applyOpaque<Args extends readonly unknown[]>(
  f: (...args: Args) => Tensor,
  args: Args,
  rules: OpaqueRules,
): Tensor {
  const leaves = tensorLeaves(args);
  const tensors = leaves.map(({ tensor }) => tensor);
  const around = arenasOf(tensors);
  const profiler = around.find((arena) => arena.profiler !== null)?.profiler;
  const mark = profiler?.begin();
  return scoped(new Arena(profiler), (arena) => {
    const standIns = replaceTensors(
      args,
      (t) => arena.follow(internals.alias(t, { tracks: [], owner: arena })),
    );
    const result: unknown = f(...standIns);
    checkIsTensor(`apply ${rules.name}`, result);
    checkClosed(rules.name, result);
    const y = internals.alias(result, { tracks: [], owner: around.at(-1) ?? null });
    noteResult(opOf(args, leaves, rules), undefined, tensors, y, mark);
    return y;
  });
}

/**
 * Throws where a tape knows the result although no argument led there: f reads a watched tensor
 * from outside, whose gradient would be lost.
 */
function checkClosed(name: string, result: Tensor): void {
  if (internals.tracks(result).every(({ slot }) => slot === UNRECORDED)) return;
  throw new TypeError(
    `Cannot apply ${name}: the function must be given every watched tensor as an argument: its ` +
      `result, ${result.dtype} ${formatShape(result.shape)}, depends on one that it reads from ` +
      "outside",
  );
}

function opOf(args: readonly unknown[], leaves: readonly Leaf[], rules: OpaqueRules): AnyOp {
  const paths = leaves.map(({ path }) => path);
  return {
    name: rules.name,
    inputs: paths,
    reads: rules.readsResult ? [...paths, "y"] : paths,
    forward: () => {
      throw new TypeError(
        `Cannot apply ${rules.name}: it must be called as a function: it is no op of a backend`,
      );
    },
    backward: (dy, saved) => {
      // No input is a list: each is a tensor at its path.
      const tensors = saved as Readonly<Record<string, Tensor | undefined>>;
      const restored = replaceTensors(args, (t, path) => tensors[path] ?? t);
      return { ...noGradients(paths), ...rules.backward(dy, restored, tensors.y) };
    },
  };
}

function noGradients(paths: readonly string[]): Record<string, null> {
  return Object.fromEntries(paths.map((path) => [path, null]));
}
