/**
 * Arithmetic on arrays with a backend's primitives; what comes in between is freed.
 *
 * @module
 */
import { broadcastGeometry, reduceGeometry, whereGeometry } from "../../core/geometry/mod.ts";
import type { Shape } from "../../core/shape.ts";
import type { BinaryKind, CompareKind, NdArray, ReduceKind, UnaryKind } from "../kernels.ts";
import type { Primitives } from "./primitives.ts";

const ACTION = "compose kernels";

/** An array, or a number that stands for an array of its equals. */
export type Term = NdArray | number;

/** Arithmetic that remembers what it makes. */
export class Scratch {
  readonly k: Primitives;
  readonly #made: NdArray[] = [];

  /** Begins with nothing made. */
  constructor(k: Primitives) {
    this.k = k;
  }

  /** Remembers an array that is to be freed. */
  own(x: NdArray): NdArray {
    this.#made.push(x);
    return x;
  }

  /** Frees everything that was made but one. */
  finish(y?: NdArray): void {
    for (const x of this.#made) if (x.storage !== y?.storage) this.k.free(x);
  }

  /** Applies a function to every element. */
  map(kind: UnaryKind, x: NdArray): NdArray {
    return this.own(this.k.unary(kind, x));
  }

  /** Applies a function to the elements of two terms, one of them an array, broadcast. */
  binary(kind: BinaryKind, a: Term, b: Term): NdArray {
    const [left, right] = this.#both(a, b);
    return this.own(
      this.k.binary(kind, left, right, broadcastGeometry(ACTION, left.shape, right.shape)),
    );
  }

  add = (a: Term, b: Term): NdArray => this.binary("add", a, b);
  sub = (a: Term, b: Term): NdArray => this.binary("sub", a, b);
  mul = (a: Term, b: Term): NdArray => this.binary("mul", a, b);
  div = (a: Term, b: Term): NdArray => this.binary("div", a, b);

  /** Compares the elements of two terms, one of them an array, broadcast. */
  compare(kind: CompareKind, a: Term, b: Term): NdArray {
    const [left, right] = this.#both(a, b);
    return this.own(
      this.k.compare(kind, left, right, broadcastGeometry(ACTION, left.shape, right.shape)),
    );
  }

  /** Chooses between the elements of two terms, one of them an array, broadcast. */
  where(condition: NdArray, a: Term, b: Term): NdArray {
    const [left, right] = this.#both(a, b);
    const g = whereGeometry(ACTION, condition.shape, left.shape, right.shape);
    return this.own(this.k.where(condition, left, right, g));
  }

  /** Makes elements along axes one; the axes stay, with size 1. */
  reduce(kind: ReduceKind, x: NdArray, axis: readonly number[]): NdArray {
    return this.own(
      this.k.reduce(kind, x, reduceGeometry(ACTION, x.shape, { axis, keepDims: true })),
    );
  }

  /** Writes elements over those of an array. */
  assign(target: NdArray, x: NdArray): void {
    this.k.assignInPlace(target, x);
  }

  #both(a: Term, b: Term): [NdArray, NdArray] {
    const { dtype } = typeof a === "number" ? b as NdArray : a;
    const array = (x: Term) => typeof x === "number" ? this.own(this.k.fill([], dtype, x)) : x;
    return [array(a), array(b)];
  }
}

/** Shows an array in another shape. */
export function shaped(x: NdArray, shape: Shape): NdArray {
  const { dtype, storage } = x;
  return { shape, dtype, storage };
}

/** Computes an array; everything else that is made is freed. */
export function computed(k: Primitives, compute: (s: Scratch) => NdArray): NdArray {
  const s = new Scratch(k);
  const y = compute(s);
  s.finish(y);
  return y;
}

/** Changes arrays in place; everything that is made is freed. */
export function changed(k: Primitives, change: (s: Scratch) => void): void {
  const s = new Scratch(k);
  change(s);
  s.finish();
}
