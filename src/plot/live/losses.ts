/**
 * The losses of all steps of a training, in memory that does not grow.
 *
 * @module
 */
import type { Series } from "../series.ts";

/** Points that are kept; with this many, every two become one. */
const MOST = 1024;

/** Losses of steps; the mean of more and more of them, the longer the training. */
export class StepLosses {
  #x: number[] = [];
  #y: number[] = [];
  #each = 1;
  #sum = 0;
  #count = 0;

  /** Number of steps that a point stands for. */
  get each(): number {
    return this.#each;
  }

  /** Takes in the loss of a step; `x` is where it is. NaN, of a batch without labels, is left out. */
  add(x: number, loss: number): void {
    if (Number.isNaN(loss)) return;
    this.#sum += loss;
    if (++this.#count < this.#each) return;
    this.#x.push(x);
    this.#y.push(this.#sum / this.#count);
    [this.#sum, this.#count] = [0, 0];
    if (this.#x.length >= MOST) this.#halve();
  }

  #halve(): void {
    const { length } = this.#x;
    this.#x = Array.from({ length: length / 2 }, (_, i) => this.#x[2 * i + 1]);
    this.#y = Array.from(
      { length: length / 2 },
      (_, i) => (this.#y[2 * i] + this.#y[2 * i + 1]) / 2,
    );
    this.#each *= 2;
  }

  /** The points. */
  get series(): Exclude<Series, ArrayLike<number>> {
    return { x: this.#x, y: this.#y };
  }
}
