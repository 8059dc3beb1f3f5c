// Faults planted in the backward rules of ops, each a mistake people make: the gradient check of
// the op must find it.

import { apply, flip, mul, neg, square, sub, sum, type Tensor, transpose } from "../../../mod.ts";
import { ops } from "../../../src/backends/mod.ts";
import type { OpName } from "../../../ops/table.ts";
import type {
  ConcatGeometry,
  Conv2dGeometry,
  CumsumGeometry,
  GatherGeometry,
  Pool2dGeometry,
  ReduceGeometry,
  SliceGeometry,
} from "../../../src/core/geometry/mod.ts";
import type { AnyOp } from "../../../src/core/op_contract.ts";

/** A backward rule with its types erased. */
export type Rule = AnyOp["backward"];

/** A mistake in a backward rule. */
export interface RuleFault {
  readonly fault: string;
  /** The op whose rule is wrong. */
  readonly op: OpName;
  /** Makes the wrong rule of the right one. */
  readonly rule: (right: Rule) => Rule;
  /** The op whose check finds it; the same one by default. */
  readonly foundBy?: OpName;
}

type Saved = Record<string, Tensor>;

/** Replaces the gradient of one input. */
function replacing(
  input: string,
  wrong: (dy: Tensor, saved: Saved, right: () => Tensor, g: unknown) => Tensor,
): RuleFault["rule"] {
  return (right) => (dy, saved, g) => {
    const rules = right(dy, saved, g);
    return { ...rules, [input]: () => wrong(dy, saved as Saved, rules[input] as () => Tensor, g) };
  };
}

/** Faults of rules. */
export const ruleFaults: readonly RuleFault[] = [
  {
    fault: "conv2d with relu passes on what relu held back",
    op: "conv2dRelu",
    rule: replacing(
      "w",
      (dy, { x }, _right, g) => apply(ops.conv2dGradW, { dy, x }, g as Conv2dGeometry),
    ),
  },
  {
    fault: "dense with relu passes on what relu held back",
    op: "denseRelu",
    rule: replacing("bias", (dy) => sum(dy, { axis: 0 })),
  },
  {
    fault: "sub gives b the gradient of a",
    op: "sub",
    rule: replacing("b", (_dy, _saved, right) => neg(right())),
  },
  {
    fault: "add does not sum over what was broadcast",
    op: "add",
    rule: replacing("b", (dy) => dy),
  },
  {
    fault: "mul scales a's gradient by a",
    op: "mul",
    rule: replacing(
      "a",
      (dy, { a }, right) => String(dy.shape) === String(a.shape) ? mul(dy, a) : right(),
    ),
  },
  {
    fault: "square forgets the 2",
    op: "square",
    rule: replacing("x", (dy, { x }) => mul(dy, x)),
  },
  {
    fault: "div forgets the sign of b's gradient",
    op: "div",
    rule: replacing("b", (_dy, _saved, right) => neg(right())),
  },
  {
    fault: "exp passes dy on",
    op: "exp",
    rule: replacing("x", (dy) => dy),
  },
  {
    fault: "tanh takes y for y²",
    op: "tanh",
    rule: replacing("x", (dy, { y }) => mul(dy, sub(1, y))),
  },
  {
    fault: "sigmoid squares the wrong factor",
    op: "sigmoid",
    rule: replacing("x", (dy, { y }) => mul(dy, mul(sub(1, y), sub(1, y)))),
  },
  {
    fault: "mean gives the gradient of the sum",
    op: "mean",
    rule: replacing("x", (_dy, _saved, right, g) => mul(right(), (g as ReduceGeometry).count)),
  },
  {
    fault: "transpose does not invert the order",
    op: "transpose",
    rule: replacing("x", (dy, _saved, _right, g) => transpose(dy, (g as { axes: number[] }).axes)),
  },
  {
    fault: "concat gives every part the gradient of the first",
    op: "concat",
    rule: (right) => (dy, saved, g) => {
      const { x } = right(dy, saved, g);
      const { sizes } = g as ConcatGeometry;
      return { x: (i) => sizes[i] === sizes[0] ? x!(0) : x!(i) };
    },
  },
  {
    fault: "stack gives the parts their gradients in reverse",
    op: "stack",
    rule: (right) => (dy, saved, g) => {
      const { x } = right(dy, saved, g);
      return { x: (i) => x!((g as ConcatGeometry).sizes.length - 1 - i) };
    },
  },
  {
    fault: "flip does not flip back",
    op: "flip",
    rule: replacing("x", (dy) => dy),
  },
  {
    fault: "the gradient of slice walks back in the wrong direction",
    op: "slice",
    rule: replacing("x", (dy, _saved, right, g) => {
      if ((g as SliceGeometry).strides.every((stride) => stride >= 0)) return right();
      return apply(ops.sliceGrad, { dy: flip(dy) }, g as SliceGeometry);
    }),
  },
  {
    fault: "sliceGrad has the gradient of nothing: only the second order sees it",
    op: "sliceGrad",
    rule: (_right) => () => ({ dy: null }),
    foundBy: "sliceGrad",
  },
  {
    fault: "sliceGrads hands the first part to all: only the second order sees it",
    op: "sliceGrads",
    rule: (right) => (dy, saved, g) => {
      const rules = right(dy, saved, g) as unknown as { dy: (index: number) => Tensor };
      return { dy: (index: number) => mul(rules.dy(index), index === 0 ? 1 : 2) };
    },
    foundBy: "sliceGrads",
  },
  {
    fault: "padWithin cuts off what it added instead of adding it up",
    op: "padWithin",
    rule: replacing("x", (_dy, _saved, right) => mul(right(), 0.5)),
  },
  {
    fault: "scatterAdd gives the updates dy of the first rows",
    op: "scatterAdd",
    rule: replacing(
      "updates",
      (dy, { indices }, _right, g) =>
        apply(ops.gather, { x: dy, indices: mul(indices, 0) }, g as GatherGeometry),
    ),
  },
  {
    fault: "matmul forgets that a was transposed",
    op: "matmul",
    rule: (right) => (dy, saved, g) => right(dy, saved, { ...g as object, transposeA: false }),
  },
  {
    fault: "matmul takes the mean over what a batch repeats",
    op: "matmul",
    rule: replacing(
      "b",
      (_dy, { a, b }, right) =>
        a.rank > 2 && b.rank === 2 ? mul(right(), 1 / Math.max(a.shape[0], 1)) : right(),
    ),
  },
  {
    fault: "dense takes the first row for the bias's gradient",
    op: "dense",
    rule: replacing("bias", (dy) => mul(sum(dy, { axis: 0 }), 1 / Math.max(dy.shape[0], 1))),
  },
  {
    fault: "conv2d's gradient of the bias forgets the batch",
    op: "conv2d",
    rule: replacing("bias", (dy, _saved, right) => mul(right(), 1 / Math.max(dy.shape[0], 1))),
  },
  {
    fault: "conv2dGradX mixes up dy and x: only the second order sees it",
    op: "conv2dGradX",
    rule: replacing("w", (ddx, { dy }, right, g) => {
      const { xShape, yShape } = g as Conv2dGeometry;
      if (String(xShape) !== String(yShape)) return right();
      return apply(ops.conv2dGradW, { dy: ddx, x: dy }, g as Conv2dGeometry);
    }),
    foundBy: "conv2d",
  },
  {
    fault: "maxPoolGrad gathers the maxima of what it should gather: only the second order sees it",
    op: "maxPoolGrad",
    rule: (_right) => (ddx, _saved, g) => ({
      dy: () => apply(ops.maxPool, { x: ddx }, g as Pool2dGeometry),
      x: null,
    }),
    foundBy: "maxPool",
  },
  {
    fault: "pow forgets the exponent",
    op: "pow",
    rule: replacing(
      "a",
      (dy, { a, y }, right) => String(dy.shape) === String(a.shape) ? mul(dy, y) : right(),
    ),
  },
  {
    fault: "maximum charges what it should pay",
    op: "maximum",
    rule: replacing("a", (_dy, _saved, right) => neg(right())),
  },
  {
    fault: "silu takes its second derivative for 0: only the second order sees it",
    op: "siluGrad",
    rule: replacing("x", (_dy, { x }) => mul(x, 0)),
    foundBy: "silu",
  },
  {
    fault: "where pays b for what was not taken",
    op: "where",
    rule: replacing("b", (_dy, _saved, right) => neg(right())),
  },
  {
    fault: "the gradient of running sums runs the same way",
    op: "cumsum",
    rule: replacing(
      "x",
      (dy, _saved, _right, g) => apply(ops.cumsum, { x: dy }, g as CumsumGeometry),
    ),
  },
  {
    fault: "prod has no gradient where an element is 0",
    op: "prod",
    rule: replacing("x", (_dy, { x }, right) => mul(right(), square(x))),
  },
  {
    fault: "relu's gradient has no gradient: only the second order sees it",
    op: "reluGrad",
    rule: (_right) => () => ({ dy: null, x: null }),
    foundBy: "relu",
  },
  {
    fault: "softmax forgets what rows have in common",
    op: "softmax",
    rule: replacing("x", (dy, { y }) => mul(dy, mul(y, sub(1, y)))),
  },
  {
    fault: "softmaxCEGrad takes the probabilities for constant: only the second order sees it",
    op: "softmaxCEGrad",
    rule: (right) => (ddx, saved, g) => ({ ...right(ddx, saved, g), logits: null }),
    foundBy: "softmaxCE",
  },
  {
    fault: "mseGrad forgets the 2 of the second derivative",
    op: "mseGrad",
    rule: replacing("x", (_ddx, _saved, right) => mul(right(), 0.5)),
    foundBy: "mse",
  },
  {
    fault: "huberGrad takes the whole line for the square's part: only the second order sees it",
    op: "huberGrad",
    rule: replacing("x", (ddx, { dy }) => mul(ddx, dy)),
    foundBy: "huber",
  },
  {
    fault: "sigmoidFocalGrad has the curvature of the cross entropy: only the second order sees it",
    op: "sigmoidFocalGrad",
    rule: (right) => (ddx, saved, g) => right(ddx, saved, { ...g as object, gamma: 0 }),
    foundBy: "sigmoidFocal",
  },
  {
    fault: "normalizeGrad takes what is normalised for constant: only the second order sees it",
    op: "normalizeGrad",
    rule: (right) => (ddx, saved, g) => ({ ...right(ddx, saved, g), x: null }),
    foundBy: "normalize",
  },
  {
    fault: "normalizeBy forgets the root in the gradient of a variance",
    op: "normalizeBy",
    rule: replacing("moments", (_dy, _saved, right) => mul(right(), 2)),
  },
  {
    fault: "klDiv gives the target the gradient of the predictions",
    op: "klDiv",
    rule: (right) => (dy, saved, g) => {
      const rules = right(dy, saved, g);
      return { ...rules, target: rules.x };
    },
  },
];

/** Runs something while an op has another backward rule. */
export function withRule(name: OpName, makeRule: RuleFault["rule"], run: () => void): void {
  const op = ops[name] as unknown as AnyOp;
  const right = op.backward;
  op.backward = makeRule(right.bind(op));
  try {
    run();
  } finally {
    op.backward = right;
  }
}
