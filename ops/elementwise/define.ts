/**
 * Definition of elementwise operations: over a kernel, with broadcasting, and numbers as operands.
 *
 * @module
 */
import type { BinaryKind, CompareKind, MapKind } from "../../src/backends/kernels.ts";
import { adoptLike } from "../../src/core/arena.ts";
import { checkFloats, checkSameDType, checkTensors } from "../../src/core/checks.ts";
import { scalarLike, tensor } from "../../src/core/create.ts";
import { type BroadcastGeometry, broadcastGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Gradients, type Op, type Saved } from "../../src/core/op.ts";
import { Tensor } from "../../src/core/tensor.ts";

/** An operand: a tensor, or a number that takes the dtype of the other operand. */
export type Operand = Tensor | number;

/** An elementwise operation of one tensor. */
export type UnaryOp<Reads extends "x" | "y"> = Op<readonly ["x"], Reads, void>;

/** An elementwise operation of two tensors that broadcast. */
export type BinaryOp<Reads extends "a" | "b" | "y"> = Op<
  readonly ["a", "b"],
  Reads,
  BroadcastGeometry
>;

/** Defines an operation of one tensor over a kernel; `gradient` computes dx. */
export function defineUnary<const Reads extends "x" | "y">(
  kind: MapKind,
  reads: readonly Reads[],
  gradient: (dy: Tensor, saved: Saved<readonly ["x"], Reads>) => Tensor,
): UnaryOp<Reads> {
  return defineOp({
    name: kind,
    inputs: ["x"],
    reads,
    forward: (k, { x }) => k.unary(kind, x),
    backward: (dy, saved) => ({ x: () => gradient(dy, saved) }),
  });
}

/** Defines an operation of one tensor that is constant between its jumps. */
export function defineFlat(kind: MapKind): UnaryOp<never> {
  return defineOp({
    name: kind,
    inputs: ["x"],
    reads: [],
    forward: (k, { x }) => k.unary(kind, x),
    backward: () => ({ x: null }),
  });
}

/** Applies an operation that is defined for floats. */
export function applyFloat<Reads extends "x" | "y">(op: UnaryOp<Reads>, x: Tensor): Tensor {
  checkFloats(`apply ${op.name}`, { x });
  return apply(op, { x });
}

/** Applies an operation that is defined for every dtype. */
export function applyAny<Reads extends "x" | "y">(op: UnaryOp<Reads>, x: Tensor): Tensor {
  checkTensors(`apply ${op.name}`, { x });
  return apply(op, { x });
}

/** Defines an operation of two tensors over a kernel; broadcasting is taken care of. */
export function defineBinary<const Reads extends "a" | "b" | "y">(
  kind: BinaryKind,
  reads: readonly Reads[],
  backward: (
    dy: Tensor,
    saved: Saved<readonly ["a", "b"], Reads>,
    g: BroadcastGeometry,
  ) => Gradients<readonly ["a", "b"]>,
): BinaryOp<Reads> {
  return defineOp({
    name: kind,
    inputs: ["a", "b"],
    reads,
    forward: (k, { a, b }, g: BroadcastGeometry) => k.binary(kind, a, b, g),
    backward,
  });
}

/** A question about two tensors that broadcast. It has no gradient. */
export type CompareOp = Op<readonly ["a", "b"], never, BroadcastGeometry>;

/** Defines a question over a kernel. */
export function defineCompare(kind: CompareKind): CompareOp {
  return defineOp({
    name: kind,
    inputs: ["a", "b"],
    reads: [],
    forward: (k, { a, b }, g: BroadcastGeometry) => k.compare(kind, a, b, g),
    backward: () => ({ a: null, b: null }),
  });
}

/** Applies an operation of two operands of one dtype; `check` may ask for floats. */
export function applyBinary<Reads extends "a" | "b" | "y">(
  op: BinaryOp<Reads> | CompareOp,
  left: Operand,
  right: Operand,
  check: typeof checkSameDType = checkSameDType,
): Tensor {
  const action = `apply ${op.name}`;
  const { a, b } = toTensors(left, right);
  check(action, { a, b });
  return apply(op, { a, b }, broadcastGeometry(action, a.shape, b.shape));
}

/**
 * Numbers made tensors of the other operand's dtype; a tape that knows it frees them. Where both are
 * numbers they become float32 on the backend of `beside`, if there is such a tensor.
 */
export function toTensors(
  left: Operand,
  right: Operand,
  beside?: Tensor,
): { a: Tensor; b: Tensor } {
  const like = left instanceof Tensor ? left : right;
  const convert = (value: Operand) => {
    if (typeof value !== "number") return value;
    if (like instanceof Tensor) return adoptLike(like, scalarLike(like, value));
    if (beside === undefined) return tensor(value);
    return adoptLike(beside, tensor(value, { backend: beside.backend }));
  };
  return { a: convert(left), b: convert(right) };
}
