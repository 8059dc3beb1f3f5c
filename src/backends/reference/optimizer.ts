/**
 * Reference loops of the optimizers: one pass over weights, gradients and moments, in place.
 * The formulas are PyTorch's (`torch.optim.SGD`, `Adam`, `RMSprop`).
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { AdamUpdate, RmspropUpdate, SgdUpdate } from "../kernels.ts";

/** `v = momentum v + dw; w -= lr v` (Nesterov: `w -= lr (dw + momentum v)`). */
export function sgd(
  w: TypedArray,
  dw: TypedArray,
  velocity: TypedArray | null,
  { learningRate, momentum, nesterov }: SgdUpdate,
): void {
  for (let i = 0; i < w.length; i++) {
    let direction = dw[i];
    if (velocity !== null) {
      const speed = momentum * velocity[i] + dw[i];
      velocity[i] = speed;
      direction = nesterov ? dw[i] + momentum * speed : speed;
    }
    w[i] -= learningRate * direction;
  }
}

/** `w -= lr mHat / (sqrt(vHat) + epsilon)` with bias-corrected moments. */
export function adam(
  w: TypedArray,
  dw: TypedArray,
  m: TypedArray,
  v: TypedArray,
  { learningRate, beta1, beta2, epsilon, step }: AdamUpdate,
): void {
  const stepSize = learningRate / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  for (let i = 0; i < w.length; i++) {
    const first = beta1 * m[i] + (1 - beta1) * dw[i];
    const second = beta2 * v[i] + (1 - beta2) * dw[i] * dw[i];
    m[i] = first;
    v[i] = second;
    w[i] -= stepSize * first / (Math.sqrt(second) / correction + epsilon);
  }
}

/** `w -= lr dw / (sqrt(s) + epsilon)`, `s` being the running mean of squared gradients. */
export function rmsprop(
  w: TypedArray,
  dw: TypedArray,
  meanSquare: TypedArray,
  { learningRate, rho, epsilon }: RmspropUpdate,
): void {
  for (let i = 0; i < w.length; i++) {
    const square = rho * meanSquare[i] + (1 - rho) * dw[i] * dw[i];
    meanSquare[i] = square;
    w[i] -= learningRate * dw[i] / (Math.sqrt(square) + epsilon);
  }
}
