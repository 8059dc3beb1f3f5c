/**
 * Reference loops of the optimizers: one pass over weights, gradients and moments, in place.
 * The formulas are PyTorch's (`torch.optim.SGD`, `Adam`, `AdamW`, `RMSprop`, `Adagrad`), Keras's
 * (`RMSprop`) and those of the paper (Lion).
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type {
  AdagradUpdate,
  AdamUpdate,
  LionUpdate,
  RmspropUpdate,
  SgdUpdate,
  StepArrays,
  StepRule,
} from "../kernels.ts";

/** The arrays of a step as the host sees them. */
type Arrays = { readonly [Name in keyof StepArrays]: TypedArray };

/** Does one step in place. */
export function step(rule: StepRule, { w, dw, ...kept }: Arrays): void {
  switch (rule.kind) {
    case "sgd":
      return sgd(w, dw, kept.velocity ?? null, rule);
    case "adam":
      return adam(w, dw, kept.m!, kept.v!, rule);
    case "rmsprop":
      return rmsprop(w, dw, kept.meanSquare!, kept, rule);
    case "adagrad":
      return adagrad(w, dw, kept.squares!, rule);
    case "lion":
      return lion(w, dw, kept.m!, rule);
  }
}

/** Computes `v = momentum v + dw; w -= lr v` (Nesterov: `w -= lr (dw + momentum v)`). */
function sgd(
  w: TypedArray,
  dw: TypedArray,
  velocity: TypedArray | null,
  { learningRate, momentum, nesterov, weightDecay }: SgdUpdate,
): void {
  for (let i = 0; i < w.length; i++) {
    const gradient = decayed(dw[i], w[i], weightDecay);
    let direction = gradient;
    if (velocity !== null) {
      const speed = momentum * velocity[i] + gradient;
      velocity[i] = speed;
      direction = nesterov ? gradient + momentum * speed : speed;
    }
    w[i] -= learningRate * direction;
  }
}

/** Computes `w = shrink w - lr mHat / (sqrt(vHat) + epsilon)` with bias-corrected moments. */
function adam(
  w: TypedArray,
  dw: TypedArray,
  m: TypedArray,
  v: TypedArray,
  { learningRate, beta1, beta2, epsilon, step, weightDecay, shrink }: AdamUpdate,
): void {
  const stepSize = learningRate / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  for (let i = 0; i < w.length; i++) {
    const gradient = decayed(dw[i], w[i], weightDecay);
    const first = beta1 * m[i] + (1 - beta1) * gradient;
    const second = beta2 * v[i] + (1 - beta2) * gradient * gradient;
    m[i] = first;
    v[i] = second;
    w[i] = shrink * w[i] - stepSize * first / (Math.sqrt(second) / correction + epsilon);
  }
}

/** Computes `w -= outer v` with `v = momentum v + inner dw / (sqrt(s + inside) + outside)`. */
function rmsprop(
  w: TypedArray,
  dw: TypedArray,
  meanSquare: TypedArray,
  { velocity, meanGradient }: Pick<Arrays, "velocity" | "meanGradient">,
  { rho, inner, outer, epsilonInside, epsilonOutside, momentum, weightDecay }: RmspropUpdate,
): void {
  for (let i = 0; i < w.length; i++) {
    const gradient = decayed(dw[i], w[i], weightDecay);
    let square = rho * meanSquare[i] + (1 - rho) * gradient * gradient;
    meanSquare[i] = square;
    if (meanGradient !== undefined) {
      const mean = rho * meanGradient[i] + (1 - rho) * gradient;
      meanGradient[i] = mean;
      square = Math.max(square - mean * mean, 0); // a variance; below 0 by rounding only
    }
    let speed = inner * gradient / (Math.sqrt(square + epsilonInside) + epsilonOutside);
    if (velocity !== undefined) {
      speed += momentum * velocity[i];
      velocity[i] = speed;
    }
    w[i] -= outer * speed;
  }
}

/** Computes `s += dw²; w -= lr dw / (sqrt(s) + epsilon)`. */
function adagrad(
  w: TypedArray,
  dw: TypedArray,
  squares: TypedArray,
  { learningRate, epsilon, weightDecay }: AdagradUpdate,
): void {
  for (let i = 0; i < w.length; i++) {
    const gradient = decayed(dw[i], w[i], weightDecay);
    const sum = squares[i] + gradient * gradient;
    squares[i] = sum;
    w[i] -= learningRate * gradient / (Math.sqrt(sum) + epsilon);
  }
}

/** Computes `w = shrink w - lr sign(beta1 m + (1 - beta1) dw); m = beta2 m + (1 - beta2) dw`. */
function lion(
  w: TypedArray,
  dw: TypedArray,
  m: TypedArray,
  { learningRate, beta1, beta2, shrink }: LionUpdate,
): void {
  for (let i = 0; i < w.length; i++) {
    const direction = Math.sign(beta1 * m[i] + (1 - beta1) * dw[i]);
    w[i] = shrink * w[i] - learningRate * direction;
    m[i] = beta2 * m[i] + (1 - beta2) * dw[i];
  }
}

/** Computes `target = keep target + take x`. */
export function blend(target: TypedArray, x: TypedArray, keep: number, take: number): void {
  for (let i = 0; i < target.length; i++) target[i] = keep * target[i] + take * x[i];
}

/**
 * Adds the gradient of weight decay to a gradient; without any, an infinite weight does no harm.
 */
function decayed(dw: number, w: number, weightDecay: number): number {
  return weightDecay === 0 ? dw : dw + weightDecay * w;
}
