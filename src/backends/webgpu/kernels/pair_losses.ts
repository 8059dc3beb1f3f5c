/**
 * Losses of a prediction and its target, element by element.
 *
 * @module
 */
import type { PairLoss } from "../../../core/geometry/mod.ts";
import { sizeOf } from "../../../core/shape.ts";
import type { FastKernels } from "../../fallback.ts";
import type { NdArray } from "../../kernels.ts";
import { bits, type Programs } from "../programs.ts";

/** A loss as expressions of x, t and the parameters a, b and c. */
interface Expressions {
  readonly key: string;
  readonly value: string;
  readonly slope: string;
  readonly parameters?: readonly number[];
}

function expressionsOf(loss: PairLoss): Expressions {
  switch (loss.kind) {
    case "squared":
      return { key: "squared", value: "(x - t) * (x - t)", slope: "2.0 * (x - t)" };
    case "absolute":
      return { key: "absolute", value: "abs(x - t)", slope: "signOf(x - t)" };
    case "huber":
      return {
        key: "huber",
        value: "huber(abs(x - t), a)",
        slope: "smaller(larger(x - t, -a), a)",
        parameters: [loss.delta],
      };
    case "focal":
      return {
        key: loss.gamma === 0 ? "sigmoidCE" : "focal",
        value: "focal(a * t, x, c) + focal(b * (1.0 - t), -x, c)",
        slope: "focalSlope(a * t, x, c) - focalSlope(b * (1.0 - t), -x, c)",
        parameters: [loss.positive, loss.negative, loss.gamma],
      };
    case "divergence":
      return loss.logTarget
        ? {
          key: "logDivergence",
          value: "divergence(x, expOf(t), t)",
          slope: "-expOf(t)",
        }
        : { key: "divergence", value: "divergence(x, t, logOf(t))", slope: "-t" };
  }
}

const FUNCTIONS = {
  huber: `fn huber(d: f32, delta: f32) -> f32 {
  return select(delta * (d - 0.5 * delta), 0.5 * d * d, d <= delta);
}`,
  modulation: `fn modulation(x: f32, gamma: f32) -> f32 {
  if (gamma == 0.0) { return 1.0; }
  return expOf(-gamma * softplusOf(x));
}`,
  focal: `fn focal(share: f32, x: f32, gamma: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (share == 0.0) { return 0.0; }
  return share * modulation(x, gamma) * softplusOf(-x);
}`,
  focalSlope: `fn focalSlope(share: f32, x: f32, gamma: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (share == 0.0) { return 0.0; }
  let right = sigmoidOf(x);
  let turning = select(gamma * right * softplusOf(-x), 0.0, gamma == 0.0 || right == 0.0);
  return -share * modulation(x, gamma) * (turning + sigmoidOf(-x));
}`,
  divergence: `fn divergence(x: f32, share: f32, log: f32) -> f32 {
  if (share == 0.0 && !isNan(x)) { return 0.0; }
  return share * (log - x);
}`,
};

const PARAMETERS =
  "let a = bitcast<f32>(bitsA); let b = bitcast<f32>(bitsB); let c = bitcast<f32>(bitsC);";

function parametersOf({ parameters = [] }: Expressions) {
  const [bitsA, bitsB, bitsC] = [0, 1, 2].map((i) => bits(parameters[i] ?? 0));
  return { bitsA, bitsB, bitsC };
}

/** The kernels. */
export function pairLossKernels(g: Programs): Pick<FastKernels, "pairLoss" | "pairLossGrad"> {
  const { memory } = g;

  function run(key: string, loss: Expressions, arrays: Record<string, NdArray>, body: string) {
    const [{ shape }] = Object.values(arrays);
    const y = memory.reserve(shape, "float32");
    const words = Object.entries(arrays).map(([name, x]) => [`word${name}`, memory.word(x)]);
    g.each({
      key: `${loss.key}${key}`,
      count: sizeOf(shape),
      numbers: { ...Object.fromEntries(words), wordY: memory.word(y), ...parametersOf(loss) },
      functions: FUNCTIONS,
      body: () => `${PARAMETERS}\nlet x = f(wordX + i); let t = f(wordT + i);\n${body}`,
    });
    return y;
  }

  return {
    pairLoss(loss, X, T) {
      const expressions = expressionsOf(loss);
      return run("", expressions, { X, T }, `put(wordY + i, ${expressions.value});`);
    },
    pairLossGrad(loss, Dy, X, T) {
      const expressions = expressionsOf(loss);
      const body = `put(wordY + i, f(wordDy + i) * (${expressions.slope}));`;
      return run("Grad", expressions, { X, T, Dy }, body);
    },
  };
}
