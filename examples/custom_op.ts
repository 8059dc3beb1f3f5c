/**
 * An operation of your own: swish, `y = x / (1 + exp(-x))`, with its gradient, checked and trained.
 *
 *     deno run examples/custom_op.ts
 *     deno run examples/custom_op.ts --help
 *
 * Three steps: say what the operation computes and what its gradient is; let `checkGrad` compare
 * the gradient with numerical differentiation; use it in a network like any other operation.
 *
 * Source: P. Ramachandran, B. Zoph, Q. V. Le: "Searching for activation functions", 2017.
 *
 * @module
 */
import {
  adam,
  add,
  apply,
  defineOp,
  dense,
  linspace,
  mean,
  mul,
  type Op,
  Random,
  reshape,
  sigmoid,
  square,
  sub,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "@tapegrad/tapegrad";
import { glorotUniform } from "@tapegrad/tapegrad/nn";
import { checkGrad, GradientError } from "@tapegrad/tapegrad/testing";

// --- 1. The operation -----------------------------------------------------------------------------

/** Computes `x sigmoid(x)`, element by element; in float32 and float64. */
export function swish(x: Tensor): Tensor {
  return apply(swishOp, { x });
}

const swishOp: Op<readonly ["x"], "x", void> = defineOp({
  name: "swish",
  inputs: ["x"],
  // Inputs that the gradient needs; all else may be freed once the operation has run.
  reads: ["x"],
  // A plain loop over elements, for any backend.
  forward: (k, { x }) => {
    const data = k.read(x).map((v) => v / (1 + Math.exp(-v)));
    return k.create({ shape: x.shape, dtype: x.dtype, data });
  },
  // dx = dy (s + x s (1 - s)) with s = sigmoid(x). It is made of operations, so that it has a
  // gradient too: swish can be differentiated any number of times.
  backward: (dy, { x }) => ({
    x: () => {
      const s = sigmoid(x);
      return mul(dy, add(s, mul(mul(x, s), sub(1, s))));
    },
  }),
});

// --- 2. Is the gradient right? --------------------------------------------------------------------

/** Verdict on a gradient. */
export interface Verdict {
  readonly name: string;
  /** Description of the fault; undefined where the gradient is right. */
  readonly fault: string | undefined;
}

/** Checks swish, and the same operation with a mistake in its gradient. */
export function checkBoth(): Verdict[] {
  const forgetful = defineOp({
    ...swishOp,
    name: "forgetful swish",
    // The product rule has two parts; one is forgotten.
    backward: (dy, { x }) => ({ x: () => mul(dy, sigmoid(x)) }),
  });
  return [check("swish", swish), check("forgetful swish", (x) => apply(forgetful, { x }))];
}

function check(name: string, f: (x: Tensor) => Tensor): Verdict {
  const x = tensor([-4, -1, 0, 0.5, 3], { dtype: "float64" });
  try {
    checkGrad(f, [x], { order: 2 }); // the gradient, and the gradient of the gradient
    return { name, fault: undefined };
  } catch (error) {
    if (!(error instanceof GradientError)) throw error;
    return { name, fault: error.message };
  }
}

// --- 3. In a network ------------------------------------------------------------------------------

/** Learns `sin` with a layer of swish; gives the loss of every step. */
export function learnSine(steps: number): number[] {
  const random = new Random(0);
  const x = reshape(linspace(-3, 3, 64), [64, 1]);
  const target = tensor(x.dataSync().map(Math.sin), { shape: [64, 1] });
  const params = {
    hidden: { w: glorotUniform(random, [1, 16]), bias: zeros([16]) },
    output: { w: glorotUniform(random, [16, 1]), bias: zeros([1]) },
  };
  using optimizer = adam({ learningRate: 0.02 });
  return Array.from({ length: steps }, () => {
    using tape = new Tape();
    const { hidden, output } = tape.watch(params);
    const inside = swish(dense(x, hidden.w, { bias: hidden.bias }));
    const y = dense(inside, output.w, { bias: output.bias });
    const loss = mean(square(sub(y, target)));
    optimizer.step(params, tape.gradient(loss, params));
    return loss.item();
  });
}

const HELP = `An operation of your own, with a gradient that is checked.

Usage: deno run examples/custom_op.ts

  --help   print this

Needs no permission.
`;

function main(args: readonly string[]): number {
  if (args.length > 0) {
    const isHelp = args.length === 1 && args[0] === "--help";
    if (isHelp) console.log(HELP);
    else console.error(`Cannot read arguments: --help is the only one: got ${args.join(" ")}`);
    return isHelp ? 0 : 1;
  }
  for (const { name, fault } of checkBoth()) {
    console.log(`${name}: ${fault ?? "the gradient is right, to the second order"}\n`);
  }
  const losses = learnSine(300);
  for (const step of [1, 100, 200, 300]) {
    console.log(`learning sin, step ${step}: loss ${losses[step - 1].toFixed(5)}`);
  }
  return 0;
}

if (import.meta.main) Deno.exit(main(Deno.args));
