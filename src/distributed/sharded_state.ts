/**
 * States of optimizers of pieces, joined to that of one optimizer for all, and cut again.
 *
 * @module
 */
import { tensor } from "../core/create.ts";
import type { TypedArray } from "../core/dtype.ts";
import { printable } from "../core/printable.ts";
import type { Shape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import type { OptimizerState } from "../optim/mod.ts";
import { joinArrays } from "./gather.ts";
import type { Piece } from "./pieces.ts";

type Value = OptimizerState[string];

/** Shapes of the parameters, by their paths. */
export type Shapes = ReadonlyMap<string, Shape>;

function isState(value: Value | undefined): value is OptimizerState {
  return typeof value === "object" && !(value instanceof Tensor);
}

/** Joins the states of all ranks, in their order: pieces of tensors one after the other. */
export function joinStates(states: readonly OptimizerState[], shapes: Shapes): OptimizerState {
  const join = (values: readonly Value[], path: string | undefined): Value => {
    const [first] = values;
    if (first instanceof Tensor) return joinTensors(values as readonly Tensor[], path, shapes);
    if (!isState(first)) return first;
    const groups = values as readonly OptimizerState[];
    const names = new Set(groups.flatMap((group) => Object.keys(group)));
    return Object.fromEntries([...names].map((name) => {
      const children = groups.filter((group) => Object.hasOwn(group, name));
      const inside = shapes.has(name) ? name : path;
      return [name, join(children.map((group) => group[name]), inside)];
    }));
  };
  return join(states, undefined) as OptimizerState;
}

function joinTensors(
  pieces: readonly Tensor[],
  path: string | undefined,
  shapes: Shapes,
): Tensor {
  const shape = path === undefined ? undefined : shapes.get(path);
  if (shape === undefined) {
    throw new TypeError(
      "Cannot join states of the optimizer: every tensor must belong to a parameter: one under " +
        `${printable(path ?? "no parameter")} does not`,
    );
  }
  const { dtype, backend } = pieces[0];
  const elements = joinArrays(pieces.map((piece) => piece.dataSync()) as TypedArray[]);
  return tensor(elements, { shape, dtype, backend });
}

/** Cuts the state of one optimizer for all to the pieces of a rank. */
export function cutState(
  state: OptimizerState,
  pieces: readonly Piece[],
  shapes: Shapes,
): OptimizerState {
  const byPath = new Map(pieces.map((piece) => [piece.path, piece]));
  const cut = (value: Value, path: string | undefined): Value => {
    if (value instanceof Tensor) {
      const { from, to } = byPath.get(path ?? "")!;
      const { dtype, backend } = value;
      return tensor(value.dataSync().slice(from, to), { dtype, backend });
    }
    if (!isState(value)) return value;
    const entries = Object.entries(value)
      .filter(([name]) => !shapes.has(name) || byPath.has(name))
      .map(([name, child]) => [name, cut(child, shapes.has(name) ? name : path)]);
    return Object.fromEntries(entries);
  };
  return cut(state, undefined) as OptimizerState;
}
