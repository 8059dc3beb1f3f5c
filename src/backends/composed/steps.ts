/**
 * Steps of optimizers, composed of primitives.
 *
 * @module
 */
import type {
  AdamUpdate,
  LionUpdate,
  NdArray,
  RmspropUpdate,
  SgdUpdate,
  StepArrays,
  StepRule,
} from "../kernels.ts";
import type { Scratch } from "./scratch.ts";

/** Does one step in place. */
export function step(s: Scratch, rule: StepRule, arrays: StepArrays): void {
  switch (rule.kind) {
    case "sgd":
      return sgd(s, rule, arrays);
    case "adam":
      return adam(s, rule, arrays);
    case "rmsprop":
      return rmsprop(s, rule, arrays);
    case "adagrad": {
      const gradient = decayed(s, arrays, rule.weightDecay);
      const sum = s.add(arrays.squares!, s.map("square", gradient));
      s.assign(arrays.squares!, sum);
      const root = s.add(s.map("sqrt", sum), rule.epsilon);
      return descend(s, arrays.w, s.div(s.mul(gradient, rule.learningRate), root));
    }
    case "lion":
      return lion(s, rule, arrays);
  }
}

function sgd(s: Scratch, rule: SgdUpdate, arrays: StepArrays): void {
  const { w, velocity } = arrays;
  const gradient = decayed(s, arrays, rule.weightDecay);
  let direction = gradient;
  if (velocity !== undefined) {
    const speed = s.add(s.mul(velocity, rule.momentum), gradient);
    s.assign(velocity, speed);
    direction = rule.nesterov ? s.add(gradient, s.mul(speed, rule.momentum)) : speed;
  }
  descend(s, w, s.mul(direction, rule.learningRate));
}

function adam(s: Scratch, rule: AdamUpdate, arrays: StepArrays): void {
  const { learningRate, beta1, beta2, epsilon, step, shrink } = rule;
  const { w, m, v } = arrays;
  const gradient = decayed(s, arrays, rule.weightDecay);
  const first = blended(s, m!, gradient, beta1, 1 - beta1);
  const second = blended(s, v!, s.map("square", gradient), beta2, 1 - beta2);
  s.assign(m!, first);
  s.assign(v!, second);
  const root = s.div(s.map("sqrt", second), Math.sqrt(1 - beta2 ** step));
  const change = s.div(s.mul(first, learningRate / (1 - beta1 ** step)), s.add(root, epsilon));
  s.assign(w, s.sub(s.mul(w, shrink), change));
}

function rmsprop(s: Scratch, rule: RmspropUpdate, arrays: StepArrays): void {
  const { rho, inner, outer, epsilonInside, epsilonOutside, momentum } = rule;
  const { w, meanSquare, meanGradient, velocity } = arrays;
  const gradient = decayed(s, arrays, rule.weightDecay);
  let square = blended(s, meanSquare!, s.map("square", gradient), rho, 1 - rho);
  s.assign(meanSquare!, square);
  if (meanGradient !== undefined) {
    const mean = blended(s, meanGradient, gradient, rho, 1 - rho);
    s.assign(meanGradient, mean);
    square = s.binary("maximum", s.sub(square, s.map("square", mean)), 0);
  }
  const root = s.add(s.map("sqrt", s.add(square, epsilonInside)), epsilonOutside);
  let speed = s.div(s.mul(gradient, inner), root);
  if (velocity !== undefined) {
    speed = s.add(s.mul(velocity, momentum), speed);
    s.assign(velocity, speed);
  }
  descend(s, w, s.mul(speed, outer));
}

function lion(s: Scratch, rule: LionUpdate, { w, dw, m }: StepArrays): void {
  const { learningRate, beta1, beta2, shrink } = rule;
  const direction = s.map("sign", blended(s, m!, dw, beta1, 1 - beta1));
  s.assign(w, s.sub(s.mul(w, shrink), s.mul(direction, learningRate)));
  s.assign(m!, blended(s, m!, dw, beta2, 1 - beta2));
}

/** Computes `keep a + take b`. */
export function blended(s: Scratch, a: NdArray, b: NdArray, keep: number, take: number): NdArray {
  return s.add(s.mul(a, keep), s.mul(b, take));
}

function descend(s: Scratch, w: NdArray, change: NdArray): void {
  s.assign(w, s.sub(w, change));
}

/** Adds the gradient of weight decay; without any, an infinite weight does no harm. */
function decayed(s: Scratch, { w, dw }: StepArrays, weightDecay: number): NdArray {
  return weightDecay === 0 ? dw : s.add(dw, s.mul(w, weightDecay));
}
